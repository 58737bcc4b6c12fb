import Records
import TestSupport
import Testing

@Suite("Weights that an evaluation kept")
struct WeightsTests {
  /// 3 inputs, 2 hidden neurons, 4 outputs; numbers that name their place.
  private static let shapes = [KeptWeights.Shape(post: 2, pre: 3), KeptWeights.Shape(post: 4, pre: 2)]

  private static func run(_ number: Int) -> EpisodeWeights {
    func matrices(_ sign: Float) -> [[Float]] {
      shapes.map { shape in (0..<shape.count).map { sign * (Float(number) + Float($0) / 16) } }
    }
    return EpisodeWeights(initial: matrices(1), final: matrices(-1))
  }

  private func written(_ weights: KeptWeights, to path: String) throws {
    var identity = ReferenceRecord.identity
    identity.kind = .evaluation
    let record = try RunRecord.create(path, identity, provenance: ReferenceRecord.provenance)
    try record.setRules(ReferenceRecord.rules)
    try record.setEvaluation(ReferenceRecord.evaluation)
    try record.setWeights(weights)
    try record.publish(to: path)
  }

  @Test("come back to the bit, of the run that is asked for; a row without a network has none")
  func roundTrip() throws {
    try withTemporaryFolder { folder in
      let path = folder.path("weights.h5")
      var runs: [EpisodeWeights?] = (0..<4).map { Self.run($0) } + [nil, nil]
      runs[3]!.final[1][5] = .nan
      try written(KeptWeights(shapes: Self.shapes, kept: [1, 4], runs: runs), to: path)
      #expect(try RecordCheck.check(path) == [])
      let record = try RunRecord.open(path)
      #expect(try record.keptRuns() == [1, 4])
      for number in 0..<3 {
        let found = try record.weights(rule: number / 2, task: 0, shot: 0, kept: number % 2)
        #expect(found?.shapes == Self.shapes && found?.weights == Self.run(number))
      }
      // What is not finite is no network; nor is a row of which nobody wrote anything.
      #expect(try record.weights(rule: 1, task: 0, shot: 0, kept: 1) == nil)
      #expect(try record.weights(rule: 2, task: 0, shot: 0, kept: 0) == nil)
      #expect(throws: HDF5Error.self) { _ = try record.weights(rule: 3, task: 0, shot: 0, kept: 0) }
    }
  }

  @Test("are none where nobody kept them, and the scores come back as without them")
  func without() throws {
    try withTemporaryFolder { folder in
      let path = folder.path("plain.h5")
      let record = try RunRecord.create(path, ReferenceRecord.identity, provenance: ReferenceRecord.provenance)
      try record.setEvaluation(ReferenceRecord.evaluation)
      try record.publish(to: path)
      #expect(try RunRecord.open(path).keptRuns() == nil)
      let kept = folder.path("kept.h5")
      try written(
        KeptWeights(shapes: Self.shapes, kept: [0], runs: [Self.run(0), nil, nil]), to: kept)
      #expect(try RunRecord.open(kept).evaluation() == ReferenceRecord.evaluation)
    }
  }

  @Test("are checked: matrices that do not follow from each other, and runs that nobody scored")
  func check() throws {
    try withTemporaryFolder { folder in
      let path = folder.path("broken.h5")
      let shapes = [KeptWeights.Shape(post: 2, pre: 3), KeptWeights.Shape(post: 4, pre: 7)]
      let weights = EpisodeWeights(
        initial: shapes.map { [Float](repeating: 0, count: $0.count) },
        final: shapes.map { [Float](repeating: 0, count: $0.count) })
      try written(KeptWeights(shapes: shapes, kept: [0], runs: [weights, nil, nil]), to: path)
      #expect(
        try RecordCheck.check(path).map(\.description) == [
          "/evaluation/weights/pre_2: it has 7 units above the 2 neurons of post_1 [table]"
        ])
      // A bias is one unit more.
      let biased = folder.path("biased.h5")
      let more = [KeptWeights.Shape(post: 2, pre: 4), KeptWeights.Shape(post: 4, pre: 3)]
      let others = EpisodeWeights(
        initial: more.map { [Float](repeating: 0, count: $0.count) },
        final: more.map { [Float](repeating: 0, count: $0.count) })
      try written(KeptWeights(shapes: more, kept: [0], runs: [others, nil, nil]), to: biased)
      #expect(try RecordCheck.check(biased) == [])
      let group = "evaluation/weights"
      for (name, message) in [
        ("final_2", "/evaluation/weights/final_2: the dataset is missing [table]"),
        ("kept", "/evaluation/weights/kept: the dataset is missing [table]"),
      ] {
        let damaged = folder.path("without-\(name).h5")
        let file = try HDF5File(copyingIntoMemory: biased)
        try file.remove("\(group)/\(name)")
        try Publication(file.image(), to: damaged).commit()
        #expect(try RecordCheck.check(damaged).map(\.description).contains(message))
      }
    }
  }
}
