import Arithmetic
import Kernels
import Layers
import Networks
import Pages

/// A batch on its way through layers of leaky integrate-and-fire neurons that send spikes, and a leaky readout that does
/// not spike:
///
///     I_t = α I_{t−1} + W_l x_{l−1,t} + b_l              (α the decay of synapses, or 0)
///     v_t = leak · v_{t−1} · (1 − s_{t−1}) + I_t         (reset zero; or leak · v_{t−1} − threshold · s_{t−1}, or leak · v_{t−1})
///     s_t = 1 where v_t > threshold,  x_l = P_l s
///
/// Nothing runs back within a sample, so a layer goes through all its steps before the one above it, and all currents of a
/// layer are one product of matrices. Rows are time-major: row = step · samples + sample.
final class SpikeFlow<Scalar: KernelScalar> {
  /// What the neurons of one hidden layer do, one row a step of a sample.
  struct Layer {
    /// Neurons.
    let count: Int
    /// Before the reset of that step's spike; ψ.
    let potential, spikes, gain: UnsafeMutablePointer<Scalar>
    /// For the errors of whoever learns.
    let error: UnsafeMutablePointer<Scalar>
    /// What goes up: spikes, or what the pool makes of them.
    let output: UnsafeMutablePointer<Scalar>
    /// For derivatives with respect to `output`; without a pool the same memory as `error`.
    let outputError: UnsafeMutablePointer<Scalar>
    /// Of a max-pool.
    let switches: UnsafeMutablePointer<UInt32>?
  }

  /// Settings of how inputs become currents.
  static var settings: [PageKey] {
    [
      PageKey(
        "encoding", .choice(["current", "bernoulli"]), default: .text("current"),
        doc: "Inputs without steps of their own are currents, the same at every step, or draw spikes at every step."),
      PageKey(
        "rate", .number(.fraction), default: .number(0.5),
        doc: "bernoulli: the chance of a spike per step at input 1; it grows in proportion."),
    ]
  }

  let network: LayeredNetwork<Scalar>
  let workspace: LayerWorkspace<Scalar>
  let layers: [Layer]
  let readout: LeakyReadout<Scalar>
  private(set) var batch: SampleBatch<Scalar>!
  /// Steps of the batch at hand.
  private(set) var steps = 0
  /// Whether the input is the same at every step.
  private(set) var isDriven = false
  /// A number for every neuron of the largest layer, twice: for scans through time.
  let carried: (UnsafeMutablePointer<Scalar>, UnsafeMutablePointer<Scalar>)

  private let capacity: Int
  private let drive: UnsafeMutablePointer<Scalar>
  private let threshold: UnsafeMutablePointer<Scalar>
  /// Drawn input spikes.
  private let drawn: UnsafeMutablePointer<Scalar>?
  private let rate: Scalar
  private var draws = EpisodeDraws(seed: 0, lane: 0, index: 0)
  private var repeated: UnsafeMutablePointer<Scalar>?
  private let arena = Arena()

  init(
    _ network: LayeredNetwork<Scalar>, _ settings: SystemSettings, lossAt: LeakyReadout<Scalar>.LossAt, capacity: Int
  ) {
    precondition(network.parameters.neuron == .lif, "no spikes of \(network.parameters.neuron.rawValue) neurons")
    self.network = network
    self.capacity = capacity
    workspace = LayerWorkspace(network)
    let constants = network.parameters.constants
    let rows = capacity * constants.steps
    let arena = arena
    func vector(_ count: Int) -> UnsafeMutablePointer<Scalar> { arena.allocate(count, of: Scalar.self) }
    layers = zip(network.connections, network.pools).dropLast().map { connection, pool in
      let count = connection.postShape.count
      let (spikes, error) = (vector(rows * count), vector(rows * count))
      return Layer(
        count: count, potential: vector(rows * count), spikes: spikes, gain: vector(rows * count), error: error,
        output: pool.map { vector(rows * $0.postShape.count) } ?? spikes,
        outputError: pool.map { vector(rows * $0.postShape.count) } ?? error,
        switches: pool?.form.kind == .max ? arena.allocate(rows * pool!.postShape.count, of: UInt32.self) : nil)
    }
    readout = LeakyReadout(network.outputCount, constants, lossAt: lossAt, capacity: capacity)
    let most = capacity * (network.connections.map(\.postShape.count).max() ?? 0)
    carried = (vector(most), vector(most))
    drive = vector(capacity * network.connections[0].postShape.count)
    threshold = vector(1)
    threshold[0] = Scalar(constants.threshold)
    rate = Scalar(settings.number("rate"))
    drawn = settings.text("encoding") == "bernoulli" ? vector(rows * network.shapes[0].count) : nil
  }

  func begin(_ draws: EpisodeDraws) { self.draws = draws }

  /// What the input is: the batch's values, `[step][sample][input]` or `[sample][input]` when driven, or drawn spikes.
  private var values: UnsafePointer<Scalar> {
    if let drawn, batch.steps == 1 { UnsafePointer(drawn) } else { batch.values }
  }

  /// What connection `l` carries, a row for every step of a sample; of a driven input one for every sample.
  func input(_ l: Int) -> UnsafePointer<Scalar> { l == 0 ? values : UnsafePointer(layers[l - 1].output) }

  /// Rows of what connection `l` carries.
  func inputRows(_ l: Int) -> Int { l == 0 && isDriven ? batch.count : rows }

  /// `steps · samples`.
  var rows: Int { steps * batch.count }

