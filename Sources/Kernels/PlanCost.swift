import Rules

/// What a plan does in a sample, counted from the loops of its form.
///
/// With `n` pre and `m` post neurons, `c = m` padded to 16 columns, `r = n` padded to 16, `S` steps of which weights move
/// at `L`, shares `a` of the inputs that spike in a sample and `p` in a step, `G` distinct post factors and `D` distinct
/// arguments of `back`, the leading counts per sample are
///
///     forward, row by row     S · p·n·c multiply-adds
///     swept update            L · v·n·c · (G + D), v = a where every pre factor vanishes with silence, else 1
///     deferred update         v·n·c·G·L, and L²/2 · (G + B·G) · (r + c) of corrections, B kinds of reading between steps
///     ahead                   S · p·n·c forward, a·n·m·L for each of G post factors, for the error and for each of D,
///                             a·n·D·G·L²/2 of forward substitution
///
/// Bytes: a swept update reads and writes `4·v·n·c` bytes at every step, the others once a sample.
public struct PlanCost: Sendable, Hashable {
  /// How changes reach the weights.
  public var form: PlanForm
  /// The currents of a sample that is learned, corrections for changes that are not written yet included.
  public var forward = Phases.none
  /// The currents of a sample that is answered.
  public var answer = Phases.none
  /// Traces, changes and their writing, for a sample.
  public var update = Phases.none
  /// Matrices gone through.
  public var footprint = Footprint()

  /// Everything in a sample that is learned.
  public var learning: Phases { forward + update }

  /// Counts a form's work. The form must be possible.
  init(_ form: PlanForm, _ terms: PlanTerms, _ rule: Rule, in shape: PlanShape) {
    self.form = form
    var shape = shape
    // A swept plan writes every sample, and visits the inputs of that sample alone.
    if form == .swept, shape.samplesHeld > 1 { shape.pre.sample = shape.pre.step }
    let rule = rule.moving(in: shape.samplesHeld)
    let currents = PlanCost.rows(shape)
    answer += Double(shape.steps) * currents
    switch form {
    case .swept: countSwept(terms, rule, shape)
    case .deferred: countDeferred(terms, rule, shape)
    case .ahead: countAhead(terms, rule, shape)
    }
    if form != .ahead, shape.isInput { countInput(terms, shape) }
    if shape.samplesHeld > 1 {
      let share = 1 / Double(shape.samplesHeld)
      (forward, answer, update) = (share * forward, share * answer, share * update)
    }
  }

  /// `y += row(j)` for the inputs that spike in a step: rows are read, `y` stays in registers.
  static func rows(_ shape: PlanShape) -> Work {
    let rows = shape.pre.step * Double(shape.preCount)
    return Work(
      multiplyAdds: rows * Work.summedLanes(shape.columns), near: 12 * Double(shape.columns),
      step: 4 * rows * Double(shape.columns), calls: 2)
  }

  /// What is formed at every step for the input's projection alone: its activity, and its error where terms read that.
  private mutating func countInput(_ terms: PlanTerms, _ shape: PlanShape) {
    update += Double(shape.steps) * .pass(shape.rows, operands: 3)
    let readsError = (terms.live + terms.eligibility).contains { term in
      term.factors.contains { $0.base.reads(.ePre) }
    }
    guard shape.hasErrorFeedback, readsError || terms.traces.contains(where: { $0.of.reads(.ePre) }) else { return }
    update += Double(shape.learningSteps) * shape.halves
    footprint.step += 2 * Double(shape.preCount * shape.postCount)
  }

  // MARK: Choice

  /// The forms that terms can take, `swept` first.
  static func possibleForms(of terms: PlanTerms, _ rule: Rule, in shape: PlanShape) -> [PlanForm] {
    var forms = [PlanForm.swept]
    let rule = rule.moving(in: shape.samplesHeld)
    // Feedback weights that learn may read single forward weights.
    guard !shape.mustBeCurrent, rule.db == nil, rule.weightBounds == nil || rule.every == .sample else { return forms }
    if DeferredProgram<Float>.canDefer(terms.live) { forms.append(.deferred) }
    if shape.aheadTerms(terms) != nil { forms.append(.ahead) }
    return forms
  }

  /// The form wanted, or the next that the terms can take.
  static func nearestForm(to form: PlanForm, of terms: PlanTerms, _ rule: Rule, in shape: PlanShape) -> PlanForm {
    let possible = possibleForms(of: terms, rule, in: shape)
    return switch form {
    case .swept: .swept
    case .deferred: possible.contains(.deferred) ? .deferred : .swept
    case .ahead: possible.last!
    }
  }

  /// The form that needs the least time on the reference machine with a usual activity: the same on every machine and in
  /// every episode, because another form adds in another order.
  static func cheapestForm(of terms: PlanTerms, _ rule: Rule, in shape: PlanShape) -> PlanForm {
    let usual = shape.usual
    let costs = possibleForms(of: terms, rule, in: usual).map { PlanCost($0, terms, rule, in: usual) }
    func seconds(_ cost: PlanCost) -> Double {
      MachinePeaks.reference.seconds(of: cost.learning, in: cost.footprint)
    }
    return costs.min { seconds($0) < seconds($1) }!.form
  }
}

