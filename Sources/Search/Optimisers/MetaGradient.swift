import RealModule

/// Descent of the meta-loss along its gradient: Adam on the coefficients, with warm restarts if wanted.
///
///     g   ← g · min(1, clip / |g|)                          when clipping
///     m   ← β₁ m + (1 − β₁) g            v ← β₂ v + (1 − β₂) g²
///     θ   ← θ − α_k · (m / (1 − β₁ᵗ)) / (√(v / (1 − β₂ᵗ)) + ε)
///
/// with t the number of steps taken, and each θ moved to the nearer end of its range where it left it. A generation has
/// one candidate, θ. Nothing is drawn.
///
/// **Axes.** On `plain` axes scales of coefficients play no part. On `scaled` ones Adam moves the internal coordinates u of
/// the space, one unit for a coefficient's natural step or a factor of 1.5: g is dL/du = (dL/dθ) · dθ/du.
///
/// **Warm restarts.** In generation k the rate is `α_k = α · (1 + cos(π c / T)) / 2`, where c counts the generations since
/// the last restart and T is the length of the period: `every` at first, then `factor` times the one before, rounded.
/// The moments are kept at a restart: what they know of the gradient's size is still true, and a first step without them
/// would be of full length along every axis.
///
/// **Warm-up.** In the first `warmUp` generations the rate rises in equal parts to α, so that the moments know the size
/// and the sign of the gradient before steps are long.
///
/// **Failures.** A generation without a finite gradient leaves θ, the moments and t as they are; k goes on.
/// - SeeAlso: Kingma & Ba 2015, *Adam*, arXiv 1412.6980; Loshchilov & Hutter 2017, *SGDR*, arXiv 1608.03983.
public struct MetaGradient: GradientOptimiser {
  /// `meta-gradient`.
  public static let name = "meta-gradient"
  private static let stateVersion = 1

  /// One: the coefficients at hand.
  public let populationSize = 1
  /// The coefficients at hand, θ.
  public private(set) var coefficients: [Double]
  private var firstMoment: [Double]
  private var secondMoment: [Double]
  /// Steps taken, t.
  private var steps = 0
  private var generation = 0
  private let space: SearchSpace
  private let choice: DescentSettings

  /// A search at its beginning, θ at the start values of the space.
  /// - Throws: ``SearchError`` for a rate, decay, clip or period that makes no sense.
  public init(space: SearchSpace, settings: OptimiserSettings, seed: UInt64) throws(SearchError) {
    if let problem = settings.descent.problem { throw .descent(problem) }
    self.space = space
    choice = settings.descent
    coefficients = space.coordinates.map(\.start)
    firstMoment = coefficients.map { _ in 0 }
    secondMoment = firstMoment
  }

  /// The search that had this state.
  public init(
    restoring state: OptimiserState, space: SearchSpace, settings: OptimiserSettings, seed: UInt64
  ) throws(SearchError) {
    try self.init(space: space, settings: settings, seed: seed)
    try state.check(optimizer: Self.name, version: Self.stateVersion)
    try state.check(populationSize: populationSize)
    generation = try state.nextGeneration()
    steps = try state.integer("adam_step", in: 0...generation)
    let shape = [space.dimension]
    coefficients = try state.finiteValues("mean", shape: shape)
    firstMoment = try state.finiteValues("adam_m", shape: shape)
    secondMoment = try state.finiteValues("adam_v", shape: shape)
    guard secondMoment.allSatisfy({ $0 >= 0 }) else { throw .state(problem: "has negative numbers in \"adam_v\"") }
    for (value, coordinate) in zip(coefficients, space.coordinates)
    where value < coordinate.lower || value > coordinate.upper {
      throw .state(problem: "has \(value) for \"\(coordinate.name)\", outside its range")
    }
  }

  /// θ alone.
  public func ask() -> [[Double]] { [coefficients] }

  /// A generation whose gradient nobody knows: θ stays.
  public mutating func tell(fitness: [Double]) {
    tell(fitness: fitness, gradients: [coefficients.map { _ in .nan }])
  }

