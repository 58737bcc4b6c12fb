import Arithmetic
import Foundation
import Kernels
import Layers
import Networks
import Rules
import Systems
import TestSupport
import Testing

/// A system whose signals are random numbers: what a rule makes of them is the same whoever made them.
private final class RandomSignals: LearningSystem {
  static var card: SystemCard {
    var card = LayerwiseFeedback<Double>.card
    card.name = "random-signals"
    card.offers = [
      .yPre, .ePre, .vPre, .psiPre, .sPre, .yPost, .ePost, .vPost, .psiPost, .sPost, .weight, .feedback, .fanIn,
      .fanOut,
    ]
    return card
  }

  let samples = 4
  let steps = 3
  let network: LayeredNetwork<Double>
  let feedbackWeights: [UnsafeMutablePointer<Double>]
  private let arena = Arena()
  private var made: [[Quantity: UnsafeMutablePointer<Double>]] = []

  init(_ network: LayeredNetwork<Double>, _ settings: SystemSettings, capacity: Int) {
    self.network = network
    var random = RandomStream(seed: 7, purpose: .testing)
    let arena = arena
    func numbers(_ count: Int, from low: Double = -1) -> UnsafeMutablePointer<Double> {
      let place = arena.allocate(count, of: Double.self)
      for k in 0..<count { place[k] = low + (1 - low) * random.nextDouble() }
      return place
    }
    let rows = samples * steps
    for connection in network.connections {
      let (pre, post) = (rows * connection.preShape.count, rows * connection.postShape.count)
      made.append([
        .yPre: numbers(pre, from: 0.1), .ePre: numbers(pre), .vPre: numbers(pre), .psiPre: numbers(pre, from: 0),
        .sPre: numbers(pre, from: 0), .yPost: numbers(post, from: 0.1), .ePost: numbers(post), .vPost: numbers(post),
        .psiPost: numbers(post, from: 0), .sPost: numbers(post, from: 0),
      ])
      for k in 0..<connection.weightCount { connection.weights[k] = random.nextDouble() - 0.5 }
      if let bias = connection.bias { for k in 0..<connection.kinds { bias[k] = random.nextDouble() - 0.5 } }
    }
    feedbackWeights = network.connections.map { numbers($0.weightCount) }
  }

  func present(_ batch: SampleBatch<Double>, learning: Bool) {}
  var scores: UnsafePointer<Double> { UnsafePointer(made[0][.yPre]!) }
  var losses: UnsafePointer<Double> { scores }
  var rates: [Double] { [] }
  func feedback(_ l: Int) -> UnsafeMutablePointer<Double>? { feedbackWeights[l] }

  func signals(_ l: Int) -> SynapseSignals<Double> {
    func of(_ quantity: Quantity) -> UnsafePointer<Double> { UnsafePointer(made[l][quantity]!) }
    var signals = SynapseSignals<Double>(
      rows: samples * steps, steps: steps, preActivity: of(.yPre), postError: of(.ePost))
    signals.postActivity = of(.yPost)
    signals.preError = of(.ePre)
    signals.prePotential = of(.vPre)
    signals.postPotential = of(.vPost)
    signals.preGain = of(.psiPre)
    signals.postGain = of(.psiPost)
    signals.preSpikes = of(.sPre)
    signals.postSpikes = of(.sPost)
    return signals
  }

  /// What the interpreter is told of one row of connection `l`; with `bias`, one more presynaptic unit.
  func quantities(_ l: Int, row: Int, bias: Bool) -> ProjectionQuantities<Double> {
    let connection = network.connections[l]
    let (n, m) = (connection.preShape.count, connection.postShape.count)
    func pre(_ quantity: Quantity, _ ofBias: Double) -> [Double] {
      (0..<n).map { made[l][quantity]![row * n + $0] } + (bias ? [ofBias] : [])
    }
    func post(_ quantity: Quantity) -> [Double] { (0..<m).map { made[l][quantity]![row * m + $0] } }
    var quantities = ProjectionQuantities<Double>(preCount: n + (bias ? 1 : 0), postCount: m)
    (quantities.yPre, quantities.ePre, quantities.vPre) = (pre(.yPre, 1), pre(.ePre, 0), pre(.vPre, 1))
    (quantities.psiPre, quantities.sPre) = (pre(.psiPre, 0), pre(.sPre, 0))
    (quantities.yPost, quantities.ePost, quantities.vPost) = (post(.yPost), post(.ePost), post(.vPost))
    (quantities.psiPost, quantities.sPost) = (post(.psiPost), post(.sPost))
    return quantities
  }
}

@Suite("What a rule makes of a batch")
struct RuleChangeTests {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  static let pages = try! FileManager.default.contentsOfDirectory(atPath: root.appendingPathComponent("rules").path)
    .filter { $0.hasSuffix(".yaml") }.sorted()

  private static func network(bias: Bool = false) -> LayeredNetwork<Double> {
    var parameters = LayeredParameters([.dense(5)], neuron: .tanh)
    parameters.bias = bias
    return LayeredNetwork(parameters, input: SignalShape(7), outputCount: 3)
  }

