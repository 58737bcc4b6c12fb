import Foundation
import Networks
import Pages
import Rules
import Search
import Tasks

/// An experiment as it was read: its page verbatim, and every default filled in.
public struct ResolvedExperiment: Sendable {
  /// The experiment.
  public var experiment: Experiment
  /// The page as it stands in the file.
  public var text: String
  /// The file's name as the user wrote it.
  public var file: String
  /// Every key with its value, overrides and the base page included.
  public var json: JSON
  /// The start values that the page gives, with their places.
  private var starts: [(key: String, value: PageValue)]

  /// Reads a page from a file, its base page where it extends one, and overrides.
  /// - Parameters:
  ///   - file: path of the page.
  ///   - overrides: `path.to.key=value`, applied in order.
  /// - Throws: `PageFileError`, or `Diagnostics`, all at once.
  public static func load(_ file: String, overrides: [String] = []) throws -> ResolvedExperiment {
    try read(text: Page.text(path: file), file: file, overrides: overrides)
  }

  /// Reads a page from text; see `load`.
  public static func read(text: String, file: String, overrides: [String] = []) throws -> ResolvedExperiment {
    var parsed: [PageOverride] = []
    for override in overrides { parsed.append(try PageOverride(override)) }
    return try ExperimentDraft(text: text, file: file).resolved(parsed)
  }

  fileprivate init(
    _ experiment: Experiment, _ value: PageValue, text: String, file: String
  ) {
    self.experiment = experiment
    self.text = text
    self.file = file
    json = value.json
    starts = value["optimizer.start"]?.entries ?? []
  }

  /// Checks the page against the rule that it names: start values belong to coefficients, and lie in their ranges.
  /// - Throws: everything that is wrong.
  public func check(_ rule: Rule) throws(Diagnostics) {
    let found = starts.compactMap { name, value -> Diagnostic? in
      guard let coefficient = rule.coefficients.first(where: { $0.name == name }) else {
        let names = rule.coefficients.map(\.name)
        let hint = suggestion(for: name, among: names)
        return value.keyPlace.diagnostic(
          "rule \(rule.name) has no coefficient \"\(name)\""
            + (hint.isEmpty && !names.isEmpty ? "; it has \(names.joined(separator: ", "))" : hint))
      }
      guard !coefficient.range.contains(value.number) else { return nil }
      return value.diagnostic(
        "\(value.path) must lie between \(numberText(coefficient.range.lowerBound)) and "
          + "\(numberText(coefficient.range.upperBound)), the range "
          + "that rule \(rule.name) gives it (got \(numberText(value.number)))")
    }
    if !found.isEmpty { throw Diagnostics(found) }
  }

  /// The rule with the start values that the page gives.
  /// - Throws: what `check` throws.
  public func starting(_ rule: Rule) throws -> Rule {
    try check(rule)
    return try rule.starting(at: experiment.optimizer.start)
  }

  /// The experiment's page as canonical JSON, keys sorted.
  public var canonical: String { json.text(sorted: true) }
}

/// An experiment's page with its base page under it, before defaults are filled in: what overrides are put over.
public struct ExperimentDraft: Sendable {
  /// The page as it stands in the file.
  public var text: String
  /// The file's name as the user wrote it.
  public var file: String
  /// The page with the keys of its base page where it is silent.
  public private(set) var page: Page

  /// Reads a page from a file, its base page where it extends one.
  /// - Throws: `PageFileError`, or `Diagnostics`.
  public static func load(_ file: String) throws -> ExperimentDraft {
    try ExperimentDraft(text: Page.text(path: file), file: file)
  }

  /// Reads a page from text; see `load`.
  public init(text: String, file: String) throws {
    var page = try Page.parse(text: text, file: file)
    if let base = page.root["extends"] { page.root = try Self.extended(page.root, base: base, file: file) }
    self.init(page: page, text: text, file: file)
  }

  /// A page that was parsed before.
  public init(page: Page, text: String, file: String) {
    self.page = page
    self.text = text
    self.file = file
  }

