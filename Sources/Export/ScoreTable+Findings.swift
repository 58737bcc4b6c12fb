import Arithmetic
import Records

extension ScoreTable {
  /// The means and intervals of findings, without the episodes that they are of.
  init(_ findings: Findings, task: Int, shot: Int) {
    let cells = findings.rules.indices.map {
      ($0 * findings.tasks.count + task) * findings.shots.count + shot
    }
    func number(_ measure: Findings.Measure, _ cell: Int) -> Double { findings.measures[measure]?[cell] ?? .nan }
    self.task = findings.tasks[task]
    shots = findings.shots[shot]
    ways = 0
    chance = .nan
    episodes = Array(0..<max(0, min(cells.map { findings.episodes[$0] }.max() ?? 0, 1 << 20)))
    rows = zip(findings.rules, cells).map { name, cell in
      Row(
        name: name, accuracies: [], count: findings.episodes[cell], accuracy: number(.accuracyMean, cell),
        interval: Interval(lower: number(.accuracyLow, cell), upper: number(.accuracyHigh, cell)), loss: nil,
        differences: [], difference: .nan, differenceInterval: Interval(lower: .nan, upper: .nan), failures: 0)
    }
  }

  /// The task, its classes and its examples in words.
  var place: String {
    ways > 0 ? "\(task), \(ways) classes, \(shots) examples of each" : "\(task), \(shots) examples of each class"
  }

  /// A word for anchors in the page: the places of task and shots.
  static func anchor(task: Int, shot: Int, isAlone: Bool) -> String { isAlone ? "" : "-\(task + 1)-\(shot + 1)" }

  /// The row with the highest mean accuracy.
  var best: Row? { rows.filter { $0.accuracy.isFinite }.max { $0.accuracy < $1.accuracy } }
}