  /// Presents a batch: spikes, losses; ψ and the readout's error when `learning`.
  func present(_ batch: SampleBatch<Scalar>, learning: Bool) {
    let most = network.parameters.constants.steps
    precondition(batch.count <= capacity && batch.steps <= most, "\(batch.count) samples of \(batch.steps) steps")
    self.batch = batch
    steps = batch.steps == 1 ? most : batch.steps
    isDriven = batch.steps == 1 && drawn == nil && steps > 1
    if batch.steps == 1, let drawn { draw(into: drawn) }
    for l in network.connections.indices {
      let connection = network.connections[l]
      let current = l < layers.count ? layers[l].potential : readout.potential
      let driven = l == 0 && isDriven
      connection.ahead(input(l), rows: inputRows(l), into: driven ? drive : current, workspace)
      if l == layers.count {
        readout.present(batch, steps: steps, drive: driven ? UnsafePointer(drive) : nil, learning: learning)
        break
      }
      let layer = layers[l]
      integrate(layer, count: batch.count * layer.count, drive: driven ? UnsafePointer(drive) : nil)
      network.pools[l]?.ahead(layer.spikes, rows: rows, into: layer.output, switches: layer.switches)
      guard learning else { continue }
      network.parameters.constants.surrogate.fill(
        layer.gain, rows * layer.count, potential: layer.potential, threshold: threshold)
    }
  }

  /// Spikes with chance `rate · value`. Input `j` of step `t` of sample `k` of the whole batch takes number
  /// `(k · steps + t) · inputs + j` of the stream (seed, encoding, run, batch).
  @specialized(where Scalar == Float)
  private func draw(into spikes: UnsafeMutablePointer<Scalar>) {
    let inputs = network.shapes[0].count
    let rate = 2 * rate
    for k in 0..<batch.count {
      let values = batch.values + k * inputs
      for t in 0..<steps {
        let row = spikes + (t * batch.count + k) * inputs
        draws.fill(
          row, purpose: .encoding, part: batch.number, start: ((batch.first + k) * steps + t) * inputs, inputs, bound: 1
        )
        for j in 0..<inputs { row[j] = row[j] < rate * values[j] - 1 ? 1 : 0 }
      }
    }
  }

  /// Steps of one layer, whose potentials hold the currents of each step before, unless they come from `drive`.
  @specialized(where Scalar == Float)
  private func integrate(_ layer: Layer, count: Int, drive: UnsafePointer<Scalar>?) {
    let constants = network.parameters.constants
    let (leak, threshold) = (Scalar(constants.leak), Scalar(constants.threshold))
    let kept: Scalar = constants.reset == .zero ? 0 : 1
    let falls: Scalar = constants.reset == .subtract ? threshold : 0
    let current = carried.0
    if constants.synapseDecay != nil { current.update(repeating: 0, count: count) }
    for t in 0..<steps {
      let (v, s) = (layer.potential + t * count, layer.spikes + t * count)
      let source = drive ?? UnsafePointer(v)
      if let decay = constants.synapseDecay.map({ Scalar($0) }) {
        for i in 0..<count {
          current[i] = decay * current[i] + source[i]
          v[i] = current[i]
        }
      } else if let drive {
        v.update(from: drive, count: count)
      }
      if t == 0 {
        for i in 0..<count { s[i] = v[i] > threshold ? 1 : 0 }
        continue
      }
      let (before, fired) = (v - count, s - count)
      for i in 0..<count {
        let remains = leak * (fired[i] == 0 ? before[i] : kept * before[i]) - falls * fired[i]
        let now = v[i] + remains
        v[i] = now
        s[i] = now > threshold ? 1 : 0
      }
    }
  }

  /// Derivatives with respect to what layer `l` sends up become ones with respect to its spikes, in `error`.
  func backThroughPool(_ l: Int) {
    guard let pool = network.pools[l] else { return }
    let layer = layers[l]
    pool.back(
      layer.outputError, rows: rows, switches: layer.switches.map { UnsafePointer($0) }, into: layer.error)
  }

  /// Spikes per neuron and step of each hidden layer.
  var rates: [Double] {
    layers.map { layer in
      let count = batch.count * layer.count
      return (0..<steps).reduce(0.0) { $0 + Double(Scalar.sum(layer.spikes + $1 * count, count)) }
        / Double(steps * count)
    }
  }

  /// What synapses of connection `l` meet, a row for every step of a sample; the error is what `error` holds.
  func signals(_ l: Int, error: UnsafePointer<Scalar>) -> SynapseSignals<Scalar> {
    let carries = l == 0 && isDriven ? repeatedDrive() : input(l)
    var signals = SynapseSignals<Scalar>(rows: rows, steps: steps, preActivity: carries, postError: error)
    if l < layers.count {
      let layer = layers[l]
      signals.postActivity = UnsafePointer(layer.spikes)
      signals.postSpikes = UnsafePointer(layer.spikes)
      signals.postPotential = UnsafePointer(layer.potential)
      signals.postGain = UnsafePointer(layer.gain)
    } else {
      signals.postPotential = UnsafePointer(readout.potential)
      signals.postActivity = UnsafePointer(readout.prediction)
      signals.postGain = UnsafePointer(readout.gain)
    }
    return signals
  }

  /// The input of a driven sample written out for every step. The memory is taken when it is first asked for: who only sums
  /// products never needs it.
  private func repeatedDrive() -> UnsafePointer<Scalar> {
    let inputs = network.shapes[0].count
    let target =
      repeated ?? arena.allocate(capacity * network.parameters.constants.steps * inputs, of: Scalar.self)
    repeated = target
    let count = batch.count * inputs
    for t in 0..<steps { (target + t * count).update(from: batch.values, count: count) }
    return UnsafePointer(target)
  }
}
