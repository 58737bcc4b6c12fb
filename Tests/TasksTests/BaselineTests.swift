import Arithmetic
import Tasks
import Testing

@Suite("Baselines")
struct BaselineTests {
  @Test("nearest class mean answers with the nearer mean, the lower label among equals")
  func nearestMean() {
    let episode = DataForTests.episode(
      support: [[0, 0], [1, 0.2], [0.2, 1], [0, 0.8]], query: [[0.4, 0.2], [0.1, 0.7], [0.3, 0.3], [0.9, 0]],
      supportLabels: [2, 2, 5, 5], queryLabels: [2, 5, 2, 5])
    // The means are (0.5, 0.1) and (0.1, 0.9).
    let answer = Baseline.nearestClassMean.answer(episode)
    #expect(answer.predictions == [2, 5, 2, 2] && answer.accuracy == 0.75)
    let tie = DataForTests.episode(
      support: [[1], [0]], query: [[0.5]], supportLabels: [1, 0], queryLabels: [0])
    #expect(Baseline.nearestClassMean.answer(tie).predictions == [0])
  }

  @Test("ridge answers as the primal solution with leave-one-out by refitting does")
  func ridge() {
    var stream = RandomStream(seed: 21, purpose: .testing)
    var agreed = 0
    for _ in 0..<30 {
      let classes = 2 + stream.below(3)
      func rows(_ count: Int) -> ([[Float]], [Int]) {
        let labels = (0..<count).map { $0 % classes }
        return (labels.map { label in (0..<3).map { Float($0 == label ? 0.3 : 0) + 0.7 * stream.nextFloat() } }, labels)
      }
      let (support, supportLabels) = rows(14)
      let (query, queryLabels) = rows(9)
      let episode = DataForTests.episode(
        support: support, query: query, supportLabels: supportLabels, queryLabels: queryLabels)
      let expected = RidgeByRefitting(support, supportLabels, classes).answer(query)
      #expect(Baseline.ridge.answer(episode).predictions == expected)
      agreed += 1
    }
    #expect(agreed == 30)
  }

  @Test("ridge survives one sample a class, equal samples and a single class")
  func degenerate() {
    let equal = DataForTests.episode(
      support: [[0.5, 0.5], [0.5, 0.5], [0.5, 0.5]], query: [[0.1, 0.9]], supportLabels: [1, 1, 0], queryLabels: [1])
    // Nothing to tell the classes apart: the more frequent label.
    #expect(Baseline.ridge.answer(equal).predictions == [1])
    let single = DataForTests.episode(support: [[0.5, 0.5]], query: [[0.1, 0.9]], queryLabels: [0])
    #expect(Baseline.ridge.answer(single).predictions == [0])
    let two = DataForTests.episode(
      support: [[0, 1], [1, 0]], query: [[0.1, 0.9], [0.8, 0.3]], supportLabels: [0, 1], queryLabels: [0, 1])
    #expect(Baseline.ridge.answer(two).predictions == [0, 1])
  }
}

/// Ridge regression with an unpenalised intercept, by the normal equations, leaving one sample out at a time in earnest.
private struct RidgeByRefitting {
  let weights: [[Double]]

  init(_ rows: [[Float]], _ labels: [Int], _ classes: Int) {
    let count = rows.count
    let inputs = rows.map { $0.map(Double.init) }
    let targets = labels.map { label in (0..<classes).map { $0 == label ? 1.0 : 0 } }
    let mean = (0..<3).map { i in inputs.reduce(0) { $0 + $1[i] } / Double(count) }
    let scale = inputs.reduce(0) { sum, row in sum + zip(row, mean).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } }
    var best: (loss: Double, penalty: Double)?
    for factor in [1e-3, 3.16e-3, 1e-2, 3.16e-2, 1e-1, 3.16e-1, 1, 3.16, 10] {
      let penalty = factor * scale / Double(count)
      var loss = 0.0
      for left in 0..<count {
        let kept = inputs.indices.filter { $0 != left }
        let fitted = Self.fit(kept.map { inputs[$0] }, kept.map { targets[$0] }, penalty)
        for (answer, target) in zip(Self.answer(fitted, inputs[left]), targets[left]) {
          loss += (answer - target) * (answer - target)
        }
      }
      if best == nil || loss < best!.loss { best = (loss, penalty) }
    }
    weights = Self.fit(inputs, targets, best!.penalty)
  }

  func answer(_ query: [[Float]]) -> [Int] {
    query.map { row in
      let answers = Self.answer(weights, row.map(Double.init))
      return answers.indices.max { answers[$0] < answers[$1] }!
    }
  }

  /// One answer per class from weights [class][input, then intercept].
  static func answer(_ weights: [[Double]], _ row: [Double]) -> [Double] {
    weights.map { zip($0, row + [1]).reduce(0) { $0 + $1.0 * $1.1 } }
  }

  /// Gauss–Jordan elimination of (XᵀX + λ diag(1, …, 1, 0)) W = XᵀY.
  static func fit(_ inputs: [[Double]], _ targets: [[Double]], _ penalty: Double) -> [[Double]] {
    let rows = inputs.map { $0 + [1] }
    let size = rows[0].count
    var system = (0..<size).map { i in
      (0..<size).map { j in rows.reduce(i == j && i < size - 1 ? penalty : 0) { $0 + $1[i] * $1[j] } }
        + targets[0].indices.map { c in zip(rows, targets).reduce(0) { $0 + $1.0[i] * $1.1[c] } }
    }
    for pivot in 0..<size {
      let lead = system[pivot][pivot]
      system[pivot] = system[pivot].map { $0 / lead }
      for other in 0..<size where other != pivot {
        let factor = system[other][pivot]
        system[other] = zip(system[other], system[pivot]).map { $0 - factor * $1 }
      }
    }
    return targets[0].indices.map { c in (0..<size).map { system[$0][size + c] } }
  }
}
