import Rules

extension PlanCost {
  // MARK: Swept

  mutating func countSwept(_ terms: PlanTerms, _ rule: Rule, _ shape: PlanShape) {
    let steps = Double(shape.steps)
    let learning = Double(shape.learningSteps)
    let everySample = rule.every == .sample
    footprint = Footprint(step: shape.matrixBytes, sample: shape.matrixBytes)
    forward = answer
    update += steps * shape.advance(terms.traces)
    if terms.readsEligibility {
      update += steps * PlanCost.sweep(terms.eligibility, terms, shape, keeps: true, clips: false, isApart: true)
      footprint.step += shape.matrixBytes
    }
    if terms.live.isEmpty, rule.weightBounds == nil || everySample { return }
    update +=
      learning
      * PlanCost.sweep(
        terms.live, terms, shape, keeps: false, clips: rule.weightBounds != nil && !everySample, isApart: everySample)
    if everySample {
      // The sum of the changes is added to the weights and set to 0.
      let synapses = shape.matrixBytes / 4
      update += Work(multiplyAdds: 2 * synapses, sample: 16 * synapses, calls: 2)
      if rule.weightBounds != nil { update += Work(multiplyAdds: synapses, sample: 8 * synapses, calls: 1) }
      footprint.step += shape.matrixBytes
    }
  }

  /// One sweep over the rows.
  private static func sweep(
    _ swept: [Term], _ terms: PlanTerms, _ shape: PlanShape, keeps: Bool, clips: Bool, isApart: Bool
  ) -> Work {
    let columns = Double(shape.columns)
    let factored = swept.filter { $0.isProduct }
    let groups = Double(Set(factored.map(\.post)).count)
    let dots = Double(Set(factored.compactMap(\.sweptDot)).count)
    let scaled = swept.filter { $0.synapse.isEmpty && $0.weightPower == 1 }
    let products = Double(Set(scaled.filter { !$0.post.isEmpty }.map(\.post)).count)
    let dense = swept.filter { !$0.isProduct && !($0.synapse.isEmpty && $0.weightPower == 1) }
    var work = swept.reduce(Work.none) { $0 + shape.factors($1) }
    for term in factored where term.sweptDot == nil {
      work += Double(term.backArguments.count) * shape.back
    }
    for term in swept { work += Double(term.factors.reduce(0) { $0 + $1.base.aheadCount }) * shape.ahead }

    let all = Double(shape.preCount)
    let everyRow = keeps || clips || !dense.isEmpty || !swept.allSatisfy { shape.skipsSilent($0, terms) }
    let rows = everyRow ? all : shape.pre.sample * all
    // The list of rows, four operations a row.
    work += .oneByOne(4 * all)
    // A row factor is summed number by number, a dot product across lanes in four stages.
    work += .oneByOne(rows * (groups * (1 + dots) + 4 * dots))
    let perSynapse =
      groups + dots + (scaled.isEmpty ? 0 : 1) + products + (keeps ? 1 : 0) + (clips ? 2 : 0) + (dense.isEmpty ? 0 : 1)
    let readsWeights = isApart && (dots > 0 || !scaled.isEmpty)
    work += Work(
      multiplyAdds: rows * columns * perSynapse, near: rows * columns * (groups + dots),
      step:
        4 * rows * columns * (readsWeights ? 3 : 2), calls: 2)
    // What does not factor is one call for each row and operator.
    for term in dense {
      let row = term.factors.reduce(Work(multiplyAdds: columns, near: 12 * columns, calls: 1)) {
        $0 + shape.operations($1.base, on: shape.columns) + .pass(shape.columns, operands: 3)
      }
      let matrices = term.factors.reduce(0) { $0 + $1.base.matrixReads }
      work += all * (row + Work(step: 4 * columns * Double(matrices)))
    }
    if !dense.isEmpty { work += Work(calls: all) }
    return work
  }

  // MARK: Deferred