  /// One step of Adam; the fitness changes nothing.
  public mutating func tell(fitness: [Double], gradients: [[Double]]) {
    precondition(
      fitness.count == 1 && gradients.count == 1,
      "\(fitness.count) fitness values and \(gradients.count) gradients for 1")
    precondition(
      gradients[0].count == space.dimension, "a gradient of \(gradients[0].count) for \(space.dimension) coefficients")
    let rate = learningRate
    generation += 1
    let gradient = clipped(zip(gradients[0], slopes).map { $0 * $1 })
    guard gradient.allSatisfy(\.isFinite) else { return }
    steps += 1
    let (b1, b2) = (choice.beta1, choice.beta2)
    let bias1 = 1 - Double.pow(b1, steps)
    let bias2 = 1 - Double.pow(b2, steps)
    for (r, coordinate) in space.coordinates.enumerated() {
      firstMoment[r] = b1 * firstMoment[r] + (1 - b1) * gradient[r]
      secondMoment[r] = min(b2 * secondMoment[r] + (1 - b2) * gradient[r] * gradient[r], .greatestFiniteMagnitude)
      let step = rate * (firstMoment[r] / bias1) / ((secondMoment[r] / bias2).squareRoot() + choice.epsilon)
      coefficients[r] = min(max(moved(r, by: -step), coordinate.lower), coordinate.upper)
    }
  }

  /// dθ/du of every coefficient on the axes chosen.
  private var slopes: [Double] {
    zip(coefficients, space.coordinates).map { value, coordinate in
      switch (choice.axes, coordinate.scale) {
      case (.plain, _): 1
      case (.scaled, .linear(let step)): step
      case (.scaled, .logarithmic): value * Double.log(SearchSpace.Coordinate.unitFactor)
      }
    }
  }

  /// Coefficient `r` after a move along its axis.
  private func moved(_ r: Int, by step: Double) -> Double {
    switch (choice.axes, space.coordinates[r].scale) {
    case (.plain, _): coefficients[r] + step
    case (.scaled, .linear(let unit)): coefficients[r] + unit * step
    case (.scaled, .logarithmic): coefficients[r] * Double.exp(Double.log(SearchSpace.Coordinate.unitFactor) * step)
    }
  }

  /// The gradient, shortened to `clip` where it is longer; not finite where its length is not.
  private func clipped(_ gradient: [Double]) -> [Double] {
    guard let most = choice.clip else { return gradient }
    // Scaled by the largest part, so that no square overflows.
    let largest = gradient.reduce(0) { max($0, abs($1)) }
    guard largest > 0, largest.isFinite else { return gradient }
    let length = largest * gradient.reduce(0) { $0 + ($1 / largest) * ($1 / largest) }.squareRoot()
    return length > most ? gradient.map { $0 * (most / length) } : gradient
  }

  /// The period of the generation to ask for next: its number, its length, and how far it has come.
  private var period: (number: Int, length: Int, position: Int)? {
    guard var length = choice.restartEvery else { return nil }
    var (number, position) = (0, generation)
    if choice.restartFactor == 1 { return (position / length, length, position % length) }
    while position >= length {
      position -= length
      number += 1
      length = Int(min((Double(length) * choice.restartFactor).rounded(), 1e12))
    }
    return (number, length, position)
  }

  /// The rate of the generation to ask for next, α_k.
  public var learningRate: Double {
    let share = choice.warmUp > 0 ? min(1, Double(generation + 1) / Double(choice.warmUp)) : 1
    guard let period else { return choice.learningRate * share }
    return choice.learningRate * share * (1 + Double.cos(.pi * Double(period.position) / Double(period.length))) / 2
  }

  /// Restarts up to and including the generation to ask for next.
  public var restarts: Int { period?.number ?? 0 }

  /// θ, the two moments, and the counts of generations and steps.
  public var state: OptimiserState {
    func array(_ name: String, _ values: [Double]) -> OptimiserState.Numbers {
      .init(name: name, dimensions: ["parameter"], shape: [values.count], values: values)
    }
    return OptimiserState(
      optimizer: Self.name, version: Self.stateVersion,
      arrays: [array("mean", coefficients), array("adam_m", firstMoment), array("adam_v", secondMoment)],
      integers: [
        .init(name: "next_generation", value: Int64(generation)),
        .init(name: "population_size", value: Int64(populationSize)), .init(name: "adam_step", value: Int64(steps)),
      ])
  }

  /// θ.
  public var mean: [Double]? { coefficients }
  /// The learning rate of the generation to ask for next.
  public var stepSize: Double? { learningRate }
  /// Nil: there is no ellipsoid.
  public var axisRatio: Double? { nil }
  /// Never.
  public var isFinished: Bool { false }
}
