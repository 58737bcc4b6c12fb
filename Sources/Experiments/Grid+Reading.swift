import Foundation
import Pages
import Tasks

extension Grid {
  /// Reads a grid's page and the experiment that it names.
  /// - Parameters:
  ///   - file: path of the page.
  ///   - overrides: values put over the experiment, after those of the page and before any axis.
  /// - Throws: `PageFileError`, or `Diagnostics`, all at once.
  public static func load(_ file: String, overrides: [PageOverride] = []) throws -> (grid: Grid, text: String) {
    let text = try Page.text(path: file)
    return (try read(text: text, file: file, overrides: overrides), text)
  }

  /// Whether a page is a grid's and not an experiment's: it has the key `grid`.
  /// - Throws: `PageFileError`, or `Diagnostics`.
  public static func isGrid(_ file: String) throws -> Bool {
    try Page.load(path: file).root["grid"] != nil
  }

  /// Reads a grid from text; see `load`.
  public static func read(text: String, file: String, overrides: [PageOverride] = []) throws -> Grid {
    let page = try Page.parse(text: text, file: file)
    let value = try GridPage.schema.read(page)
    let named = value.require("experiment")
    var draft: ExperimentDraft
    if let node = named.node, node.entries != nil {
      draft = ExperimentDraft(page: Page(source: page.source, root: node), text: text, file: file)
    } else {
      draft = try experiment(named, near: file)
    }
    for entry in value["set"]?.entries ?? [] {
      draft = try draft.setting([
        PageOverride(path: entry.key, value: entry.value.node!, keyPlace: entry.value.keyPlace)
      ])
    }
    draft = try draft.setting(overrides)
    var grid = Grid(name: value.require("grid").text, about: value.require("about").text, draft: draft)
    grid.rules = value.require("rules").list.map(RuleChoice.init)
    grid.axes = try (value["vary"]?.list ?? []).map(Axis.init)
    grid.episodes = value["episodes"]?.integer
    grid.first = value.require("first").integer
    grid.split = Split.allCases.first { "\($0)" == value.require("split").text }!
    grid.baseline = value["baseline"]?.text
    grid.scoresReferences = value.require("references").boolean
    let (curve, diagnoses) = (value["curve"]?.list.map(\.integer), value.require("diagnose").boolean)
    if curve != nil || diagnoses { grid.diagnosis = DiagnosisWish(points: curve, measuresLayers: diagnoses) }
    try grid.check(value)
    return grid
  }

  /// The grid of the same name and axes that a record keeps; see `json`.
  /// - Throws: `Diagnostics` when the text is not what a record keeps.
  public init(stored text: String, file: String) throws(Diagnostics) {
    let page = try Page.parse(text: text, file: file)
    func missing() -> Diagnostics {
      Diagnostics([page.root.place.diagnostic("the record does not hold a grid")])
    }
    guard let name = page.root["grid"]?.scalar?.text, let experiment = page.root["experiment"],
      experiment.entries != nil, case .sequence(let axes) = page.root["vary"]?.kind,
      let first = page.root["first"]?.scalar?.integer, let word = page.root["split"]?.scalar?.text,
      let split = Split.allCases.first(where: { "\($0)" == word }),
      let references = page.root["references"]?.scalar?.boolean
    else { throw missing() }
    self.init(
      name: name, about: page.root["about"]?.scalar?.text ?? "",
      draft: ExperimentDraft(page: Page(source: page.source, root: experiment), text: text, file: file))
    for node in axes {
      guard case .sequence(let values) = node["values"]?.kind else { throw missing() }
      if let key = node["key"]?.scalar?.text {
        self.axes.append(try Axis(key: key, values: values, place: node.place))
      } else if let name = node["axis"]?.scalar?.text {
        var sets: [Value] = []
        for value in values {
          guard let label = value["label"]?.scalar?.text, let entries = value["set"]?.entries else { throw missing() }
          var overrides: [PageOverride] = []
          for entry in entries {
            overrides.append(try PageOverride(path: entry.key, value: entry.value, keyPlace: entry.keyPlace))
          }
          sets.append(Value(label: label, overrides: overrides))
        }
        self.axes.append(Axis(name: name, isKey: false, values: sets))
      } else {
        throw missing()
      }
    }
    self.first = first
    self.split = split
    scoresReferences = references
    episodes = page.root["episodes"]?.scalar?.integer
    baseline = page.root["baseline"]?.scalar?.text
    var curve: [Int]?
    if case .sequence(let points)? = page.root["curve"]?.kind { curve = points.compactMap { $0.scalar?.integer } }
    let diagnoses = page.root["diagnose"]?.scalar?.boolean == true
    if curve != nil || diagnoses { diagnosis = DiagnosisWish(points: curve, measuresLayers: diagnoses) }
  }

