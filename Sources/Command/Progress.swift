import Experiments
import Foundation
import Records

/// How progress is shown.
enum ProgressStyle: String, CaseIterable {
  case auto, bar, plain, none
}

/// What is shown about a stage of work.
struct ProgressState {
  /// `search`, `tune backprop`, `selection`, `test`.
  var label = ""
  /// Generations done, and of how many; nil where the stage has none.
  var generation: (done: Int, of: Int)?
  /// The cell of a grid that is being scored, from 1, and of how many; nil where there are none.
  var cell: (number: Int, of: Int)?
  /// Epochs of all runs of a training that are done, and of how many; nil where there are none.
  var epoch: (done: Int, of: Int)?
  /// What the numbers are of, such as the run whose epoch was the last.
  var subject: String?
  /// What the rate counts.
  var unit = "episodes"
  /// Share of this session's work that is done, where episodes do not all cost the same.
  var share: Double?
  /// Best fitness so far.
  var best: Double?
  /// Median fitness of the last generation.
  var median: Double?
  /// Spread of the last generation's fitness.
  var deviation: Double?
  /// Accuracy and loss over the last generations of a descent.
  var course: (accuracy: Double, loss: Double)?
  /// Where a descent stands: names and values of its coefficients.
  var coefficients: [(name: String, value: Double)] = []
  /// Scored episodes of the whole run: done before this session, done in it, and all there are.
  var evaluations = (before: 0, done: 0, of: 0)
  /// How many of those that are left are scored without a gradient, while others are scored with one.
  var plainLeft = 0
}

/// Shows progress on standard error: one line redrawn on a terminal, plain complete lines elsewhere.
final class Progress {
  private let style: ProgressStyle
  private let interval: Double
  private let clock = ContinuousClock()
  private let began: ContinuousClock.Instant
  private var lastShown: ContinuousClock.Instant?
  private var lastLabel: String?
  private var isDrawn = false
  /// From where on the rate is counted: seconds, and episodes of this session.
  private var pace = (since: 0.0, done: 0)
  /// What to show.
  var state = ProgressState()

  init(_ style: ProgressStyle, interval: Double) {
    switch style {
    case .auto: self.style = Output.isTerminal ? .bar : .plain
    default: self.style = style
    }
    self.interval = interval
    began = clock.now
  }

  /// Seconds since the start.
  var elapsed: Double { (clock.now - began) / .seconds(1) }

  /// Counts the rate from here on, since what follows is of another kind.
  func changePace() { pace = (elapsed, state.evaluations.done) }

  /// Shows the state if it is time to.
  /// - Parameter isLast: whether it is shown in any case.
  func show(isLast: Bool = false) {
    let now = clock.now
    let age = lastShown.map { (now - $0) / .seconds(1) } ?? .infinity
    switch style {
    case .none, .auto: return
    case .bar:
      guard isLast || age >= 0.1 else { return }
      let room = max(10, Output.width - 1)
      Output.write("\r\u{1B}[2K" + String(line(barWidth: 14).prefix(room)), to: STDERR_FILENO)
      isDrawn = true
    case .plain:
      guard isLast || state.label != lastLabel || age >= interval else { return }
      Output.note("\(timestamp()) \(line(barWidth: 0))")
    }
    lastShown = now
    lastLabel = state.label
  }

  /// Writes a whole line without disturbing the bar.
  func note(_ text: String) {
    clear()
    Output.note(text)
  }

  /// Takes the bar away.
  func clear() {
    if isDrawn { Output.write("\r\u{1B}[2K", to: STDERR_FILENO) }
    isDrawn = false
  }

  /// `search gen 37/200 [=====>    ] best -0.913 med -0.952 sd 0.12 | 12.3 episodes/s | 03:12<14:02`; a descent has
  /// `acc 0.812 loss 0.634` in place of the three, and its coefficients at the end.
  func line(barWidth: Int) -> String {
    var text = state.label
    if let generation = state.generation {
      text += " gen \(generation.done)/\(generation.of)"
    }
    if let cell = state.cell { text += " cell \(cell.number)/\(cell.of)" }
    if let epoch = state.epoch { text += " epoch \(epoch.done)/\(epoch.of)" }
    let total = Double(max(1, state.evaluations.of))
    let share = min(1, Double(state.evaluations.before + state.evaluations.done) / total)
    if barWidth > 0 {
      let filled = Int(share * Double(barWidth))
      let tip = filled < barWidth ? ">" : ""
      let bar = String(repeating: "=", count: filled) + tip
      text += " [" + bar + String(repeating: " ", count: barWidth - bar.count) + "]"
    }
    if let subject = state.subject { text += " \(subject)" }
    if let best = state.best { text += " best \(TableText.number(best))" }
    if let median = state.median { text += " med \(TableText.number(median))" }
    if let deviation = state.deviation { text += " sd \(TableText.number(deviation))" }
    if let course = state.course {
      text += " acc \(TableText.number(course.accuracy)) loss \(TableText.number(course.loss))"
    }
    let isChanged = state.evaluations.done > pace.done
    let (done, time) = isChanged ? (state.evaluations.done - pace.done, elapsed - pace.since) : (pace.done, pace.since)
    let rate = Double(done) / max(time, 1e-9)
    let left = max(0, state.evaluations.of - state.evaluations.before - state.evaluations.done)
    // A gradient takes about three times what the loss takes.
    let plain = min(left, state.plainLeft)
    var remaining = rate > 0 ? (Double(left - plain) + Double(plain) / 4) / rate : nil
    if let share = state.share { remaining = share > 0 ? elapsed * (1 - share) / share : nil }
    text +=
      " | \(String(format: "%.1f", rate)) \(state.unit)/s | \(clockText(elapsed))<\(remaining.map(clockText) ?? "?")"
    // Last, since there may be more of them than a terminal is wide.
    if !state.coefficients.isEmpty {
      text += " | " + state.coefficients.map { "\($0.name) \(String(format: "%.4g", $0.value))" }.joined(separator: " ")
    }
    return text
  }

}

/// `03:12`, or `1:03:12`.
func clockText(_ seconds: Double) -> String {
  let whole = Int(min(max(0, seconds), 1e9))
  let tail = String(format: "%02d:%02d", whole / 60 % 60, whole % 60)
  return whole < 3600 ? tail : "\(whole / 3600):\(tail)"
}
