import Pages
import Tasks

/// Rules on the cross product of axes: data sets, shots, networks, seeds.
///
/// Every cell is one experiment's page with some keys replaced; all rules of a cell meet the same episodes.
public struct Grid: Sendable {
  /// What the grid is called.
  public var name: String
  /// One or two sentences for people.
  public var about: String
  /// The page that cells are variants of.
  public var draft: ExperimentDraft
  /// The axes; the last one changes fastest within a task.
  public var axes: [Axis]
  /// The rules as the page names them; empty where they were given otherwise.
  public var rules: [RuleChoice]
  /// Episodes of a cell; nil for the test episodes of the experiment.
  public var episodes: Int?
  /// The number of the first episode.
  public var first = 0
  /// The pool that episodes are drawn from.
  public var split = Split.test
  /// The row that others are compared with; nil for feedback alignment or else the first.
  public var baseline: String?
  /// Whether the methods that are not rules are scored too.
  public var scoresReferences = true
  /// What is measured within episodes; nil for nothing but their end.
  public var diagnosis: DiagnosisWish?

  /// A grid without axes: one cell.
  public init(name: String, about: String = "No description.", draft: ExperimentDraft) {
    self.name = name
    self.about = about
    self.draft = draft
    axes = []
    rules = []
  }

  /// One thing that varies.
  public struct Axis: Sendable {
    /// Key path, or the name of an axis whose values are sets of keys.
    public var name: String
    /// Whether `name` is the path of the one key that varies.
    public var isKey: Bool
    /// Its values, each different from the others.
    public var values: [Value]

    /// Makes an axis.
    public init(name: String, isKey: Bool, values: [Value]) {
      self.name = name
      self.isKey = isKey
      self.values = values
    }

    /// The last key of the path: what labels call it.
    public var shortName: String { name.split(separator: ".").last.map(String.init) ?? name }
  }

  /// One value of an axis.
  public struct Value: Sendable {
    /// What labels call it: `20`, `lif`, `170-100`.
    public var label: String
    /// What is put over the experiment's page.
    public var overrides: [PageOverride]

    /// Makes a value.
    public init(label: String, overrides: [PageOverride]) {
      self.label = label
      self.overrides = overrides
    }
  }

  /// A rule as a grid names it.
  public struct RuleChoice: Sendable {
    /// A name in `rules/`, a path, `RUN.h5` or `RUN.h5#G:K`.
    public var rule: String
    /// What tables call it; nil for the rule's own name.
    public var name: String?
    /// Values of coefficients, the same for all layers.
    public var coefficients: [String: Double]
    /// Where the page names it.
    public var place: Place?

    /// Makes a choice.
    public init(rule: String, name: String? = nil, coefficients: [String: Double] = [:], place: Place? = nil) {
      self.rule = rule
      self.name = name
      self.coefficients = coefficients
      self.place = place
    }
  }
}

extension Grid {
  /// The axis of that key, or nil.
  func axis(ofKey key: String) -> Axis? { axes.first { $0.isKey && $0.name == key } }

  /// The axes beside shots and seeds.
  var taskAxes: [Axis] { axes.filter { !$0.isKey || !["task.shots", "seed"].contains($0.name) } }

  /// The grid as JSON, from which the same grid can be read again; rules are kept by the record, not here.
  public var json: JSON {
    func overridesJSON(_ value: Value) -> JSON {
      .object(value.overrides.map { JSON.Member($0.path, $0.value.json) })
    }
    let vary = axes.map { axis in
      JSON.object([
        .init(axis.isKey ? "key" : "axis", .text(axis.name)),
        .init(
          "values",
          .list(
            axis.values.map { value in
              axis.isKey
                ? value.overrides[0].value.json
                : .object([.init("label", .text(value.label)), .init("set", overridesJSON(value))])
            })),
      ])
    }
    var members: [JSON.Member] = [
      .init("schema", .integer(1)), .init("grid", .text(name)), .init("about", .text(about)),
      .init("experiment", draft.page.root.json), .init("vary", .list(vary)), .init("first", .integer(first)),
      .init("split", .text("\(split)")), .init("references", .boolean(scoresReferences)),
    ]
    if let episodes { members.append(.init("episodes", .integer(episodes))) }
    if let baseline { members.append(.init("baseline", .text(baseline))) }
    if let points = diagnosis?.points { members.append(.init("curve", .list(points.map { .integer($0) }))) }
    if diagnosis?.measuresLayers == true { members.append(.init("diagnose", .boolean(true))) }
    return .object(members)
  }
}
