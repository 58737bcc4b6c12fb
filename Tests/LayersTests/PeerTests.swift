import Foundation
import Layers
import TestSupport
import Testing

@Suite("Layers in PyTorch")
struct LayersPeerTests {
  /// A layer as `Tests/peers/layers.py` reads it.
  private struct Work: Encodable {
    /// `same`, or so many zeros on every side.
    enum Padding: Encodable {
      case same
      case zeros(Int)
      func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .same: try container.encode("same")
        case .zeros(let count): try container.encode(count)
        }
      }
    }

    var shape: [Int]
    var rows: Int
    var kernel: [Int] = []
    var stride = 1
    var padding = Padding.zeros(0)
    var pool = ""
    var window = 1
    var scale = 1.0
    var x, weights, bias, error: [Double]
  }

  private struct Answer: Decodable {
    var up, x, weights, bias: [Double]
  }

  private static let pools: [LayerForm.Pool?] = [
    nil, .init(.max, window: 2), .init(.average, window: 2), .init(.sum, window: 3, scale: 1.1),
  ]

  @Test("what layers send up, and all derivatives, agree to 1e-12")
  func agreement() throws {
    guard let python = findPython(with: "torch") else { return }
    var work: [Work] = []
    var mine: [(up: [Double], x: [Double], weights: [Double], bias: [Double])] = []
    for one in ConnectionTests.cases {
      let trial = ConnectionTrial<Double>(one.synapses, from: one.shape, bias: true, rows: one.rows)
      let connection = trial.connection
      for pool in Self.pools where pool == nil || connection.postShape.height >= 3 && connection.postShape.width >= 3 {
        let x: [Double] = normal(trial.preCount, seed: 21)
        let pooling = pool.map { Pooling($0, over: connection.postShape) }
        let error: [Double] = normal(one.rows * (pooling?.postShape ?? connection.postShape).count, seed: 22)
        var up = trial.ahead(x)
        var g = error
        if let pooling {
          let z = up
          up = [Double](repeating: 0, count: error.count)
          var switches = [UInt32](repeating: 0, count: error.count)
          pooling.ahead(z, rows: one.rows, into: &up, switches: &switches)
          g = [Double](repeating: 0, count: z.count)
          pooling.back(error, rows: one.rows, switches: switches, into: &g)
        }
        let products = trial.products(x, g)
        mine.append((up, trial.back(g), products.weights, products.bias))
        var item = Work(
          shape: [one.shape.height, one.shape.width, one.shape.channels], rows: one.rows, x: x,
          weights: Array(UnsafeBufferPointer(start: connection.weights, count: connection.weightCount)),
          bias: Array(UnsafeBufferPointer(start: connection.bias!, count: connection.kinds)), error: error)
        if case .convolution(let kernel) = one.synapses {
          item.kernel = [kernel.height, kernel.width]
          item.stride = kernel.stride
          switch kernel.padding {
          case .valid: item.padding = .zeros(0)
          case .same: item.padding = .same
          case .zeros(let count): item.padding = .zeros(count)
          }
        }
        if let pool { (item.pool, item.window, item.scale) = (pool.kind.rawValue, pool.window, pool.scale) }
        work.append(item)
      }
    }
    let folder = try TemporaryFolder()
    try JSONEncoder().encode(work).write(to: folder.url.appendingPathComponent("work.json"))
    let script = packageRoot.appendingPathComponent("Tests/peers/layers.py").path
    let result = try runProgram(python, [script, folder.path("work.json"), folder.path("answers.json")])
    #expect(result.status == 0, "\(result.errors)")
    let answers = try JSONDecoder().decode(
      [Answer].self, from: Data(contentsOf: folder.url.appendingPathComponent("answers.json")))
    #expect(answers.count == work.count && work.count > 25)
    for (ours, theirs) in zip(mine, answers) {
      #expect(relativeDifference(ours.up, theirs.up) < 1e-12)
      #expect(relativeDifference(ours.x, theirs.x) < 1e-12)
      #expect(relativeDifference(ours.weights, theirs.weights) < 1e-12)
      #expect(relativeDifference(ours.bias, theirs.bias) < 1e-12)
    }
  }
}