  /// The draft with values put over it.
  public func setting(_ overrides: [PageOverride]) throws(Diagnostics) -> ExperimentDraft {
    var draft = self
    for override in overrides { draft.page = try draft.page.setting(override) }
    return draft
  }

  /// The experiment with values put over the page, in order, and every default filled in.
  /// - Throws: `Diagnostics`, all at once.
  public func resolved(_ overrides: [PageOverride] = []) throws(Diagnostics) -> ResolvedExperiment {
    var page = try page.withStandardChoices(overrides: overrides)
    for override in overrides { page = try page.setting(override) }
    page = try page.withDescentChoices()
    let value = try ExperimentPage.schema.read(page)
    return ResolvedExperiment(try Experiment(value), value, text: text, file: file)
  }

  private static func extended(_ root: PageNode, base: PageNode, file: String) throws -> PageNode {
    guard let name = base.scalar?.text, !name.isEmpty else {
      throw Diagnostics([base.place.diagnostic("extends must be the path of a page (got \(base.shown))")])
    }
    let folder = file.contains("/") ? String(file[...file.lastIndex(of: "/")!]) : ""
    let path = name.hasPrefix("/") ? name : folder + name
    guard FileManager.default.fileExists(atPath: path) else {
      throw Diagnostics([base.place.diagnostic("cannot extend \(path): no such file")])
    }
    let page = try Page.load(path: path)
    if let deeper = page.root.entries?.first(where: { $0.key == "extends" }) {
      throw Diagnostics([
        deeper.keyPlace.diagnostic("a page that is extended cannot extend another one (\(file) extends this one)")
      ])
    }
    return page.root.overlaid(by: root)
  }
}

extension Page {
  /// The page with the choices of a kind that it leaves open, so that a resolved page states them.
  /// - Parameter overrides: what will be put over the page; whether the neuron is a rate neuron decides what is standard.
  fileprivate func withStandardChoices(overrides: [PageOverride]) throws(Diagnostics) -> Page {
    var page = self
    let network = page.root["network"]
    guard page.root.entries != nil, network == nil || network?.entries != nil else { return page }
    var named = network?["neuron"]?.scalar?.text
    for override in overrides where override.path == "network.neuron" { named = override.value.scalar?.text }
    let isRate = named.map { RateFunction(rawValue: $0) != nil } ?? false
    if page.root["encoder"] == nil {
      page = try page.setting("encoder=" + (isRate ? "{kind: current, gain: 1}" : "{kind: bernoulli, rate: 0.5}"))
    }
    if isRate {
      // A sample is one step.
      for key in ["steps", "learn_from"] where network?[key] == nil { page = try page.setting("network.\(key)=1") }
    } else if network?["surrogate"] == nil {
      page = try page.setting("network.surrogate={kind: fast-sigmoid, slope: 2.0}")
    }
    return page
  }

  /// The page with the budget of a descent where it says that gradients are followed and not how long.
  fileprivate func withDescentChoices() throws(Diagnostics) -> Page {
    guard let search = root["optimizer"], search["kind"]?.scalar?.text == MetaGradient.name else { return self }
    var page = self
    if search["generations"] == nil { page = try page.setting("optimizer.generations=600") }
    if search["episodes"] == nil { page = try page.setting("optimizer.episodes=1") }
    return page
  }
}

extension PageNode {
  /// This tree with the keys of `other` put over it; lists and single values replace, `extends` is dropped.
  fileprivate func overlaid(by other: PageNode) -> PageNode {
    guard let mine = entries, let theirs = other.entries else { return other }
    var merged = mine
    for entry in theirs where entry.key != "extends" {
      if let index = merged.firstIndex(where: { $0.key == entry.key }) {
        merged[index].value = merged[index].value.overlaid(by: entry.value)
        merged[index].keyPlace = entry.keyPlace
      } else {
        merged.append(entry)
      }
    }
    var node = other
    node.kind = .mapping(merged)
    return node
  }
}

