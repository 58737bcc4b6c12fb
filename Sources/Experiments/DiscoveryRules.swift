import Pages
import Rules

/// A rule and the page it was read from.
public struct LoadedRule: Sendable, Hashable {
  /// The rule.
  public var rule: Rule
  /// Its page, verbatim.
  public var text: String
  /// The page's path as it was found.
  public var path: String

  /// Reads a rule given by name or by path.
  ///
  /// A path is taken from the current folder, or else from the folder of the page that names it.
  /// - Parameters:
  ///   - name: a name in a folder of rules, or a path.
  ///   - page: the page that names the rule, or nil.
  public static func load(_ name: String, near page: String? = nil) throws -> LoadedRule {
    let folder = page.flatMap { page in page.lastIndex(of: "/").map { String(page[...$0]) } } ?? ""
    let catalogue = RuleCatalogue()
    var path: String
    do {
      path = try catalogue.path(of: name)
    } catch {
      guard !folder.isEmpty, name.contains("/") || name.hasSuffix(".yaml"),
        let near = try? catalogue.path(of: folder + name)
      else { throw error }
      path = near
    }
    let text = try Page.text(path: path)
    return try LoadedRule(text: text, path: path)
  }

  /// Reads a rule from the text of its page.
  public init(text: String, path: String) throws(Diagnostics) {
    rule = try Rule.load(text: text, file: path)
    self.text = text
    self.path = path
  }
}

/// The rules that a discovery needs.
public struct DiscoveryRules: Sendable, Hashable {
  /// The rule whose coefficients are searched.
  public var searched: LoadedRule
  /// `feedback-alignment`.
  public var feedbackAlignment: LoadedRule
  /// `backprop`.
  public var backprop: LoadedRule

  /// Makes the set from its parts.
  public init(searched: LoadedRule, feedbackAlignment: LoadedRule, backprop: LoadedRule) {
    self.searched = searched
    self.feedbackAlignment = feedbackAlignment
    self.backprop = backprop
  }

  /// Reads the rule that an experiment names, and the two it is compared with.
  public static func load(_ experiment: Experiment, near page: String? = nil) throws -> DiscoveryRules {
    DiscoveryRules(
      searched: try LoadedRule.load(experiment.rule, near: page),
      feedbackAlignment: try LoadedRule.load("feedback-alignment"), backprop: try LoadedRule.load("backprop"))
  }
}
