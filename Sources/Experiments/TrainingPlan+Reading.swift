import Kernels
import Layers
import Networks
import Pages
import Rules
import Systems
import Tasks
import Training

extension TrainingPlan {
  /// Whether a page is a training's: it has the key `training`.
  /// - Throws: `PageFileError`, or `Diagnostics`.
  public static func isTraining(_ file: String) throws -> Bool {
    try Page.load(path: file).root["training"] != nil
  }

  /// Reads a training's page and the rules that it names.
  /// - Parameter overrides: values put over the page, in order.
  /// - Throws: `PageFileError`, or `Diagnostics`, all at once.
  public static func load(_ file: String, overrides: [PageOverride] = []) throws -> TrainingPlan {
    try read(text: Page.text(path: file), file: file, overrides: overrides) { try LoadedRule.load($0, near: file) }
  }

  /// Reads a training from text.
  /// - Parameter rule: finds a rule by the word that the page has for it.
  public static func read(
    text: String, file: String, overrides: [PageOverride] = [], rule: (String) throws -> LoadedRule
  ) throws -> TrainingPlan {
    var page = try Page.parse(text: text, file: file)
    for override in overrides { page = try page.setting(override) }
    let value = try TrainingPage.schema.read(page)
    let (seed, wish) = (value.require("seed").integer, value.require("seeds"))
    let seeds: [Int]
    switch wish.content {
    case .list(let list): seeds = list.map(\.integer)
    default: seeds = (0..<wish.integer).map { seed + $0 }
    }
    var found: [Diagnostic] = []
    if Set(seeds).count < seeds.count { found.append(wish.diagnostic("seeds must all be different")) }
    let data = value.require("data")
    found += inputFaults(data)
    let division = DivisionChoice(
      train: data["train"]?.integer, test: data["test"]?.integer, usesTestFile: data.require("split").text == "own")
    let name = data.require("name").text
    let merging = data.require("merge").integer
    let source = Source(
      data: name, shape: TrainingData.shape(of: TaskCatalogue.inputShape(name, merging: merging)),
      isRecorded: TaskCatalogue.recordedNames.contains(name))
    var systems: [SystemPlan] = []
    var resolved: [JSON] = []
    for entry in value.require("systems").list {
      do {
        let own = try TrainingPage.resolved.read(Page(source: page.source, root: merged(page.root, entry.node!)))
        let (system, json) = try SystemPlan.read(own, at: entry, inputs: data, source, rule: rule)
        if systems.contains(where: { $0.name == system.name }) {
          throw Diagnostics([
            (entry["name"] ?? entry.require("credit.kind")).diagnostic("two systems are called \"\(system.name)\"")
          ])
        }
        systems.append(system)
        resolved.append(json)
      } catch let error as Diagnostics {
        found += error.all
      }
    }
    var baseline = 0
    if let wanted = value["baseline"] {
      let names = systems.map(\.name)
      if let place = names.firstIndex(of: wanted.text) {
        baseline = place
      } else if found.isEmpty {
        let hint = suggestion(for: wanted.text, among: names)
        found.append(
          wanted.diagnostic(
            "baseline must be one of the systems" + (hint.isEmpty ? ": \(names.joined(separator: ", "))" : hint)))
      }
    }
    for (a, b) in zip(systems.indices, systems) {
      if let other = systems[..<a].first(where: { $0.rule.rule.name == b.rule.rule.name && $0.rule.text != b.rule.text }
      ) {
        found.append(b.place.diagnostic("rule \(b.rule.rule.name) of \(b.name) is another than that of \(other.name)"))
      }
    }
    guard found.isEmpty else { throw Diagnostics(Array(unique(found))) }
    let json = JSON.object([
      .init("schema", .integer(1)), .init("training", .text(value.require("training").text)),
      .init("about", .text(value.require("about").text)), .init("seed", .integer(seeds[0])),
      .init("seeds", .list(seeds.map(JSON.integer))), .init("data", data.json),
      .init("baseline", .text(systems[baseline].name)), .init("systems", .list(resolved)),
    ])
    return TrainingPlan(
      name: value.require("training").text, about: value.require("about").text, seeds: seeds.map(UInt64.init),
      data: name, division: division, merging: merging, systems: systems, baseline: baseline, text: text, file: file,
      json: json)
  }

  /// What is known of the data before they are loaded.
  struct Source {
    var data: String
    var shape: SignalShape
    var isRecorded: Bool
  }

