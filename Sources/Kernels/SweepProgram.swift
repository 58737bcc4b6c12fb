import CKernels
import Rules

#if canImport(Glibc)
  import Glibc
#endif

/// A sum of terms compiled to one sweep over the rows of a projection.
///
/// Terms `scalar · post ⊗ pre` are grouped by post factor; the pre factors of a group are summed into one number a row,
/// so that a single pass over a row does all of them. A factor `back(p)` is taken in the same pass, as the row's dot
/// product with `p`. Terms linear in `w` scale the row; what does not factor is evaluated synapse by synapse.
final class SweepProgram<Scalar: KernelScalar> {
  private let view: ProjectionView<Scalar>
  private let fixed: [Operation<Scalar>]
  private let vectors: [Operation<Scalar>]
  private let rows: [Operation<Scalar>]
  private let sweep: UnsafeMutableRawPointer
  private let list: UnsafeMutablePointer<UInt32>
  private let scratch: UnsafeMutablePointer<UInt32>
  /// Row factors that depend on coefficients alone.
  private let fixedFactors: [UnsafePointer<Scalar>]
  /// True when one of them is nowhere 0, so that every row has work at every step.
  private var visitsEveryRow = false
  private let isEmpty: Bool
  @exclusivity(unchecked) private var descending = false
  /// Quantities the terms read.
  let reads: Set<Quantity>

  /// - Parameters:
  ///   - terms: what is added to `target`.
  ///   - keep: factor on `target` before, nil for 1.
  ///   - clip: interval `target` is clipped to after.
  ///   - builder: knows the addresses of coefficients, traces and eligibility.
  init(
    terms: [Term], target: UnsafeMutablePointer<Scalar>, keep: Scalar?, clip: ClosedRange<Double>?,
    builder template: ValueBuilder<Scalar>
  ) {
    var builder = template
    let view = builder.view
    sweep = Scalar.sweepNew(columns: view.columns, stride: view.columns, target: target, source: view.weights)
    if let keep { Scalar.sweepKeep(sweep, keep) }
    if let clip { Scalar.sweepClip(sweep, Scalar(clip.lowerBound), Scalar(clip.upperBound)) }

    var groups: [PostGroup<Scalar>] = []
    var dots: [(argument: Expression, post: Value<Scalar>)] = []
    var rowScale: Value<Scalar>?
    var products: [(post: [Factor], pre: Value<Scalar>)] = []
    var delta: Value<Scalar>?

    for term in terms {
      let number = builder.value(.number(term.number))
      let scalar = builder.product(number, builder.product(of: term.scalar))!
      if term.synapse.isEmpty, term.weightPower == 0,
        let g = SweepProgram.group(of: term.post, in: &groups, builder: &builder)
      {
        if let position = SweepProgram.fusedDot(of: term, dots: &dots, builder: &builder) {
          var rest = term.pre
          rest.remove(at: position.factor)
          let factor = builder.preVector(builder.product(scalar, builder.product(of: rest))!)
          groups[g].dots[position.dot] = builder.sum(groups[g].dots[position.dot], factor)
        } else {
          let factor = builder.preVector(builder.product(scalar, builder.product(of: term.pre))!)
          groups[g].pre = builder.sum(groups[g].pre, factor)
        }
      } else if term.synapse.isEmpty, term.weightPower == 1, term.post.isEmpty {
        builder.reads.insert(.weight)
        let factor = builder.preVector(builder.product(scalar, builder.product(of: term.pre))!)
        rowScale = builder.sum(rowScale, factor)
      } else if term.synapse.isEmpty, term.weightPower == 1,
        products.contains(where: { $0.post == term.post }) || products.count < Int(MP_MAX_PRODUCTS)
      {
        builder.reads.insert(.weight)
        let factor = builder.preVector(builder.product(scalar, builder.product(of: term.pre))!)
        if let known = products.firstIndex(where: { $0.post == term.post }) {
          products[known].pre = builder.sum(products[known].pre, factor)
        } else {
          products.append((term.post, factor))
        }
      } else {
        var value = builder.product(scalar, builder.product(of: term.pre))
        value = builder.product(value, builder.product(of: term.post))
        if term.weightPower != 0 {
          value = builder.product(value, builder.product(of: [Factor(.quantity(.weight), power: term.weightPower)]))
        }
        value = builder.product(value, builder.product(of: term.synapse))
        delta = builder.sum(delta, value!)
      }
    }

    let factors = groups.flatMap { [$0.pre] + $0.dots } + [rowScale] + products.map { $0.pre }
    fixedFactors = factors.compactMap { $0 }.filter(\.isFixed).map(\.address)
    for group in groups {
      let term = Scalar.sweepTerm(sweep, post: group.post.address, pre: group.pre?.address)
      precondition(term >= 0, "more post factors than a sweep holds")
    }
    for dot in dots {
      let number = Scalar.sweepDot(sweep, post: dot.post.address)
      precondition(number >= 0, "more dot products than a sweep holds")
    }
    for (g, group) in groups.enumerated() {
      for (dot, factor) in group.dots.enumerated() {
        if let factor { Scalar.sweepDotFactor(sweep, term: g, dot: dot, pre: factor.address) }
      }
    }
    if let rowScale { Scalar.sweepRowScale(sweep, rowScale.address) }
    for product in products {
      let post = builder.postVector(builder.product(of: product.post)!)
      _ = Scalar.sweepProduct(sweep, post: post.address, pre: product.pre.address)
    }
    if let delta {
      // A row of its own, whatever the term's place: the sweep adds it to every row it visits.
      Scalar.sweepDelta(sweep, builder.rowVector(delta).address)
    }

    self.view = view
    fixed = builder.fixed
    vectors = builder.vectors
    rows = builder.rows
    reads = builder.reads
    list = builder.arena.allocate(view.preCount, of: UInt32.self)
    scratch = builder.arena.allocate(view.preCount, of: UInt32.self)
    isEmpty = terms.isEmpty && keep == nil && clip == nil
  }

