/// A search that needs the gradient of the meta-loss at each candidate.
public protocol GradientOptimiser: Optimiser {
  /// Takes the fitness of the candidates with the gradients of their meta-loss, and moves on to the next generation.
  /// - Parameters:
  ///   - fitness: [population], as in `tell(fitness:)`.
  ///   - gradients: d meta-loss / d coefficient, penalties included, [population][coefficient]; a gradient that is not
  ///     finite is that of a failed evaluation.
  mutating func tell(fitness: [Double], gradients: [[Double]])

  /// How often the search has started anew.
  var restarts: Int { get }
}

/// Choices for a descent along gradients.
public struct DescentSettings: Sendable, Equatable, Hashable {
  /// What a step is measured in.
  public enum Axes: String, Sendable, Hashable, CaseIterable {
    /// The coefficients themselves.
    case plain
    /// Their natural steps: the scale of a linear coefficient, a factor of 1.5 of a logarithmic one.
    case scaled
  }

  /// What a step is measured in.
  public var axes = Axes.plain
  /// The length of a step, α, in units of the axes.
  public var learningRate = 1e-3
  /// Share of the mean gradient kept per step, β₁.
  public var beta1 = 0.9
  /// Share of the mean squared gradient kept per step, β₂.
  public var beta2 = 0.999
  /// What keeps a step finite where the gradient vanishes, ε.
  public var epsilon = 1e-8
  /// The longest gradient, longer ones are shortened to it; nil for any length.
  public var clip: Double?
  /// Generations of the first period of the cosine schedule; nil for a constant rate.
  public var restartEvery: Int?
  /// Generations in which the rate rises from 0.
  public var warmUp = 0
  /// How many times as long each period is as the one before, at least 1.
  public var restartFactor = 1.0

  /// The usual choices.
  public init() {}

  /// What is wrong with the choices; nil when nothing is.
  var problem: String? {
    func isPositive(_ number: Double) -> Bool { number.isFinite && number > 0 }
    guard isPositive(learningRate) else { return "a learning rate of \(learningRate) is not a positive number" }
    for beta in [beta1, beta2] where !(beta >= 0 && beta < 1) { return "a decay of \(beta) is not between 0 and 1" }
    guard isPositive(epsilon) else { return "an epsilon of \(epsilon) is not a positive number" }
    if let clip, !isPositive(clip) { return "a longest gradient of \(clip) is not a positive number" }
    if warmUp < 0 { return "a warm-up of \(warmUp) generations is shorter than none" }
    if let restartEvery, restartEvery < 1 { return "a period of \(restartEvery) generations is shorter than one" }
    guard restartFactor.isFinite, restartFactor >= 1 else { return "periods cannot grow by a factor \(restartFactor)" }
    return nil
  }
}
