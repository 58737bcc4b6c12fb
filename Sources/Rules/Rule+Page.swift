import Pages

extension Rule {
  /// Names of the pathways that deliver errors online, which a page may give for `credit`.
  public static let creditNames = ["transport", "random", "direct", "usf", "brsf", "frsf", "learned", "none"]

  /// Names of the published learning systems, which a page may give for `credit` too.
  public static let systemNames = [
    "layerwise", "bptt", "e-prop", "tssl-bp", "microcircuit", "bioleaf", "emstdp", "predictive-coding", "error-kernels",
  ]

  /// How `layers:` names a projection.
  static let layerNames = NameRule(
    pattern: "^(-?[1-9][0-9]{0,2}|readout)$",
    description: "a projection counted from 1 at the input or from -1 at the readout, or the word readout"
  ) { name in
    if name == "readout" { return true }
    let digits = Array((name.hasPrefix("-") ? name.dropFirst() : name[...]).utf8)
    return (1...3).contains(digits.count) && digits.allSatisfy { $0 >= 48 && $0 <= 57 } && digits[0] != 48
  }

  /// The table of rule pages.
  public static let pageSchema: PageSchema = {
    let memory = [
      PageKey("of", .equation, required: true, doc: "What is added at every step."),
      PageKey("tau", .number(.between(open: 0, 1e9)), doc: "Time constant in steps; exp(-1/tau) is kept per step."),
      PageKey("decay", .number(.between(0, upTo: 1)), doc: "Factor kept per step."),
    ]
    let decays = [["tau", "decay"]]
    let coefficient = PageKeys([
      PageKey("start", .number(), required: true, doc: "Value that search begins with."),
      PageKey("range", .interval(), required: true, doc: "Smallest and largest value."),
      PageKey(
        "scale", .either([.choice(["log"]), .number(.positive)], description: "log or a number"), required: true,
        doc: "log, or the step with which search begins on a linear axis."),
      PageKey(
        "per", .choice(["network", "layer"]), default: .text("network"),
        doc: "Whether all layers share one value or each has its own."),
    ])
    let dw = PageKey("dw", .equation, required: true, doc: "Change of the forward weights.")
    return PageSchema(
      title: "Rule", doc: "A synaptic plasticity rule.",
      keys: PageKeys([
        PageKey("schema", .integer(1...1), required: true, doc: "Version of the page format."),
        PageKey("rule", .name(.label), required: true, doc: "Name of the rule, equal to the file's name."),
        PageKey("about", .text, doc: "One or two sentences for people."),
        PageKey("source", .text, doc: "The paper the rule comes from."),
        PageKey(
          "coefficients", .map(of: .mapping(coefficient), names: .identifier, count: 0...256),
          doc: "Constants that search may move."),
        PageKey(
          "traces", .map(of: .mapping(PageKeys(memory, exactlyOne: decays)), names: .identifier, count: 0...64),
          doc: "Named exponential traces of pre or post quantities."),
        PageKey(
          "eligibility", .mapping(PageKeys(memory, exactlyOne: decays)), doc: "The trace elig of every synapse."),
        PageKey(
          "every", .choice(Cadence.allCases.map(\.rawValue)), default: .text(Cadence.step.rawValue),
          doc: "When dw is applied."),
        dw,
        PageKey("db", .equation, doc: "Change of the feedback weights."),
        PageKey(
          "mirror",
          .mapping(
            PageKeys([
              PageKey(
                "before", .integer(0...1_000_000), doc: "Steps before the first support sample; without it none."),
              PageKey(
                "each", .integer(0...1_000_000), doc: "Steps after every support sample; without it none."),
            ])), doc: "Phases between samples in which db alone is applied, from noise and weights."),
        PageKey(
          "layers", .map(of: .mapping(PageKeys([dw])), names: layerNames, count: 0...64),
          doc: "Weight changes of single layers."),
        PageKey(
          "bounds",
          .mapping(
            PageKeys([
              PageKey("w", .interval(), doc: "Interval the forward weights are clipped to."),
              PageKey("b", .interval(), doc: "Interval the feedback weights are clipped to."),
            ])), doc: "Clipping after every update."),
        PageKey("credit", .choice(creditNames + systemNames), doc: "The credit pathway the rule wants."),
      ]))
  }()

