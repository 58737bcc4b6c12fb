import Arithmetic
import Foundation
import Kernels
import TestSupport
import Testing

@Suite("Vector paths")
struct VectorPathTests {
  @Test("the plain path is always there, and a chosen path is taken", arguments: VectorPath.available)
  func choice(path: VectorPath) {
    #expect(VectorPath.available.contains(.plain))
    // Other tests run beside this one: only paths that give them the same bits are chosen.
    guard VectorPath.interchangeable.contains(path) else { return }
    onVectorPath(path) { #expect(VectorPath.current == path) }
  }

  @Test(
    "every kernel gives the same bits on every path that rounds as this one does, in both precisions",
    arguments: 1..<40 as Range<UInt64>)
  func bits(seed: UInt64) {
    compare(Float.self, seed: seed)
    compare(Double.self, seed: seed)
  }

  private func compare<Scalar: KernelScalar>(_ type: Scalar.Type, seed: UInt64) {
    let plain = KernelTrial<Scalar>(seed: seed).results()
    for path in VectorPath.interchangeable {
      let wide = onVectorPath(path) { KernelTrial<Scalar>(seed: seed).results() }
      for (one, other) in zip(plain, wide) {
        #expect(one.kernel == other.kernel)
        #expect(one.words == other.words, "\(one.kernel), \(type), \(path)")
      }
      #expect(plain.count == wide.count)
    }
  }
}

/// Every kernel once, on random numbers of random sizes.
private struct KernelTrial<Scalar: KernelScalar> {
  /// What a kernel left behind, as bits.
  struct Result {
    var kernel: String
    var words: [UInt64]
  }

  let rows: Int
  let width: Int
  let columns: Int
  let arena = Arena()
  private let random: RandomSource

  init(seed: UInt64) {
    random = RandomSource(seed: seed)
    rows = 1 + random.below(50)
    width = 1 + random.below(210)
    columns = Scalar.padded(width)
  }

  /// `count` normal numbers and zeros up to whole vectors; about `sparsity` of the numbers are zeros too.
  private func vector(_ count: Int, sparsity: Double = 0.3) -> UnsafeMutablePointer<Scalar> {
    let x = arena.allocate(Scalar.padded(count), of: Scalar.self)
    for i in 0..<count { x[i] = random.uniform() < sparsity ? 0 : Scalar(random.normal()) }
    return x
  }

  private func matrix() -> UnsafeMutablePointer<Scalar> {
    let w = arena.allocate(rows * columns, of: Scalar.self)
    for j in 0..<rows { for i in 0..<width { w[j * columns + i] = Scalar(random.normal()) } }
    return w
  }

  private func words(_ x: UnsafePointer<Scalar>, _ count: Int) -> [UInt64] {
    // NaN has many faces; which one is no promise.
    (0..<count).map { x[$0].isNaN ? .max : Double(x[$0]).bitPattern }
  }

  func results() -> [Result] { sweeps() + reductions() + elementwise() + neurons() + products() + panels() }

  /// Every shape of a sweep: from one term to everything that a sweep can hold.
  private func sweeps() -> [Result] {
    (0..<6).flatMap { shape in
      let (target, source) = (matrix(), matrix())
      let sweep = Scalar.sweepNew(
        columns: columns, stride: columns, target: target, source: shape == 5 ? source : target)
      defer { free(sweep) }
      let first = Scalar.sweepTerm(sweep, post: vector(width), pre: vector(rows, sparsity: 0.6))
      if shape >= 1 {
        let second = Scalar.sweepTerm(sweep, post: vector(width), pre: shape == 1 ? vector(rows) : nil)
        let dot = Scalar.sweepDot(sweep, post: vector(width))
        Scalar.sweepDotFactor(sweep, term: second, dot: dot, pre: vector(rows, sparsity: 0.6))
        Scalar.sweepDotFactor(sweep, term: first, dot: dot, pre: vector(rows, sparsity: 0.9))
      }
      if shape >= 2 { Scalar.sweepRowScale(sweep, vector(rows, sparsity: 0.6)) }
      if shape >= 3 { _ = Scalar.sweepProduct(sweep, post: vector(width), pre: vector(rows, sparsity: 0.6)) }
      if shape >= 4 {
        Scalar.sweepDelta(sweep, vector(width))
        Scalar.sweepKeep(sweep, 0.75)
        Scalar.sweepClip(sweep, -1, 1.25)
      }
      let list = arena.allocate(rows, of: UInt32.self)
      let count = Scalar.activeRows(sweep, rows: rows, list: list)
      Scalar.sweepRows(sweep, list, count, descending: shape % 2 == 1)
      return [
        Result(kernel: "activeRows \(shape)", words: (0..<count).map { UInt64(list[$0]) }),
        Result(kernel: "sweepRows \(shape)", words: words(target, rows * columns)),
      ]
    }
  }

