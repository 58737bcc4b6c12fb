import Arithmetic
import RealModule

/// The constants of CMA-ES, all derived from the dimension and the population.
///
/// Formulas of the tutorial's table 1, except the step-size path, which decays with
/// `c_σ = (μ_eff + 2) / (n + μ_eff + 3)` as in pycma and in earlier editions.
/// - SeeAlso: Hansen 2016, *The CMA Evolution Strategy: A Tutorial*, arXiv 1604.00772.
public struct CMAParameters: Sendable, Equatable {
  /// The number of coordinates, n.
  public let dimension: Int
  /// The number of candidates, λ.
  public let populationSize: Int
  /// The recombination weights of ranks 1 … λ. Those of the better half are positive and sum to 1; the others are
  /// zero, or negative when the search is active.
  public let weights: [Double]
  /// The variance-effective number of parents, `μ_eff = 1 / Σ w²` over the positive weights.
  public let effectiveParents: Double
  /// The learning rate of the rank-one update, c_1.
  public let rankOneRate: Double
  /// The learning rate of the rank-μ update, c_μ.
  public let rankMuRate: Double
  /// The decay of the covariance path, c_c.
  public let covariancePathRate: Double
  /// The decay of the step-size path, c_σ.
  public let stepSizePathRate: Double
  /// The damping of the step size, d_σ.
  public let stepSizeDamping: Double
  /// The mean length of a standard normal vector, `√2 Γ((n+1)/2) / Γ(n/2)`, exact.
  public let expectedLength: Double

  /// The constants for `dimension` coordinates and `populationSize` candidates.
  /// - Parameter active: whether the worse half gets negative weights.
  /// - Precondition: at least one coordinate and two candidates.
  public init(dimension: Int, populationSize: Int, active: Bool) {
    precondition(dimension >= 1, "a space of \(dimension) coordinates")
    precondition(populationSize >= 2, "a population of \(populationSize)")
    let n = Double(dimension)
    let raw = (1...populationSize).map { Double.log(Double(populationSize + 1) / 2) - Double.log(Double($0)) }
    let parents = populationSize / 2
    let positive = raw[..<parents]
    let negative = raw[parents...].filter { $0 < 0 }
    let positiveSum = positive.reduce(0, +)
    let muEff = Self.effectiveCount(positive)
    let cMean = muEff / n
    let c1 = 2 / ((n + 1.3) * (n + 1.3) + muEff)
    let cMu = min(1 - c1, 2 * (0.25 + muEff + 1 / muEff - 2) / ((n + 2) * (n + 2) + muEff))
    // As pycma 4.5: the path never forgets faster than by half, and large populations are damped more, the more
    // coordinates there are.
    let cSigma = min(0.5, (muEff + 2) / (n + muEff + 3))
    let reach = max(1, 3 * (1 - Double.exp2(-n / 9)))

    // The negative weights sum to the least of three bounds; the last keeps the covariance positive definite.
    var negativeFactor = 0.0
    if active && cMu > 0 && !negative.isEmpty {
      let muEffNegative = Self.effectiveCount(negative)
      let sum = min(1 + c1 / cMu, 1 + 2 * muEffNegative / (muEff + 2), (1 - c1 - cMu) / (n * cMu))
      negativeFactor = max(sum, 0) / -negative.reduce(0, +)
    }

    self.dimension = dimension
    self.populationSize = populationSize
    weights = raw.enumerated().map { rank, weight in
      rank < parents ? weight / positiveSum : min(weight, 0) * negativeFactor
    }
    effectiveParents = muEff
    rankOneRate = c1
    rankMuRate = cMu
    covariancePathRate = (4 + cMean) / (n + 4 + 2 * cMean)
    stepSizePathRate = cSigma
    stepSizeDamping = 1 + cSigma + 2 * max(0, reach * ((muEff - 1) / (n + 1)).squareRoot() - 1)
    expectedLength = Self.expectedLength(dimension)
  }

  private static func effectiveCount(_ weights: some Sequence<Double>) -> Double {
    var sum = 0.0
    var squares = 0.0
    for weight in weights {
      sum += weight
      squares += weight * weight
    }
    return sum * sum / squares
  }

