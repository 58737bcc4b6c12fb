import Rules

/// A sum of terms compiled to products of a pre and a post vector, which are written into the weights once a sample.
///
/// Terms `scalar · post ⊗ pre` are grouped by post factor; the pre factors of a group are summed, `back(p)` included,
/// which is taken from the matrix and its pending changes. A plain decay `scalar · w` scales the matrix.
final class DeferredProgram<Scalar: KernelScalar> {
  private let view: ProjectionView<Scalar>
  private let fixed: [Operation<Scalar>]
  private let vectors: [Operation<Scalar>]
  private let products: [Product]
  private let growth: Value<Scalar>?
  private let scratch: UnsafeMutablePointer<UInt32>
  private let takesEffect: Bool
  private let sendsLate: Bool
  /// Quantities the terms read.
  let reads: Set<Quantity>
  /// What has to follow every step, before the update: filtered rows of the transposed matrix.
  let filters: [SpikeFilter<Scalar>]

  /// One group: a post factor and the sum of pre vectors, with a factor each, that multiplies it.
  private struct Product {
    var count: Int
    var factors: UnsafeMutablePointer<UnsafePointer<Scalar>?>
    var vectors: UnsafeMutablePointer<UnsafePointer<Scalar>?>
    var post: UnsafePointer<Scalar>
    /// `factor · back(vector)` more on the pre side, for the matrix to form when it is needed.
    var back: (factor: UnsafePointer<Scalar>, vector: UnsafePointer<Scalar>)?
  }

  /// Terms that share a post factor.
  private struct Sum {
    var post: [Factor]
    var value: Value<Scalar>
    var pre: [(factor: Value<Scalar>, vector: Value<Scalar>)] = []
    var back: (argument: Expression, factor: Value<Scalar>, vector: Value<Scalar>)?

    init(post: [Factor], value: Value<Scalar>) {
      self.post = post
      self.value = value
    }
  }

  /// Whether terms are products of a post and a pre vector, or plain decay. Feedback may be the forward weights, changes
  /// that wait not included, so that nothing may pass through it.
  static func canDefer(_ terms: [Term]) -> Bool {
    terms.allSatisfy { term in
      term.synapse.isEmpty && !term.factors.contains { $0.base.passesFeedback }
        && (term.weightPower == 0 || term.weightPower == 1 && term.post.isEmpty && term.pre.isEmpty)
    }
  }

  /// - Parameters:
  ///   - terms: what is added to the weights; they must pass `canDefer`.
  ///   - takesEffect: false when changes of a sample count only at its end.
  ///   - builder: knows the addresses of coefficients and traces.
  init(terms: [Term], takesEffect: Bool, builder template: ValueBuilder<Scalar>) {
    var builder = template
    builder.filtersSpikes = true
    let view = builder.view
    var sums: [Sum] = []
    var growth: Value<Scalar>?
    // Over many samples the matrix takes what is sent back together.
    let sendsLate = view.samplesHeld > 1 && terms.allSatisfy { $0.weightPower == 0 }
    for term in terms {
      let number = builder.value(.number(term.number))
      let scalar = builder.product(number, builder.product(of: term.scalar))!
      if term.weightPower == 1 {
        builder.reads.insert(.weight)
        growth = builder.sum(growth, scalar)
        continue
      }
      let known: Int
      if let found = sums.firstIndex(where: { $0.post == term.post }) {
        known = found
      } else {
        let post = builder.postVector(builder.product(of: term.post) ?? builder.value(.number(1)))
        sums.append(Sum(post: term.post, value: post))
        known = sums.count - 1
      }
      if sendsLate, term.pre.count == 1, term.pre[0].power == 1, case .back(let argument) = term.pre[0].base,
        sums[known].back == nil || sums[known].back!.argument == argument
      {
        builder.reads.insert(.weight)
        let vector = builder.postVector(builder.value(argument))
        let factor = builder.sum(sums[known].back?.factor, scalar)
        sums[known].back = (argument, factor, vector)
        continue
      }
      let vector = builder.preVector(builder.product(of: term.pre) ?? builder.value(.number(1)))
      sums[known].pre.append((scalar, vector))
    }
    self.sendsLate = sums.contains { $0.back != nil }
    let arena = builder.arena
    products = sums.map { sum in
      let factors = arena.allocate(sum.pre.count, pointersTo: Scalar.self)
      let vectors = arena.allocate(sum.pre.count, pointersTo: Scalar.self)
      for (k, summand) in sum.pre.enumerated() {
        factors[k] = summand.factor.address
        vectors[k] = summand.vector.address
      }
      return Product(
        count: sum.pre.count, factors: factors, vectors: vectors, post: sum.value.address,
        back: sum.back.map { ($0.factor.address, $0.vector.address) })
    }
    self.view = view
    self.growth = growth
    self.takesEffect = takesEffect
    fixed = builder.fixed
    vectors = builder.vectors
    reads = builder.reads
    filters = builder.filters
    scratch = builder.arena.allocate(max(view.preCount, view.postCount), of: UInt32.self)
    if !filters.isEmpty { view.matrix.keepTransposed() }
  }

  /// Computes what depends on coefficients alone and makes room in the matrix.
  func bind() {
    for operation in fixed { operation.run(view, scratch) }
    view.matrix.prepare(
      groups: products.count, steps: view.steps * view.samplesHeld, takesEffect: takesEffect,
      sendsLate: sendsLate)
  }

  /// Takes the changes of a step; every factor is read before any weight moves.
  @specialized(where Scalar == Float)
  func run() {
    for operation in vectors { operation.run(view, scratch) }
    if let growth { view.matrix.grow(by: growth.address[0]) }
    let matrix = view.matrix
    for g in products.indices {
      let product = products[g]
      matrix.change(
        g, pre: product.count, factors: product.factors, product.vectors, post: product.post,
        back: product.back)
    }
    matrix.commit()
  }
}
