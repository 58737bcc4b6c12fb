import Arithmetic
import Foundation
import Tasks
import Testing

@Suite("Spike encoding")
struct SpikeEncodingTests {
  static let encoders: [SpikeEncoder] = [.bernoulli(rate: 0.5), .current(gain: 1.5), .firstSpike]

  /// An episode of random intensities, a third of them zero.
  static func episode(_ support: Int, _ query: Int, inputs: Int = 37, index: UInt32 = 5) -> Episode {
    var stream = RandomStream(seed: 1, purpose: .testing)
    func row() -> [Float] { (0..<inputs).map { _ in max(0, 1.5 * stream.nextFloat() - 0.5) } }
    // Rows are drawn one after the other, so a smaller episode begins like a larger one.
    let queryRows = (0..<query).map { _ in row() }
    return DataForTests.episode(support: (0..<support).map { _ in row() }, query: queryRows, index: index)
  }

  @Test("gives ascending events and exactly the driven inputs", arguments: encoders)
  func structure(_ encoder: SpikeEncoder) {
    let episode = Self.episode(9, 4)
    let encoded = encoder.encode(episode, steps: 10, seed: 3)
    #expect(encoded.index == 5 && encoded.split == .search && encoded.outputCount == 1)
    for (samples, raw) in [(encoded.support, episode.support), (encoded.query, episode.query)] {
      #expect(samples.count == raw.count && samples.steps == 10 && samples.labels == raw.labels)
      #expect(samples.offsets.first == 0 && Int(samples.offsets.last!) == samples.indices.count)
      #expect(samples.activeOffsets.first == 0 && Int(samples.activeOffsets.last!) == samples.active.count)
      for k in 0..<samples.count {
        var driven: Set<UInt16> = []
        for t in 0..<10 {
          let events = Array(samples.indices[samples.spikes(sample: k, step: t)])
          #expect(events == Set(events).sorted())
          driven.formUnion(events)
        }
        for i in 0..<37 where !samples.currents.isEmpty && samples.currents[k * 37 + i] != 0 {
          driven.insert(UInt16(i))
        }
        let active = samples.active[Int(samples.activeOffsets[k])..<Int(samples.activeOffsets[k + 1])]
        #expect(Array(active) == driven.sorted())
        #expect(driven.allSatisfy { raw.inputs[k * 37 + Int($0)] > 0 })
      }
    }
  }

  @Test("by Bernoulli draws has the stated rate at every intensity")
  func bernoulliRates() {
    let intensities: [Float] = [0, 0.1, 0.25, 0.5, 0.9, 1]
    let episode = DataForTests.episode(support: Array(repeating: intensities, count: 500), query: [intensities])
    for rate in [0.3, 1.0] {
      let samples = SpikeEncoder.bernoulli(rate: rate).encode(episode, steps: 20, seed: 11).support
      for (i, intensity) in intensities.enumerated() {
        let count = Double(samples.indices.count { $0 == i })
        let p = Double(intensity) * rate
        // Five standard deviations of the binomial law; none at all where p is 0 or 1.
        #expect(abs(count - 10_000 * p) <= 5 * (10_000 * p * (1 - p)).squareRoot() + 1e-3)
      }
    }
  }

  @Test("by Bernoulli draws compares the words of its documented address")
  func bernoulliAddress() {
    let episode = Self.episode(3, 2)
    let encoded = SpikeEncoder.bernoulli(rate: 0.7).encode(episode, steps: 7, seed: 99)
    for (samples, raw, first) in [
      (encoded.support, episode.support, UInt32(0)), (encoded.query, episode.query, 1 << 31),
    ] {
      for k in 0..<samples.count {
        let stream = RandomStream(seed: 99, purpose: .encoding, lane: Split.search.rawValue, 5, first + UInt32(k))
        for t in 0..<7 {
          let expected = (0..<37).filter { i in
            let words = stream.block(UInt32(t / 4 * 37 + i))
            let word = [words.0, words.1, words.2, words.3][t % 4]
            return Double(word >> 8) < (Double(raw.inputs[k * 37 + i]) * 0.7 * 0x1p24).rounded()
          }
          #expect(samples.indices[samples.spikes(sample: k, step: t)].map(Int.init) == expected)
        }
      }
    }
  }