  private func reductions() -> [Result] {
    let (w, b, gain, x, other) = (matrix(), matrix(), vector(rows), vector(width), vector(width))
    let list = arena.allocate(rows, of: UInt32.self)
    let count = Scalar.nonZero(rows, gain, list: list)
    let y = vector(columns)
    Scalar.accumulate(w, stride: columns, columns: columns, list, count, into: y)
    Scalar.accumulate(w, stride: columns, columns: columns, list, count, factor: gain, into: y)
    var results = [
      Result(kernel: "nonZero", words: (0..<count).map { UInt64(list[$0]) }),
      Result(kernel: "accumulate", words: words(y, columns)),
    ]
    for kind in [FeedbackKind.plain, .sign, .signedMagnitude] {
      let d = vector(rows)
      Scalar.rowDots(
        weights: w, feedback: b, kind: kind, scale: 1.5, stride: columns, columns: columns, rows: rows, x,
        gain: kind == .sign ? nil : UnsafePointer(gain), scratch: list, descending: kind == .plain, into: d)
      results.append(Result(kernel: "rowDots \(kind)", words: words(d, rows)))
    }
    let p = vector(width)
    var sums = [Scalar.sum(x, width), Scalar.dot(x, 1, other, 1, width), Scalar.dot(x, 1, other, 0, width)]
    sums.append(Scalar.softmax(width, x, into: p))
    results.append(Result(kernel: "sum, dot, softmax", words: words(sums, sums.count) + words(p, width)))
    x[width / 2] = random.below(2) == 0 ? .infinity : 1
    results.append(Result(kernel: "allFinite", words: [Scalar.allFinite(x, width) ? 1 : 0]))
    return results
  }

  /// One pass both ways, checked against the products it stands for.
  private func bothWays(_ w: UnsafeMutablePointer<Scalar>) -> [Result] {
    var results: [Result] = []
    for groups in 1...2 {
      let (pre, post) = ((0..<2).map { _ in vector(rows) }, (0..<2).map { _ in vector(width) })
      let (ahead, back) = ((0..<2).map { _ in vector(width) }, (0..<2).map { _ in vector(rows) })
      let before = ahead.map { y in (0..<width).map { y[$0] } }
      func optional<T>(_ x: [T]) -> [T?] { x.map { $0 } }
      Scalar.bothWays(
        w, stride: columns, columns: columns, rows: rows, groups: groups, pre: optional(pre.map { UnsafePointer($0) }),
        post: optional(post.map { UnsafePointer($0) }), ahead: optional(ahead), back: optional(back))
      for g in 0..<groups {
        for i in 0..<width {
          let sum = (0..<rows).reduce(Double(before[g][i])) { $0 + Double(pre[g][$1]) * Double(w[$1 * columns + i]) }
          #expect(abs(Double(ahead[g][i]) - sum) < 1e-4)
        }
        for j in 0..<rows {
          let sum = (0..<width).reduce(0) { $0 + Double(post[g][$1]) * Double(w[j * columns + $1]) }
          #expect(abs(Double(back[g][j]) - sum) < 1e-4)
        }
        results.append(Result(kernel: "bothWays ahead \(groups)", words: words(ahead[g], columns)))
        results.append(Result(kernel: "bothWays back \(groups)", words: words(back[g], rows)))
      }
    }
    return results
  }

