/// What changes the weights of a projection synapse by synapse: the part of a rule that is no product of vectors.
///
/// Evaluated for one presynaptic neuron at a time; registers hold one number for each of its synapses.
struct SynapseProgram {
  /// Where an operand comes from.
  enum Operand {
    /// The result of an earlier line.
    case register(Int)
    /// The forward, and the feedback weights.
    case weight, feedback
    /// A number for each postsynaptic neuron, for the presynaptic one, or for all.
    case post(Slot), pre(Slot), scalar(Slot)
  }

  /// `register = f(a, b, c)`.
  struct Line {
    var function: Elementary
    var operands: [Operand]
  }

  /// The projection.
  var projection: Int
  /// The lines; the last one's result is what is added to the weight.
  var lines: [Line]
  /// Interval the weights are clipped to afterwards.
  var bounds: ClosedRange<Double>?
  /// Slots of the frame whose derivative is wanted.
  var wanted: Set<Slot>
}
