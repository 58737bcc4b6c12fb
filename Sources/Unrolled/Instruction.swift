/// Where a vector or a scalar lies: an offset in the frame of a step, or, when negative, the complement of an offset in
/// the constants.
typealias Slot = Int32

/// What an elementwise instruction computes from operands `a`, `b` and `c`; operands of one element are spread.
enum Elementary: UInt8 {
  case copy, add, subtract, multiply, divide, power
  case negate, abs, sign, sqrt, exp, log, tanh, relu, step, floor, min, max, clip
  /// 1 where `a > b`, else 0; differentiated as the surrogate at `a − b`.
  case spike
  /// The surrogate derivative at `a − b`.
  case surrogate
}

/// One instruction of a step's program, single assignment: every slot is written by one instruction, apart from sums
/// that `add…` instructions build up.
struct Instruction {
  /// What is done.
  enum Kind: UInt8 {
    /// `y = W a`.
    case ahead
    /// `y = Wᵀ a`.
    case back
    /// `y = Fᵀ a` with feedback `F`; where `b` is given `y = b ∘ Fᵀ a`, formed where `b` is not 0.
    case feedback
    /// `y = f(a, b, c)`, elementwise.
    case map
    /// `y = a · b` with a scalar `a`.
    case scale
    /// `y += a · b` with a scalar `a`.
    case addScaled
    /// `y = Σ a`.
    case sum
    /// `y = a · b`.
    case dot
    /// `y = ‖a‖`.
    case norm
    /// `y = softmax(a)`, `b = y − onehot(label)`, `c = log Σ exp(a) − a[label]`.
    case readout
    /// Activity `y = φ(a)` of rate neurons and their gain `b = φ′(a)`; `index` is the function, `parameter` its sharpness.
    case rate
    /// The gain `y` of rate neurons whose activity `a` is given.
    case rateGain
    /// `y` is `a` with one element more, `parameter`.
    case extend
    /// Changes the weights by `a ⊗ b`, `a` post and `b` pre; `group` counts such products of a projection.
    case product
    /// Changes the weights by `a` times themselves, `a` a scalar.
    case growth
    /// Changes the weights synapse by synapse.
    case synapses
  }

  var kind: Kind
  var function = Elementary.copy
  /// Which operands' derivatives are wanted, one bit each: 1 for `a`, 2 for `b`, 4 for `c`.
  var wanted: UInt8 = 0
  /// Elements of the result, and of a reduction's operands.
  var count: Int32 = 0
  /// The projection, for what reads or changes weights; the index of a feedback or of a synapse program.
  var index: Int32 = 0
  var group: Int32 = 0
  var y: Slot = 0
  var a: Slot = 0
  var b: Slot = 0
  var c: Slot = 0
  var aStep: Int32 = 1
  var bStep: Int32 = 1
  var cStep: Int32 = 1
  var parameter = 0.0
}
