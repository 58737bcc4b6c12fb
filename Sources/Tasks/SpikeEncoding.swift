import Arithmetic

/// How intensities become spikes or currents.
public enum SpikeEncoder: Sendable, Hashable {
  /// Each input spikes at each step with probability intensity · rate; `rate` in `0 ... 1`.
  case bernoulli(rate: Double)
  /// A constant current at each step: gain · intensity.
  case current(gain: Double)
  /// One spike at step round((1 − intensity) · (steps − 1)) where the intensity is above 0.
  case firstSpike

  /// Encodes an episode; equal (seed, split, index) give equal spikes on every machine.
  ///
  /// Bernoulli numbers are named by (seed, split, episode, sample, step, input): input `i` of a sample spikes at step `t`
  /// when 24 bits of word `t mod 4` of Philox block `(t / 4) · inputCount + i` are below intensity · rate · 2²⁴. A sample's
  /// spikes therefore depend neither on how many steps follow nor on how many other samples there are.
  /// - Parameters:
  ///   - episode: what to encode.
  ///   - steps: time steps per sample, at least 1.
  ///   - seed: the run's seed.
  /// - Precondition: at most 65536 inputs, and `samples · steps · inputs` below 2³².
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
private struct EventLists {
  var offsets: [UInt32] = [0]
  var indices: [UInt16] = []
  var activeOffsets: [UInt32] = [0]
  var active: [UInt16] = []
  private let steps: Int
  private let inputCount: Int
  /// Inputs above 0 with their thresholds, and the events of four steps; each with room for every input.
  private var driven: [UInt32]
  private var thresholds: [UInt32]
  private var events: [UInt16]
  private var hasSpiked: [UInt8]

  init(samples: Int, steps: Int, inputCount: Int) {
    self.steps = steps
    self.inputCount = inputCount
    driven = [UInt32](repeating: 0, count: inputCount)
    thresholds = driven
    events = [UInt16](repeating: 0, count: 4 * (inputCount + 1))
    hasSpiked = [UInt8](repeating: 0, count: inputCount)
    offsets.reserveCapacity(samples * steps + 1)
    activeOffsets.reserveCapacity(samples + 1)
    indices.reserveCapacity(samples * steps * max(1, inputCount / 8))
    active.reserveCapacity(samples * inputCount / 2)
  }

  mutating func appendBernoulli(_ row: UnsafeBufferPointer<Float>, rate: Double, _ stream: RandomStream) {
    var count = 0
    for i in 0..<inputCount {
      let threshold = UInt32((Double(row[i]) * rate * 0x1p24).rounded())
      driven[count] = UInt32(i)
      thresholds[count] = threshold
      count += threshold > 0 ? 1 : 0
    }
    for k in 0..<count { hasSpiked[k] = 0 }
    let room = inputCount + 1
    driven.withUnsafeBufferPointer { driven in
      thresholds.withUnsafeBufferPointer { thresholds in
        hasSpiked.withUnsafeMutableBufferPointer { hasSpiked in
          for group in 0..<(steps + 3) / 4 {
            let firstBlock = UInt32(group * inputCount)
            let now = min(4, steps - 4 * group)
            var lengths = (0, 0, 0, 0)
            events.withUnsafeMutableBufferPointer { events in
              for k in 0..<count {
                let input = driven[k]
                let threshold = thresholds[k]
                let words = stream.block(firstBlock &+ input)
                let name = UInt16(truncatingIfNeeded: input)
                // Written always, kept only on a hit: no branch to guess wrong.
                let hit0 = words.0 >> 8 < threshold ? 1 : 0
                let hit1 = words.1 >> 8 < threshold && now > 1 ? 1 : 0
                let hit2 = words.2 >> 8 < threshold && now > 2 ? 1 : 0
                let hit3 = words.3 >> 8 < threshold && now > 3 ? 1 : 0
                events[lengths.0] = name
                events[room &+ lengths.1] = name
                events[2 &* room &+ lengths.2] = name
                events[3 &* room &+ lengths.3] = name
                lengths.0 &+= hit0
                lengths.1 &+= hit1
                lengths.2 &+= hit2
                lengths.3 &+= hit3
                hasSpiked[k] |= UInt8(truncatingIfNeeded: hit0 | hit1 | hit2 | hit3)
              }
            }
            for (step, length) in [lengths.0, lengths.1, lengths.2, lengths.3].prefix(now).enumerated() {
              indices.append(contentsOf: events[step * room..<step * room + length])
              offsets.append(UInt32(indices.count))
            }
          }
        }
      }
    }
    for k in 0..<count where hasSpiked[k] != 0 { active.append(UInt16(driven[k])) }
    activeOffsets.append(UInt32(active.count))
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

  private mutating func appendActive(_ row: UnsafeBufferPointer<Float>) {
    for i in 0..<inputCount where row[i] > 0 { active.append(UInt16(i)) }
    activeOffsets.append(UInt32(active.count))
  }
}
