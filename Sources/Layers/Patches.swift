import Kernels

/// What the kernels of a convolution see of one sample: for every place above, a row `[kernel row][kernel column][channel]`.
struct Patches {
  private let pre: SignalShape
  private let post: SignalShape
  private let kernel: LayerForm.Kernel
  private let top: Int
  private let left: Int

  init(_ kernel: LayerForm.Kernel, _ pre: SignalShape, _ post: SignalShape) {
    (self.kernel, self.pre, self.post) = (kernel, pre, post)
    top = kernel.padding.zeros(around: kernel.height).before
    left = kernel.padding.zeros(around: kernel.width).before
  }

  /// Copies what every place sees; zeros beyond the edge.
  @specialized(where Scalar == Float)
  func gather<Scalar: KernelScalar>(_ x: UnsafePointer<Scalar>, into patches: UnsafeMutablePointer<Scalar>) {
    eachRun { place, offset, source, skipped, count, rest in
      let row = patches + place + offset
      if skipped > 0 { row.update(repeating: 0, count: skipped) }
      if count > 0 { (row + skipped).update(from: x + source, count: count) }
      if rest > 0 { (row + skipped + count).update(repeating: 0, count: rest) }
    }
  }

  /// Adds what came back through every place's patch.
  @specialized(where Scalar == Float)
  func scatter<Scalar: KernelScalar>(_ patches: UnsafePointer<Scalar>, into x: UnsafeMutablePointer<Scalar>) {
    eachRun { place, offset, source, skipped, count, _ in
      let row = patches + place + offset + skipped
      for k in 0..<count { x[source + k] += row[k] }
    }
  }

  /// Calls `body` for every kernel row of every place: where the patch begins, where the row begins in it, where the first
  /// number that exists stands in the sample, and how many numbers lie before, within and behind the grid.
  @inline(__always)
  private func eachRun(_ body: (Int, Int, Int, Int, Int, Int) -> Void) {
    let channels = pre.channels
    let length = kernel.width * channels
    let size = kernel.height * length
    for y in 0..<post.height {
      for x in 0..<post.width {
        let place = (y * post.width + x) * size
        let firstColumn = x * kernel.stride - left
        let skippedColumns = min(kernel.width, max(0, -firstColumn))
        let columns = max(0, min(kernel.width, pre.width - firstColumn) - skippedColumns)
        for k in 0..<kernel.height {
          let row = y * kernel.stride - top + k
          if row < 0 || row >= pre.height {
            body(place, k * length, 0, length, 0, 0)
          } else {
            body(
              place, k * length, (row * pre.width + firstColumn + skippedColumns) * channels,
              skippedColumns * channels, columns * channels, (kernel.width - skippedColumns - columns) * channels)
          }
        }
      }
    }
  }
}