  /// Reads and checks a rule page.
  ///
  /// - Parameters:
  ///   - text: the page.
  ///   - file: its name as the user wrote it.
  /// - Throws: everything that is wrong with it, with places and nearest names.
  public static func load(text: String, file: String) throws(Diagnostics) -> Rule {
    let (rule, findings) = inspect(text: text, file: file)
    guard let rule, findings.isEmpty else { throw Diagnostics(findings.map(\.diagnostic)) }
    return rule
  }

  /// Reads and checks a rule page from a file.
  public static func load(path: String) throws(PageFileError) -> Rule {
    let text = try Page.text(path: path)
    do {
      return try load(text: text, file: path)
    } catch {
      throw .wrong(error)
    }
  }

  /// Like `load`, with the check that made each finding: the rule, or at least one finding.
  public static func inspect(text: String, file: String) -> (rule: Rule?, findings: [RuleFinding]) {
    let page: Page
    do {
      page = try Page.parse(text: text, file: file)
    } catch {
      return (nil, error.all.map { RuleFinding(check: .page, diagnostic: $0) })
    }
    var draft = RuleDraft(page)
    let checks: [(inout RuleDraft) -> Void] = [
      SidesAgree.check, TracesHaveOwners.check, EligibilityIsDeclared.check, DivisorsAreNotZero.check,
      DomainsAreKept.check, DeclaredIsUsed.check, NamesAreFree.check, CoefficientsStartInside.check,
      LayersAreOnce.check, FeedbackLearns.check,
    ]
    for check in checks { check(&draft) }
    guard draft.findings.isEmpty else {
      let sorted = draft.findings.sorted {
        ($0.diagnostic.line, $0.diagnostic.column) < ($1.diagnostic.line, $1.diagnostic.column)
      }
      return (nil, sorted)
    }
    return (Rule(draft), [])
  }

  /// Puts together a draft in which nothing is wrong.
  private init(_ draft: RuleDraft) {
    func checked<Value>(_ value: Value?) -> Value {
      guard let value else { preconditionFailure("a page without findings lacks a part") }
      return value
    }
    let value = checked(draft.value)
    func expression(_ equation: Equation?) -> Expression { checked(equation?.located?.expression) }
    self.init(
      name: value.require("rule").text,
      about: RulePage.sentence(value["about"]?.text), source: RulePage.sentence(value["source"]?.text),
      coefficients: draft.coefficients.map { draft in
        let value = checked(draft.value)
        let scale = value.require("scale")
        let isLogarithmic = if case .text = scale.content { true } else { false }
        return Coefficient(
          name: draft.name, start: value.require("start").number, range: value.require("range").interval,
          scale: isLogarithmic ? .logarithmic : .step(scale.number), perLayer: value.require("per").text == "layer")
      },
      traces: draft.traces.map { trace in
        Trace(
          name: trace.name, of: expression(trace.equation), owner: checked(trace.equation?.located?.owner),
          decay: checked(trace.decay))
      },
      eligibility: draft.eligibility.map { Eligibility(of: expression($0.equation), decay: checked($0.decay)) },
      every: checked(Cadence(rawValue: value.require("every").text)),
      dw: expression(draft.dw), db: draft.db.map { expression($0) },
      mirror: value["mirror"].map {
        MirrorPhases(before: $0["before"]?.integer ?? 0, each: $0["each"]?.integer ?? 0)
      },
      layers: draft.layers.map { LayerRule(layer: $0.layer, dw: expression($0.equation)) },
      weightBounds: value["bounds.w"]?.interval, feedbackBounds: value["bounds.b"]?.interval,
      credit: value["credit"]?.text)
  }
}
