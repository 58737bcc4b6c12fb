import Layers
import Testing

/// What is left of a grid above a layer.
@Suite("Shapes of Layers")
struct ShapeTests {
  private func convolution(
    _ channels: Int, _ size: Int, stride: Int = 1, _ padding: LayerForm.Padding = .valid, pool: LayerForm.Pool? = nil
  ) -> LayerForm {
    LayerForm(
      .convolution(.init(channels: channels, height: size, width: size, stride: stride, padding: padding)), pool: pool)
  }

  @Test("the MNIST network 15C5-P2-40C5-P2-300 has the shapes that its authors state")
  func mnist() {
    let pool = LayerForm.Pool(.sum, window: 2, scale: 1.1)
    let layers = [convolution(15, 5, pool: pool), convolution(40, 5, pool: pool), .dense(300)]
    let network = LayeredNetwork<Float>(
      LayeredParameters(layers, neuron: .lif), input: SignalShape(height: 28, width: 28, channels: 1), outputCount: 10)
    #expect(network.shapes.map(\.description) == ["28×28×1", "12×12×15", "4×4×40", "300", "10"])
    #expect(network.connections.map(\.postShape.description) == ["24×24×15", "8×8×40", "300", "10"])
    #expect(network.connections.map(\.weightCount) == [375, 15_000, 192_000, 3000])
    #expect(network.hiddenCounts == [24 * 24 * 15, 8 * 8 * 40, 300])
    #expect(network.parameterCount == 375 + 15_000 + 192_000 + 3000)
  }

  @Test("the number of places is the number of kernels that fit", arguments: 1...3)
  func places(stride: Int) {
    for extent in 1...9 {
      for size in 1...9 {
        for (padding, zeros) in [
          (LayerForm.Padding.valid, 0), (.same, size - 1), (.zeros(1), 2), (.zeros(3), 6),
        ] {
          let fitting = Swift.stride(from: 0, through: extent + zeros - size, by: stride).reduce(0) { n, _ in n + 1 }
          let shape = convolution(2, size, stride: stride, padding).neurons(
            above: SignalShape(height: extent, width: extent + 1, channels: 3))
          #expect(shape?.height ?? 0 == fitting, "\(extent), \(size), \(padding)")
          if padding == .same, stride == 1 {
            #expect(shape == SignalShape(height: extent, width: extent + 1, channels: 2))
          }
        }
      }
    }
  }

  @Test("the first layer above which nothing is left is named")
  func impossible() {
    let input = SignalShape(height: 6, width: 6, channels: 1)
    #expect(LayeredNetwork<Float>.impossibleLayer([convolution(4, 3), convolution(4, 3)], input: input) == nil)
    #expect(LayeredNetwork<Float>.impossibleLayer([convolution(4, 7)], input: input) == 1)
    #expect(LayeredNetwork<Float>.impossibleLayer([convolution(4, 3), convolution(4, 5)], input: input) == 2)
    let pooled = convolution(4, 3, pool: .init(.max, window: 5))
    #expect(pooled.neurons(above: input) != nil && pooled.output(above: input) == nil)
    #expect(LayeredNetwork<Float>.impossibleLayer([convolution(4, 3), pooled], input: input) == 2)
    #expect(LayeredNetwork<Float>.impossibleLayer([.dense(5), convolution(4, 3)], input: input) == 2)
    #expect(LayeredNetwork<Float>.impossibleLayer([.dense(5), convolution(4, 3, .same)], input: input) == nil)
    #expect(LayeredNetwork<Float>.impossibleLayer([.dense(0)], input: input) == 1)
  }
}
