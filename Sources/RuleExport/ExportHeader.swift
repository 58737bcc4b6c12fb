import Rules

/// The comment that every export begins with: which rule, from where, its equations and terms, and the step contract.
struct ExportHeader {
  /// What happens in a step, in this order.
  static let stepContract = [
    "1. Traces decay.",
    "2. Layer by layer from the input, neurons integrate the spikes of this step from below, and threshold.",
    "3. This step's spikes are added to activities and traces; then the eligibility decays and takes in its own.",
    "4. Errors, reward and loss are formed, and errors delivered, with the weights as they are.",
    "5. All changes are computed from the old weights, applied together, and then clipped.",
  ]

  let lines: [String]
  private let mark: String

  init(_ exported: ExportedRule, target: any RuleTarget) {
    self.init(exported, mark: target.commentMark)
  }

  init(_ exported: ExportedRule, mark: String) {
    self.mark = mark
    let rule = exported.rule
    var lines = ["rule         \(rule.name), fingerprint \(rule.fingerprint)"]
    lines.append("page sha256  \(exported.pageSHA256)")
    if let uuid = exported.recordUUID { lines.append("record       \(uuid)") }
    lines.append("written by   metaplast \(exported.toolVersion)")
    if !rule.about.isEmpty { lines += Self.wrapped(rule.about, label: "about        ") }
    if !rule.source.isEmpty { lines += Self.wrapped(rule.source, label: "source       ") }
    lines += ["", "Equations"] + Printer.equations(rule).map { "  \($0)" }
    if let bounds = rule.weightBounds { lines.append("  w is clipped to \(Self.text(bounds))") }
    if let bounds = rule.feedbackBounds { lines.append("  b is clipped to \(Self.text(bounds))") }
    lines += ["", "Terms: event (a spike's), clock (local, every step), layer (a sum over neurons)"]
    lines += LocalityReport(of: rule).description.split(separator: "\n").map { "  \($0)" }
    lines += ["", "Step contract"] + Self.stepContract.map { "  \($0)" }
    lines.append(
      rule.every == .step
        ? "  dw is applied at every step." : "  dw is summed over the steps of a sample and applied at its end.")
    if let mirror = rule.mirror {
      lines.append(
        "  db is applied alone, in \(mirror.before) steps before the first sample and \(mirror.each) after each.")
    }
    if !rule.traces.isEmpty || rule.eligibility != nil {
      lines.append("  Traces and eligibility are 0 at the start of a sample.")
    }
    self.lines = lines
  }

  /// The comment, an empty line of it at the end.
  var text: String {
    (lines + [""]).map { $0.isEmpty ? mark + "\n" : "\(mark) \($0)\n" }.joined()
  }

  static func text(_ range: ClosedRange<Double>) -> String {
    "[\(Printer.text(range.lowerBound)), \(Printer.text(range.upperBound))]"
  }

  private static func wrapped(_ sentence: String, label: String) -> [String] {
    var lines: [String] = []
    var line = label
    let margin = String(repeating: " ", count: label.count)
    for word in sentence.split(separator: " ") {
      if line.count + word.count > 100, line != label, line != margin {
        lines.append(String(line.dropLast()))
        line = margin
      }
      line += word + " "
    }
    return lines + [String(line.dropLast())]
  }
}
