import Pages

/// Writes rules as pages.
public enum RulePage {
  /// The rule as a YAML page in canonical form, first line and last line break included.
  ///
  /// `Rule.load` of the text gives an equal rule when `about` and `source` are single lines and no number inside an
  /// equation is negative, as is the case for every rule that was loaded.
  public static func text(_ rule: Rule) -> String {
    var lines = ["# yaml-language-server: $schema=rule.schema.json", "schema: 1", "rule: \(scalar(rule.name))"]
    if !rule.about.isEmpty { lines.append("about: \(scalar(rule.about))") }
    if !rule.source.isEmpty { lines.append("source: \(scalar(rule.source))") }
    if !rule.coefficients.isEmpty {
      lines.append("coefficients:")
      for coefficient in rule.coefficients {
        let scale =
          switch coefficient.scale {
          case .logarithmic: "log"
          case .step(let step): numberText(step)
          }
        let per = coefficient.perLayer ? ", per: layer" : ""
        lines.append(
          "  \(coefficient.name): {start: \(numberText(coefficient.start)), "
            + "range: \(list(coefficient.range)), scale: \(scale)\(per)}")
      }
    }
    if !rule.traces.isEmpty {
      lines.append("traces:")
      for trace in rule.traces {
        lines.append("  \(trace.name): {of: \(quoted(trace.of)), decay: \(numberText(trace.decay))}")
      }
    }
    if let eligibility = rule.eligibility {
      lines.append("eligibility: {of: \(quoted(eligibility.of)), decay: \(numberText(eligibility.decay))}")
    }
    lines.append("every: \(rule.every.rawValue)")
    lines += block("dw", rule.dw, indent: "")
    if let db = rule.db { lines += block("db", db, indent: "") }
    if let mirror = rule.mirror { lines.append("mirror: {before: \(mirror.before), each: \(mirror.each)}") }
    if !rule.layers.isEmpty {
      lines.append("layers:")
      for layer in rule.layers { lines += ["  \(layer.layer):"] + block("dw", layer.dw, indent: "    ") }
    }
    let bounds =
      [rule.weightBounds.map { "w: \(list($0))" }, rule.feedbackBounds.map { "b: \(list($0))" }].compactMap { $0 }
    if !bounds.isEmpty { lines.append("bounds: {\(bounds.joined(separator: ", "))}") }
    if let credit = rule.credit { lines.append("credit: \(scalar(credit))") }
    return lines.joined(separator: "\n") + "\n"
  }

  /// A sentence of a page on one line, without white space around it.
  static func sentence(_ text: String?) -> String {
    (text ?? "").split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  private static func list(_ range: ClosedRange<Double>) -> String {
    "[\(numberText(range.lowerBound)), \(numberText(range.upperBound))]"
  }

  private static func quoted(_ expression: Expression) -> String { "\"\(Printer.text(expression))\"" }

  private static func block(_ key: String, _ expression: Expression, indent: String) -> [String] {
    ["\(indent)\(key): >"] + Printer.lines(expression).map { "\(indent)  \($0)" }
  }

  /// Plain text where every YAML reader takes it for text, else in double quotes.
  static func scalar(_ text: String) -> String {
    let bytes = Array(text.utf8)
    func isLetter(_ byte: UInt8) -> Bool { (byte | 32) >= 97 && (byte | 32) <= 122 }
    let reserved = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"]
    let isPlain =
      bytes.first.map(isLetter) == true && bytes.last != UInt8(ascii: ":") && bytes.last != UInt8(ascii: " ")
      && !reserved.contains(text.lowercased()) && !text.contains(": ") && !text.contains(" #")
      && text.unicodeScalars.allSatisfy {
        $0.value >= 32 && $0.value != 127 && ($0.isASCII || $0.properties.isAlphabetic || $0 == "–")
      }
    return isPlain ? text : JSON(text)
  }

  private static func JSON(_ text: String) -> String { Pages.JSON.text(text).text() }
}
