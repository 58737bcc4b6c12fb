import Credit
import Kernels
import Networks
import Rules

/// What one step of a network that learns computes, as instructions over a frame of values; made once for a rule and a
/// network.
///
/// The instructions up to `answerEnd` answer; those up to `learnEnd` form the errors, the traces and, as `changes`, what
/// the weights change by; the rest is measured only.
struct StepProgram<Scalar: KernelScalar> {
  let instructions: [Instruction]
  let changes: [Instruction]
  /// The products among the changes, of each projection.
  let productChanges: [[Instruction]]
  let answerEnd: Int
  let learnEnd: Int
  let carries: [ProgramBuilder.Carry]
  let frameSize: Int
  let constantSize: Int
  let constants: [(slot: Slot, count: Int, value: Double)]
  let coefficients: [Slot]
  let synapses: [SynapseProgram]
  let network: NetworkSlots<Scalar>
  /// What is measured of the network.
  let gauges: Gauges
  /// Products an update takes, of each projection.
  let products: [Int]
  /// Whether single weights are read or changed, of each projection.
  let isDense: [Bool]
  /// Products that a step adds to the derivative with respect to the weights, at most, of each projection.
  let adjointProducts: [Int]

  init(_ rule: Rule, _ network: Network<Scalar>, _ credit: any CreditPathway<Scalar>) {
    var builder = ProgramBuilder(lanes: Scalar.lanes)
    var slots = NetworkSlots(network, credit, &builder)
    answerEnd = builder.instructions.count
    let layerCount = network.projections.count
    let flat = rule.coefficientSlots(layerCount: layerCount)
    let coefficients = flat.map { _ in builder.coefficient() }
    var products: [Int] = []
    var isDense: [Bool] = []
    for l in 0..<layerCount {
      var mine: [String: Slot] = [:]
      for (slot, place) in zip(flat, coefficients) where slot.layer == nil || slot.layer == l + 1 {
        mine[slot.name] = place
      }
      var lowered = RuleSlots<Scalar>(rule, projection: l, layerCount: layerCount, coefficients: mine)
      let change = lowered.change(&slots, &builder)
      products.append(change.products)
      isDense.append(change.isDense)
    }
    learnEnd = builder.instructions.count
    let gauges = Gauges(&slots, &builder)
    for l in slots.signed { isDense[l] = true }
    self.coefficients = coefficients
    self.products = products
    self.isDense = isDense
    instructions = builder.instructions
    changes = builder.changes
    productChanges = (0..<layerCount).map { l in
      builder.changes.filter { $0.kind == .product && Int($0.index) == l }
    }
    carries = builder.carries
    frameSize = Int(builder.frameSize)
    constantSize = Int(builder.constantSize)
    constants = builder.constants
    synapses = builder.synapses
    self.gauges = gauges
    self.network = slots
    var adjointProducts = [Int](repeating: 0, count: layerCount)
    for i in builder.instructions[..<learnEnd] where i.kind == .ahead || i.kind == .back {
      adjointProducts[Int(i.index)] += 1
    }
    self.adjointProducts = adjointProducts
  }
}
