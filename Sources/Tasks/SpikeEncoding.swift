import Arithmetic

/// How intensities become spikes or currents.
public enum SpikeEncoder: Sendable, Hashable {
  /// Each input spikes at each step with probability intensity · rate; `rate` in `0 ... 1`.
  case bernoulli(rate: Double)
  /// A constant current at each step: gain · intensity.
  case current(gain: Double)
  /// One spike at step round((1 − intensity) · (steps − 1)) where the intensity is above 0.
  case firstSpike
  /// The spikes that were recorded, for families that have them: a unit spikes in each step in which it has an event at
  /// least, once. The steps divide the family's window equally.
  ///
  /// Before that `merging` neighbouring units become one, see `TaskFamily.merged`; the encoder itself is given merged units.
  case events(merging: Int)

  /// Encodes an episode; equal (seed, split, index) give equal spikes on every machine.
  ///
  /// Bernoulli numbers are named by (seed, split, episode, sample, step, input): input `i` of a sample spikes at step `t`
  /// when 24 bits of word `t mod 4` of Philox block `(t / 4) · inputCount + i` are below intensity · rate · 2²⁴. A sample's
  /// spikes therefore depend neither on how many steps follow nor on how many other samples there are.
  /// - Parameters:
  ///   - episode: what to encode.
  ///   - steps: time steps per sample, at least 1.
  ///   - seed: the run's seed.
  /// - Precondition: at most 65536 inputs, and `samples · steps · inputs` below 2³²; recorded spikes for `events`.
  /// - Complexity: O(samples · steps · inputs above 0).
  public func encode(_ episode: Episode, steps: Int, seed: UInt64) -> EncodedEpisode {
    precondition(steps >= 1, "\(steps) steps per sample")
    precondition(episode.inputCount <= 65_536, "\(episode.inputCount) inputs do not fit in 16 bits")
    let address = Address(seed: seed, split: episode.split, index: episode.index)
    return EncodedEpisode(
      split: episode.split, index: episode.index, outputCount: episode.outputCount,
      support: encode(episode.support, steps: steps, address, firstSample: 0),
      query: encode(episode.query, steps: steps, address, firstSample: 1 << 31))
  }

  private struct Address {
    let seed: UInt64
    let split: Split
    let index: UInt32

    func stream(_ sample: UInt32) -> RandomStream {
      RandomStream(seed: seed, purpose: .encoding, lane: split.rawValue, index, sample)
    }
  }

  private func encode(_ samples: Samples, steps: Int, _ address: Address, firstSample: UInt32) -> EncodedSamples {
    let (events, overflow) = (samples.count * steps).multipliedReportingOverflow(by: samples.inputCount)
    precondition(!overflow && events < 1 << 32, "\(samples.count) samples of \(steps) steps are too many")
    var lists = EventLists(samples: samples.count, steps: steps, inputCount: samples.inputCount)
    var currents: [Float] = []
    samples.inputs.withUnsafeBufferPointer { inputs in
      for sample in 0..<samples.count {
        let row = UnsafeBufferPointer(
          rebasing: inputs[sample * samples.inputCount..<(sample + 1) * samples.inputCount])
        switch self {
        case .bernoulli(let rate):
          precondition(rate >= 0 && rate <= 1, "rate \(rate) is outside 0 ... 1")
          lists.appendBernoulli(row, rate: rate, address.stream(firstSample + UInt32(sample)))
        case .current:
          lists.appendSilent(row)
        case .firstSpike:
          lists.appendFirstSpikes(row)
        case .events:
          guard let recorded = samples.recorded else { preconditionFailure("samples without recorded spikes") }
          lists.appendEvents(recorded, sample)
        }
      }
    }
    if case .current(let gain) = self { currents = samples.inputs.map { Float(gain) * $0 } }
    return EncodedSamples(
      steps: steps, inputCount: samples.inputCount, labels: samples.labels, offsets: lists.offsets,
      indices: lists.indices, currents: currents, activeOffsets: lists.activeOffsets, active: lists.active)
  }
}

/// The event lists of one set of samples while they grow.
private struct EventLists: ~Copyable {
  var offsets: [UInt32] = [0]
  var indices: [UInt16] = []
  var activeOffsets: [UInt32] = [0]
  var active: [UInt16] = []
  private let steps: Int
  private let inputCount: Int
  /// Room for every input, to a multiple of four.
  private let room: Int
  /// Of one sample: the inputs above 0, their thresholds, and whether they have spiked.
  private let driven: UnsafeMutablePointer<UInt32>
  private let thresholds: UnsafeMutablePointer<UInt32>
  private let hasSpiked: UnsafeMutablePointer<UInt32>
  /// Of four steps: a random number for each driven input, [4, room].
  private let numbers: UnsafeMutablePointer<UInt32>
  /// Of one step: the inputs that spike.
  private let events: UnsafeMutablePointer<UInt16>