extension PlanShape {
  /// `Bᵀe` of fixed feedback in one step: rows of 16-bit weights, one for each post neuron; to make two numbers of a word
  /// takes as long as to multiply and add them.
  public var halves: Work {
    let padded = Double((preCount + 31) / 32 * 32)
    let weights = padded * Double(postCount)
    return Work(multiplyAdds: 2 * weights, near: 16 * padded, step: 2 * weights, calls: 1)
  }

  /// The terms taken apart for a plan that runs ahead; nil where none can.
  func aheadTerms(_ terms: PlanTerms) -> AheadTerms? {
    guard knowsInput, steps <= AheadProgram<Float>.mostSteps, let preDecay else { return nil }
    return AheadTerms(
      terms.live, activityDecay: preDecay, spikeTraces: terms.spikeTraces(of: .sPre), hasErrorFeedback: hasErrorFeedback
    )
  }

  /// Whether a pre factor is 0 as long as its neuron has been silent in this sample, so that its row is not visited.
  func skipsSilent(_ term: Term, _ terms: PlanTerms) -> Bool {
    let traces = Set(terms.traces.filter { $0.of.vanishesWhenSilent }.map(\.name))
    return term.pre.contains { factor in
      switch factor.base {
      case .trace(let name): traces.contains(name)
      // The gain of a silent input is 0, that of a silent hidden neuron is not.
      case .quantity(.ePre), .quantity(.psiPre): isInput
      default: factor.power > 0 && factor.base.vanishesWhenSilent
      }
    }
  }

  /// Traces, one step.
  func advance(_ traces: [Trace]) -> Work {
    traces.reduce(into: Work.none) {
      $0 +=
        .pass($1.owner == .pre ? rows : columns, operands: 3) + operations($1.of, on: $1.owner == .pre ? rows : columns)
    }
  }

  /// The operators of an expression over a vector; `back` and `ahead` are counted where they are computed.
  func operations(_ expression: Expression, on count: Int) -> Work {
    switch expression {
    case .number, .quantity, .coefficient, .trace: .none
    case .back, .ahead: .none
    case .backB: back
    case .aheadB: ahead
    case .call(let function, let arguments):
      arguments.reduce(function.isSlow ? Work(multiplyAdds: 320 * Double(count), calls: 1) : .pass(count, operands: 3))
      {
        $0 + operations($1, on: count)
      }
    default: expression.children.reduce(.pass(count, operands: 3)) { $0 + operations($1, on: count) }
    }
  }

  /// The products of a term's factors on each side, one step.
  /// - Parameter sums: whether the term's number and its sum with others of the same post factor are passes of their own.
  func factors(_ term: Term, sums: Bool = true) -> Work {
    var work = Work.none
    for (factors, count) in [(term.pre, rows), (term.post, columns)] {
      work += Double(max(0, factors.count - 1)) * .pass(count, operands: 3)
      for factor in factors {
        work += operations(factor.base, on: count)
        if factor.power != 1 { work += .pass(count, operands: 2) }
      }
    }
    guard sums else { return work }
    // A number that is spread over a vector is multiplied element by element, two operations each.
    return work + .oneByOne(2 * Double(rows)) + .pass(rows, operands: 3) + .pass(rows, operands: 3)
  }
}

extension Expression {
  /// Zero as long as the neuron it belongs to has been silent in this sample.
  var vanishesWhenSilent: Bool {
    switch self {
    case .quantity(let quantity): quantity == .sPre || quantity == .yPre
    case .binary(.multiply, let a, let b): a.vanishesWhenSilent || b.vanishesWhenSilent
    case .binary(.add, let a, let b), .binary(.subtract, let a, let b): a.vanishesWhenSilent && b.vanishesWhenSilent
    case .negate(let a): a.vanishesWhenSilent
    default: false
    }
  }

  /// Whether the tree reads a quantity.
  func reads(_ quantity: Quantity) -> Bool {
    if case .quantity(quantity) = self { return true }
    return children.contains { $0.reads(quantity) }
  }

  /// The arguments of every `back` in the tree.
  var backArguments: Set<Expression> {
    var found: Set<Expression> = []
    for child in children { found.formUnion(child.backArguments) }
    if case .back(let argument) = self { found.insert(argument) }
    return found
  }

  /// How many `ahead` are in the tree.
  var aheadCount: Int {
    let own = if case .ahead = self { 1 } else { 0 }
    return children.reduce(own) { $0 + $1.aheadCount }
  }
}

extension Function {
  /// Computed number by number in the library, about twenty operations each.
  var isSlow: Bool { [.exp, .log, .tanh].contains(self) }
}

extension Term {
  /// The arguments of `back` it reads.
  var backArguments: Set<Expression> {
    factors.reduce(into: []) { $0.formUnion($1.base.backArguments) }
  }
}
