import Pages
import Records
import Rules
import Tasks

/// A rule of a grid, before it is put on the network of a cell.
public struct GridRule: Sendable, Hashable {
  /// The name of its rows.
  public var name: String
  /// The rule.
  public var rule: Rule
  /// One value per slot, for networks of as many layers as these fit; nil for the rule's own on any network.
  public var coefficients: [Double]?
  /// Its page as it was read; nil for a rule from a record or with other coefficients, which gets a page of its own.
  public var text: String?
  /// The path of its page or record.
  public var path: String
  /// Where it comes from.
  public var origin: RuleRow.Origin

  /// Makes a rule of a grid.
  public init(name: String, rule: Rule, coefficients: [Double]? = nil, text: String?, path: String) {
    self.name = name
    self.rule = rule
    self.coefficients = coefficients
    self.text = text
    self.path = path
    origin =
      switch rule.name {
      case RowName.backprop, RowName.feedbackAlignment: .baseline
      default: coefficients == nil ? .user : .discovered
      }
  }

  /// The rule on the network of an experiment.
  /// - Throws: `RuleMisfit` where it has coefficients for networks of another depth.
  public func contender(in experiment: Experiment) throws(RuleMisfit) -> Contender {
    let contender = Contender(name: name, rule: rule, network: experiment.network, credit: experiment.credit)
    guard let coefficients else { return contender }
    guard coefficients.count == contender.coefficients.count else {
      throw RuleMisfit(name: name, has: coefficients.count, needs: contender.coefficients.count)
    }
    return contender.with(coefficients: coefficients)
  }

  /// The same with other values of some coefficients, all layers' alike.
  /// - Parameter place: where the values were written.
  /// - Throws: `Diagnostics` when it has no coefficient of a name, or a value lies outside its range.
  public func with(_ values: [String: Double], at place: Place) throws(Diagnostics) -> GridRule {
    guard !values.isEmpty else { return self }
    var other = self
    for (name, value) in values.sorted(by: { $0.key < $1.key }) {
      guard let index = rule.coefficients.firstIndex(where: { $0.name == name }) else {
        let names = rule.coefficients.map(\.name)
        let hint = suggestion(for: name, among: names)
        throw Diagnostics([
          place.diagnostic(
            "rule \(rule.name) has no coefficient \"\(name)\""
              + (hint.isEmpty && !names.isEmpty ? "; it has \(names.joined(separator: ", "))" : hint))
        ])
      }
      let range = rule.coefficients[index].range
      guard range.contains(value) else {
        throw Diagnostics([
          place.diagnostic(
            "coefficient \(name) must lie between \(numberText(range.lowerBound)) and \(numberText(range.upperBound)), "
              + "the range that rule \(rule.name) gives it (got \(numberText(value)))")
        ])
      }
      if let own = coefficients, let layers = layerCount(own.count) {
        for (slot, place) in zip(rule.coefficientSlots(layerCount: layers), own.indices) where slot.name == name {
          other.coefficients![place] = value
        }
      } else {
        other.rule.coefficients[index].start = value
      }
    }
    other.text = nil
    return other
  }

  /// Layers of the networks that a number of coefficients fits.
  private func layerCount(_ count: Int) -> Int? {
    let layered = rule.coefficients.count { $0.perLayer }
    return layered == 0 ? 1 : (count - (rule.coefficients.count - layered)) / layered
  }

  /// The row of `/rules`; equations are those on the network of an experiment where the rule fits it.
  public func row(in experiment: Experiment) -> RuleRow {
    let fitting = try? contender(in: experiment)
    let contender =
      fitting ?? Contender(name: name, rule: rule, network: experiment.network, credit: experiment.credit)
    var plain = rule
    for index in plain.coefficients.indices where coefficients != nil {
      let own = zip(contender.slots, contender.coefficients).filter { $0.0.name == plain.coefficients[index].name }
      if !own.isEmpty { plain.coefficients[index].start = own.reduce(0) { $0 + $1.1 } / Double(own.count) }
    }
    return RuleRow(contender, text: text ?? RulePage.text(plain), origin: origin)
  }
}

/// A rule has coefficients for networks of another depth.
public struct RuleMisfit: Error, Hashable, Sendable, CustomStringConvertible {
  /// The rule's row.
  public var name: String
  /// Coefficients that it has.
  public var has: Int
  /// Coefficients that the network needs.
  public var needs: Int

  /// One sentence.
  public var description: String {
    "\(name) has \(has) coefficients, and this experiment's network needs \(needs)"
  }
}
