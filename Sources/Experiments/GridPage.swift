import Pages
import Tasks

/// The table of grid pages: reader, defaults and JSON Schema all come from it.
public enum GridPage {
  /// Every key of a page.
  public static let schema = PageSchema(
    title: "Metaplast grid", doc: "Which rules meet which few-shot problems, networks and seeds.",
    keys: PageKeys([
      PageKey("schema", .integer(1...1), required: true, doc: "Version of the page's form."),
      PageKey("grid", .name(.label), required: true, doc: "What the grid is called; names its record."),
      PageKey("about", .text, default: .text("No description."), doc: "One or two sentences for people."),
      PageKey(
        "experiment",
        .either([.text, .any], description: "a name, a path or the keys of an experiment"), required: true,
        doc: "The page that every cell is a variant of: a name or a path beside this page, or its keys."),
      PageKey(
        "set", .map(of: .any, names: keyPath, count: 0...1000),
        doc: "Values put over the experiment's, by the path of their key, before any axis is."),
      PageKey(
        "rules", .list(of: rule, count: 1...1000), required: true,
        doc: "Rules: a name, a path, RUN.h5, RUN.h5#G:K, or one of these with a name or coefficients of its own."),
      PageKey(
        "vary", .list(of: .mapping(axis), count: 0...16),
        doc: "Axes; a cell is a combination of one value of each, the last axis changing fastest."),
      PageKey(
        "episodes", .integer(2...1_000_000), doc: "Episodes of a cell; the experiment's test episodes otherwise."),
      PageKey("first", .integer(0...1_000_000_000), default: .integer(0), doc: "The number of the first episode."),
      PageKey(
        "split", .choice(Split.allCases.map { "\($0)" }), default: .text("test"), doc: "The pool to draw from."),
      PageKey(
        "baseline", .text,
        doc: "The row that the others are compared with; feedback-alignment when it is there, else the first."),
      PageKey(
        "curve", .list(of: .integer(0...1_000_000_000), count: 0...1000),
        doc: "Also answer the queries after so many support samples; the end is always there."),
      PageKey(
        "diagnose", .boolean, default: .boolean(false),
        doc: "Also measure the layers within episodes, at the points of curve or at 0 and six more."),
      PageKey(
        "references", .boolean, default: .boolean(true), doc: "Also score the methods that are not rules."),
    ]))

  /// Keys with dots between them, such as `task.shots`.
  static let keyPath = NameRule(
    pattern: "^[A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z0-9_]+)*$", description: "keys with dots between them"
  ) { path in
    path.utf8.count <= 256
      && path.split(separator: ".", omittingEmptySubsequences: false).enumerated().allSatisfy { place, key in
        !key.isEmpty && (place > 0 || !key.utf8.first!.isDigit)
          && key.utf8.allSatisfy { $0.isDigit || ($0 | 32) >= 97 && ($0 | 32) <= 122 || $0 == 95 }
      }
  }

  private static let rule = PageKind.either(
    [.mapping(ruleKeys), .text], description: "a rule or a mapping with the key rule")

  private static let ruleKeys = PageKeys([
    PageKey("rule", .text, required: true, doc: "A name in rules/, a path, RUN.h5 or RUN.h5#G:K."),
    PageKey("name", .text, doc: "What tables call it; unique in the grid."),
    PageKey(
      "coefficients", .map(of: .number(.any), names: .identifier, count: 0...1000),
      doc: "Values of its coefficients, the same for all layers."),
  ])

  private static let axis = PageKeys(
    [
      PageKey("key", .name(keyPath), doc: "The key of the experiment that varies, such as task.shots."),
      PageKey("axis", .name(.label), doc: "What an axis is called whose values are sets of keys."),
      PageKey(
        "values",
        .either(
          [
            .list(of: .any, count: 1...10_000),
            .map(of: .map(of: .any, names: keyPath), names: .label, count: 1...10_000),
          ],
          description: "a list of values, or sets of keys by their labels"), required: true,
        doc: "With key: a list of values. With axis: labels, each with keys of the experiment and their values."),
    ], exactlyOne: [["key", "axis"]])
}

extension UInt8 {
  fileprivate var isDigit: Bool { self >= 48 && self <= 57 }
}
