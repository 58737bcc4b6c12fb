// The requirements are documented at `LearningSystem`.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
import Kernels
import Layers
import Networks
import Pages

/// Predictive coding with rate neurons. Every layer `k` holds a belief `v_k` and a prediction error `ε_k = prediction −
/// belief`; errors reach the layers below because beliefs move, `v_k += η (ε_k − J_{k+1}ᵀ ε_{k+1})`, and synapses meet
/// `(∂f_k / ∂θ_k)ᵀ ε_k`.
///
/// | mode | prediction | slopes and `y_pre` at | moves |
/// |---|---|---|---|
/// | exact | `v̂_k` of the forward pass | `v̂` | none: `ε_k = ∂loss/∂v̂_k`, `v_k = v̂_k − ε_k` |
/// | fixed-prediction | `v̂_k` of the forward pass | `v̂` | `iterations` |
/// | strict | `f_k(v_{k−1})`, anew in every iteration | `v` | `iterations` |
///
/// Layers are visited from the top; `ε_k` is computed before `v_k` moves and what is kept is from before the last move.
/// Errors are those of each sample's own loss, so that their sum over rows is the gradient of the sum. While beliefs settle
/// the loss is divided by `mean-over`: beliefs are then those of a mean over so many samples. Only strict's results depend
/// on it, since exact and fixed-prediction are linear in the readout's error.
public final class PredictiveCoding<Scalar: KernelScalar>: LearningSystem {
  enum Mode: String, CaseIterable {
    case exact
    case fixedPrediction = "fixed-prediction"
    case strict
  }

  public static var card: SystemCard {
    SystemCard(
      name: "predictive-coding", about: "Every layer predicts the next; beliefs settle, and what is left is the error.",
      source: "Rosenbaum 2022, PLOS ONE 17(3):e0266102",
      rule: "predictive-coding", neurons: [.softplus, .tanh, .relu, .sigmoid], layers: Set(LayerFeature.allCases),
      offers: [.yPost, .ePre, .vPost, .psiPost],
      settings: [
        PageKey(
          "mode", .choice(Mode.allCases.map(\.rawValue)), default: .text(Mode.fixedPrediction.rawValue),
          doc:
            "exact: backpropagation; fixed-prediction: predictions stay those of the forward pass; strict: they follow "
            + "the beliefs."),
        PageKey("eta", .number(.positive), default: .number(0.1), doc: "How far beliefs move in one iteration."),
        PageKey(
          "iterations", .integer(1...1_000_000), default: .integer(20),
          doc: "Iterations of a batch; with eta 1 as many as layers make fixed-prediction backpropagation."),
        PageKey(
          "loss", .choice(RateLoss.allCases.map(\.rawValue)), default: .text(RateLoss.crossEntropy.rawValue),
          doc: "cross-entropy of the softmax, or squared-error: its mean over the outputs, from 1 at the class and 0 "
            + "elsewhere."),
        PageKey(
          "elements", .choice(["block", "split"]), default: .text("block"),
          doc: "block: linear map, neurons and pool are one layer with its belief; split: each is a layer of its own."),
        PageKey(
          "mean-over", .integer(1...1_000_000), default: .integer(1),
          doc:
            "Samples over which the loss is a mean while beliefs settle: 1, or the batch as in Torch2PC; only strict "
            + "depends on it."),
        PageKey(
          "start", .choice(["forward", "zero"]), default: .text("forward"),
          doc: "Where beliefs start: at the forward pass, or at 0; not in exact."),
      ])
  }

  /// Where beliefs start in the next batches, one array `[sample][number]` for every element but the last; nil stands for
  /// what the setting `start` says. Exact has no start.
  public var initialBeliefs: [UnsafePointer<Scalar>]?

  private let mode: Mode
  private let eta: Scalar
  private let iterations: Int
  private let meanOver: Scalar
  private let startsForward: Bool
  private let chain: BeliefChain<Scalar>
  /// The forward pass.
  private let flow: RateFlow<Scalar>
  /// Predictions from beliefs; the forward pass itself where these stay fixed.
  private let settled: RateFlow<Scalar>
  private var learns = false

  public init(_ network: LayeredNetwork<Scalar>, _ settings: SystemSettings, capacity: Int) {
    mode = Mode(rawValue: settings.text("mode"))!
    eta = Scalar(settings.number("eta"))
    iterations = settings.integer("iterations")
    meanOver = Scalar(settings.integer("mean-over"))
    startsForward = settings.text("start") == "forward"
    let loss = RateLoss(rawValue: settings.text("loss"))!
    flow = RateFlow(network, loss: loss, capacity: capacity)
    settled = mode == .strict ? RateFlow(network, loss: loss, capacity: capacity) : flow
    chain = BeliefChain(network, split: settings.text("elements") == "split", capacity: capacity)
  }

  public func present(_ batch: SampleBatch<Scalar>, learning: Bool) {
    learns = learning
    flow.present(batch, learning: learning && mode != .strict)
    guard learning else { return }
    switch mode {
    case .exact: settleExactly()
    case .fixedPrediction: settleOnFixedPredictions()
    case .strict: settleStrictly()
    }
    chain.deliver(scale: meanOver, settled)
  }

