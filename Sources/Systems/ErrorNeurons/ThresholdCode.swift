import Kernels
import Layers
import Networks

/// Who shares the thresholds of the input code.
enum ThresholdSharing: String, CaseIterable {
  /// All inputs of all samples: at every step one number is drawn.
  case shared
  /// Nobody: at every step every input of every sample has a number of its own.
  case perInput = "per-input"
}

/// The input of a window of steps: an input spikes at a step when it is above that step's threshold, uniform in 0 ..< 1;
/// recorded spikes are taken as they are. Also what connection 0 makes of it, a step later.
///
/// A constant drive is silent at step 0. Where all inputs share a threshold, a sample's spikes at a lower threshold are
/// those at a higher one and some more: the currents of all steps are then formed in the order of thresholds, every weight
/// of an input added once.
final class ThresholdCode<Scalar: KernelScalar> {
  /// Spikes of each input in the window of phase 1, `[sample][input]`.
  let counts: UnsafeMutablePointer<Scalar>

  private let connection: Connection<Scalar>
  private let sharing: ThresholdSharing
  private let workspace: LayerWorkspace<Scalar>
  /// Steps of the window that a sample is seen in, and those of phase 1's counts.
  private let steps: Int
  private let counted: Range<Int>
  /// Steps that `spikes` and, in chunks, `currents` hold.
  private let chunk: Int
  private let sortsThresholds: Bool
  private let spikes: UnsafeMutablePointer<Scalar>
  private let currents: UnsafeMutablePointer<Scalar>
  /// Thresholds of the steps, or of the inputs at one step.
  private let thresholds: UnsafeMutablePointer<Scalar>
  /// Steps by falling threshold; behind each how many counted steps have a threshold no higher.
  private let order: UnsafeMutablePointer<Int32>
  private let countedBelow: UnsafeMutablePointer<Scalar>
  /// Lists of inputs by the first of the ordered steps at which they spike.
  private let first: UnsafeMutablePointer<Int32>
  private let next: UnsafeMutablePointer<Int32>
  private let arena = Arena()
  private var draws = EpisodeDraws(seed: 0, lane: 0, index: 0)
  private var batch: SampleBatch<Scalar>!

  init(
    _ network: LayeredNetwork<Scalar>, _ sharing: ThresholdSharing, steps: Int, counted: Range<Int>, chunk: Int,
    capacity: Int, _ workspace: LayerWorkspace<Scalar>
  ) {
    connection = network.connections[0]
    (self.sharing, self.steps, self.counted, self.chunk) = (sharing, steps, counted, chunk)
    self.workspace = workspace
    sortsThresholds = sharing == .shared && connection.isDense
    let inputs = connection.preShape.count
    let arena = arena
    counts = arena.allocate(capacity * inputs, of: Scalar.self)
    spikes = arena.allocate(sortsThresholds ? 0 : chunk * capacity * inputs, of: Scalar.self)
    let currentSteps = sortsThresholds ? steps : chunk
    currents = arena.allocate(currentSteps * capacity * connection.postShape.count, of: Scalar.self)
    thresholds = arena.allocate(max(steps, inputs), of: Scalar.self)
    order = arena.allocate(steps, of: Int32.self)
    countedBelow = arena.allocate(steps, of: Scalar.self)
    first = arena.allocate(steps, of: Int32.self)
    next = arena.allocate(inputs, of: Int32.self)
  }

  func begin(_ draws: EpisodeDraws) { self.draws = draws }

  /// Takes a batch whose currents are wanted of steps before `end`.
  func take(_ batch: SampleBatch<Scalar>, before end: Int) {
    precondition(
      batch.steps == 1 || batch.steps == steps, "recorded spikes of \(batch.steps) steps for a window of \(steps)")
    self.batch = batch
    counts.update(repeating: 0, count: batch.count * connection.preShape.count)
    if batch.steps > 1 {
      addRecordedCounts()
    } else if sharing == .shared {
      draws.fill(thresholds, purpose: .encoding, part: batch.number, start: 0, steps, bound: 0.5)
      for step in 0..<steps { thresholds[step] += 0.5 }
      if sortsThresholds { formCurrents(inputSteps: end - 1) }
    }
  }

