import Foundation
import Rules

/// A whole spiking network in double precision whose projections learn by the interpreter, one operator after the other:
/// what exported scripts must reproduce.
struct InterpretedNetwork {
  /// A group's values, one per neuron.
  struct Group {
    var v, s, y, psi, e: [Double]

    init(_ count: Int) {
      let zeros = [Double](repeating: 0, count: count)
      (v, s, y, psi, e) = (zeros, zeros, zeros, zeros, zeros)
    }
  }

  let exported: ExportedRule
  let network: ExportNetwork
  private(set) var projections: [InterpretedProjection<Double>]
  private(set) var groups: [Group]
  /// Feedback weights or magnitudes, [post, pre], a projection; direct feedback, [readout, group], a group.
  private var feedback: [[Double]]
  private var expectedReward = 0.0
  private var loss = 0.0
  private var reward = 0.0

  init(_ exported: ExportedRule) {
    self.exported = exported
    network = exported.network
    let (rule, network) = (exported.rule, exported.network)
    let isDirect = exported.credit == "direct"
    feedback = (0..<network.projectionCount).map { l in
      isDirect ? network.directFeedback(l) : network.feedback(l, within: rule.feedbackBounds)
    }
    projections = []
    for l in 0..<network.projectionCount {
      let weights = network.weights(l, within: rule.weightBounds)
      projections.append(
        InterpretedProjection(
          rule: rule, layer: l + 1, layerCount: network.projectionCount, coefficients: exported.coefficients,
          preCount: network.sizes[l], postCount: network.sizes[l + 1], weights: weights,
          feedback: isDirect ? [] : exported.credit == "transport" ? weights : feedback[l]))
    }
    groups = network.sizes.map { Group($0) }
  }

  /// Learns every sample; `observe` sees the network after each step.
  mutating func learn(_ observe: (_ sample: Int, _ step: Int, InterpretedNetwork) -> Void) {
    let spikes = network.inputSpikes()
    let labels = network.labels()
    for sample in 0..<network.samples {
      groups = network.sizes.map { Group($0) }
      for l in projections.indices { projections[l].reset() }
      if exported.credit == "brsf" {
        for l in feedback.indices { feedback[l] = network.feedback(l, round: sample, within: nil) }
      }
      for step in 0..<network.steps {
        propagate(spikes[sample][step])
        formError(label: labels[sample])
        deliver()
        let seen = projections.indices.map { quantities($0, sample, step) }
        for l in projections.indices {
          if exported.credit == "transport", exported.rule.usesFeedback {
            projections[l].feedback = projections[l].weights
          }
          projections[l].advance(seen[l])
        }
        if step + 1 >= network.learnFrom {
          for l in projections.indices { projections[l].learn(seen[l]) }
        }
        if step == network.steps - 1 {
          for l in projections.indices { projections[l].endSample() }
          expectedReward += (reward - expectedReward) / 10
        }
        observe(sample, step, self)
      }
    }
  }

  private mutating func propagate(_ input: [Double]) {
    let top = groups.count - 1
    groups[0].s = input
    groups[0].v = input
    for level in 1...top {
      let below = groups[level - 1].s
      let weights = projections[level - 1].weights
      for i in groups[level].v.indices {
        var current = 0.0
        for j in below.indices where below[j] != 0 { current += weights[i * below.count + j] * below[j] }
        let v = groups[level].v[i]
        if level == top {
          groups[level].v[i] = network.readoutLeak * v + (1 - network.readoutLeak) * current
        } else {
          let kept = network.leak * v * (1 - groups[level].s[i]) + current
          groups[level].v[i] = kept
          groups[level].s[i] = kept > network.threshold ? 1 : 0
          let flank = 1 + network.slope * abs(kept - network.threshold)
          groups[level].psi[i] = 1 / (flank * flank)
        }
      }
    }
    for level in 0..<top {
      for i in groups[level].y.indices {
        groups[level].y[i] =
          network.activityDecay * groups[level].y[i] + (1 - network.activityDecay) * groups[level].s[i]
      }
    }
    groups[0].psi = groups[0].y.map { $0 > 0 ? 1 : 0 }
    groups[top].psi = groups[top].psi.map { _ in 1 }
  }

  private mutating func formError(label: Int) {
    let top = groups.count - 1
    let v = groups[top].v
    let largest = v.max() ?? 0
    let exponentials = v.map { exp($0 - largest) }
    let total = exponentials.reduce(0, +)
    groups[top].y = exponentials.map { $0 / total }
    groups[top].e = groups[top].y
    groups[top].e[label] -= 1
    loss = log(total) + largest - v[label]
    reward = v.firstIndex(of: largest) == label ? 1 : -1
  }

  private mutating func deliver() {
    let top = groups.count - 1
    guard exported.credit != "none" else { return }
    for l in stride(from: top - 1, through: 0, by: -1) {
      let isDirect = exported.credit == "direct"
      let source = isDirect ? groups[top].e : groups[l + 1].e
      let count = network.sizes[l]
      for j in 0..<count {
        var sum = 0.0
        for i in source.indices { sum += carried(l, i * count + j) * source[i] }
        groups[l].e[j] = sum * groups[l].psi[j]
      }
    }
  }

  /// What carries an error back over synapse `k` of projection `l`.
  private func carried(_ l: Int, _ k: Int) -> Double {
    func sign(_ x: Double) -> Double { x > 0 ? 1 : (x < 0 ? -1 : 0) }
    let w = projections[l].weights[k]
    switch exported.credit {
    case "transport": return w
    case "usf": return network.signSize(l) * sign(w)
    case "frsf", "brsf": return abs(feedback[l][k]) * sign(w)
    case "random", "learned": return projections[l].feedback.isEmpty ? feedback[l][k] : projections[l].feedback[k]
    default: return feedback[l][k]
    }
  }

  private func quantities(_ l: Int, _ sample: Int, _ step: Int) -> ProjectionQuantities<Double> {
    let (pre, post) = (groups[l], groups[l + 1])
    var q = ProjectionQuantities<Double>(preCount: network.sizes[l], postCount: network.sizes[l + 1])
    (q.yPre, q.sPre, q.vPre, q.psiPre, q.ePre) = (pre.y, pre.s, pre.v, pre.psi, pre.e)
    (q.yPost, q.sPost, q.vPost, q.psiPost, q.ePost) = (post.y, post.s, post.v, post.psi, post.e)
    (q.loss, q.reward, q.modulator) = (loss, reward, reward - expectedReward)
    q.step = Double(step)
    q.sample = Double(sample)
    return q
  }
}

extension ExportNetwork {
  /// The one size of feedback weights that have the signs of the forward weights: the standard deviation of drawn ones.
  func signSize(_ l: Int) -> Double { weightScale * (2 / Double(sizes[l] + sizes[l + 1])).squareRoot() }
}