  init(samples: Int, steps: Int, inputCount: Int) {
    self.steps = steps
    self.inputCount = inputCount
    room = (inputCount + 4) / 4 * 4
    driven = .allocate(capacity: room)
    thresholds = .allocate(capacity: room)
    hasSpiked = .allocate(capacity: room)
    numbers = .allocate(capacity: 4 * room)
    events = .allocate(capacity: room)
    offsets.reserveCapacity(samples * steps + 1)
    activeOffsets.reserveCapacity(samples + 1)
    active.reserveCapacity(samples * inputCount / 2)
  }

  deinit {
    driven.deallocate()
    thresholds.deallocate()
    hasSpiked.deallocate()
    numbers.deallocate()
    events.deallocate()
  }

  mutating func appendBernoulli(_ row: UnsafeBufferPointer<Float>, rate: Double, _ stream: RandomStream) {
    var count = 0
    for i in 0..<inputCount {
      let threshold = UInt32(Double(row[i]) * rate * 0x1p24 + 0.5)
      driven[count] = UInt32(i)
      thresholds[count] = threshold
      count += threshold > 0 ? 1 : 0
    }
    // The last group of four is filled up with inputs that are drawn and never looked at.
    for k in count..<(count + 3) / 4 * 4 { driven[k] = 0 }
    hasSpiked.initialize(repeating: 0, count: count)
    for group in 0..<(steps + 3) / 4 {
      drawGroup(firstBlock: UInt32(group * inputCount), count: count, stream)
      for step in 0..<min(4, steps - 4 * group) { appendStep(step, count: count) }
    }
    for k in 0..<count where hasSpiked[k] != 0 { active.append(UInt16(driven[k])) }
    activeOffsets.append(UInt32(active.count))
  }

  /// Draws the numbers of four steps for all driven inputs.
  private func drawGroup(firstBlock: UInt32, count: Int, _ stream: RandomStream) {
    let target = UnsafeMutableRawPointer(numbers)
    let names = UnsafeRawPointer(driven)
    let stride = 4 * room
    for k in Swift.stride(from: 0, to: 4 * count, by: 16) {
      let inputs = names.loadUnaligned(fromByteOffset: k, as: SIMD4<UInt32>.self)
      let words = stream.blocks(inputs &+ SIMD4(repeating: firstBlock))
      target.storeBytes(of: words.0, toByteOffset: k, as: SIMD4<UInt32>.self)
      target.storeBytes(of: words.1, toByteOffset: stride + k, as: SIMD4<UInt32>.self)
      target.storeBytes(of: words.2, toByteOffset: 2 * stride + k, as: SIMD4<UInt32>.self)
      target.storeBytes(of: words.3, toByteOffset: 3 * stride + k, as: SIMD4<UInt32>.self)
    }
  }

  /// Appends the events of step `step` of the group that was drawn.
  private mutating func appendStep(_ step: Int, count: Int) {
    let words = numbers + step * room
    var length = 0
    for k in 0..<count {
      // Written always, kept only on a hit: no branch to guess wrong.
      let hit: UInt32 = words[k] >> 8 < thresholds[k] ? 1 : 0
      events[length] = UInt16(truncatingIfNeeded: driven[k])
      length &+= Int(hit)
      hasSpiked[k] |= hit
    }
    indices.append(contentsOf: UnsafeBufferPointer(start: events, count: length))
    offsets.append(UInt32(indices.count))
  }

  /// A sample without spikes, its inputs driven by currents.
  mutating func appendSilent(_ row: UnsafeBufferPointer<Float>) {
    offsets.append(contentsOf: repeatElement(UInt32(indices.count), count: steps))
    appendActive(row)
  }

  mutating func appendFirstSpikes(_ row: UnsafeBufferPointer<Float>) {
    var byStep = [[UInt16]](repeating: [], count: steps)
    for i in 0..<inputCount where row[i] > 0 {
      let step = ((1 - Double(row[i])) * Double(steps - 1)).rounded()
      byStep[Int(step)].append(UInt16(i))
    }
    for events in byStep {
      indices.append(contentsOf: events)
      offsets.append(UInt32(indices.count))
    }
    appendActive(row)
  }

  mutating func appendEvents(_ recorded: Recordings, _ sample: Int) {
    var byStep = [[UInt16]](repeating: [], count: steps)
    hasSpiked.initialize(repeating: 0, count: inputCount)
    for i in recorded.events(sample) {
      byStep[recorded.step(i, of: steps)].append(recorded.units[i])
      hasSpiked[Int(recorded.units[i])] = 1
    }
    for events in byStep {
      for unit in events.sorted() where indices.count == Int(offsets.last!) || indices.last != unit {
        indices.append(unit)
      }
      offsets.append(UInt32(indices.count))
    }
    for i in 0..<inputCount where hasSpiked[i] != 0 { active.append(UInt16(i)) }
    activeOffsets.append(UInt32(active.count))
  }

  private mutating func appendActive(_ row: UnsafeBufferPointer<Float>) {
    for i in 0..<inputCount where row[i] > 0 { active.append(UInt16(i)) }
    activeOffsets.append(UInt32(active.count))
  }
}