  /// The keys of a system over those that the page states for all.
  private static func merged(_ page: PageNode, _ system: PageNode) -> PageNode {
    var entries = (page.entries ?? []).filter { entry in TrainingPage.choices.contains { $0.name == entry.key } }
    for entry in system.entries ?? [] {
      guard let index = entries.firstIndex(where: { $0.key == entry.key }) else {
        entries.append(entry)
        continue
      }
      var value = entry.value
      // An optimiser of its own kind leaves nothing of the page's; otherwise keys lie over keys.
      if let mine = entries[index].value.entries, let theirs = value.entries,
        entry.key == "network" || entry.key == "optimizer" && value["kind"] == nil
      {
        value.kind = .mapping(mine.filter { key in !theirs.contains { $0.key == key.key } } + theirs)
      }
      // A rule of its own has coefficients of its own.
      if entry.key == "rule" { entries.removeAll { $0.key == "coefficients" } }
      if let index = entries.firstIndex(where: { $0.key == entry.key }) {
        entries[index] = PageEntry(key: entry.key, keyPlace: entry.keyPlace, value: value)
      }
    }
    return PageNode(.mapping(entries), at: system.place)
  }

  static func inputFaults(_ value: PageValue) -> [Diagnostic] {
    guard let choice = value["standardise"], choice.standardises, let stated = value["mean"] ?? value["deviation"]
    else { return [] }
    return [stated.diagnostic("\(stated.path) is what standardise finds out: state one of them")]
  }

  private static func unique(_ found: [Diagnostic]) -> [Diagnostic] {
    var seen: Set<String> = []
    return found.filter { seen.insert("\($0)").inserted }
  }
}

extension TrainingPlan.SystemPlan {
  /// A system from its checked keys.
  /// - Parameters:
  ///   - entry: the system as it stands in the page.
  ///   - inputs: the page's `data`.
  fileprivate static func read(
    _ own: PageValue, at entry: PageValue, inputs: PageValue, _ source: TrainingPlan.Source,
    rule find: (String) throws -> LoadedRule
  ) throws -> (TrainingPlan.SystemPlan, JSON) {
    var found: [Diagnostic] = []
    let credit = own.require("credit")
    let word = credit.require("kind")
    let card = systemCards.first { $0.name == word.text }!
    let network = try LayeredParameters(own.require("network"))
    if let refusal = card.refusal(of: network) { found.append(word.diagnostic(refusal)) }
    if let layer = LayeredNetwork<Float>.impossibleLayer(network.layers, input: source.shape) {
      found.append(
        own.require("network.layers").diagnostic(
          "nothing is left above layer \(layer), \(network.layers[layer - 1].words): \(source.data) is \(source.shape)")
      )
    }
    if source.isRecorded, !network.neuron.spikes {
      found.append(
        own.require("network.neuron").diagnostic(
          "network.neuron must spike, for \(source.data) is recorded spikes (got \(network.neuron.rawValue))"))
    }
    if let stated = own["data"] { found += TrainingPlan.inputFaults(stated) }
    let training = TrainingSettings(own)
    if training.batch * max(1, network.constants.steps) * source.shape.count > 1 << 30 {
      found.append(own.require("batch").diagnostic("batch is too large: its inputs take more than 4 GiB"))
    }
    guard found.isEmpty else { throw Diagnostics(found) }
    let rulePlace = own["rule"] ?? word
    let loaded = try loadedRule(own["rule"]?.text ?? card.rule, at: rulePlace, find)
    let rule = loaded.rule
    for (name, value) in own["coefficients"]?.entries ?? [] {
      guard let coefficient = rule.coefficients.first(where: { $0.name == name }) else {
        let hint = suggestion(for: name, among: rule.coefficients.map(\.name))
        found.append(value.keyPlace.diagnostic("rule \(rule.name) has no coefficient \"\(name)\"\(hint)"))
        continue
      }
      if !coefficient.range.contains(value.number) {
        found.append(
          value.diagnostic(
            "\(value.path) must lie between \(numberText(coefficient.range.lowerBound)) and "
              + "\(numberText(coefficient.range.upperBound)), the range that rule \(rule.name) gives it "
              + "(got \(numberText(value.number)))"))
      }
    }
    guard found.isEmpty else { throw Diagnostics(found) }
    let chosen = Dictionary(
      uniqueKeysWithValues: (own["coefficients"]?.entries ?? []).map { ($0.key, $0.value.number) })
    if let misfit = misfit(rule, network, card, source.shape) {
      throw Diagnostics([rulePlace.diagnostic(misfit)])
    }
    let system = TrainingPlan.SystemPlan(
      name: own["name"]?.text ?? card.name, card: card, settings: SystemSettings(card, page: credit), rule: loaded,
      coefficients: rule.coefficientSlots(layerCount: network.layers.count + 1).map { chosen[$0.name] ?? $0.start },
      network: network,
      inputs: TrainingPlan.InputChoice(own["data"] ?? inputs), training: training, place: entry.place)
    guard case .object(var members) = own.json else { preconditionFailure("a system is an object") }
    members.removeAll { ["name", "rule"].contains($0.name) }
    members.insert(.init("name", .text(system.name)), at: 0)
    members.append(.init("rule", .text(rule.name)))
    return (system, .object(members))
  }

  /// The rule of a name, or a diagnostic where the page has it.
  private static func loadedRule(
    _ name: String, at place: PageValue, _ find: (String) throws -> LoadedRule
  ) throws -> LoadedRule {
    do {
      return try find(name)
    } catch let error as PageFileError {
      throw Diagnostics([place.diagnostic("no such rule: \(error)")])
    }
  }