extension Experiment {
  /// The experiment that a validated page describes.
  /// - Throws: `Diagnostics` for what only several keys together can get wrong.
  init(_ page: PageValue) throws(Diagnostics) {
    self.init(name: page.require("experiment").text)
    about = page.require("about").text
    seed = UInt64(page.require("seed").integer)
    rule = page.require("rule").text
    credit = CreditChoice(page.require("credit"))
    network = NetworkParameters(page.require("network"))
    if let choice = page["encoder"] { encoder = SpikeEncoder(choice) }
    task.data = page.require("task.data").text
    task.shape = EpisodeShape(
      ways: page.require("task.ways").integer, shots: page.require("task.shots").integer,
      query: page.require("task.query").integer, keepsLabels: page.require("task.labels").text == "keep",
      withReplacement: page.require("task.replacement").boolean,
      supportFromSearch: page.require("task.support").text == "search")
    task.passes = page.require("task.passes").integer
    task.pools = PoolDivision(rawValue: page.require("task.pools").text)!
    let search = page.require("optimizer")
    optimizer.kind = search.require("kind").text
    optimizer.generations = search.require("generations").integer
    optimizer.population = search.require("population").integer
    optimizer.sigma = search.require("sigma").number
    optimizer.episodes = search.require("episodes").integer
    optimizer.l1 = search.require("l1").number
    optimizer.parsimony = search.require("parsimony").number
    optimizer.points = search.require("points").integer
    optimizer.hurdle.after = search.require("hurdle.after").integer
    optimizer.hurdle.quantile = search.require("hurdle.quantile").number
    optimizer.hurdle.margin = search.require("hurdle.margin").number
    optimizer.start = Dictionary(
      uniqueKeysWithValues: (search["start"]?.entries ?? []).map { ($0.key, $0.value.number) })
    optimizer.descent.learningRate = search.require("learning_rate").number
    optimizer.descent.axes = DescentSettings.Axes(rawValue: search.require("axes").text)!
    optimizer.descent.beta1 = search.require("beta1").number
    optimizer.descent.beta2 = search.require("beta2").number
    optimizer.descent.clip = search["clip"]?.number
    optimizer.descent.warmUp = search.require("warm_up").integer
    optimizer.descent.restartEvery = search["restart_every"]?.integer
    optimizer.descent.restartFactor = search.require("restart_factor").number
    if optimizer.followsGradient {
      optimizer.population = 1
      optimizer.parsimony = 0
      optimizer.hurdle.after = 0
    }
    worstLoss = page.require("worst_loss").number
    selection.episodes = page.require("selection.episodes").integer
    selection.candidates = page.require("selection.candidates").integer
    selection.criterion = Criterion(rawValue: page.require("selection.criterion").text)!
    testEpisodes = page.require("test.episodes").integer
    baselines.generations = page.require("baselines.generations").integer
    baselines.population = page.require("baselines.population").integer
    baselines.episodes = page.require("baselines.episodes").integer
    references = referenceCatalogue.compactMap { entry in page["references.\(entry.name)"].map(entry.read) }
    try check(page)
  }

