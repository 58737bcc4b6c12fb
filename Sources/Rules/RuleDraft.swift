import Pages
import RealModule

/// A rule page on its way to a rule: its parts with their places, as far as they can be read, and what is wrong so far.
struct RuleDraft {
  /// A declared coefficient.
  struct DraftCoefficient {
    var name: String
    var keyPlace: Place
    /// The entry after the table's checks; nil when they found something.
    var value: PageValue?
  }

  /// A declared trace.
  struct DraftTrace {
    var name: String
    var keyPlace: Place
    var equation: Equation?
    var decay: Double?
  }

  /// The declared eligibility.
  struct DraftEligibility {
    var keyPlace: Place
    var equation: Equation?
    var decay: Double?
  }

  /// A weight change of one layer.
  struct DraftLayer {
    var layer: Int
    var keyPlace: Place
    var equation: Equation?
  }

  /// The page after the table's checks, without the parts that are wrong.
  var value: PageValue?
  var coefficients: [DraftCoefficient] = []
  var traces: [DraftTrace] = []
  var eligibility: DraftEligibility?
  var dw: Equation?
  var db: Equation?
  var layers: [DraftLayer] = []
  /// What the names of the page stand for.
  var symbols = Symbols()
  var findings: [RuleFinding] = []

  /// Every equation of the page, in the order in which they are worked out.
  var equations: [Equation] {
    traces.compactMap(\.equation) + [eligibility?.equation].compactMap { $0 } + [dw, db].compactMap { $0 }
      + layers.compactMap(\.equation)
  }

  /// Whether every equation that the page should have could be read; otherwise nobody knows what is unused.
  var isComplete: Bool {
    dw != nil && equations.allSatisfy { $0.located != nil } && !traces.contains { $0.equation == nil }
      && !layers.contains { $0.equation == nil } && (eligibility == nil || eligibility?.equation != nil)
  }

  /// Reads a page: the table first, then every equation with the names that the page declares.
  init(_ page: Page) {
    let (value, wrong) = Rule.pageSchema.inspect(page)
    self.value = value
    findings = wrong.map { RuleFinding(check: .page, diagnostic: $0) }
    let root = page.root
    for entry in root["coefficients"]?.entries ?? [] {
      let read = value?["coefficients"]?.entries.first { $0.key == entry.key }?.value
      coefficients.append(DraftCoefficient(name: entry.key, keyPlace: entry.keyPlace, value: read))
      symbols.coefficients[entry.key] = .some(read?["range"].map { Interval($0.interval) })
    }
    let traceEntries = root["traces"]?.entries ?? []
    symbols.traces = Dictionary(traceEntries.map { ($0.key, Symbols.Trace()) }, uniquingKeysWith: { first, _ in first })
    let eligibilityEntry = root.entries?.first { $0.key == "eligibility" }
    for entry in traceEntries {
      let read = value?["traces"]?.entries.first { $0.key == entry.key }?.value
      let decay = read.flatMap(RuleDraft.decay)
      let equation = self.equation(entry.value["of"], .trace(entry.key))
      traces.append(DraftTrace(name: entry.key, keyPlace: entry.keyPlace, equation: equation, decay: decay))
      let interval = equation?.located?.interval
      symbols.traces[entry.key] = Symbols.Trace(
        isKnown: true, owner: equation?.located?.owner,
        interval: decay.flatMap { decay in interval.map { $0.accumulated(keeping: decay) } })
    }
    if let entry = eligibilityEntry {
      let decay = value?["eligibility"].flatMap(RuleDraft.decay)
      let equation = self.equation(entry.value["of"], .eligibility)
      eligibility = DraftEligibility(keyPlace: entry.keyPlace, equation: equation, decay: decay)
    }
    dw = equation(root["dw"], .change)
    db = equation(root["db"], .feedbackChange)
    for entry in root["layers"]?.entries ?? [] {
      guard Rule.layerNames.accepts(entry.key), let layer = entry.key == "readout" ? -1 : Int(entry.key) else {
        continue
      }
      let equation = self.equation(entry.value["dw"], .change)
      layers.append(DraftLayer(layer: layer, keyPlace: entry.keyPlace, equation: equation))
    }
  }

  /// The factor kept per step, from `tau` or `decay`.
  private static func decay(_ value: PageValue) -> Double? {
    if let tau = value["tau"]?.number { return Double.exp(-1 / tau) }
    return value["decay"]?.number
  }

  private mutating func equation(_ node: PageNode?, _ role: Equation.Role) -> Equation? {
    guard let scalar = node?.scalar, !scalar.isNull, scalar.boolean == nil, !scalar.text.allSatisfy(\.isWhitespace)
    else { return nil }
    let (equation, found) = Equation.read(scalar, role, symbols)
    report(found, in: equation)
    return equation
  }

  /// Adds findings about an equation, with their places in the file.
  mutating func report(_ found: [EquationFinding], in equation: Equation) {
    let places = found.isEmpty ? [] : equation.scalar.places(of: found.map(\.range))
    for (finding, place) in zip(found, places) {
      findings.append(RuleFinding(check: finding.check, diagnostic: place.diagnostic(finding.message)))
    }
  }

  /// Adds a finding about something that is not an equation.
  mutating func report(_ check: RuleCheck, _ place: Place, _ message: String) {
    findings.append(RuleFinding(check: check, diagnostic: place.diagnostic(message)))
  }
}

/// What the names of a page stand for.
struct Symbols {
  /// A declared trace.
  struct Trace {
    /// Whether the trace comes before the equation that is being read.
    var isKnown = false
    var owner: Owner?
    var interval: Interval?
  }

  /// Values of every declared coefficient, nil when its range is not known.
  var coefficients: [String: Interval?] = [:]
  var traces: [String: Trace] = [:]
}

/// One equation of a page.
struct Equation {
  /// What the equation is for.
  enum Role: Equatable {
    case change
    case feedbackChange
    case trace(String)
    case eligibility
  }

  var role: Role
  var scalar: PageScalar
  /// Every name that occurs, whether or not the rest can be read.
  var names: Set<String>
  /// The tree; nil when the text is not infix.
  var located: Located?

  /// Scans, parses and resolves the text of an equation.
  static func read(
    _ scalar: PageScalar, _ role: Role, _ symbols: Symbols
  ) -> (equation: Equation, found: [EquationFinding]) {
    let scanner = Scanner(scalar.text)
    var equation = Equation(role: role, scalar: scalar, names: [])
    var found = scanner.findings
    for token in scanner.tokens { if case .name(let name) = token.kind { equation.names.insert(name) } }
    guard !scanner.tokens.isEmpty, !found.contains(where: { $0.message.hasPrefix("unexpected") }) else {
      return (equation, found)
    }
    switch Parser.parse(scanner.tokens) {
    case .failure(let error): found.append(error.finding)
    case .success(let syntax):
      var names = NamesAreKnown(symbols: symbols)
      equation.located = names.resolve(syntax)
      found += names.findings
    }
    return (equation, found)
  }

  /// The words of a part as they were written, on one line and cut when long.
  func text(of part: Located) -> String {
    let bytes = Array(scalar.text.utf8)[part.range]
    let text = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return text.count <= 48 ? text : text.prefix(45) + "..."
  }
}
