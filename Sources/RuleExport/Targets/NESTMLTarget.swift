// The requirements are documented at `RuleTarget`.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
import func Foundation.exp
import func Foundation.log
import Rules

/// A synapse model for NESTML 9, one model an equation. NEST's synapses act when a spike arrives and at no other time, so a
/// rule whose terms all have a spike as a factor is held, and anything that needs an error, an activity, a third factor
/// or a sum is not.
///
/// Of two spikes in one step the handler with the higher priority runs first, and the second reads the weight that the
/// first left; NEST's own delays come on top. So the models mean the rule, and their weights are not equal to the last
/// bit.
public struct NESTMLTarget: RuleTarget {
  public let name = "nestml"
  public let about = "a synapse model for NEST, of rules whose terms are all event-driven"
  public let fileSuffix = ".nestml"
  public let commentMark = "#"
  public let traceKind = ExpectedTrace.projection

  /// The target.
  public init() {}

  public func obstacles(_ exported: ExportedRule) -> [String] {
    let rule = exported.rule
    var found: [String] = []
    let report = LocalityReport(of: rule)
    for equation in report.equations where equation.name != "db" {
      for (drive, reason) in [
        (TermDrive.clock, "acts at every step, and NEST's synapses act on spikes alone"),
        (TermDrive.layer, "needs a sum over neurons, and NEST's synapses see their own two"),
      ] {
        let terms = equation.terms.filter { $0.drive == drive }.map { Printer.text($0.term.expression) }
        guard let first = terms.first else { continue }
        let more = terms.count - 1
        let others = more == 0 ? "" : " (and \(more) more)"
        found.append("the \(drive.rawValue) term \(first) of \(equation.name)\(others) \(reason)")
      }
    }
    if !found.isEmpty { return found + ofCadence(rule) }
    for quantity in Quantity.allCases where rule.reads(quantity) && ![.sPre, .sPost, .weight].contains(quantity) {
      found.append("\(quantity.rawValue) is not known to a synapse of NEST when a spike arrives")
    }
    for trace in rule.traces {
      if NESTMLTrace(trace, rule) == nil {
        found.append("trace \(trace.name) follows \(Printer.text(trace.of)), and a trace of NEST follows spikes")
      } else if trace.decay == 0 {
        found.append("trace \(trace.name) is forgotten within a step, and a trace of NEST has a time constant")
      }
    }
    found += ofCadence(rule)
    if found.isEmpty {
      for equation in exported.equations where NESTMLHandlers(equation.dw, rule) == nil {
        found.append(
          "what dw does when both neurons spike in one step is not what one spike after the other does, and NEST handles "
            + "one spike at a time")
      }
    }
    return found
  }

  private func ofCadence(_ rule: Rule) -> [String] {
    (rule.db == nil ? [] : ["it changes the feedback weight b (db), which a synapse of NEST does not have"])
      + (rule.every == .step ? [] : ["dw is applied once a sample, and NEST has no samples"])
  }

  public func body(of exported: ExportedRule) -> String {
    """
    # One step of the rule stands for 1 ms. Of two spikes in one step the second handler reads the weight that the first
    # left, and NEST adds its delays, so weights agree with the expected ones closely and not to the last bit.

    """
      + exported.equations.map { "\n" + model($0, exported) }.joined()
  }

  private func model(_ equation: RuleEquation, _ exported: ExportedRule) -> String {
    let rule = exported.rule
    guard let handlers = NESTMLHandlers(equation.dw, rule) else {
      preconditionFailure("rule \(rule.name) has no handlers for NESTML")
    }
    let names = NESTMLNames(rule: rule)
    let stem = rule.name.map { $0.isLetter || $0.isNumber ? String($0) : "_" }.joined()
    let title = (equation.suffix.isEmpty ? stem : "\(stem)_\(equation.suffix)") + "_synapse"
    let traces = rule.traces.filter { trace in equation.dw.contains { $0 == .trace(trace.name) } }
    let coefficients = exported.coefficients(layer: equation.example)
    let first = rule.weightBounds.map { ($0.lowerBound + $0.upperBound) / 2 } ?? 1
    var text = "model \(title):\n    state:\n        w real = \(Printer.text(first))    # the weight\n"
    for trace in traces { text += "        \(names.local(trace.name)) real = 0\n" }
    var parameters = ""
    for coefficient in rule.coefficients where equation.dw.contains(where: { $0 == .coefficient(coefficient.name) }) {
      parameters += "        \(names.local(coefficient.name)) real = \(decimal(coefficients[coefficient.name] ?? 0))\n"
    }
    for trace in traces {
      parameters += "        tau_\(names.local(trace.name)) ms = \(decimal(timeConstant(trace.decay))) ms\n"
    }
    if let bounds = rule.weightBounds {
      parameters +=
        "        w_min real = \(decimal(bounds.lowerBound))\n        w_max real = \(decimal(bounds.upperBound))\n"
    }
    if !parameters.isEmpty { text += "\n    parameters:\n" + parameters }
    if !traces.isEmpty {
      text += "\n    equations:\n"
      for trace in traces {
        let name = names.local(trace.name)
        text += "        \(name)' = -\(name) / tau_\(name)\n"
      }
    }
    text += "\n    input:\n        pre_spikes <- spike\n        post_spikes <- spike\n"
    text += "\n    output:\n        spike\n"
    for side in [Owner.pre, .post] {
      let port = side == .pre ? "pre_spikes" : "post_spikes"
      let priority = (side == .pre) == handlers.preIsFirst ? 2 : 1
      text += "\n    onReceive(\(port), priority=\(priority)):\n"
      for trace in traces where trace.owner == side {
        guard let spikes = NESTMLTrace(trace, rule) else { continue }
        text += "        \(names.local(trace.name)) += \(names.code(spikes.increment))\n"
      }
      let change = names.code(side == .pre ? handlers.onPre : handlers.onPost)
      if rule.weightBounds == nil {
        text += "        w += \(change)\n"
      } else {
        text += "        w = min(w_max, max(w_min, w + (\(change))))\n"
      }
      if side == .pre { text += "        emit_spike(w)\n" }
    }
    if !traces.isEmpty {
      text += "\n    update:\n        integrate_odes()\n"
    }
    return text
  }