  deinit { free(sweep) }

  /// Computes what depends on coefficients alone.
  func bind() {
    for operation in fixed { operation.run(view, scratch) }
    visitsEveryRow = fixedFactors.contains { Scalar.nonZero(view.preCount, $0, list: scratch) == view.preCount }
    if visitsEveryRow { for j in 0..<view.preCount { list[j] = UInt32(j) } }
  }

  /// One sweep; every factor and every dot product is read before the row it changes moves.
  @specialized(where Scalar == Float)
  func run() {
    if isEmpty { return }
    for operation in vectors { operation.run(view, scratch) }
    if rows.isEmpty {
      let count = visitsEveryRow ? view.preCount : Scalar.activeRows(sweep, rows: view.preCount, list: list)
      // Going back the way it came, a sweep meets first the rows that are still in the cache.
      descending.toggle()
      Scalar.sweepRows(sweep, list, count, descending: descending)
    } else {
      for j in 0..<view.preCount {
        for operation in rows { operation.run(row: j, stride: view.columns) }
        list[0] = UInt32(j)
        Scalar.sweepRows(sweep, list, 1, descending: false)
      }
    }
  }

  private static func group(
    of post: [Factor], in groups: inout [PostGroup<Scalar>], builder: inout ValueBuilder<Scalar>
  ) -> Int? {
    if let known = groups.firstIndex(where: { $0.factors == post }) { return known }
    guard groups.count < Int(MP_MAX_TERMS) else { return nil }
    let value = builder.postVector(builder.product(of: post) ?? builder.value(.number(1)))
    groups.append(PostGroup(factors: post, post: value))
    return groups.count - 1
  }

  /// The `back(p)` of a term that the sweep can take along: a plain factor, once.
  private static func fusedDot(
    of term: Term, dots: inout [(argument: Expression, post: Value<Scalar>)], builder: inout ValueBuilder<Scalar>
  ) -> (factor: Int, dot: Int)? {
    var found: (factor: Int, argument: Expression)?
    for (position, factor) in term.pre.enumerated() {
      guard case .back(let argument) = factor.base else { continue }
      if factor.power != 1 || found != nil { return nil }
      found = (position, argument)
    }
    guard let found else { return nil }
    builder.reads.insert(.weight)
    if let known = dots.firstIndex(where: { $0.argument == found.argument }) { return (found.factor, known) }
    guard dots.count < Int(MP_MAX_DOTS) else { return nil }
    dots.append((found.argument, builder.postVector(builder.value(found.argument))))
    return (found.factor, dots.count - 1)
  }
}

/// Terms that share a post factor.
private struct PostGroup<Scalar: KernelScalar> {
  var factors: [Factor]
  var post: Value<Scalar>
  var pre: Value<Scalar>?
  var dots = [Value<Scalar>?](repeating: nil, count: Int(MP_MAX_DOTS))

  init(factors: [Factor], post: Value<Scalar>) {
    self.factors = factors
    self.post = post
  }
}