  /// The change of connection `l` by interpretation, [post, pre] row-major, and that of the feedback.
  private static func interpreted(
    _ rule: Rule, _ l: Int, _ system: RandomSignals, bias: Bool = false
  ) -> (weights: [Double], feedback: [Double]) {
    let connection = system.network.connections[l]
    let (n, m) = (connection.preShape.count, connection.postShape.count)
    let all = n + (bias ? 1 : 0)
    func dense(_ x: UnsafeMutablePointer<Double>, _ ofBias: UnsafeMutablePointer<Double>?) -> [Double] {
      (0..<m).flatMap { i in (0..<n).map { x[$0 * m + i] } + (ofBias.map { [$0[i]] } ?? []) }
    }
    let layers = system.network.connections.count
    var weights = [Double](repeating: 0, count: all * m)
    var feedback = weights
    var projection = InterpretedProjection<Double>(
      rule: rule, layer: l + 1, layerCount: layers, coefficients: rule.startCoefficients(layerCount: layers),
      preCount: all, postCount: m, weights: dense(connection.weights, connection.bias),
      feedback: rule.usesFeedback ? dense(system.feedbackWeights[l], nil) : [])
    for sample in 0..<system.samples {
      projection.reset()
      for step in 0..<system.steps {
        var quantities = system.quantities(l, row: step * system.samples + sample, bias: bias)
        (quantities.sample, quantities.step) = (Double(11 + sample), Double(step))
        projection.advance(quantities)
        weights = zip(weights, projection.weightChange(quantities)).map { $0 + $1 }
        if rule.db != nil { feedback = zip(feedback, projection.feedbackChange(quantities)).map { $0 + $1 } }
      }
    }
    return (weights, feedback)
  }

  private static func check(_ rule: Rule, bias: Bool = false) throws {
    let network = network(bias: bias)
    let system = RandomSignals(network, SystemSettings(RandomSignals.card), capacity: 4)
    let change = try RuleChange(rule, network, RandomSignals.card)
    change.bind(rule.startCoefficients(layerCount: 2))
    change.firstSample = 11
    let workspace = LayerWorkspace(network)
    for (l, connection) in network.connections.enumerated() {
      let (n, m) = (connection.preShape.count, connection.postShape.count)
      let expected = interpreted(rule, l, system, bias: bias)
      let made = UnsafeMutablePointer<Double>.allocate(capacity: n * m)
      let madeBias = UnsafeMutablePointer<Double>.allocate(capacity: m)
      defer { (made.deallocate(), madeBias.deallocate()) }
      change.write(l, of: system, to: made, bias: bias ? madeBias : nil, workspace)
      let all = n + (bias ? 1 : 0)
      let size = 1 + (expected.weights.map(\.magnitude).max() ?? 0)
      for j in 0..<all {
        for i in 0..<m {
          let got = j == n ? madeBias[i] : made[j * m + i]
          #expect((got - expected.weights[i * all + j]).magnitude < 1e-12 * size, "\(rule.name), \(l): \(j) → \(i)")
        }
      }
      guard change.changesFeedback else { continue }
      change.writeFeedback(l, of: system, to: made, workspace)
      for j in 0..<n {
        for i in 0..<m { #expect((made[j * m + i] - expected.feedback[i * n + j]).magnitude < 1e-12 * size) }
      }
    }
  }

  @Test("agrees with the interpreter, row by row, for every shipped rule that batches can carry", arguments: pages)
  func agreesWithTheInterpreter(page: String) throws {
    let rule = try Rule.load(path: Self.root.appendingPathComponent("rules/\(page)").path)
    do {
      try Self.check(rule)
    } catch let error as RuleChangeError {
      let refused = [
        "e-prop", "reward-modulated-stdp", "weight-mirror-noise", "weight-mirror", "information-alignment",
        "activation-alignment",
      ]
      #expect(refused.contains(rule.name), "\(error)")
    }
  }

  @Test(
    "a bias is the weight of a unit of activity 1",
    arguments: [
      "-eta * e_post * y_pre", "eta * y_post * (y_pre - back(y_post)) - 0.1 * w", "-eta * e_post * x_pre ** 2",
      "-eta * e_post * y_pre + 0.2 * y_post * e_pre - 0.3 * w ** 2 * y_post",
    ])
  func bias(equation: String) throws {
    let trace = equation.contains("x_pre") ? "traces: {x_pre: {of: y_pre, decay: 0.5}}\n" : ""
    let eta = equation.contains("eta") ? "coefficients: {eta: {start: 0.7, range: [0, 1], scale: 0.1}}\n" : ""
    let page = "schema: 1\nrule: of-a-bias\nsource: none\n" + eta + trace + "dw: \(equation)\n"
    try Self.check(try Rule.load(text: page, file: "of-a-bias.yaml"), bias: true)
  }

  @Test("refuses what batches cannot carry, with names")
  func refusals() throws {
    func refusal(_ page: String, _ layers: [LayerForm], _ card: SystemCard) throws -> String? {
      let rule = try Rule.load(path: Self.root.appendingPathComponent("rules/\(page).yaml").path)
      let network = LayeredNetwork<Double>(
        LayeredParameters(layers, neuron: .tanh), input: SignalShape(height: 8, width: 8, channels: 1), outputCount: 3)
      do {
        _ = try RuleChange(rule, network, card)
        return nil
      } catch { return error.description }
    }
    let kernel = LayerForm.Kernel(channels: 2, height: 3, width: 3)
    let convolution = LayerForm(.convolution(kernel))
    let pooled = LayerForm(.convolution(kernel), pool: LayerForm.Pool(.max, window: 2))
    let card = RandomSignals.card
    #expect(try refusal("error-hebb", [convolution], card) == nil)
    #expect(try refusal("oja", [convolution], card)!.contains("back(y_post), which has no meaning in a convolution"))
    #expect(try refusal("error-hebb", [pooled], card)!.contains("e_pre, which has no meaning above a pool"))
    #expect(try refusal("e-prop", [.dense(4)], card)!.contains("an eligibility trace"))
    var poor = card
    poor.offers = [.yPre, .ePost, .weight]
    #expect(try refusal("oja", [.dense(4)], poor)!.contains("reads y_post, which credit pathway random-signals"))
    #expect(try refusal("kolen-pollack", [.dense(4)], poor)!.contains("feedback weights (b, db)"))
  }
}
