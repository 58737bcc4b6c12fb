// The requirements are documented at `RuleTarget`.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
import Rules

/// A Brian2 script with a whole network: input spikes, leaky integrate-and-fire layers through which spikes pass within a
/// step, a readout with its error, the credit pathway, and the rule of every projection.
///
/// The script computes the weights of `NetworkTrace`; given that file's path it compares.
public struct Brian2Target: RuleTarget {
  public let name = "brian2"
  public let about = "a script with a whole network"
  public let fileSuffix = ".brian2.py"
  public let commentMark = "#"
  public let traceKind = ExpectedTrace.network

  /// The credit pathways that a script can hold.
  static let pathways = ["transport", "random", "direct", "usf", "brsf", "frsf", "learned", "none"]

  /// The target.
  public init() {}

  public func obstacles(_ exported: ExportedRule) -> [String] {
    let rule = exported.rule
    var found: [String] = []
    for noise in [Quantity.noisePre, .noisePost, .noise] where rule.reads(noise) {
      found.append(
        "it reads the noise \(noise.rawValue), which follows from a run's seed, and Brian2 draws random numbers of its own"
      )
    }
    if rule.mirror != nil {
      found.append("db acts in phases between samples (mirror), and the script has samples alone")
    }
    for trace in rule.traces where trace.of.hasSums {
      found.append("trace \(trace.name) needs a sum over the neurons of its own group, and Brian2 sums over synapses")
    }
    if !Self.pathways.contains(exported.credit) {
      found.append(
        "the script has no credit pathway \(exported.credit); it has \(Self.pathways.joined(separator: ", "))")
    }
    let holdsFeedback = ["random", "learned", "transport"].contains(exported.credit)
    if rule.usesFeedback, !holdsFeedback {
      found.append("it reads the feedback weight b, which credit pathway \(exported.credit) does not have")
    }
    return found
  }

  public func body(of exported: ExportedRule) -> String {
    let network = exported.network
    let projections = (1...network.projectionCount).map { Brian2Projection(exported, layer: $0) }
    let levels = projections.flatMap(\.sums).map(\.level).max() ?? 0
    return Brian2Script.opening(exported, levels: levels)
      + "\n# The rule as code, one entry a projection from the input up.\n"
      + "RULE = [\n" + projections.map { $0.text.indented("    ") }.joined() + "]\n"
      + Brian2Script.network(exported)
  }
}

/// One projection's part of the script: the code of its rule.
struct Brian2Projection {
  let sums: [Brian2Sum]
  private let lines: [String]

  init(_ exported: ExportedRule, layer: Int) {
    let rule = exported.rule
    let dw = rule.dw(layer: layer, layerCount: exported.network.projectionCount)
    var names = Brian2Names(exported, layer: layer)
    let expressions = [rule.eligibility?.of, dw, rule.db].compactMap { $0 }
    for expression in expressions { names.collect(expression) }
    sums = names.sums
    var lines: [String] = []
    let read = rule.coefficients.filter { coefficient in
      expressions.contains { $0.contains { $0 == .coefficient(coefficient.name) } }
    }
    lines.append("\"coefficients\": {")
    for coefficient in read {
      let value = Self.literal(names.coefficients[coefficient.name] ?? 0)
      lines.append("    \"\(Brian2Names.coefficient(coefficient.name))\": \(value),")
    }
    lines.append("},")
    for side in [Owner.pre, .post] {
      var own = names
      own.side = side
      let code = rule.traces.filter { $0.owner == side }.map { trace in
        let name = Brian2Names.trace(trace)
        return "(\"\(name)\", \"\(Printer.text(trace.decay)) * \(name) + \(own.code(trace.of))\"),"
      }
      lines.append("\"\(side.rawValue)_traces\": [" + code.joined(separator: " ") + "],")
    }
    lines.append("\"sums\": [")
    for sum in sums {
      lines.append(
        "    (\(sum.level), \"\(sum.side.rawValue)\", \"\(sum.name)\", \"\(names.summand(sum))\"),"
          + "  # \(Printer.text(sum.expression))")
    }
    lines.append("],")
    if let eligibility = rule.eligibility {
      let kept = Expression.binary(.multiply, .number(eligibility.decay), .quantity(.eligibility))
      lines += Self.entry("elig", .binary(.add, kept, eligibility.of), names)
    }
    lines += Self.entry("dw", dw, names)
    if let db = rule.db { lines += Self.entry("db", db, names) }
    self.lines = lines
  }

  static func literal(_ value: Double) -> String { value < 0 ? "-" + Printer.text(-value) : Printer.text(value) }

  /// A key with its code, one summand a line where it is long.
  private static func entry(_ key: String, _ expression: Expression, _ names: Brian2Names) -> [String] {
    let text = names.code(expression)
    guard text.count > 100 else { return ["\"\(key)\": \"\(text)\","] }
    return ["\"\(key)\": ("] + names.lines(expression).map { "    \"\($0) \"" } + ["),"]
  }

  /// The entry, a dictionary.
  var text: String { "{\n" + lines.map { "    \($0)\n" }.joined() + "},\n" }
}