  @Test("of a sample depends neither on later steps nor on other samples", arguments: encoders)
  func independence(_ encoder: SpikeEncoder) {
    let whole = encoder.encode(Self.episode(9, 4), steps: 20, seed: 3)
    let fewer = encoder.encode(Self.episode(2, 4), steps: 20, seed: 3)
    for (large, small) in [(whole.support, fewer.support), (whole.query, fewer.query)] {
      let events = Int(small.offsets.last!)
      #expect(large.offsets.prefix(small.offsets.count) == small.offsets[...])
      #expect(large.indices.prefix(events) == small.indices[...])
    }
    guard case .bernoulli = encoder else { return }
    let shorter = encoder.encode(Self.episode(9, 4), steps: 6, seed: 3)
    for k in 0..<9 {
      for t in 0..<6 {
        #expect(
          shorter.support.indices[shorter.support.spikes(sample: k, step: t)].elementsEqual(
            whole.support.indices[whole.support.spikes(sample: k, step: t)]))
      }
    }
  }

  @Test("by Bernoulli draws differs between seeds, splits, episodes and samples")
  func addressesDiffer() {
    let encoder = SpikeEncoder.bernoulli(rate: 0.5)
    let row = [Float](repeating: 0.8, count: 64)
    func spikes(_ seed: UInt64, _ split: Split, _ index: UInt32) -> [UInt16] {
      let episode = DataForTests.episode(support: [row, row], query: [row], split: split, index: index)
      return encoder.encode(episode, steps: 8, seed: seed).support.indices
    }
    let base = spikes(1, .search, 0)
    for other in [spikes(2, .search, 0), spikes(1, .test, 0), spikes(1, .search, 1)] { #expect(other != base) }
    let encoded = encoder.encode(DataForTests.episode(support: [row, row], query: [row]), steps: 8, seed: 1)
    let firstSample = encoded.support.indices[..<Int(encoded.support.offsets[8])]
    #expect(!firstSample.elementsEqual(encoded.support.indices[Int(encoded.support.offsets[8])...]))
    #expect(!firstSample.elementsEqual(encoded.query.indices))
  }

  @Test("by latency spikes once, at round((1 − x)(T − 1)), and never for 0")
  func firstSpikes() {
    let intensities: [Float] = [1, 0.75, 0.5, 0.26, 0.01, 0]
    let episode = DataForTests.episode(support: [intensities], query: [intensities])
    let samples = SpikeEncoder.firstSpike.encode(episode, steps: 5, seed: 1).support
    let expected: [[UInt16]] = [[0], [1], [2], [3], [4]]
    for t in 0..<5 { #expect(Array(samples.indices[samples.spikes(sample: 0, step: t)]) == expected[t]) }
    let one = SpikeEncoder.firstSpike.encode(episode, steps: 1, seed: 1).support
    #expect(one.indices == [0, 1, 2, 3, 4])
  }

  @Test("by direct current drives with gain · intensity and no spikes")
  func directCurrent() {
    let episode = Self.episode(3, 1)
    let samples = SpikeEncoder.current(gain: 2.5).encode(episode, steps: 4, seed: 1).support
    #expect(samples.indices.isEmpty && samples.offsets.allSatisfy { $0 == 0 })
    #expect(samples.currents == episode.support.inputs.map { 2.5 * $0 })
  }

  @Test("draws the same words in fours as one by one")
  func blocksInFours() {
    var numbers = RandomStream(seed: 6, purpose: .testing)
    for _ in 0..<200 {
      let seed = UInt64(numbers.nextWord()) << 32 | UInt64(numbers.nextWord())
      let stream = RandomStream(seed: seed, purpose: .encoding, lane: 2, numbers.nextWord(), numbers.nextWord())
      let indices = SIMD4<UInt32>(numbers.nextWord(), 0, .max, numbers.nextWord())
      let four = stream.blocks(indices)
      for lane in 0..<4 {
        let one = stream.block(indices[lane])
        #expect(one == (four.0[lane], four.1[lane], four.2[lane], four.3[lane]))
      }
    }
  }
}