  private func check(_ page: PageValue) throws(Diagnostics) {
    var found: [Diagnostic] = []
    if !NameRule.label.accepts(name) {
      found.append(
        page.require("experiment").diagnostic("experiment must be \(NameRule.label.description) (got \"\(name)\")"))
    }
    if network.rateFunction == nil, network.learnFrom > network.steps {
      found.append(
        page.require("network.learn_from").diagnostic(
          "network.learn_from must be at most network.steps, \(network.steps) (got \(network.learnFrom))"))
    }
    if network.rateFunction != nil {
      if case .current = encoder {
      } else {
        found.append(
          page.require("encoder.kind").diagnostic(
            "encoder.kind must be current, for \(network.neuron) neurons take intensities, not spikes"))
      }
      for key in ["steps", "learn_from"] where page.require("network.\(key)").integer != 1 {
        let value = page.require("network.\(key)")
        found.append(
          value.diagnostic(
            "network.\(key) must be 1, for a sample is one step of \(network.neuron) neurons (got \(value.integer))"))
      }
    } else if network.bias {
      found.append(
        page.require("network.bias").diagnostic(
          "network.bias must be false, for \(network.neuron) neurons have no bias units; rate neurons have: "
            + RateFunction.allCases.map(\.rawValue).joined(separator: ", ")))
    }
    if case .events = encoder, network.rateFunction == nil, !TaskCatalogue.recordedNames.contains(task.data) {
      found.append(
        page.require("encoder.kind").diagnostic(
          "encoder.kind events needs recorded spikes, and \(task.data) has none; there are "
            + TaskCatalogue.recordedNames.joined(separator: ", ")))
    }
    let samples = task.shape.ways * (task.shape.shots + task.shape.query)
    if samples > 1_000_000 {
      found.append(
        page.require("task").diagnostic(
          "an episode has \(samples) samples; at most 1000000 fit (ways · (shots + query))"))
    }
    let presented = (task.shape.ways * task.shape.shots).multipliedReportingOverflow(by: task.passes)
    if presented.overflow || presented.partialValue > 1 << 24 {
      found.append(
        page.require("task.passes").diagnostic(
          "task.passes must be at most \((1 << 24) / (task.shape.ways * task.shape.shots)), for an episode presents at "
            + "most \(1 << 24) samples (got \(task.passes) passes of \(task.shape.ways * task.shape.shots))"))
    }
    if task.passes > 1, optimizer.followsGradient {
      found.append(
        page.require("task.passes").diagnostic(
          "task.passes must be 1 with optimizer.kind \(optimizer.kind), which follows one pass (got \(task.passes))"))
    }
    let weights = zip(network.hidden, network.hidden.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 }
    if weights > 1 << 26 {
      found.append(
        page.require("network.hidden").diagnostic(
          "network.hidden has \(weights) weights between its groups; at most \(1 << 26) are allowed"))
    }
    for (path, choice) in [
      ("optimizer", (optimizer.generations, optimizer.episodes)),
      ("baselines", (baselines.generations, baselines.episodes)),
    ] where choice.0.multipliedReportingOverflow(by: choice.1).partialValue > Int(UInt32.max) {
      found.append(
        page.require("\(path).generations").diagnostic(
          "\(path).generations · \(path).episodes must be below 2³² (got \(choice.0) · \(choice.1))"))
    }
    if !found.isEmpty { throw Diagnostics(found) }
  }
}

extension NetworkParameters {
  init(_ page: PageValue) {
    self.init()
    neuron = page.require("neuron").text
    hidden = page.require("hidden").list.map(\.integer)
    steps = page.require("steps").integer
    leak = page.require("leak").number
    threshold = page.require("threshold").number
    reset = Reset(rawValue: page.require("reset").text)!
    activityDecay = page.require("activity_decay").number
    if let choice = page["surrogate"] {
      let width = ["slope", "alpha", "width"].compactMap { choice[$0]?.number }.first ?? 1
      surrogate = SurrogateGradient(name: choice.require("kind").text, width: width)!
    }
    synapseDecay = page["synapse_decay"]?.number
    adaptationDecay = page.require("adaptation_decay").number
    adaptationStrength = page.require("adaptation_strength").number
    readoutLeak = page.require("readout_leak").number
    weightScale = page.require("weight_scale").number
    feedbackScale = page.require("feedback_scale").number
    learnFrom = page.require("learn_from").integer
    sharpness = page.require("sharpness").number
    bias = page.require("bias").boolean
  }
}

extension SpikeEncoder {
  init(_ page: PageValue) {
    switch page.require("kind").text {
    case "current": self = .current(gain: page.require("gain").number)
    case "first-spike": self = .firstSpike
    case "events": self = .events(merging: page.require("merge").integer)
    default: self = .bernoulli(rate: page.require("rate").number)
    }
  }
}
