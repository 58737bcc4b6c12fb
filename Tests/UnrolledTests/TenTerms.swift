/// The 2023 paper's network and its ten terms, written out term by term for forward mode; nothing of the rule language.
struct TenTerms {
  var weights: [DualMatrix]
  /// Feedback, or nil when the forward weights carry the error back.
  var feedback: [DualMatrix]?
  let theta: [Dual]
  let beta: Double

  func forward(_ input: [Double]) -> (y: [[Dual]], logTotal: Dual, potential: [Dual]) {
    var y = [input.map { Dual($0) }]
    var v: [Dual] = []
    for (l, w) in weights.enumerated() {
      v = w.times(y[l])
      if l < weights.count - 1 { y.append(v.map { Dual.softplus($0, beta) }) }
    }
    let top = v.softmax
    return (y + [top.p], top.logTotal, v)
  }

  mutating func learn(_ input: [Double], _ label: Int) {
    let y = forward(input).y
    let top = weights.count
    var e = y.map { $0.map { _ in Dual(0) } }
    e[top] = y[top]
    e[top][label] = e[top][label] - Dual(1)
    for l in stride(from: top, to: 0, by: -1) {
      let sent = (feedback ?? weights)[l - 1].transposeTimes(e[l])
      e[l - 1] = zip(sent, y[l - 1]).map { $0 * (1 - Dual.exp(-(beta * $1))) }
    }
    var changed = weights
    for l in 1...top {
      let w = weights[l - 1]
      let (yPost, yPre, ePost, ePre) = (y[l], y[l - 1], e[l], e[l - 1])
      let summed = yPost.total
      let six = yPost.dot(w.times(ePre))
      let eight = ePost.dot(w.times(yPre))
      let sent = w.transposeTimes(yPost)
      for i in 0..<w.rows {
        for j in 0..<w.columns {
          let terms = [
            -(ePost[i] * yPre[j]), -(yPost[i] * ePre[j]), -(ePost[i] * ePre[j]), -w[i, j], -ePre[j],
            -(summed * ePost[i] * yPre[j]), -(six * yPost[i] * ePre[j]), -(six * ePost[i] * yPre[j]),
            -(eight * yPost[i] * ePre[j]), yPost[i] * (yPre[j] - sent[j]),
          ]
          changed[l - 1][i, j] = w[i, j] + zip(theta, terms).map { $0 * $1 }.total
        }
      }
    }
    weights = changed
  }

  func loss(_ inputs: [[Double]], _ labels: [Int]) -> Dual {
    let losses = zip(inputs, labels).map { input, label in
      let answer = forward(input)
      return answer.logTotal - answer.potential[label]
    }
    return 1 / Double(losses.count) * losses.total
  }
}

/// A leaky integrate-and-fire network of one hidden group that learns by pseudo-gradient, error-Hebb and Oja terms at
/// every step, for forward mode; a spike's slope is the fast sigmoid's, the reset is taken as given.
struct SpikingThreeTerms {
  var weights: [DualMatrix]
  let feedback: [DualMatrix]
  let theta: [Dual]
  let leak: Double, activityDecay: Double, readoutLeak: Double, slope: Double
  let learnFrom: Int

  /// Runs the spikes of a sample, [step][input]; learns where `label` is given. Returns the potential of the readout.
  mutating func present(_ spikes: [[Double]], label: Int?) -> [Dual] {
    let (inputs, hidden, outputs) = (weights[0].columns, weights[0].rows, weights[1].rows)
    var v = [Dual](repeating: Dual(0), count: hidden)
    var spiked = [Double](repeating: 0, count: hidden)
    var traces = [[Dual](repeating: Dual(0), count: inputs), [Dual](repeating: Dual(0), count: hidden)]
    var readout = [Dual](repeating: Dual(0), count: outputs)
    for (t, input) in spikes.enumerated() {
      let current = weights[0].times(input.map { Dual($0) })
      v = zip(zip(v, spiked), current).map { (1 - $0.1) * (leak * $0.0) + $1 }
      let s = v.map { Dual.spike($0 - Dual(1), slope: slope) }
      spiked = s.map(\.value)
      let drive = weights[1].times(s)
      readout = zip(readout, drive).map { readoutLeak * $0 + (1 - readoutLeak) * $1 }
      traces[0] = zip(traces[0], input).map { activityDecay * $0 + Dual((1 - activityDecay) * $1) }
      traces[1] = zip(traces[1], s).map { activityDecay * $0 + (1 - activityDecay) * $1 }
      guard let label, t + 1 >= learnFrom else { continue }
      let p = readout.softmax.p
      var top = p
      top[label] = top[label] - Dual(1)
      let gain = v.map { Dual.surrogate($0 - Dual(1), slope: slope) }
      let middle = zip(feedback[1].transposeTimes(top), gain).map { $0 * $1 }
      let bottom = zip(feedback[0].transposeTimes(middle), traces[0]).map { $1.value > 0 ? $0 : Dual(0) }
      let y = [traces[0], traces[1], p]
      let e = [bottom, middle, top]
      var changed = weights
      for l in 0..<2 {
        let sent = weights[l].transposeTimes(y[l + 1])
        for i in 0..<weights[l].rows {
          for j in 0..<weights[l].columns {
            let terms = [
              -(e[l + 1][i] * y[l][j]), -(e[l + 1][i] * e[l][j]), y[l + 1][i] * (y[l][j] - sent[j]),
            ]
            changed[l][i, j] = weights[l][i, j] + zip(theta, terms).map { $0 * $1 }.total
          }
        }
      }
      weights = changed
    }
    return readout
  }
}
