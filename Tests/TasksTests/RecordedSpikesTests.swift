import Foundation
import Tasks
import Testing

@Suite("Recorded spikes")
struct RecordedSpikesTests {
  /// One event of N-MNIST.
  static func event(_ x: UInt8, _ y: UInt8, on: Bool, _ time: Int) -> [UInt8] {
    [x, y, (on ? 128 : 0) | UInt8(time >> 16 & 0x7F), UInt8(time >> 8 & 255), UInt8(time & 255)]
  }

  @Test("of address events have unit (polarity · 34 + y) · 34 + x; an overflow moves the clock 2¹³ µs")
  func addressEvents() throws {
    let bytes =
      Self.event(3, 2, on: true, 100_000) + Self.event(0, 240, on: false, 0) + Self.event(33, 33, on: false, 7)
    let decoded = try AddressEvents.decode(bytes, name: "f")
    #expect(decoded.units == [(34 + 2) * 34 + 3, 33 * 34 + 33] && decoded.times == [100_000, 7 + 8192])
    #expect(
      DataForTests.error { _ = try AddressEvents.decode(Self.event(34, 0, on: true, 0), name: "f") }?.message
        == "f: event 1 is at (34, 0), outside 34 x 34 pixels")
    #expect(DataForTests.error { _ = try AddressEvents.decode([1, 2], name: "f") }?.kind == .badData)
  }

  @Test("become at most one spike a unit and step, the steps dividing the window equally")
  func binning() {
    var recorded = Recordings(window: 1000)
    recorded.append(units: [2, 0, 2, 2, 1, 1], times: [0, 99, 50, 100, 999, 1000])
    recorded.append(units: [], times: [])
    let samples = Samples(
      inputCount: 3, inputs: [0, 0, 0, 0, 0, 0], labels: [0, 0], sources: [0, 1], recorded: recorded)
    let episode = Episode(split: .search, index: 0, classes: [0], outputCount: 1, support: samples, query: samples)
    let encoded = SpikeEncoder.events(merging: 1).encode(episode, steps: 10, seed: 1).support
    let spikes = (0..<10).map { Array(encoded.indices[encoded.spikes(sample: 0, step: $0)]) }
    #expect(spikes == [[0, 2], [2], [], [], [], [], [], [], [], [1]])
    #expect(encoded.active == [0, 1, 2] && encoded.activeOffsets == [0, 3, 3])
    #expect((0..<10).allSatisfy { encoded.spikes(sample: 1, step: $0).isEmpty })
    // No random number is drawn: another seed gives the same spikes.
    #expect(SpikeEncoder.events(merging: 1).encode(episode, steps: 10, seed: 2).support.indices == encoded.indices)
  }

  @Test("of N-MNIST's layout are found packed and unpacked, with counts as intensities, and units merge")
  func family() throws {
    var files: [(path: String, bytes: [UInt8])] = []
    for number in 0..<120 {
      let digit = number % 10
      // Two events of one unit and one of its neighbour.
      let bytes =
        Self.event(4, UInt8(digit), on: false, 10) + Self.event(4, UInt8(digit), on: false, 20)
        + Self.event(5, UInt8(digit), on: true, 300_000) + Self.event(5, 5, on: true, 8_000_000)
      files.append(("\(digit)/\(number).bin", bytes))
    }
    try DataForTests.withFolder { root in
      try DataForTests.write(
        DataForTests.zip(files.map { ("Train/\($0.path)", $0.bytes) }), "\(root)/Train.zip")
      for file in files {
        let folder = "\(root)/Test/\(file.path.split(separator: "/")[0])"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try DataForTests.write(file.bytes, "\(root)/Test/\(file.path)")
      }
      let family = try TaskCatalogue.load("n-mnist", directory: root, environment: [:])
      #expect(family.inputShape == [2, 34, 34] && family.isRecorded && family.greatestEventCount == 3)
      #expect(Split.allCases.map { family.poolSizes($0)[3] } == [10, 2, 12])
      let shape = EpisodeShape(ways: 5, shots: 1, query: 1)
      let episode = family.episode(seed: 1, split: .test, index: 0, shape: shape)
      let row = Array(episode.query.inputs.prefix(family.inputCount))
      let (y, on) = (episode.classes[0], 34 * 34)
      #expect(row[y * 34 + 4] == 1 && row[on + y * 34 + 5] == 0.5 && row.reduce(0, +) == 1.5)
      let merged = family.merged(4)
      #expect(merged.inputShape == [2, 9, 9] && merged.inputCount == 162)
      let small = merged.episode(seed: 1, split: .test, index: 0, shape: shape).query.inputs.prefix(162)
      #expect(small[y / 4 * 9 + 1] == 1 && small[81 + y / 4 * 9 + 1] == 0.5)
      let location = try TaskCatalogue.locate("n-mnist", directory: root, digests: true, environment: [:])
      #expect(location.files.map(\.path) == family.files && location.files[1].sha256 == nil)
      #expect(location.files[1].byteCount == 120 * 20)
    }
  }

  @Test("of the layout of the Spiking Heidelberg Digits have the published numbers of spikes")
  func spikeLists() throws {
    guard let bytes = DataForTests.bytes("fsdd-spikes/fsdd_test.h5") else { return }
    let file = try SpikeListFile.decode(bytes, name: "f", unitCount: 64, classCount: 10)
    #expect(file.labels.count == 300 && (0..<10).allSatisfy { digit in file.labels.count { $0 == digit } == 30 })
    let sizes = zip(file.offsets, file.offsets.dropFirst()).map { $1 - $0 }
    #expect(sizes.min()! >= 18 && sizes.max()! <= 663 && file.times.allSatisfy { $0 <= 720_500 })
    // Windows of 5 ms: every time is near a multiple, as half precision allows.
    #expect(file.times.allSatisfy { abs(Double($0) / 5000 - (Double($0) / 5000).rounded()) < 0.06 })
    #expect(
      try SpikeListFile.decode(DataForTests.gzip(bytes), name: "f", unitCount: 64, classCount: 10).units == file.units)
    func message(_ bytes: [UInt8], units: Int = 64, classes: Int = 10) -> String? {
      DataForTests.error { _ = try SpikeListFile.decode(bytes, name: "f", unitCount: units, classCount: classes) }?
        .message
    }
    #expect(message(bytes, units: 40)?.hasSuffix("spikes/units holds a value that is not possible") == false)
    #expect(message(bytes, units: 40)?.contains("spikes/units holds a value that is not possible") == true)
    #expect(message(bytes, classes: 9)?.contains("label 9 of sample") == true)
    #expect(
      message(Array(bytes.dropLast(100))) == "f: is cut off: \(bytes.count - 100) of \(bytes.count) bytes are there")
    #expect(message(Array("no such file".utf8)) == "f: is not an HDF5 file")
  }

  @Test("are refused for families that have none, at other shapes of time never")
  func imagesHaveNone() throws {
    let family = try TaskCatalogue.load("yin-yang")
    #expect(!family.isRecorded && family.window == nil && family.merged(2).inputShape == family.inputShape)
    #expect(TaskCatalogue.recordedNames == ["n-mnist", "shd", "fsdd-spikes", "stemnist"])
  }
}