  /// `tau` in steps with `exp(-1/tau)` the decay; in few digits where these give the same decay.
  private func timeConstant(_ decay: Double) -> Double {
    let tau = -1 / log(decay)
    let short = Double(Printer.text(tau, digits: 12)) ?? tau
    return exp(-1 / short) == decay ? short : tau
  }

  private func decimal(_ value: Double) -> String { Printer.text(value) }
}

/// A trace that follows the spikes of one neuron: what a spike adds to it.
struct NESTMLTrace {
  let increment: Expression

  /// Nil for a trace that follows anything else.
  init?(_ trace: Trace, _ rule: Rule) {
    let terms = NormalForm(of: trace.of, traces: rule.traceOwners).terms
    let spike = Expression.quantity(trace.owner == .pre ? .sPre : .sPost)
    guard terms.count == 1, let term = terms.first, term.weightPower == 0, term.synapse.isEmpty,
      term.pre + term.post == [Factor(spike)],
      term.scalar.allSatisfy({ if case .coefficient = $0.base { true } else { false } })
    else { return nil }
    increment = trace.of.replacingLeaves { $0 == spike ? .number(1) : nil }.folded
  }
}

/// A weight change taken apart into what a presynaptic and what a postsynaptic spike does, traces of the spiking side
/// raised already.
struct NESTMLHandlers {
  let onPre: Expression
  let onPost: Expression
  /// Which side goes first when both spike in one step.
  let preIsFirst: Bool

  /// Nil when no order of the two handlers gives what the equation gives for two spikes in one step.
  init?(_ dw: Expression, _ rule: Rule) {
    func change(pre: Double, post: Double, lowered: Owner? = nil) -> Expression {
      dw.replacingLeaves { leaf in
        switch leaf {
        case .quantity(.sPre): return .number(pre)
        case .quantity(.sPost): return .number(post)
        case .trace(let name):
          // A trace of the side that has yet to spike has not taken in its spike.
          guard let trace = rule.traces.first(where: { $0.name == name }), trace.owner == lowered,
            let spikes = NESTMLTrace(trace, rule)
          else { return nil }
          return .binary(.subtract, leaf, spikes.increment)
        default: return nil
        }
      }
    }
    onPre = change(pre: 1, post: 0).folded
    onPost = change(pre: 0, post: 1).folded
    func agrees(_ first: Expression, _ second: Expression) -> Bool {
      let rest = Expression.binary(.subtract, .binary(.subtract, change(pre: 1, post: 1), first), second)
      return NormalForm(of: rest, traces: rule.traceOwners).terms.allSatisfy { abs($0.number) < 1e-12 }
    }
    if agrees(change(pre: 1, post: 0, lowered: .post), change(pre: 0, post: 1)) {
      preIsFirst = true
    } else if agrees(change(pre: 0, post: 1, lowered: .pre), change(pre: 1, post: 0)) {
      preIsFirst = false
    } else {
      return nil
    }
  }
}

/// Expressions as NESTML.
struct NESTMLNames: CodeDialect {
  let rule: Rule

  /// A name of the page; what could be a unit, a word of NESTML or another name of the model gets an underscore's end.
  func local(_ name: String) -> String {
    let taken: Set<String> = [
      "state", "parameters", "equations", "input", "output", "update", "model", "function", "real", "integer",
      "boolean",
      "string", "void", "spike", "kernel", "inline", "internals", "recordable", "steps", "delay", "weight", "w_min",
      "w_max", "pre_spikes", "post_spikes", "emit_spike", "elif", "true", "false", "mol", "rad", "cd", "lm", "Pa", "Hz",
    ]
    return name.count <= 2 || taken.contains(name) || name.hasPrefix("tau_") ? "\(name)_rule" : name
  }

  func number(_ value: Double) -> String { pointed(value) }

  func name(_ leaf: Expression) -> String {
    switch leaf {
    case .coefficient(let name), .trace(let name): local(name)
    case .quantity(let quantity): quantity.rawValue
    default: preconditionFailure("\(leaf) is no leaf")
    }
  }

  func call(_ function: Function, _ arguments: [Expression]) -> String {
    let inside = arguments.map(code)
    func nested(_ name: String) -> String { inside.dropFirst().reduce(inside[0]) { "\(name)(\($0), \($1))" } }
    switch function {
    case .abs, .exp, .tanh, .floor: return "\(function.rawValue)(\(inside[0]))"
    case .log: return "ln(\(inside[0]))"
    case .sqrt: return "((\(inside[0]))**0.5)"
    case .sign: return "((\(inside[0])) > 0 ? 1 : ((\(inside[0])) < 0 ? -1 : 0))"
    case .step: return "((\(inside[0])) > 0 ? 1 : 0)"
    case .relu: return "max(\(inside[0]), 0)"
    case .min, .max: return nested(function.rawValue)
    case .clip: return "min(max(\(inside[0]), \(inside[1])), \(inside[2]))"
    }
  }

  func sum(_ expression: Expression) -> String { preconditionFailure("NESTML has no sums over neurons") }
}
