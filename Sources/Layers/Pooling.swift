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
  @specialized(where Scalar == Float)
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
  @specialized(where Scalar == Float)
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

  /// Samples `rows` rows of windows up to the grid of the neurons, bilinearly: a window's number stands at its centre, and
  /// beyond the outermost centres the nearest counts.
  @specialized(where Scalar == Float)
  public func sampleUp<Scalar: KernelScalar>(
    _ y: UnsafePointer<Scalar>, rows: Int, into x: UnsafeMutablePointer<Scalar>
  ) {
    let channels = preShape.channels
    let length = postShape.width * channels
    func neighbours(_ place: Int, of count: Int) -> (below: Int, above: Int, share: Scalar) {
      let centre = (Scalar(place) + 0.5) / Scalar(form.window) - 0.5
      let within = max(0, min(centre, Scalar(count - 1)))
      let below = Int(within)
      return (below, min(below + 1, count - 1), within - Scalar(below))
    }
    for row in 0..<rows {
      let source = y + row * postShape.count
      for i in 0..<preShape.height {
        let (top, bottom, down) = neighbours(i, of: postShape.height)
        for j in 0..<preShape.width {
          let (left, right, across) = neighbours(j, of: postShape.width)
          let (a, b) = (source + top * length + left * channels, source + top * length + right * channels)
          let (c, d) = (source + bottom * length + left * channels, source + bottom * length + right * channels)
          let target = x + row * preShape.count + (i * preShape.width + j) * channels
          for k in 0..<channels {
            let (upper, lower) = (a[k] + (b[k] - a[k]) * across, c[k] + (d[k] - c[k]) * across)
            target[k] = upper + (lower - upper) * down
          }
        }
      }
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