  private func products() -> [Result] {
    let (w, pre, x) = (matrix(), matrix(), matrix())
    let rank = min(rows, 7)
    let list = arena.allocate(max(rows, width), of: UInt32.self)
    let bits = arena.allocate(rows, of: UInt64.self)
    for j in 0..<rows { bits[j] = UInt64(random.below(1 << min(rows, 20))) }
    for k in 0..<rank { pre[k * columns] = 0 }
    let active = Scalar.activeColumns(pre, stride: columns, rows: rank, columns: width, list: list)
    var results = [Result(kernel: "activeColumns", words: (0..<active).map { UInt64(list[$0]) })]
    let square = arena.allocate(width * columns, of: Scalar.self)
    Scalar.addProducts(
      square, stride: columns, columns: columns, list, active, pre: pre, preStride: columns, post: x, rank: rank)
    results.append(Result(kernel: "addProducts", words: words(square, width * columns)))
    results += bothWays(w)
    let padded = Scalar.padded(rows)
    let turned = arena.allocate(columns * padded, of: Scalar.self)
    Scalar.transpose(w, stride: columns, rows: rows, columns: width, into: turned, stride: padded)
    for j in 0..<rows { for i in 0..<width { #expect(turned[i * padded + j] == w[j * columns + i]) } }
    for j in 0..<rows { list[j] = UInt32(j) }
    Scalar.addEvents(w, stride: columns, columns: columns, list, rows, bits: bits, x)
    results.append(Result(kernel: "addEvents", words: words(w, rows * columns)))
    let stride = (columns + 31) / 32 * 16
    let halfRows = arena.allocate(rows * stride, of: UInt32.self)
    for j in 0..<rows { for i in 0..<width { x[j * columns + i] = Scalar(Float(x[j * columns + i]).roundedToHalf) } }
    Scalar.storeHalves(x, rowStep: columns, columnStep: 1, rows: rows, columns: width, into: halfRows, stride: stride)
    var expected = (0..<rows * columns).map { w[$0] }
    for j in 0..<rows {
      for t in 1..<64 where bits[j] >> UInt64(t) & 1 == 1 {
        for i in 0..<width { expected[t * columns + i] += x[j * columns + i] }
      }
    }
    Scalar.scatterHalves(
      halfRows, stride: stride, columns: columns, list, rows, bits: bits, mask: .max << 1, into: w)
    for (k, value) in expected.enumerated() { #expect(w[k] == value) }
    results.append(Result(kernel: "scatterHalves", words: words(w, rows * columns)))
    let panel = arena.allocate(columns * Scalar.panelWidth, of: Scalar.self)
    let packed = min(rows, Scalar.panelWidth)
    Scalar.packHalves(
      halfRows, stride: stride, list, packed, next: rows - packed, columns: columns, into: panel)
    for j in 0..<packed {
      for i in 0..<width { #expect(panel[i * Scalar.panelWidth + j] == x[j * columns + i]) }
    }
    let (y, factor) = (vector(rows), vector(width))
    for j in 0..<rows { for i in 0..<width { w[j * columns + i] = Scalar(Float(w[j * columns + i]).roundedToHalf) } }
    let halves = HalfMatrix<Scalar>(rows: width, columns: rows, in: arena)
    halves.take(w, rowStep: 1, columnStep: columns)
    let gain = vector(rows)
    halves.sumRows(factor, gain: gain, into: y)
    for j in 0..<rows {
      let terms = (0..<width).map { Double(factor[$0]) * Double(w[j * columns + $0]) }
      let size = terms.reduce(1) { $0 + abs($1) }
      #expect(abs(Double(y[j]) - Double(gain[j]) * terms.reduce(0, +)) < 1e-5 * size * (1 + abs(Double(gain[j]))))
    }
    results.append(Result(kernel: "accumulateHalves", words: words(y, rows)))
    Scalar.multiply(width, factor, by: vector(width))
    Scalar.multiply(width, factor, by: 0.3)
    results.append(Result(kernel: "multiply", words: words(factor, width)))
    return results
  }

  private func panels() -> [Result] {
    let width = Scalar.panelWidth
    let w = matrix()
    let count = min(rows, width)
    let list = arena.allocate(max(rows, columns), of: UInt32.self)
    for j in 0..<rows { list[j] = UInt32(rows - 1 - j) }
    let panel = arena.allocate(columns * width, of: Scalar.self)
    Scalar.pack(w, stride: columns, list, count, next: rows - count, columns: columns, into: panel)
    for k in 0..<count {
      for i in 0..<self.width { #expect(panel[i * width + k] == w[(rows - 1 - k) * columns + i]) }
    }
    let (steps, groups) = (1 + random.below(20), 2)
    let stride = Scalar.padded(steps)
    let post = arena.allocate(columns, of: UInt32.self)
    for i in 0..<self.width { post[i] = UInt32(i) }
    let x = vector(columns * stride)
    let sentBack = arena.allocate(steps * width, of: Scalar.self)
    Scalar.panelDots(panel, post, self.width, x, stride: stride, steps: steps, into: sentBack)
    var results = [Result(kernel: "panelDots", words: words(sentBack, steps * width))]
    let spikes = arena.allocate(steps * width, of: Scalar.self)
    Scalar.positive(steps * width, into: spikes, vector(steps * width))
    let learning = arena.allocate(steps, of: UInt32.self)
    let learns = (steps + 1) / 2
    for k in 0..<learns { learning[k] = UInt32(steps - learns + k) }
    let (p, factor) = (vector(steps * groups * width), vector(steps))
    Scalar.panelTrace(
      spikes, steps: steps, learning: learning, learns, keep: 0.8, gain: 0.2, factor: factor, into: p,
      pStride: groups * width)
    Scalar.panelGated(
      spikes, steps: steps, learning: learning, learns, factor: factor, sentBack, into: p + width,
      pStride: groups * width)
    results.append(Result(kernel: "panelTrace, panelGated", words: words(p, steps * groups * width)))
    let historyStride = Scalar.padded(steps * groups)
    let history = arena.allocate(1, pointersTo: Scalar.self)
    history[0] = UnsafePointer(vector(steps * historyStride))
    let factors = arena.allocate(groups, pointersTo: Scalar.self)
    factors[1] = UnsafePointer(factor)
    Scalar.panelSubstitute(
      steps: learns, groups: groups, backs: 1, history: history, stride: historyStride, factor: factors, before: factor,
      after: factor, p, sentBack,
      zStride: steps * width)
    results.append(Result(kernel: "panelSubstitute", words: words(p, steps * groups * width)))
    Scalar.panelUpdate(
      panel, post, self.width, x, stride: stride, steps: steps, p, pStride: groups * width)
    Scalar.unpack(panel, columns: columns, list, count, into: w, stride: columns)
    results.append(Result(kernel: "panelUpdate, unpack", words: words(w, rows * columns)))
    return results
  }

  private func elementwise() -> [Result] {
    let (a, b, c) = (vector(width), vector(width), vector(width))
    return (0..<18).map { operation in
      let y = vector(width)
      let step = random.below(2)
      Scalar.elementwise(Int32(operation), width, into: y, a, 1, b, step, c, 1)
      return Result(kernel: "elementwise \(operation)", words: words(y, width))
    }
  }

  private func neurons() -> [Result] {
    var results: [Result] = []
    for kind in Int32(0)..<3 {
      let (v, y, psi, slope) = (vector(width), vector(width), vector(width), vector(width))
      Scalar.rate(width, kind: kind, sharpness: 3, v, into: y, gain: psi)
      Scalar.rateGain(width, kind: kind, sharpness: 3, y, into: slope)
      results.append(
        Result(kernel: "rate \(kind)", words: words(y, columns) + words(psi, columns) + words(slope, columns)))
    }
    for reset in 0..<3 {
      for thresholdStep in 0..<2 {
        let (v, s, current, threshold) = (vector(width), vector(width), vector(width), vector(width))
        Scalar.positive(width, into: s, vector(width))
        let list = arena.allocate(width, of: UInt32.self)
        let count = Scalar.spike(
          width, potential: v, spikes: s, current: current, threshold: threshold, thresholdStep: thresholdStep,
          leak: 0.9, reset: Int32(reset), list: list)
        results.append(
          Result(
            kernel: "spike \(reset) \(thresholdStep)",
            words: words(v, width) + words(s, width) + (0..<count).map { UInt64(list[$0]) }))
        for kind in 0..<5 {
          let psi = vector(width)
          Scalar.surrogate(
            width, into: psi, potential: v, threshold: threshold, thresholdStep: thresholdStep, kind: Int32(kind),
            width: 2)
          results.append(Result(kernel: "surrogate \(kind) \(thresholdStep)", words: words(psi, width)))
        }
      }
    }
    let (y, x, z) = (vector(width), vector(width), vector(width))
    Scalar.leak(width, y, keep: 0.8, gain: 0.3, x)
    Scalar.addScaled(width, y, factor: 1.7, x)
    Scalar.copy(width, y, to: z)
    Scalar.fill(width, x, with: 0.1)
    results.append(Result(kernel: "leak, addScaled, copy, fill", words: words(z, width) + words(x, width)))
    let (mean, square, gradient) = (vector(width), vector(width), vector(width))
    Scalar.multiply(width, square, by: UnsafePointer(square))
    Scalar.adam(
      columns, y, mean: mean, square: square, gradient: gradient, scale: 0.1, keepMean: 0.9, keepSquare: 0.99,
      step: 0.01, root: 1.5, epsilon: 1e-8)
    results.append(
      Result(
        kernel: "adam", words: words(y, width) + words(mean, width) + words(square, width) + words(gradient, width)))
    let start = random.below(1000)
    Scalar.uniform(seed: 77, second: 1, first: 2, purpose: 3, bound: 0.7, start: start, width, into: z)
    results.append(Result(kernel: "uniform", words: words(z, width)))
    return results
  }
}

/// A named random stream behind a reference, so that values may draw from it.
private final class RandomSource {
  private var stream: RandomStream
  init(seed: UInt64) { stream = RandomStream(seed: seed, purpose: .testing) }
  func below(_ bound: Int) -> Int { stream.below(bound) }
  func normal() -> Double { stream.nextNormal() }
  func uniform() -> Double { Double(stream.below(1 << 20)) / Double(1 << 20) }
}