  /// The experiment that a page names: a path, or the name of a page beside it.
  private static func experiment(_ named: PageValue, near file: String) throws -> ExperimentDraft {
    let folder = file.contains("/") ? String(file[...file.lastIndex(of: "/")!]) : ""
    let name = named.text
    let beside = name.hasPrefix("/") ? [name] : [folder + name, folder + name + ".yaml"]
    for path in beside + [name] {
      var isFolder: ObjCBool = false
      if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue {
        return try ExperimentDraft.load(path)
      }
    }
    let pages = (try? FileManager.default.contentsOfDirectory(atPath: folder.isEmpty ? "." : folder)) ?? []
    let names = pages.filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }.sorted()
    throw Diagnostics([
      named.diagnostic("there is no experiment \"\(name)\" beside this page\(suggestion(for: name, among: names))")
    ])
  }

  /// What only several keys together can get wrong.
  private func check(_ page: PageValue) throws(Diagnostics) {
    var found: [Diagnostic] = []
    var names: Set<String> = []
    for (choice, value) in zip(rules, page.require("rules").list) {
      if let name = choice.name, !names.insert(name).inserted {
        found.append((value["name"] ?? value).diagnostic("two rules are called \"\(name)\""))
      }
    }
    found += axisFaults
    if !found.isEmpty { throw Diagnostics(found) }
  }

  /// Fails where axes repeat a key or a value, or vary shots or seeds beside other keys.
  /// - Throws: `Diagnostics`.
  public func checkAxes() throws(Diagnostics) {
    let found = axisFaults
    if !found.isEmpty { throw Diagnostics(found) }
  }

  private var axisFaults: [Diagnostic] {
    var found: [Diagnostic] = []
    var names: Set<String> = []
    for axis in axes {
      guard let place = axis.values.first?.overrides.first?.keyPlace else { continue }
      if !names.insert(axis.name).inserted { found.append(place.diagnostic("\"\(axis.name)\" varies twice")) }
      var labels: Set<String> = []
      for item in axis.values where !labels.insert(item.label).inserted {
        let place = item.overrides.first?.value.place ?? place
        found.append(place.diagnostic("\(axis.name) has the value \(item.label) twice"))
      }
      guard !axis.isKey else { continue }
      for item in axis.values {
        for override in item.overrides where ["task.shots", "seed"].contains(override.path) {
          found.append(
            override.keyPlace.diagnostic(
              "\(override.path) varies on an axis of its own: {key: \(override.path), values: […]}"))
        }
      }
    }
    return found
  }
}

extension Grid.RuleChoice {
  /// A checked entry of `rules`.
  init(_ page: PageValue) {
    if case .text(let rule) = page.content {
      self.init(rule: rule, place: page.place)
    } else {
      self.init(
        rule: page.require("rule").text, name: page["name"]?.text,
        coefficients: Dictionary(
          uniqueKeysWithValues: (page["coefficients"]?.entries ?? []).map { ($0.key, $0.value.number) }),
        place: page.require("rule").place)
    }
  }
}

extension Grid.Axis {
  /// A checked entry of `vary`.
  init(_ page: PageValue) throws(Diagnostics) {
    let values = page.require("values")
    if let key = page["key"] {
      guard case .list(let list) = values.content else {
        throw Diagnostics([values.diagnostic("\(values.path) must be a list, for key names one key")])
      }
      try self.init(key: key.text, values: list.map { $0.node! }, place: key.place)
      return
    }
    guard case .mapping(let sets) = values.content else {
      throw Diagnostics([
        values.diagnostic("\(values.path) must be sets of keys by their labels, for axis names no key")
      ])
    }
    var all: [Grid.Value] = []
    for (label, set) in sets {
      var overrides: [PageOverride] = []
      for entry in set.entries {
        overrides.append(
          try PageOverride(path: entry.key, value: entry.value.node!, keyPlace: entry.value.keyPlace))
      }
      all.append(Grid.Value(label: label, overrides: overrides))
    }
    self.init(name: page.require("axis").text, isKey: false, values: all)
  }

  /// An axis of one key.
  init(key: String, values: [PageNode], place: Place) throws(Diagnostics) {
    var overrides: [PageOverride] = []
    for value in values { overrides.append(try PageOverride(path: key, value: value, keyPlace: place)) }
    self.init(overrides)
  }

  /// An axis of one key from values of it, all of the same path.
  public init(_ overrides: [PageOverride]) {
    self.init(
      name: overrides[0].path, isKey: true,
      values: overrides.map { Grid.Value(label: $0.value.json.label, overrides: [$0]) })
  }
}

extension JSON {
  /// A value in a label: `20`, `lif`, `170-100`, `kind=current gain=1`.
  fileprivate var label: String {
    switch self {
    case .text(let text): text
    case .list(let values): values.isEmpty ? "none" : values.map(\.label).joined(separator: "-")
    case .object(let members): members.map { "\($0.name)=\($0.value.label)" }.joined(separator: " ")
    default: text()
    }
  }
}
