import Arithmetic
import Tasks
import Testing

@Suite("Every family of the catalogue")
struct EpisodeContractTests {
  /// A shape that every family has.
  static func shape(_ family: TaskFamily) -> EpisodeShape {
    EpisodeShape(ways: min(5, family.classCount), shots: 6, query: 4)
  }

  @Test("gives the same episode for the same address, and another for another", arguments: TaskCatalogue.names)
  func sameAddressSameEpisode(_ name: String) throws {
    guard let family = DataForTests.family(name) else { return }
    let shape = Self.shape(family)
    func draw(_ seed: UInt64, _ split: Split, _ index: UInt32) -> Episode {
      family.episode(seed: seed, split: split, index: index, shape: shape)
    }
    let episode = draw(7, .search, 3)
    // Others are drawn in between: an episode depends on its address alone.
    let others = [draw(8, .search, 3), draw(7, .selection, 3), draw(7, .test, 3), draw(7, .search, 4)]
    let again = draw(7, .search, 3)
    #expect(again.classes == episode.classes)
    #expect(again.support.inputs == episode.support.inputs && again.query.inputs == episode.query.inputs)
    #expect(again.support.labels == episode.support.labels && again.query.labels == episode.query.labels)
    #expect(again.support.sources == episode.support.sources)
    for other in others { #expect(other.support.inputs != episode.support.inputs) }
  }

  @Test("gives balanced classes, labels in range and intensities in 0 ... 1", arguments: TaskCatalogue.names)
  func balanced(_ name: String) throws {
    guard let family = DataForTests.family(name) else { return }
    let shape = Self.shape(family)
    try family.check(shape)
    for split in Split.allCases {
      for index in UInt32(0)..<10 {
        let episode = family.episode(seed: 1, split: split, index: index, shape: shape)
        #expect(episode.split == split && episode.index == index)
        #expect(episode.outputCount == shape.ways && episode.inputCount == family.inputCount)
        #expect(Set(episode.classes).count == shape.ways && episode.classes.allSatisfy { $0 < family.classCount })
        for (samples, each) in [(episode.support, shape.shots), (episode.query, shape.query)] {
          #expect(samples.count == shape.ways * each && samples.inputs.count == samples.count * family.inputCount)
          for way in 0..<shape.ways { #expect(samples.labels.count { $0 == way } == each) }
          #expect(samples.inputs.allSatisfy { $0 >= 0 && $0 <= 1 })
          #expect(samples.inputs.contains { $0 > 0 })
        }
      }
    }
  }

  @Test("never asks about a sample that was shown, nor shows one twice", arguments: TaskCatalogue.names)
  func supportAndQueryAreDisjoint(_ name: String) throws {
    guard let family = DataForTests.family(name) else { return }
    for withReplacement in [false, true] {
      // Drawn again and again, a class runs out of the samples of a small pool: five times three are in every one.
      var shape = EpisodeShape(
        ways: min(5, family.classCount), shots: withReplacement ? 2 : 5, query: withReplacement ? 1 : 3)
      shape.withReplacement = withReplacement
      for index in UInt32(0)..<20 {
        let episode = family.episode(seed: 5, split: .selection, index: index, shape: shape)
        let sources = episode.support.sources + episode.query.sources
        #expect(Set(sources).count == sources.count)
      }
    }
  }

  @Test("keeps its three pools apart, sample by sample", arguments: TaskCatalogue.names)
  func poolsAreDisjoint(_ name: String) throws {
    guard let standard = DataForTests.family(name) else { return }
    for division in PoolDivision.allCases { try poolsAreDisjoint(standard.divided(division)) }
    let equal = standard.divided(.equal)
    let sizes = Split.allCases.prefix(2).map { equal.poolSizes($0) }
    if equal.classes(.search).count == equal.classCount {
      #expect(zip(sizes[0], sizes[1]).allSatisfy { abs($0 - $1) <= 2 })
    } else {
      // Pools of classes of their own: a third of the classes each.
      for split in Split.allCases {
        #expect(abs(3 * equal.classes(split).count - equal.classCount) < equal.classCount / 5)
      }
    }
  }

  private func poolsAreDisjoint(_ family: TaskFamily) throws {
    var owner: [Int: Int] = [:]
    for (number, split) in Split.allCases.enumerated() {
      for classIndex in family.classes(split).prefix(10) {
        let sources = family.sources(split, classIndex: classIndex)
        #expect(sources.count == family.poolSizes(split)[classIndex] && !sources.isEmpty)
        for source in sources {
          #expect(owner.updateValue(number, forKey: source) == nil, "sample \(source) is in two pools")
        }
      }
      let episode = family.episode(seed: 2, split: split, index: 0, shape: Self.shape(family))
      for source in episode.support.sources + episode.query.sources where owner[source] != nil {
        #expect(owner[source] == number, "a sample of \(split) belongs to another pool")
      }
    }
  }

  @Test("does not repeat itself from pool to pool when it is made in code", arguments: TaskCatalogue.names)
  func madeSamplesDiffer(_ name: String) throws {
    guard let family = DataForTests.family(name), family.files.isEmpty else { return }
    var seen: Set<[Float]> = []
    var count = 0
    for split in Split.allCases {
      for index in UInt32(0)..<3 {
        let samples = family.episode(seed: 3, split: split, index: index, shape: Self.shape(family)).support
        for (row, source) in samples.sources.enumerated() where source >= 0 {
          seen.insert(Array(samples.inputs[row * family.inputCount..<(row + 1) * family.inputCount]))
          count += 1
        }
      }
    }
    // 270 draws among tens of thousands of samples: a repeated draw is possible within a pool, a handful is not.
    #expect(seen.count >= count - 2)
  }

  @Test("is listed under its own name and description", arguments: TaskCatalogue.names)
  func namesAgree(_ name: String) throws {
    guard let family = DataForTests.family(name) else { return }
    let location = try TaskCatalogue.locate(name, environment: ["METAPLAST_DATA": DataForTests.folder])
    #expect(family.name == name && family.about == location.about)
    #expect(family.files == location.files.map(\.path))
    #expect((location.state == .made) == family.files.isEmpty)
  }
}

@Suite("An episode")
struct EpisodeTests {
  let family = TaskFamily.gaussianPrototypes()

  @Test("keeps its query and the first of its support when there are fewer shots")
  func shotsAreNested() {
    let many = family.episode(seed: 1, split: .test, index: 9, shape: EpisodeShape(ways: 5, shots: 50, query: 4))
    let few = family.episode(seed: 1, split: .test, index: 9, shape: EpisodeShape(ways: 5, shots: 5, query: 4))
    #expect(few.classes == many.classes)
    #expect(few.query.sources == many.query.sources && few.query.inputs == many.query.inputs)
    #expect(Set(few.support.sources).isSubset(of: many.support.sources))
  }

  @Test("presents its support in random order")
  func supportIsShuffled() {
    let shape = EpisodeShape(ways: 5, shots: 10, query: 1)
    let firsts = (UInt32(0)..<200).map {
      family.episode(seed: 1, split: .search, index: $0, shape: shape).support.labels[0]
    }
    // Each label comes first 40 times of 200 in the mean, with a standard deviation of 5.7.
    for label in 0..<5 { #expect(abs(firsts.count { $0 == label } - 40) < 29) }
  }

  @Test("may keep the family's labels")
  func keptLabels() {
    let shape = EpisodeShape(ways: 3, shots: 2, query: 2, keepsLabels: true)
    let episode = family.episode(seed: 1, split: .search, index: 0, shape: shape)
    #expect(episode.outputCount == family.classCount)
    #expect(Set(episode.support.labels) == Set(episode.classes))
    #expect(episode.query.labels == episode.classes.flatMap { [$0, $0] })
  }

  @Test("drawn with replacement gives a repeated class one label and new examples")
  func repeatedClasses() {
    let shape = EpisodeShape(ways: 3, shots: 2, query: 2, withReplacement: true)
    let yinYang = TaskFamily.yinYang()
    let repeated = (UInt32(0)..<40).map { yinYang.episode(seed: 1, split: .search, index: $0, shape: shape) }
      .filter { Set($0.classes).count < 3 }
    // Three draws of three classes repeat one with probability 7/9.
    #expect(repeated.count > 15)
    for episode in repeated {
      let firsts = episode.classes.map { episode.classes.firstIndex(of: $0)! }
      #expect(episode.query.labels == firsts.flatMap { [$0, $0] })
      let sources = episode.support.sources + episode.query.sources
      #expect(Set(sources).count == sources.count)
    }
  }

  @Test("drawn with replacement gives a class's examples again once they have run out, and never asks about one shown")
  func exhaustedClasses() {
    // Two draws of a class fit in its 10 000 samples, the third has those of the first.
    let shape = EpisodeShape(ways: 4, shots: 4000, query: 900, withReplacement: true)
    let yinYang = TaskFamily.yinYang()
    let often = (UInt32(0)..<40).lazy.map { yinYang.episode(seed: 1, split: .search, index: $0, shape: shape) }
      .first { episode in episode.classes.contains { drawn in episode.classes.count { $0 == drawn } == 3 } }!
    let drawn = often.classes.first { one in often.classes.count { $0 == one } == 3 }!
    let ways = often.classes.indices.filter { often.classes[$0] == drawn }
    let queries = ways.map { way in Set(often.query.sources[way * 900..<(way + 1) * 900]) }
    #expect(queries[0] == queries[2])
    #expect(queries[0].isDisjoint(with: queries[1]))
    #expect(Set(often.query.sources).isDisjoint(with: often.support.sources))
  }

  @Test("draws classes evenly")
  func classesAreUniform() {
    let manifolds = TaskFamily.gaussianPrototypes(units: 2, classes: 10)
    var counts = [Int](repeating: 0, count: 10)
    for index in UInt32(0)..<1000 {
      let shape = EpisodeShape(ways: 3, shots: 1, query: 1)
      for drawn in manifolds.episode(seed: 4, split: .search, index: index, shape: shape).classes { counts[drawn] += 1 }
    }
    // 300 each in the mean, with a standard deviation of 14.5.
    for count in counts { #expect(abs(count - 300) < 73) }
  }

  @Test("of an impossible shape is refused with the reason")
  func impossibleShapes() {
    func message(_ shape: EpisodeShape) -> String? {
      DataForTests.error { try TaskFamily.yinYang().check(shape) }?.message
    }
    #expect(message(EpisodeShape(ways: 3, shots: 5, query: 5)) == nil)
    #expect(message(EpisodeShape(ways: 4, shots: 5, query: 5)) == "yin-yang: 4 ways of only 3 classes")
    #expect(message(EpisodeShape(ways: 3, shots: 0, query: 5)) == "yin-yang: shots is 0, but at least 1 is needed")
    #expect(
      message(EpisodeShape(ways: 3, shots: 9990, query: 11))
        == "yin-yang: 9990 shots and 11 query examples of each way are more than the 10000 samples that class 0 has "
        + "in the search pool")
    #expect(message(EpisodeShape(ways: 5, shots: 2000, query: 1, withReplacement: true)) == nil)
    #expect(
      message(EpisodeShape(ways: 3, shots: .max, query: .max))?.contains("are more than the 10000 samples") == true)
  }

  @Test("of the yin-yang family holds points of the sign, with their mirror images")
  func yinYangGeometry() {
    let shape = EpisodeShape(ways: 3, shots: 300, query: 1, keepsLabels: true)
    let samples = TaskFamily.yinYang().episode(seed: 1, split: .search, index: 0, shape: shape).support
    for k in 0..<samples.count {
      let (x, y) = (samples.inputs[4 * k], samples.inputs[4 * k + 1])
      #expect(abs(x + samples.inputs[4 * k + 2] - 1) < 1e-6 && abs(y + samples.inputs[4 * k + 3] - 1) < 1e-6)
      let nearDot = [0.25, 0.75].map { ((x - $0) * (x - $0) + (y - 0.5) * (y - 0.5)).squareRoot() }.min()!
      #expect((nearDot <= 0.1) == (samples.labels[k] == 2))
      #expect((x - 0.5) * (x - 0.5) + (y - 0.5) * (y - 0.5) <= 0.2501)
      // A half turn about the centre changes yin into yang, so far above the middle all is yin.
      if y > 0.76 { #expect(samples.labels[k] == 0) }
      if y < 0.24 { #expect(samples.labels[k] == 1) }
    }
  }

  @Test("of the random manifolds uses the whole range of latencies, smoothly")
  func manifoldRange() {
    let shape = EpisodeShape(ways: 5, shots: 400, query: 1)
    let episode = TaskFamily.randomManifolds(dimension: 1).episode(seed: 1, split: .test, index: 0, shape: shape)
    for way in 0..<5 {
      for unit in 0..<20 {
        let values = episode.support.labels.indices.filter { episode.support.labels[$0] == way }
          .map { episode.support.inputs[$0 * 20 + unit] }.sorted()
        #expect(values.first! < 0.05 && values.last! > 0.95)
      }
    }
  }
}