  mutating func countDeferred(_ terms: PlanTerms, _ rule: Rule, _ shape: PlanShape) {
    let (rows, columns) = (Double(shape.rows), Double(shape.columns))
    let steps = Double(shape.steps)
    let learning = Double(shape.learningSteps)
    let products = terms.live.filter { $0.weightPower == 0 }
    let groups = Double(Set(products.map(\.post)).count)
    let takesEffect = rule.every == .step
    let grows = terms.live.contains { $0.weightPower == 1 }
    // Pending changes: none at the first learning step, all but one at the last; the matrix holds 64 at most.
    let pending = takesEffect ? groups * (min(learning, 64) - 1) / 2 : 0
    let correction =
      pending
      * Work(multiplyAdds: columns + 64 + Work.summedLanes(shape.rows), near: 4 * (rows + columns))
      + (takesEffect ? Work(calls: 2) : .none)
    forward = answer
    // Forward, a change is a dot product with its pre vector, then a row of its post vector.
    let ahead = pending * Work(multiplyAdds: rows + 64 + Work.summedLanes(shape.columns), near: 4 * (rows + columns))
    forward += (learning - 1) * (ahead + (takesEffect ? Work(calls: 2) : .none))
    if grows, takesEffect { forward += (learning - 1) * .pass(shape.columns, operands: 2) }

    update += steps * shape.advance(terms.traces)
    let backs = products.reduce(into: Set<Expression>()) { $0.formUnion($1.backArguments) }
    let postTraces = terms.spikeTraces(of: .sPost)
    var transposes = false
    for argument in backs {
      if shape.follows(argument, postTraces) {
        transposes = true
        let spikes = shape.post.step * Double(shape.postCount)
        update +=
          steps
          * (Work(
            multiplyAdds: spikes * Work.summedLanes(shape.rows), near: 8 * rows, step: 4 * spikes * rows, calls: 2)
            + .pass(shape.rows, operands: 3))
        update += learning * (.pass(shape.rows, operands: 2) + correction)
      } else if products.contains(where: { $0.backArguments.contains(argument) && shape.sendsLate($0, terms) }) {
        // One pass over the weights, through panels, for all samples that are held back.
        update += learning * correction
        update += Work(
          multiplyAdds: learning * rows * columns + 8 * rows * columns, near: learning * rows * columns,
          sample: shape.matrixBytes, calls: rows / 16)
      } else {
        update += learning * (shape.back + correction)
      }
    }
    let aheads = products.reduce(0) { $0 + $1.factors.reduce(0) { $0 + $1.base.aheadCount } }
    update += learning * Double(aheads) * (shape.ahead + correction)
    for term in products { update += learning * shape.factors(term, sums: false) }
    // The pre vectors of a group are summed as they are put down.
    update += learning * Double(products.count) * Work(multiplyAdds: rows, near: 4 * rows)
    update += learning * groups * (Work(near: 4 * rows, calls: 1) + .pass(shape.columns, operands: 2))

    // Writing: four rows at a time share every load of a post vector.
    let skips = products.allSatisfy { shape.skipsSilent($0, terms) }
    let written = (skips ? shape.pre.sample : 1) * Double(shape.preCount)
    update += .oneByOne(rows)
    update +=
      groups
      * Work(
        multiplyAdds: learning * rows + learning * written * columns,
        near: learning * (4 * rows + written * columns + written * columns / 16))
    update += Work(sample: 8 * written * columns, calls: 2)
    if grows { update += Work(multiplyAdds: rows * columns, sample: 2 * shape.matrixBytes, calls: 1) }
    footprint = Footprint(
      step: shape.pre.sample * shape.matrixBytes + 4 * pending * 2 * (rows + columns), sample: shape.matrixBytes)
    if transposes {
      let bytes = 4 * Double(shape.postCount) * rows
      // Four stages of a transpose; a shuffle takes the place of two multiply-adds.
      update += Work(multiplyAdds: 8 * rows * columns, sample: shape.matrixBytes + bytes, calls: 1)
      footprint.step += shape.post.sample * bytes
      footprint.sample += bytes
    }
  }

  // MARK: Ahead

