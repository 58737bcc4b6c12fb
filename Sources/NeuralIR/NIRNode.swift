/// A node of a graph: what it computes, with its parameters.
///
/// Vectors have one number for every neuron; `weight` is [post, pre], row-major.
public enum NIRNode: Sendable, Hashable {
  /// Where signals come in.
  case input(count: Int)
  /// Where they leave.
  case output(count: Int)
  /// `W x + b` with b = 0.
  case affine(weight: [Float], post: Int, pre: Int)
  /// `W x`.
  case linear(weight: [Float], post: Int, pre: Int)
  /// `tau v' = (v_leak − v) + r I`; a spike where v > threshold, and then v = v_reset. Leak and reset are at 0.
  case lif(count: Int, tau: Float, r: Float, threshold: Float)
  /// The same with `tau_syn I' = −I + w_in S`.
  case cubaLIF(count: Int, tauMembrane: Float, tauSynapse: Float, r: Float, threshold: Float, input: Float)
  /// `tau v' = (v_leak − v) + r I` without spikes.
  case li(count: Int, tau: Float, r: Float)
  /// The same with `tau_syn I' = −I + w_in S`.
  case cubaLI(count: Int, tauMembrane: Float, tauSynapse: Float, r: Float, input: Float)

  /// The name of its class.
  public var type: String {
    switch self {
    case .input: "Input"
    case .output: "Output"
    case .affine: "Affine"
    case .linear: "Linear"
    case .lif: "LIF"
    case .cubaLIF: "CubaLIF"
    case .li: "LI"
    case .cubaLI: "CubaLI"
    }
  }

  /// One array of a node as a file holds it.
  struct Parameter {
    var name: String
    var values: [Float]
    var shape: [Int]
  }

  /// Its arrays of floats, exactly those that readers know.
  var parameters: [Parameter] {
    func vectors(_ count: Int, _ all: [(String, Float)]) -> [Parameter] {
      all.map { Parameter(name: $0.0, values: [Float](repeating: $0.1, count: count), shape: [count]) }
    }
    switch self {
    case .input, .output: return []
    case .affine(let weight, let post, let pre):
      return [
        Parameter(name: "weight", values: weight, shape: [post, pre]),
        Parameter(name: "bias", values: [Float](repeating: 0, count: post), shape: [post]),
      ]
    case .linear(let weight, let post, let pre):
      return [Parameter(name: "weight", values: weight, shape: [post, pre])]
    case .lif(let count, let tau, let r, let threshold):
      return vectors(count, [("tau", tau), ("r", r), ("v_leak", 0), ("v_threshold", threshold), ("v_reset", 0)])
    case .cubaLIF(let count, let tauMembrane, let tauSynapse, let r, let threshold, let input):
      return vectors(
        count,
        [
          ("tau_mem", tauMembrane), ("tau_syn", tauSynapse), ("r", r), ("v_leak", 0), ("v_threshold", threshold),
          ("v_reset", 0), ("w_in", input),
        ])
    case .li(let count, let tau, let r): return vectors(count, [("tau", tau), ("r", r), ("v_leak", 0)])
    case .cubaLI(let count, let tauMembrane, let tauSynapse, let r, let input):
      return vectors(
        count,
        [("tau_mem", tauMembrane), ("tau_syn", tauSynapse), ("r", r), ("v_leak", 0), ("w_in", input)])
    }
  }
}
