import CKernels

/// One instruction of a plan: reads values, writes one.
struct Operation<Scalar: KernelScalar> {
  enum Kind {
    /// `CKernels` elementwise operation.
    case elementwise(Int32)
    /// Sum over `n`.
    case sum
    /// Dot product over `n`.
    case dot
    /// `Wᵀp`: row dots.
    case back
    /// `Wᵀp` of a trace of spikes.
    case filteredBack(SpikeFilter<Scalar>)
    /// `Wq`: weighted rows.
    case ahead
    /// `Bᵀp` through feedback weights.
    case backB(UnsafePointer<Scalar>)
    /// `Bq` through feedback weights.
    case aheadB(UnsafePointer<Scalar>)
    /// `y ← keep · y + a`.
    case trace(keep: Scalar)
  }

  var kind: Kind
  var n: Int
  var y: UnsafeMutablePointer<Scalar>
  var a: Value<Scalar>
  var b: Value<Scalar>?
  var c: Value<Scalar>?

  /// Runs over whole vectors.
  @inline(__always)
  func run(_ view: ProjectionView<Scalar>, _ scratch: UnsafeMutablePointer<UInt32>) {
    switch kind {
    case .elementwise(let code):
      Scalar.elementwise(code, n, into: y, a.address, a.step, b?.address, b?.step ?? 0, c?.address, c?.step ?? 0)
    case .sum:
      y[0] = Scalar.sum(a.address, n)
    case .dot:
      y[0] = Scalar.dot(a.address, a.step, b!.address, b!.step, n)
    case .back:
      view.matrix.back(a.address, gain: nil, into: y)
    case .filteredBack(let filter):
      filter.read(into: y)
    case .ahead:
      let count = Scalar.nonZero(view.preCount, a.address, list: scratch)
      view.matrix.ahead(a.address, scratch, count, into: y)
    case .backB(let matrix):
      Scalar.rowDots(
        weights: nil, feedback: matrix, kind: .plain, scale: 1, stride: view.columns, columns: view.columns,
        rows: view.preCount, a.address, gain: nil, scratch: scratch, descending: false, into: y)
    case .aheadB(let matrix):
      let count = Scalar.nonZero(view.preCount, a.address, list: scratch)
      Scalar.fill(view.columns, y, with: 0)
      Scalar.accumulate(
        matrix, stride: view.columns, columns: view.columns, scratch, count, factor: a.address, into: y)
    case .trace(let keep):
      Scalar.leak(n, y, keep: keep, gain: 1, a.address)
    }
  }

  /// Runs over the synapses of presynaptic neuron `j`.
  @inline(__always)
  func run(row j: Int, stride: Int) {
    guard case .elementwise(let code) = kind else { return }
    Scalar.elementwise(
      code, n, into: y, a.address(row: j, stride), a.rowStep, b?.address(row: j, stride), b?.rowStep ?? 0,
      c?.address(row: j, stride), c?.rowStep ?? 0)
  }
}

/// A value a plan computes or reads: where it lies and whom it belongs to.
struct Value<Scalar: KernelScalar> {
  enum Place {
    /// One number.
    case scalar
    /// One number per presynaptic neuron.
    case pre
    /// One number per postsynaptic neuron.
    case post
    /// A whole matrix, read row by row.
    case matrix
    /// One row of a matrix, written again for every presynaptic neuron.
    case row
  }

  var address: UnsafePointer<Scalar>
  var place: Place
  /// True when it depends on constants and coefficients alone.
  var isFixed = false

  /// Step over a whole vector: 0 spreads a scalar.
  var step: Int { place == .scalar ? 0 : 1 }

  /// Step over the synapses of one presynaptic neuron.
  var rowStep: Int { place == .scalar || place == .pre ? 0 : 1 }

  @inline(__always)
  func address(row j: Int, _ stride: Int) -> UnsafePointer<Scalar> {
    switch place {
    case .scalar, .post, .row: address
    case .pre: address + j
    case .matrix: address + j * stride
    }
  }
}
