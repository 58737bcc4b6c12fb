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

  /// Pools `rows` rows; a max-pool writes to `switches` which number of all rows each result is.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func ahead<Scalar: KernelScalar>(
    _ x: UnsafePointer<Scalar>, rows: Int, into y: UnsafeMutablePointer<Scalar>, switches: UnsafeMutablePointer<UInt32>?
  ) {
    let (channels, window, isMax) = (preShape.channels, form.window, form.kind == .max)
    let factor = factor(Scalar.self)
    if window == 2, !isMax {
      for place in 0..<rows * postShape.places {
        let (u, z) = (x + corner(place), y + place * channels)
        let (right, below) = (u + channels, u + preShape.width * channels)
        let last = below + channels
        for c in 0..<channels { z[c] = factor * u[c] + factor * right[c] + factor * below[c] + factor * last[c] }
      }
      return
    }
    for place in 0..<rows * postShape.places {
      let corner = corner(place)
      let z = y + place * channels
      for k in 0..<window * window {
        let source = corner + (k / window * preShape.width + k % window) * channels
        let u = x + source
        if isMax {
          let chosen = switches.map { $0 + place * channels }
          for c in 0..<channels where k == 0 || u[c] > z[c] {
            z[c] = u[c]
            chosen?[c] = UInt32(source + c)
          }
        } else if k == 0 {
          for c in 0..<channels { z[c] = factor * u[c] }
        } else {
          for c in 0..<channels { z[c] += factor * u[c] }
        }
      }
    }
  }

  /// Sends derivatives back, of `rows` rows: `x̄ = Pᵀ ȳ`.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
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
    let (channels, window) = (preShape.channels, form.window)
    let factor = factor(Scalar.self)
    for place in 0..<rows * postShape.places {
      let u = x + corner(place)
      let z = y + place * channels
      for k in 0..<window * window {
        let v = u + (k / window * preShape.width + k % window) * channels
        for c in 0..<channels { v[c] = factor * z[c] }
      }
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

  /// Where the window of place `number`, counted through all rows, begins.
  @inline(__always)
  private func corner(_ number: Int) -> Int {
    let (row, place) = (number / postShape.places, number % postShape.places)
    let (y, x) = (place / postShape.width * form.window, place % postShape.width * form.window)
    return row * preShape.count + (y * preShape.width + x) * preShape.channels
  }
}