  mutating func countAhead(_ terms: PlanTerms, _ rule: Rule, _ shape: PlanShape) {
    guard let parts = shape.aheadTerms(terms) else { preconditionFailure("these terms cannot run ahead") }
    let (columns, posts, inputs) = (Double(shape.columns), Double(shape.postCount), Double(shape.preCount))
    let steps = Double(shape.steps)
    let stepColumns = Double(Float.padded(shape.steps))
    let learning = Double(shape.learningSteps)
    let takesEffect = rule.every == .step
    let active = shape.pre.sample * inputs
    let spikes = shape.pre.step * inputs * steps
    let use = AheadUse(parts)
    let groups = Double(parts.groups.count)
    let backs = Double(use.backs.count)
    let series = Double(use.seriesCount)
    /// Pairs of an earlier and a later learning step.
    let pairs = learning * (learning - 1) / 2
    footprint = Footprint(
      step: 4 * columns * (steps + learning * series), sample: shape.matrixBytes * (use.hasError ? 1.5 : 1))

    // The input's spikes in three orders, then the currents of all steps, row by row: active rows are in reach.
    forward += .oneByOne(2 * inputs + 4 * spikes) + Work(near: 8 * spikes + 8 * inputs)
    forward += Work(
      multiplyAdds: spikes * Work.summedLanes(shape.columns), near: 8 * steps * columns, step: 4 * spikes * columns,
      calls: 2 * steps)
    forward += steps * .pass(shape.columns, operands: 2)
    footprint.step += 4 * active * (columns + stepColumns)
    if takesEffect {
      // How often the spikes of two steps coincide, and how each step's change acts on the steps to come.
      forward += Work(
        multiplyAdds: spikes * Work.summedLanes(Float.padded(shape.steps)), step: 4 * spikes * stepColumns, calls: steps
      )
      forward += .oneByOne(Double(use.traces.count) * steps * steps / 2)
      if use.hasError {
        let later = max(0, spikes - active)
        forward += Work(
          multiplyAdds: later * columns, near: 8 * later * columns, sample: 2 * active * columns, calls: steps)
        forward += Work(multiplyAdds: pairs * columns, near: 4 * pairs * columns, calls: learning)
      }
      forward += backs * Work(multiplyAdds: pairs * columns, near: 4 * pairs * columns, calls: learning)
      forward +=
        backs * Work(multiplyAdds: pairs * series * columns, near: 4 * pairs * series * columns, calls: learning)
      forward += groups * Work(multiplyAdds: pairs * columns, near: 4 * pairs * columns, calls: 1)
      forward += learning * groups * (Double(use.traces.count) + backs + 1) * .pass(shape.steps, operands: 3)
    }

    update += learning * series * .pass(shape.columns, operands: 2)
    for group in parts.groups {
      update += learning * shape.products(group.post)
    }
    let eventGroups = use.eventGroups(takesEffect: takesEffect)
    let dense = groups - Double(eventGroups)
    let grows = !parts.growth.isEmpty
    if grows, takesEffect {
      forward += Work(multiplyAdds: pairs * columns, near: 8 * pairs * columns, calls: learning)
    }
    if grows, dense == 0 {
      update += Work(multiplyAdds: inputs * columns, sample: 2 * shape.matrixBytes, calls: 1)
    }
    if eventGroups > 0 {
      // Spike by spike: post factors filtered backwards in time, then added to the rows of the inputs that spiked.
      update += Double(eventGroups * max(1, use.traces.count)) * steps * 2 * .pass(shape.columns, operands: 3)
      update += Work(multiplyAdds: spikes * columns, near: 4 * spikes * columns, sample: 8 * active * columns, calls: 1)
    }
    guard dense > 0 else { return }
    let width = Double(Float.panelWidth)
    update += Work(
      multiplyAdds: 5 * series * columns * stepColumns, near: 8 * series * columns * stepColumns, calls: 2 * series)
    func panels(_ neurons: Double, _ isActive: Bool) -> Phases {
      let lanes = (neurons / width).rounded(.up) * width
      guard neurons > 0 else { return .none }
      // A product of the panel with post vectors: nine steps share the loads of a neuron's two vectors.
      func product(_ posts: Double) -> Work {
        let operations = lanes * posts * learning
        return Work(multiplyAdds: operations, near: 4 * operations / 9 + 4 * operations / width, calls: lanes / width)
      }
      /// Gathered and scattered through registers, four stages each.
      func carry(_ columns: Double, bytes: Double, writes: Bool) -> Work {
        Work(
          multiplyAdds: (writes ? 16 : 8) * lanes * columns, near: (writes ? 8 : 4) * lanes * columns,
          sample: (writes ? 2 : 1) * bytes * neurons * columns, calls: (writes ? 2 : 1) * lanes / width)
      }
      var work = Phases([carry(columns, bytes: 4, writes: true)])
      work += Work(multiplyAdds: lanes * learning * groups, near: 4 * lanes * learning * groups)
      if isActive {
        work += Work(near: 8 * lanes * stepColumns, calls: lanes / width) + Work(multiplyAdds: 8 * lanes * stepColumns)
        let traced = Double(use.tracedFactors)
        work += Work(
          multiplyAdds: traced * lanes * (2 * steps + learning), near: traced * lanes * 4 * (steps + 2 * learning),
          calls: traced * lanes / width)
        if use.hasError {
          work += carry(columns, bytes: 2, writes: false)
          work += product(posts)
          work +=
            Double(use.gatedFactors)
            * Work(
              multiplyAdds: lanes * (steps + learning), near: 4 * lanes * (steps + 2 * learning), calls: lanes / width)
        }
      }
      for argument in use.backs { work += product(shape.busy(argument) * posts) }
      if grows { work += Work(multiplyAdds: lanes * columns, near: 8 * lanes * columns, calls: lanes / width) }
      if backs > 0 {
        let sum = takesEffect ? pairs * groups : 0
        work +=
          backs
          * Work(
            multiplyAdds: lanes * (sum + learning), near: 4 * lanes * (sum + learning * (groups + 1)),
            calls: lanes / width)
      }
      for (g, group) in parts.groups.enumerated()
      where isActive ? !use.isEvent(g, takesEffect: takesEffect) : use.hasBack[g] {
        work += product(group.post.contains { shape.busy($0.base) < 1 } ? shape.post.sample * posts : posts)
      }
      return work
    }
    update = update + panels(active, true)
    if grows || use.hasBack.contains(true) { update = update + panels(inputs - active, false) }
  }
}

