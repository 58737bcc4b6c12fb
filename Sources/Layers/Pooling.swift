import Kernels

/// A pool over the neurons of one layer, for batches; see `LayerForm.Pool`.
public struct Pooling: Sendable, Hashable {
  /// What was chosen.
  public let form: LayerForm.Pool
  /// The neurons.
  public let preShape: SignalShape
  /// What is sent up.
  public let postShape: SignalShape

  /// - Precondition: something is left above `preShape`.
  public init(_ form: LayerForm.Pool, over preShape: SignalShape) {
    self.form = form
    self.preShape = preShape
    postShape = SignalShape(
      height: preShape.height / form.window, width: preShape.width / form.window, channels: preShape.channels)
    precondition(postShape.count > 0, "no window of \(form.window) fits \(preShape)")
  }

  /// Pools `rows` rows; a max-pool writes to `switches` which number of its row each result is.
  public func ahead<Scalar: KernelScalar>(
    _ x: UnsafePointer<Scalar>, rows: Int, into y: UnsafeMutablePointer<Scalar>, switches: UnsafeMutablePointer<UInt32>?
  ) {
    let factor = factor(Scalar.self)
    eachWindow(rows: rows) { source, target, isFirst in
      for c in 0..<preShape.channels {
        switch form.kind {
        case .sum, .average:
          let term = factor * x[source + c]
          if isFirst { y[target + c] = term } else { y[target + c] += term }
        case .max:
          guard isFirst || x[source + c] > y[target + c] else { continue }
          y[target + c] = x[source + c]
          switches?[target + c] = UInt32(source + c)
        }
      }
    }
  }

  /// Sends derivatives back, of `rows` rows: `x̄ = Pᵀ ȳ`.
  public func back<Scalar: KernelScalar>(
    _ y: UnsafePointer<Scalar>, rows: Int, switches: UnsafePointer<UInt32>?, into x: UnsafeMutablePointer<Scalar>
  ) {
    let count = rows * preShape.count
    if form.kind == .max {
      guard let switches else { preconditionFailure("a max-pool goes back through its switches") }
      x.update(repeating: 0, count: count)
      for k in 0..<rows * postShape.count { x[Int(switches[k])] += y[k] }
      return
    }
    if preShape.height % form.window != 0 || preShape.width % form.window != 0 { x.update(repeating: 0, count: count) }
    let factor = factor(Scalar.self)
    eachWindow(rows: rows) { source, target, _ in
      for c in 0..<preShape.channels { x[source + c] = factor * y[target + c] }
    }
  }

  private func factor<Scalar: KernelScalar>(_ type: Scalar.Type) -> Scalar {
    form.kind == .average ? 1 / Scalar(form.window * form.window) : Scalar(form.scale)
  }

  /// Calls `body` with where each place of each window begins, where its result begins, and whether it is the first.
  @inline(__always)
  private func eachWindow(rows: Int, _ body: (Int, Int, Bool) -> Void) {
    let channels = preShape.channels
    for row in 0..<rows {
      for y in 0..<postShape.height * form.window {
        for x in 0..<postShape.width * form.window {
          body(
            row * preShape.count + (y * preShape.width + x) * channels,
            row * postShape.count + (y / form.window * postShape.width + x / form.window) * channels,
            y % form.window == 0 && x % form.window == 0)
        }
      }
    }
  }
}
