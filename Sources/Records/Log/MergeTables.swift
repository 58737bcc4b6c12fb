/// Why two tables of scores cannot be joined.
public enum MergeConflict: Error, Sendable, Hashable, CustomStringConvertible {
  /// An axis or an attribute differs.
  case otherAxes(String)
  /// A run was done twice and came out differently: rule, task, shots per class, place along `seed`.
  case otherScores(rule: String, task: String, shot: Int, seed: Int)

  /// What is wrong, in words that follow the name of a file.
  public var description: String {
    switch self {
    case .otherAxes(let name): "has another \(name)"
    case .otherScores(let rule, let task, let shot, let seed):
      "has other scores of \(rule) in a cell that was done twice (\(task), \(shot) shots, seed \(seed))"
    }
  }
}

extension EvaluationTable {
  /// Scores of which a table has one for each run and step.
  private static var stepColumns: [WritableKeyPath<EvaluationTable, [Float]?>] { [\.onlineAccuracy] }

  /// Scores of which a table has one for each run, step and layer.
  private static var layerColumns: [WritableKeyPath<EvaluationTable, [Float]?>] {
    [
      \.alignmentAngle, \.firingRate, \.weightNorm, \.orthonormality, \.sampleAngle, \.feedbackAngle, \.silentShare,
      \.saturatedShare,
    ]
  }

  /// Takes over the runs of another table of the same axes that are pending here.
  /// - Throws: `MergeConflict` when axes differ, or a run was done in both and came out differently; times may differ.
  public mutating func merge(_ other: EvaluationTable) throws(MergeConflict) {
    try requireSameAxes(other)
    let width = layers.count
    let runs = status.count
    let wanted = (0..<runs).filter { other.status[$0] != .pending }
    for run in wanted where status[run] != .pending && !agrees(other, run) {
      let place = coordinates(run)
      throw .otherScores(rule: rules[place.rule], task: tasks[place.task], shot: shots[place.shot], seed: place.seed)
    }
    let new = wanted.filter { status[$0] == .pending }
    let (mine, theirs) = (knownTasks, other.knownTasks)
    for task in tasks.indices where theirs.contains(task) && !mine.contains(task) {
      outputs[task] = other.outputs[task]
      chanceLevel[task] = other.chanceLevel[task]
    }
    for run in new {
      status[run] = other.status[run]
      runTime[run] = other.runTime[run]
      for step in run * steps.count..<(run + 1) * steps.count {
        accuracy[step] = other.accuracy[step]
        loss[step] = other.loss[step]
      }
    }
    for (columns, size) in [(Self.stepColumns, steps.count), (Self.layerColumns, steps.count * width)] {
      for column in columns {
        guard let values = other[keyPath: column] else { continue }
        var own = self[keyPath: column] ?? [Float](repeating: .nan, count: runs * size)
        for run in new {
          for place in run * size..<(run + 1) * size { own[place] = values[place] }
        }
        self[keyPath: column] = own
      }
    }
    if let theirs = other.reasons {
      var own = reasons ?? theirs.map { _ in "" }
      for place in own.indices where own[place].isEmpty { own[place] = theirs[place] }
      reasons = own
    }
  }

  private func requireSameAxes(_ other: EvaluationTable) throws(MergeConflict) {
    let pairs: [(String, Bool)] = [
      ("list of rules", rules == other.rules), ("list of tasks", tasks == other.tasks),
      ("list of shots", shots == other.shots), ("list of seeds", seeds == other.seeds && runSeeds == other.runSeeds),
      ("list of episodes", episodes == other.episodes), ("list of steps", steps == other.steps),
      ("list of layers", layers == other.layers), ("pool of episodes", split == other.split),
      ("number of ways or queries", ways == other.ways && queriesPerClass == other.queriesPerClass),
      ("kind of task", taskFacts == other.taskFacts && axes == other.axes && axisValues == other.axisValues),
      ("reference of its angles", alignmentReference == other.alignmentReference),
    ]
    if let found = pairs.first(where: { !$0.1 }) { throw .otherAxes(found.0) }
  }

  /// Tasks of which a run was scored, so that their readout is known.
  private var knownTasks: Set<Int> {
    Set(status.indices.filter { status[$0] != .pending && status[$0] != .failed }.map { coordinates($0).task })
  }

  private func coordinates(_ run: Int) -> (rule: Int, task: Int, shot: Int, seed: Int) {
    var rest = run
    let seed = rest % seeds.count
    rest /= seeds.count
    let shot = rest % shots.count
    rest /= shots.count
    return (rest / tasks.count, rest % tasks.count, shot, seed)
  }

  /// Whether a run has the same scores in both; what one of them did not measure is left out.
  private func agrees(_ other: EvaluationTable, _ run: Int) -> Bool {
    func same(_ a: [Float], _ b: [Float], _ size: Int) -> Bool {
      (run * size..<(run + 1) * size).allSatisfy { a[$0].bitPattern == b[$0].bitPattern || a[$0].isNaN && b[$0].isNaN }
    }
    guard status[run] == other.status[run], same(accuracy, other.accuracy, steps.count),
      same(loss, other.loss, steps.count)
    else { return false }
    for (columns, size) in [(Self.stepColumns, steps.count), (Self.layerColumns, steps.count * layers.count)] {
      for column in columns {
        guard let a = self[keyPath: column], let b = other[keyPath: column] else { continue }
        if !same(a, b, size) { return false }
      }
    }
    return true
  }
}