  /// χ_n by the recursion `χ_n χ_{n+1} = n` from `χ_1 = √(2/π)`.
  private static func expectedLength(_ dimension: Int) -> Double {
    var length = (2 / Double.pi).squareRoot()
    for n in 1..<max(dimension, 1) { length = Double(n) / length }
    return length
  }
}

/// The normal distribution from which CMA-ES draws, with the two paths that adapt it.
///
/// It knows no bounds and draws nothing: give it any population with its ranking and it takes one step of the
/// algorithm.
public struct CMADistribution: Sendable, Equatable {
  /// The centre, m, [n].
  public private(set) var mean: [Double]
  /// The step size, σ.
  public private(set) var stepSize: Double
  /// The covariance matrix without the step size, C, [n, n].
  public private(set) var covariance: Matrix
  /// The covariance path, p_c, [n].
  public private(set) var covariancePath: [Double]
  /// The step-size path, p_σ, [n].
  public private(set) var stepSizePath: [Double]
  /// The number of updates so far.
  public private(set) var generation: Int
  /// The eigenvectors of `covariance` and its eigenvalues; always those of the stored matrix.
  public private(set) var axes: SymmetricEigen

  /// A distribution; the paths begin at zero.
  /// - Precondition: sizes agree, the covariance is symmetric, everything is finite, and the step size is positive.
  public init(
    mean: [Double], stepSize: Double, covariance: Matrix? = nil, covariancePath: [Double]? = nil,
    stepSizePath: [Double]? = nil, generation: Int = 0
  ) {
    let zero = [Double](repeating: 0, count: mean.count)
    self.mean = mean
    self.stepSize = stepSize
    self.covariance = covariance ?? .identity(mean.count)
    self.covariancePath = covariancePath ?? zero
    self.stepSizePath = stepSizePath ?? zero
    self.generation = generation
    precondition(
      self.covariance.rows == mean.count && self.covariancePath.count == mean.count
        && self.stepSizePath.count == mean.count,
      "\(mean.count) coordinates, a covariance of \(self.covariance.rows) and paths of "
        + "\(self.covariancePath.count) and \(self.stepSizePath.count)")
    precondition(stepSize > 0 && stepSize.isFinite, "a step size of \(stepSize)")
    axes = SymmetricEigen(self.covariance)
  }

  /// The standard deviation along each axis, without the step size; an eigenvalue that rounding brought below
  /// 10⁻¹⁴ of the largest counts as that.
  public var axisLengths: [Double] {
    let least = max((axes.values.last ?? 1) * 1e-14, .leastNormalMagnitude)
    return axes.values.map { max($0, least).squareRoot() }
  }

  /// The point `m + σ V D z` for a standard normal `z`.
  public func point(_ z: [Double], axisLengths: [Double]) -> [Double] {
    let y = axes.vector(of: zip(axisLengths, z).map { $0 * $1 })
    return zip(mean, y).map { $0 + stepSize * $1 }
  }
}

