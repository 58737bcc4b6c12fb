import Pages

extension Expression {
  /// Reads one equation's right-hand side, the inverse of `Printer.text`.
  ///
  /// Names and the number of arguments are checked; sides, divisors and domains are checked with a whole page.
  /// - Parameters:
  ///   - text: infix text, on one line or several.
  ///   - coefficients: names that stand for coefficients.
  ///   - traces: names that stand for traces, with their owners.
  /// - Throws: everything that is wrong, placed in a file named `equation`.
  public init(
    parsing text: String, coefficients: some Sequence<String> = EmptyCollection(), traces: [String: Owner] = [:]
  ) throws(Diagnostics) {
    var symbols = Symbols()
    for name in coefficients { symbols.coefficients[name] = .some(nil) }
    symbols.traces = traces.mapValues { Symbols.Trace(isKnown: true, owner: $0, interval: nil) }
    let scanner = Scanner(text)
    var findings = scanner.findings
    var expression: Expression?
    if findings.isEmpty {
      switch Parser.parse(scanner.tokens) {
      case .failure(let error): findings = [error.finding]
      case .success(let syntax):
        var names = NamesAreKnown(symbols: symbols)
        expression = names.resolve(syntax).expression
        findings = names.findings
      }
    }
    guard let expression, findings.isEmpty else {
      throw Diagnostics(findings.map { Expression.diagnostic($0, in: text) })
    }
    self = expression
  }

  private static func diagnostic(_ finding: EquationFinding, in text: String) -> Diagnostic {
    let bytes = Array(text.utf8)
    let start = min(finding.range.lowerBound, bytes.count)
    let before = bytes[..<start].split(separator: 10, omittingEmptySubsequences: false)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    return Diagnostic(
      file: "equation", line: before.count, column: String(decoding: before.last ?? [], as: UTF8.self).count + 1,
      length: finding.range.count, message: finding.message,
      source: before.count <= lines.count ? String(lines[before.count - 1]) : nil)
  }
}