@Suite("Omniglot")
struct OmniglotTests {
  @Test("gives every character to one pool, by its number, and ink by area")
  func pools() throws {
    // Full ink but for a white column on the left: 105 pixels become 28 of 3.75.
    let row: [UInt8] = [0, 0b1000_0000] + [UInt8](repeating: 0, count: 13)
    let image = DataForTests.png(105, 105, depth: 1, rows: Array(repeating: row, count: 105))
    let files = ["Greek", "Latin_(old)"].flatMap { alphabet in
      (1...9).flatMap { number in
        (1...6).map { ("images_background/\(alphabet)/character0\(number)/\(number)_0\($0).png", image) }
      }
    }
    try DataForTests.withFolder { root in
      try DataForTests.write(DataForTests.zip(files), "\(root)/images_background.zip")
      let family = try TaskCatalogue.load("omniglot", directory: root, environment: [:])
      #expect(family.classCount == 18)
      // Classes are ordered by alphabet and number: class 0 is character 1.
      func numbers(_ family: TaskFamily, _ split: Split) -> [Int] { family.classes(split).map { $0 % 9 + 1 } }
      #expect(numbers(family, .search) == [1, 2, 5, 6, 9, 1, 2, 5, 6, 9])
      #expect(numbers(family, .selection) == [3, 7, 3, 7] && numbers(family, .test) == [4, 8, 4, 8])
      let equal = family.divided(.equal)
      #expect(numbers(equal, .search) == [1, 4, 7, 1, 4, 7] && numbers(equal, .test) == [3, 6, 9, 3, 6, 9])
      #expect(
        DataForTests.error { try family.check(EpisodeShape(ways: 5, shots: 1, query: 1)) }?.message
          == "omniglot: 5 ways of only 4 classes in the selection pool")
      let shape = EpisodeShape(ways: 4, shots: 1, query: 5)
      let episode = family.episode(seed: 1, split: .test, index: 0, shape: shape)
      #expect(Set(episode.classes) == Set(family.classes(.test)))
      // 1 of 3.75 pixels is white, in bytes 187 of 255.
      #expect(
        episode.query.inputs.prefix(784).enumerated().allSatisfy {
          $0.element == ($0.offset % 28 == 0 ? 187.0 / 255 : 1)
        })
    }
  }

  @Test("real characters are found in both archives, in the same pools, in shapes of 20 ways")
  func real() throws {
    guard let family = DataForTests.family("omniglot") else { return }
    #expect(family.classCount == 964 && family.poolSizes(.search).reduce(0, +) == 9960)
    for shape in [EpisodeShape(ways: 20, shots: 1, query: 1), EpisodeShape(ways: 5, shots: 5, query: 15)] {
      try family.check(shape)
      let pools = Split.allCases.map { split in
        Set((UInt32(0)..<30).flatMap { family.episode(seed: 1, split: split, index: $0, shape: shape).classes })
      }
      #expect(pools[0].isDisjoint(with: pools[1]) && pools[0].isDisjoint(with: pools[2]))
      #expect(pools[1].isDisjoint(with: pools[2]))
    }
    guard let bytes = DataForTests.bytes("omniglot/images_background_small1.zip") else { return }
    try DataForTests.withFolder { root in
      try DataForTests.write(bytes, "\(root)/images_background_small1.zip")
      let small = try TaskCatalogue.load("omniglot", directory: root, environment: [:])
      #expect(small.classCount == 136 && Split.allCases.allSatisfy { small.classes($0).count >= 30 })
    }
  }
}
