import CKernels
import Rules

/// What a rule's `db` adds to the feedback weights of one projection, read from the old weights of both directions and
/// added once both changes are known.
final class FeedbackUpdate<Scalar: KernelScalar> {
  private let view: ProjectionView<Scalar>
  private let weights: UnsafeMutablePointer<Scalar>
  private let change: UnsafeMutablePointer<Scalar>
  private let program: SweepProgram<Scalar>
  private let bounds: ClosedRange<Double>?
  private let takesEffect: Bool
  /// Quantities the terms read.
  var reads: Set<Quantity> { program.reads }

  /// - Parameters:
  ///   - terms: what is added to the feedback weights.
  ///   - builder: knows the addresses of coefficients, traces and eligibility.
  init(_ terms: [Term], _ rule: Rule, _ builder: ValueBuilder<Scalar>) {
    view = builder.view
    guard let weights = view.feedback else {
      preconditionFailure("rule \(rule.name) changes feedback that is not there")
    }
    self.weights = weights
    change = builder.arena.allocate(view.preCount * view.columns, of: Scalar.self)
    program = SweepProgram(terms: terms, target: change, keep: nil, clip: nil, builder: builder)
    bounds = rule.feedbackBounds
    takesEffect = rule.every == .step
  }

  private var size: Int { view.preCount * view.columns }

  func bind() { program.bind() }

  /// Forgets what waits for the end of a sample.
  func reset() { if !takesEffect { Scalar.fill(size, change, with: 0) } }

  /// Computes the change of a step.
  func run() { program.run() }

  func endStep() { if takesEffect { apply() } }

  func endSample() { if !takesEffect { apply() } }

  /// Adds the change to the feedback weights and clips them.
  func apply() {
    Scalar.addScaled(size, weights, factor: 1, change)
    if let bounds {
      Scalar.elementwise(
        Int32(MP_CLIP), size, into: weights, weights, 1, [Scalar(bounds.lowerBound)], 0, [Scalar(bounds.upperBound)], 0)
      // What lies beyond the neurons stays 0.
      if !bounds.contains(0) { clearPadding() }
    }
    Scalar.fill(size, change, with: 0)
  }

  private func clearPadding() {
    for j in 0..<view.preCount {
      for i in view.postCount..<view.columns { weights[j * view.columns + i] = 0 }
    }
  }
}