  /// The currents of `count` steps from `step` on, at least 1, `[step][sample][neuron]`; at most a chunk of them.
  func currents(from step: Int, _ count: Int) -> UnsafePointer<Scalar> {
    let inputs = connection.preShape.count
    if batch.steps > 1 {
      connection.ahead(
        batch.values + (step - 1) * batch.count * inputs, rows: count * batch.count, into: currents, workspace)
      return UnsafePointer(currents)
    }
    if sortsThresholds {
      return UnsafePointer(currents + (step - 1) * batch.count * connection.postShape.count)
    }
    for k in 0..<count { encode(step - 1 + k, into: spikes + k * batch.count * inputs) }
    connection.ahead(spikes, rows: count * batch.count, into: currents, workspace)
    return UnsafePointer(currents)
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private func addRecordedCounts() {
    let count = batch.count * connection.preShape.count
    let (counts, values) = (counts, batch.values)
    for step in counted {
      let row = values + step * count
      for k in 0..<count { counts[k] += row[k] }
    }
  }

  /// The spikes of one step, counted on the way.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private func encode(_ step: Int, into spikes: UnsafeMutablePointer<Scalar>) {
    let (inputs, samples) = (connection.preShape.count, batch.count)
    let (values, thresholds, counts) = (batch.values, thresholds, counts)
    if step == 0 {
      spikes.update(repeating: 0, count: samples * inputs)
      return
    }
    let weight: Scalar = counted.contains(step) ? 1 : 0
    if sharing == .shared {
      let threshold = thresholds[step]
      for k in 0..<samples * inputs {
        let spike: Scalar = values[k] > threshold ? 1 : 0
        spikes[k] = spike
        counts[k] += weight * spike
      }
    } else {
      for sample in 0..<samples {
        draws.fill(
          thresholds, purpose: .encoding, part: batch.number,
          start: ((batch.first + sample) * steps + step) * inputs, inputs, bound: 0.5)
        let row = sample * inputs
        for j in 0..<inputs {
          let spike: Scalar = values[row + j] > thresholds[j] + 0.5 ? 1 : 0
          spikes[row + j] = spike
          counts[row + j] += weight * spike
        }
      }
    }
  }

  /// The currents that input steps below `inputSteps` make, all at once.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private func formCurrents(inputSteps: Int) {
    let (inputs, neurons, samples) = (connection.preShape.count, connection.kinds, batch.count)
    let (order, first, next, counts) = (order, first, next, counts)
    let ranks = sortThresholds(inputSteps)
    let (weights, currents, values) = (connection.weights, currents, batch.values)
    for sample in 0..<samples {
      for rank in 0..<ranks { first[rank] = -1 }
      let x = values + sample * inputs
      for j in stride(from: inputs - 1, through: 0, by: -1) {
        let rank = firstRank(below: x[j], ranks)
        guard rank < ranks else { continue }
        counts[sample * inputs + j] = countedBelow[rank]
        next[j] = first[rank]
        first[rank] = Int32(truncatingIfNeeded: j)
      }
      // Step 0 is silent.
      var before = currents + sample * neurons
      if let bias = connection.bias {
        before.update(from: bias, count: neurons)
      } else {
        before.update(repeating: 0, count: neurons)
      }
      for rank in 0..<ranks {
        let here = currents + (Int(order[rank]) * samples + sample) * neurons
        here.update(from: before, count: neurons)
        var j = first[rank]
        while j >= 0 {
          let row = weights + Int(j) * neurons
          for i in 0..<neurons { here[i] += row[i] }
          j = next[Int(j)]
        }
        before = here
      }
    }
  }

  /// Orders the steps from 1 on by falling threshold; returns how many there are.
  private func sortThresholds(_ inputSteps: Int) -> Int {
    let ranks = max(0, inputSteps - 1)
    for rank in 0..<ranks {
      let step = rank + 1
      var place = rank
      while place > 0, thresholds[Int(order[place - 1])] < thresholds[step] {
        order[place] = order[place - 1]
        place -= 1
      }
      order[place] = Int32(truncatingIfNeeded: step)
    }
    var below = Scalar(0)
    for rank in stride(from: ranks - 1, through: 0, by: -1) {
      if counted.contains(Int(order[rank])) { below += 1 }
      countedBelow[rank] = below
    }
    return ranks
  }

  /// The first of the ordered steps whose threshold is below `x`.
  @inline(__always)
  private func firstRank(below x: Scalar, _ ranks: Int) -> Int {
    var (low, high) = (0, ranks)
    while low < high {
      let middle = (low + high) / 2
      if thresholds[Int(order[middle])] < x { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