  /// Why a rule cannot learn a network; nil when it can.
  private static func misfit(
    _ rule: Rule, _ network: LayeredParameters, _ card: SystemCard, _ input: SignalShape
  ) -> String? {
    do {
      _ = try RuleChange(rule, LayeredNetwork<Float>(network, input: input, outputCount: 2), card)
      return nil
    } catch {
      return error.description
    }
  }
}

extension PageValue {
  /// Whether `standardise` asks for it: `true`, or the word `inputs`.
  fileprivate var standardises: Bool {
    if case .boolean(let wanted) = content { wanted } else { true }
  }
}

extension TrainingPlan.InputChoice {
  /// What `standardise`, `mean` and `deviation` say.
  fileprivate init(_ page: PageValue) {
    guard page["standardise"]?.standardises != true else {
      if case .text = page["standardise"]?.content { self = .standardisedInputs } else { self = .standardised }
      return
    }
    self = .stated(InputScaling(mean: page["mean"]?.number ?? 0, deviation: page["deviation"]?.number ?? 1))
  }
}

extension TrainingSettings {
  fileprivate init(_ page: PageValue) {
    let choice = page.require("optimizer")
    var optimiser = WeightOptimiserSettings(
      WeightOptimiserSettings.Kind(rawValue: choice.require("kind").text)!, rate: choice.require("rate").number)
    if let momentum = choice["momentum"] { optimiser.momentum = momentum.number }
    if let beta1 = choice["beta1"] { optimiser.beta1 = beta1.number }
    if let beta2 = choice["beta2"] { optimiser.beta2 = beta2.number }
    if let decay = choice["decay"] { optimiser.decay = decay.number }
    if let start = choice["start"] { optimiser.start = start.number }
    if let epsilon = choice["epsilon"] { optimiser.epsilon = epsilon.number }
    optimiser.weightDecay = choice.require("weight_decay").number
    optimiser.clip = choice["clip"]?.number
    optimiser.reduction = WeightOptimiserSettings.Reduction(rawValue: choice.require("reduce").text)!
    optimiser.schedule.warmUp = choice.require("warm_up").integer
    if let shape = choice["schedule"] {
      switch shape.require("kind").text {
      case "step":
        optimiser.schedule.shape = .step(every: shape.require("every").integer, factor: shape.require("factor").number)
      case "cosine": optimiser.schedule.shape = .cosine(to: shape.require("to").number)
      default: break
      }
    }
    self.init(
      epochs: page.require("epochs").integer, batch: page.require("batch").integer, optimiser: optimiser, seed: 0)
    parts = page.require("parts").integer
  }
}

extension LayeredParameters {
  /// The network that a page describes.
  /// - Throws: `Diagnostics` where pools are out of place.
  fileprivate init(_ page: PageValue) throws(Diagnostics) {
    let scale = page.require("pool_scale").number
    var layers: [LayerForm] = []
    var found: [Diagnostic] = []
    for item in page.require("layers").list {
      var text = ""
      switch item.content {
      case .integer(let neurons): text = "\(neurons)"
      default: text = item.text
      }
      switch LayerWord(text)! {
      case .layer(let form): layers.append(form)
      case .pool(let kind, let window):
        guard let last = layers.indices.last, layers[last].pool == nil else {
          found.append(item.diagnostic("pool \(text) must stand above a layer that has no pool yet"))
          continue
        }
        layers[last].pool = .init(kind, window: window, scale: kind == .sum ? scale : 1)
      }
    }
    if !found.isEmpty { throw Diagnostics(found) }
    self.init(layers, neuron: LayerNeuron(rawValue: page.require("neuron").text)!)
    bias = page.require("bias").boolean
    constants.steps = neuron.spikes ? page.require("steps").integer : 1
    constants.leak = page.require("leak").number
    constants.threshold = page.require("threshold").number
    constants.reset = NetworkParameters.Reset(rawValue: page.require("reset").text)!
    constants.activityDecay = page.require("activity_decay").number
    constants.synapseDecay = page["synapse_decay"]?.number
    constants.readoutLeak = page.require("readout_leak").number
    constants.sharpness = page.require("sharpness").number
    constants.feedbackScale = page.require("feedback_scale").number
    if let choice = page["surrogate"] {
      let width = ["slope", "alpha", "width"].compactMap { choice[$0]?.number }.first ?? 1
      constants.surrogate = SurrogateGradient(name: choice.require("kind").text, width: width)!
    }
    if let law = page["dense"] { dense = WeightLaw(law) }
    if let law = page["convolution"] { convolution = WeightLaw(law) }
  }
}

extension WeightLaw {
  fileprivate init(_ page: PageValue) {
    switch page.require("kind").text {
    case "normal": self = .normal(variance: page.require("variance").number)
    case "uniform": self = .uniform(scale: page.require("scale").number)
    default: self = .glorot(scale: page.require("scale").number)
    }
  }
}
