import Rules

/// A rule's terms as a projection needs them that runs ahead of its own updates: the post factor of each group, and
/// what multiplies it on the pre side, taken apart into what the input's spikes alone decide and what needs a matrix.
struct AheadTerms {
  /// An exponential trace of the input's spikes, `x ← keep · x + gain · s`.
  struct Trace: Hashable {
    var keep: Double
    var gain: Double
  }

  /// What multiplies a group's post factor on the pre side.
  enum PreFactor: Hashable {
    /// A trace of the input's spikes.
    case trace(Trace)
    /// The input's error `ψ_pre ∘ Bᵀ e_post` of fixed feedback.
    case error
    /// `Wᵀp` of the post quantity.
    case back(Expression)
  }

  /// `number · scalar · pre`.
  struct Summand {
    var number: Double
    var scalar: [Factor]
    var pre: PreFactor
  }

  /// Terms that share a post factor.
  struct Group {
    var post: [Factor]
    var summands: [Summand]
  }

  var groups: [Group] = []
  /// Terms `number · scalar · w`: all weights grow by these shares.
  var growth: [(number: Double, scalar: [Factor])] = []

  /// - Parameters:
  ///   - terms: the terms of a projection.
  ///   - activityDecay: share of the input's activity kept per step.
  ///   - spikeTraces: declared traces of the input's spikes, by name: the share kept per step.
  ///   - hasErrorFeedback: whether the input's error is formed by fixed feedback from the post side.
  /// - Returns: nil when a term is of another kind.
  init?(_ terms: [Term], activityDecay: Double, spikeTraces: [String: Double], hasErrorFeedback: Bool) {
    for term in terms {
      // Weights are not at hand before the sample ends, nor what is made of them on the pre side.
      guard term.synapse.isEmpty, !(term.scalar + term.post).contains(where: { $0.base.needsWeights }) else {
        return nil
      }
      if term.weightPower == 1, term.post.isEmpty, term.pre.isEmpty {
        growth.append((term.number, term.scalar))
        continue
      }
      guard term.weightPower == 0, term.pre.count == 1, term.pre[0].power == 1 else { return nil }
      let pre: PreFactor
      switch term.pre[0].base {
      case .quantity(.yPre): pre = .trace(Trace(keep: activityDecay, gain: 1 - activityDecay))
      case .quantity(.sPre): pre = .trace(Trace(keep: 0, gain: 1))
      case .trace(let name):
        guard let keep = spikeTraces[name] else { return nil }
        pre = .trace(Trace(keep: keep, gain: 1))
      case .quantity(.ePre):
        guard hasErrorFeedback else { return nil }
        pre = .error
      case .back(let argument):
        if argument.needsWeights { return nil }
        pre = .back(argument)
      default: return nil
      }
      let summand = Summand(number: term.number, scalar: term.scalar, pre: pre)
      if let known = groups.firstIndex(where: { $0.post == term.post }) {
        groups[known].summands.append(summand)
      } else {
        groups.append(Group(post: term.post, summands: [summand]))
      }
    }
  }
}

extension Expression {
  /// Whether the value is made of weights, or of the pre group's error, which may be.
  fileprivate var needsWeights: Bool {
    switch self {
    case .back, .ahead, .backB, .aheadB, .quantity(.ePre), .quantity(.weight): true
    default: children.contains { $0.needsWeights }
    }
  }
}