extension CMADistribution {
  /// One step: moves the mean to the weighted recombination of the best, then adapts paths, covariance and step size.
  ///
  ///     y_i  = (x_i - m) / σ, by rank          ȳ = Σ w_i y_i over the positive weights
  ///     m   ← m + σ ȳ
  ///     p_σ ← (1 - c_σ) p_σ + √(c_σ (2 - c_σ) μ_eff) C^-½ ȳ
  ///     h   = 1 if |p_σ| / √(1 - (1 - c_σ)^(2(g+1))) < (1.4 + 2/(n+1)) χ_n, else 0
  ///     p_c ← (1 - c_c) p_c + h √(c_c (2 - c_c) μ_eff) ȳ
  ///     C   ← (1 + (1 - h) c_1 c_c (2 - c_c) - c_1 - c_μ Σ w) C + c_1 p_c p_cᵀ + c_μ Σ w°_i y_i y_iᵀ
  ///     σ   ← σ exp(min(1, c_σ/d_σ (|p_σ|/χ_n - 1)))
  ///
  /// where `w° = w` for positive weights and `w n / |C^-½ y_i|²` for negative ones. When the step would leave the
  /// finite numbers, nothing but the generation changes.
  /// - Parameters:
  ///   - population: x, [population][coordinate].
  ///   - ranking: the indices of the population from best to worst.
  ///   - parameters: the constants for this dimension and population.
  /// - Complexity: O(λ n² + n³).
  public mutating func update(population: [[Double]], ranking: [Int], parameters: CMAParameters) {
    let n = mean.count
    precondition(
      population.count == parameters.populationSize && ranking.count == population.count && n == parameters.dimension,
      "a population of \(population.count) in \(n) dimensions, parameters for \(parameters.populationSize) in "
        + "\(parameters.dimension)")
    var next = self
    next.generation += 1

    let steps = ranking.map { index in (0..<n).map { (population[index][$0] - mean[$0]) / stepSize } }
    var shift = [Double](repeating: 0, count: n)
    for (step, weight) in zip(steps, parameters.weights) where weight > 0 {
      for i in 0..<n { shift[i] += weight * step[i] }
    }
    for i in 0..<n { next.mean[i] = mean[i] + stepSize * shift[i] }

    let cSigma = parameters.stepSizePathRate
    let lengths = axisLengths
    let whitened = axes.vector(of: zip(axes.components(of: shift), lengths).map { $0 / $1 })
    let sigmaGain = (cSigma * (2 - cSigma) * parameters.effectiveParents).squareRoot()
    for i in 0..<n { next.stepSizePath[i] = (1 - cSigma) * stepSizePath[i] + sigmaGain * whitened[i] }
    let length = Self.norm(next.stepSizePath)
    let settled = (1 - Double.pow(1 - cSigma, 2 * Double(generation + 1))).squareRoot()
    let moving = length / settled < (1.4 + 2 / Double(n + 1)) * parameters.expectedLength

    let cC = parameters.covariancePathRate
    let pathGain = moving ? (cC * (2 - cC) * parameters.effectiveParents).squareRoot() : 0
    for i in 0..<n { next.covariancePath[i] = (1 - cC) * covariancePath[i] + pathGain * shift[i] }

    next.covariance = adapted(steps: steps, path: next.covariancePath, moving: moving, lengths, parameters)
    let exponent = cSigma / parameters.stepSizeDamping * (length / parameters.expectedLength - 1)
    next.stepSize = stepSize * Double.exp(min(1, exponent))

    guard next.isFinite else { return skip() }
    next.axes = SymmetricEigen(next.covariance)
    self = next
  }

  /// Lets a generation pass without learning from it.
  public mutating func skip() { generation += 1 }

  /// The covariance after the rank-one and rank-μ updates.
  private func adapted(
    steps: [[Double]], path: [Double], moving: Bool, _ lengths: [Double], _ parameters: CMAParameters
  ) -> Matrix {
    let n = mean.count
    let c1 = parameters.rankOneRate
    let cMu = parameters.rankMuRate
    let cC = parameters.covariancePathRate
    let stall = moving ? 0 : c1 * cC * (2 - cC)
    let kept = 1 + stall - c1 - cMu * parameters.weights.reduce(0, +)
    var rates = parameters.weights.map { $0 * cMu }
    for rank in rates.indices where rates[rank] < 0 {
      let length = Self.norm(zip(axes.components(of: steps[rank]), lengths).map { $0 / $1 })
      rates[rank] = length > 0 ? rates[rank] * Double(n) / (length * length) : 0
    }
    var result = covariance
    for i in 0..<n {
      for j in 0...i { result[i, j] = kept * covariance[i, j] + c1 * path[i] * path[j] }
    }
    for (step, rate) in zip(steps, rates) where rate != 0 {
      for i in 0..<n {
        let scaled = rate * step[i]
        for j in 0...i { result[i, j] += scaled * step[j] }
      }
    }
    for i in 0..<n {
      for j in 0..<i { result[j, i] = result[i, j] }
    }
    return result
  }

  private var isFinite: Bool {
    stepSize.isFinite && stepSize > 0 && mean.allSatisfy(\.isFinite) && covariance.elements.allSatisfy(\.isFinite)
      && covariancePath.allSatisfy(\.isFinite) && stepSizePath.allSatisfy(\.isFinite)
  }

  private static func norm(_ vector: [Double]) -> Double {
    var sum = 0.0
    for x in vector { sum += x * x }
    return sum.squareRoot()
  }
}
