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

  /// Some episodes of one rule on one task and number of shots.
  public struct Block: Sendable, Hashable {
    /// The rule.
    public var rule: Int
    /// The task.
    public var task: Int
    /// The place on the axis of shots.
    public var shot: Int
    /// Places on the axis of seeds.
    public var seeds: Range<Int>
  }

  /// Calls `body` for each rule, task, number of shots and, within these, blocks of so many episodes that all measures of
  /// one take about a mebibyte; in the order of the record.
  public func forEachBlock(_ body: (Block) throws -> Void) rethrows {
    let numbers = max(1, steps.count) * max(1, layers.count) * max(1, layerMeasures.count)
    let length = max(1, (1 << 18) / numbers)
    for rule in rules.indices {
      for task in tasks.indices {
        for shot in shots.indices {
          for first in stride(from: 0, to: seeds.count, by: length) {
            try body(Block(rule: rule, task: task, shot: shot, seeds: first..<min(first + length, seeds.count)))
          }
        }
      }
    }
  }
}

/// The scores of a block of episodes.
public struct RunScores: Sendable, Hashable {
  /// How each run ended, [seed].
  public var status: [CandidateStatus]
  /// Query accuracy, [seed][step].
  public var accuracy: [Float]
  /// Query cross-entropy, [seed][step].
  public var loss: [Float]
}

extension RunRecord {
  /// The coordinates of the scores, or nil when there are none. Scores of any number can then be read block by block.
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

  /// The scores of a block.
  /// - Throws: `wrongType` when a column does not fit the coordinates.
  public func scores(_ axes: EvaluationAxes, _ block: EvaluationAxes.Block) throws(HDF5Error) -> RunScores {
    try locked { () throws(HDF5Error) in
      let run = [axes.rules.count, axes.tasks.count, axes.shots.count, axes.seeds.count]
      let (step, place) = (run + [axes.steps.count], [block.rule, block.task, block.shot])
      return RunScores(
        status: try open("run_status", run).readIntegers(at: place, rows: block.seeds).map(CandidateStatus.init(code:)),
        accuracy: try open("accuracy", step).readFloats(at: place, rows: block.seeds),
        loss: try open("loss", step).readFloats(at: place, rows: block.seeds))
    }
  }

  /// A measure of a block, [seed][step][layer].
  /// - Throws: `wrongType` when the column does not fit the coordinates.
  public func values(
    _ measure: EvaluationAxes.LayerMeasure, _ axes: EvaluationAxes, _ block: EvaluationAxes.Block
  ) throws(HDF5Error) -> [Float] {
    try locked { () throws(HDF5Error) in
      let shape = [
        axes.rules.count, axes.tasks.count, axes.shots.count, axes.seeds.count, axes.steps.count, axes.layers.count,
      ]
      return try open(measure.rawValue, shape).readFloats(at: [block.rule, block.task, block.shot], rows: block.seeds)
    }
  }
}