  public var scores: UnsafePointer<Scalar> { flow.scores }
  public var losses: UnsafePointer<Scalar> { flow.losses }
  public var rates: [Double] { flow.rates }

  /// `y_pre` is the belief below in strict, the forward pass otherwise; so is what `y_post`, `v_post` and `psi_post` are
  /// computed from.
  public func signals(_ l: Int) -> SynapseSignals<Scalar> {
    var signals = (learns ? settled : flow).signals(l)
    if learns, mode == .strict { signals.preActivity = belief(below: chain.below(l)) }
    return signals
  }

  /// How many layers with beliefs, the readout counted: blocks, or their parts.
  public var elementCount: Int { chain.elements.count }

  /// `ε_k` of element `k` from 0, `[sample][number]`, of the batch at hand when it was learnt; of the loss divided by
  /// `mean-over`.
  public func predictionErrors(_ k: Int) -> UnsafePointer<Scalar> { UnsafePointer(chain.elements[k].error) }

  /// `v_k` of element `k` below the readout, `[sample][number]`, when the batch at hand was learnt.
  /// - Precondition: `k` is not the readout, which has no belief.
  public func beliefs(_ k: Int) -> UnsafePointer<Scalar> {
    precondition(k < elementCount - 1, "the readout has no belief")
    return UnsafePointer(chain.elements[k].belief)
  }

  /// `v̂_k` of element `k`, `[sample][number]`: the forward pass.
  public func forward(_ k: Int) -> UnsafePointer<Scalar> { UnsafePointer(chain.prediction(k, flow)) }

  private var top: Int { chain.elements.count - 1 }

  private func belief(below k: Int) -> UnsafePointer<Scalar> {
    k < 0 ? flow.batch.values : UnsafePointer(chain.elements[k].belief)
  }

  private func numbers(_ k: Int) -> Int { flow.batch.count * chain.elements[k].count }

  /// `ε` of the readout, from the error that the loss made.
  @specialized(where Scalar == Float)
  private func takeReadoutError() {
    let (error, source) = (chain.elements[top].error, settled.layers[settled.layers.count - 1].error)
    for i in 0..<numbers(top) { error[i] = source[i] / meanOver }
  }

  @specialized(where Scalar == Float)
  private func settleExactly() {
    takeReadoutError()
    for k in stride(from: top - 1, through: 0, by: -1) {
      chain.pullBack(k + 1, flow)
      let element = chain.elements[k]
      let (error, pull, belief, forward) = (element.error, element.pull, element.belief, chain.prediction(k, flow))
      for i in 0..<numbers(k) {
        error[i] = pull[i]
        belief[i] = forward[i] - pull[i]
      }
    }
  }

  /// The first iteration in which something has reached element `k`: errors spread by one element an iteration from beliefs
  /// that start at the forward pass.
  private func arrival(_ k: Int) -> Int { startsForward && initialBeliefs == nil ? top - k - 1 : 0 }

  @specialized(where Scalar == Float)
  private func settleOnFixedPredictions() {
    start(deviations: true)
    takeReadoutError()
    for iteration in 0..<iterations {
      for k in stride(from: top - 1, through: 0, by: -1) where iteration >= arrival(k) {
        chain.pullBack(k + 1, flow)
        let element = chain.elements[k]
        let (error, pull, deviation) = (element.error, element.pull, element.belief)
        for i in 0..<numbers(k) {
          error[i] = -deviation[i]
          deviation[i] += eta * (error[i] - pull[i])
        }
      }
    }
    for k in 0..<top {
      let (belief, forward) = (chain.elements[k].belief, chain.prediction(k, flow))
      for i in 0..<numbers(k) { belief[i] += forward[i] }
    }
  }

  @specialized(where Scalar == Float)
  private func settleStrictly() {
    start(deviations: false)
    settled.take(flow.batch)
    // The lowest prediction is of the input alone.
    chain.predict(0, from: flow.batch.values, settled)
    for iteration in 0..<iterations {
      chain.predict(top, from: belief(below: top - 1), settled)
      settled.compare(learning: true)
      takeReadoutError()
      for k in stride(from: top - 1, through: 0, by: -1) where iteration >= arrival(k) {
        chain.pullBack(k + 1, settled)
        if k > 0 { chain.predict(k, from: belief(below: k - 1), settled) }
        let element = chain.elements[k]
        let (error, pull, belief, prediction) = (
          element.error, element.pull, element.belief, chain.prediction(k, settled)
        )
        for i in 0..<numbers(k) {
          error[i] = prediction[i] - belief[i]
          belief[i] += eta * (error[i] - pull[i])
        }
      }
    }
    // Synapses meet the slopes at the beliefs that are left; the readout's are those of a linear map.
    for k in 0..<top { chain.predict(k, from: belief(below: k - 1), settled) }
  }

  /// Takes the beliefs to start from, or how far they are from the forward pass.
  @specialized(where Scalar == Float)
  private func start(deviations: Bool) {
    for k in 0..<top {
      let element = chain.elements[k]
      let (belief, forward) = (element.belief, chain.prediction(k, flow))
      let given = initialBeliefs?[k]
      element.error.update(repeating: 0, count: numbers(k))
      for i in 0..<numbers(k) {
        let from = given?[i] ?? (startsForward ? forward[i] : 0)
        belief[i] = deviations ? from - forward[i] : from
      }
    }
  }
}
