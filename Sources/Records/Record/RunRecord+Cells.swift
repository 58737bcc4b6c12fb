/// The coordinates of `/evaluation`: what its scores are of, without the scores.
public struct EvaluationAxes: Sendable, Hashable {
  /// A quantity that `/evaluation` has for each run, step and layer.
  public enum LayerMeasure: String, Sendable, CaseIterable {
    /// Angle of the delivered error to the gradient, degrees.
    case alignmentAngle = "alignment_angle"
    /// Mean over queries of each query's own angle, degrees.
    case sampleAngle = "sample_angle"
    /// Angle between forward weights and feedback, degrees.
    case feedbackAngle = "feedback_angle"
    /// Spikes per second and neuron.
    case firingRate = "firing_rate"
    /// Share of silent neurons.
    case silentShare = "silent_share"
    /// Share of saturated neurons.
    case saturatedShare = "saturated_share"
    /// Frobenius norm of the weights.
    case weightNorm = "weight_norm"
    /// Distance from orthonormal weights.
    case orthonormality = "orthonormality"
  }

  /// Rules, baselines included.
  public var rules: [String]
  /// Task families.
  public var tasks: [String]
  /// Training examples per class.
  public var shots: [Int]
  /// Test episodes.
  public var seeds: [Int]
  /// Training examples seen when the scores were taken.
  public var steps: [Int]
  /// Layers; may be empty.
  public var layers: [String]
  /// What the record has of each layer.
  public var layerMeasures: [LayerMeasure]

  /// Calls `body` for each rule, task and number of shots, in the order of the record.
  public func forEachCell(_ body: (_ rule: Int, _ task: Int, _ shot: Int) throws -> Void) rethrows {
    for rule in rules.indices {
      for task in tasks.indices {
        for shot in shots.indices { try body(rule, task, shot) }
      }
    }
  }
}

/// The scores of one rule on one task and number of shots.
public struct RunScores: Sendable, Hashable {
  /// How each run ended, [seed].
  public var status: [CandidateStatus]
  /// Query accuracy, [seed][step].
  public var accuracy: [Float]
  /// Query cross-entropy, [seed][step].
  public var loss: [Float]
}

extension RunRecord {
  /// The coordinates of the scores, or nil when there are none. Scores of any number can then be read cell by cell.
  public func evaluationAxes() throws(HDF5Error) -> EvaluationAxes? {
    try locked { () throws(HDF5Error) in
      let group = "/\(Schema.evaluation.path)"
      guard file.exists(group) else { return nil }
      return EvaluationAxes(
        rules: try file.readStrings("\(group)/rule").values, tasks: try file.readStrings("\(group)/task").values,
        shots: try file.readIntegers("\(group)/shot").values, seeds: try file.readIntegers("\(group)/seed").values,
        steps: try file.readIntegers("\(group)/step").values, layers: try file.readStrings("\(group)/layer").values,
        layerMeasures: EvaluationAxes.LayerMeasure.allCases.filter { file.exists("\(group)/\($0.rawValue)") })
    }
  }

  /// The scores of one cell.
  /// - Throws: `wrongType` when a column does not fit the coordinates.
  public func scores(_ axes: EvaluationAxes, rule: Int, task: Int, shot: Int) throws(HDF5Error) -> RunScores {
    try locked { () throws(HDF5Error) in
      let (run, place) = (
        [axes.rules.count, axes.tasks.count, axes.shots.count, axes.seeds.count], [rule, task, shot]
      )
      let step = run + [axes.steps.count]
      return RunScores(
        status: try open("run_status", run).readIntegers(at: place).map(CandidateStatus.init(code:)),
        accuracy: try open("accuracy", step).readFloats(at: place), loss: try open("loss", step).readFloats(at: place))
    }
  }

  /// A measure of one cell, [seed][step][layer].
  /// - Throws: `wrongType` when the column does not fit the coordinates.
  public func values(
    _ measure: EvaluationAxes.LayerMeasure, _ axes: EvaluationAxes, rule: Int, task: Int, shot: Int
  ) throws(HDF5Error) -> [Float] {
    try locked { () throws(HDF5Error) in
      let shape = [
        axes.rules.count, axes.tasks.count, axes.shots.count, axes.seeds.count, axes.steps.count, axes.layers.count,
      ]
      return try open(measure.rawValue, shape).readFloats(at: [rule, task, shot])
    }
  }
}