/// What the groups of a plan that runs ahead are made of.
struct AheadUse {
  var traces: Set<AheadTerms.Trace> = []
  var backs: Set<Expression> = []
  var hasError = false
  var hasBack: [Bool] = []
  var hasOnlyTraces: [Bool] = []
  /// Distinct pairs of a group and a trace, and groups with the error.
  var tracedFactors = 0
  var gatedFactors = 0
  /// Post vectors kept at every learning step.
  var seriesCount = 0

  init(_ terms: AheadTerms) {
    var series = Set(terms.groups.compactMap { $0.post.count == 1 && $0.post[0].power == 1 ? $0.post[0].base : nil })
    var extra = 0
    func need(_ value: Expression) {
      if series.insert(value).inserted { extra += 1 }
    }
    for group in terms.groups {
      var own: Set<AheadTerms.Trace> = []
      var (error, back) = (false, false)
      for summand in group.summands {
        switch summand.pre {
        case .trace(let trace): own.insert(trace)
        case .error:
          error = true
          need(.quantity(.ePost))
        case .back(let argument):
          back = true
          backs.insert(argument)
          need(argument)
        }
      }
      traces.formUnion(own)
      tracedFactors += own.count
      gatedFactors += error ? 1 : 0
      hasError = hasError || error
      hasBack.append(back)
      hasOnlyTraces.append(!error && !back)
    }
    seriesCount = terms.groups.count + extra
  }

  /// Whether group `g` is written spike by spike.
  func isEvent(_ g: Int, takesEffect: Bool) -> Bool {
    hasOnlyTraces[g] && !(takesEffect && !backs.isEmpty)
  }

  /// How many are.
  func eventGroups(takesEffect: Bool) -> Int {
    hasOnlyTraces.indices.count { isEvent($0, takesEffect: takesEffect) }
  }
}

extension PlanShape {
  /// `back` of a vector: a dot product of every row, summed across lanes in four stages.
  var back: Work {
    Work(
      multiplyAdds: matrixBytes / 4 + 64 * Double(preCount), near: matrixBytes / 16, step: matrixBytes, calls: 1)
  }

  /// `ahead` of a vector: the rows of what is not 0.
  var ahead: Work {
    Work(multiplyAdds: matrixBytes / 4, near: 4 * Double(columns), step: matrixBytes, calls: 3)
      + .oneByOne(Double(preCount))
  }

  /// Whether the matrix forms a term's `back` for all samples that are held back at once.
  func sendsLate(_ term: Term, _ terms: PlanTerms) -> Bool {
    guard samplesHeld > 1, terms.live.allSatisfy({ $0.weightPower == 0 }), term.pre.count == 1, term.pre[0].power == 1
    else { return false }
    if case .back = term.pre[0].base { return true }
    return false
  }

  /// Whether `back` of the argument follows the spikes of the post group.
  func follows(_ argument: Expression, _ postTraces: [String: Double]) -> Bool {
    guard postDecay != nil else { return false }
    switch argument {
    case .quantity(.yPost): return true
    case .trace(let name): return postTraces[name] != nil
    default: return false
    }
  }

  /// Share of the post neurons in which a quantity is not 0 throughout a sample.
  func busy(_ expression: Expression) -> Double {
    switch expression {
    case .quantity(.yPost), .quantity(.sPost), .trace: postDecay == nil ? 1 : post.sample
    default: 1
    }
  }

  /// The products of a group's post factors.
  func products(_ factors: [Factor]) -> Work {
    factors.reduce(Double(max(0, factors.count - 1)) * .pass(columns, operands: 3)) {
      $0 + operations($1.base, on: columns)
    }
  }
}

extension Term {
  /// `pre ⊗ post`.
  var isProduct: Bool { synapse.isEmpty && weightPower == 0 }

  /// The argument of the one `back` that a sweep takes along.
  var sweptDot: Expression? {
    let backs = pre.filter { if case .back = $0.base { true } else { false } }
    guard backs.count == 1, backs[0].power == 1, case .back(let argument) = backs[0].base else { return nil }
    return argument
  }
}

extension Expression {
  /// How many matrices the tree reads, beside the one that is swept.
  var matrixReads: Int {
    switch self {
    case .quantity(.weight), .quantity(.feedback), .quantity(.eligibility), .quantity(.noise): 1
    case .back, .ahead, .backB, .aheadB: 0
    default: children.reduce(0) { $0 + $1.matrixReads }
    }
  }
}
