import Foundation
import Records
import TestSupport
import Testing

@Suite("Networks for other simulators")
struct NIRTests {
  private let workshop: TemporaryFolder

  init() throws { workshop = try TemporaryFolder() }

  /// A record of two rules on four episodes, the weights of two of which are kept.
  private func record(_ more: String...) throws -> String {
    let path = workshop.path("weights.h5")
    let done = try Tool.run(
      ["evaluate", "error-hebb-oja", "backprop", "--experiment", Tool.quick, "--episodes", "4", "--weights", "2"]
        + ["--out", path, "--force", "-q"] + more)
    #expect(done.code == 0, "\(done.err)")
    return path
  }

  private func expect(
    _ outcome: Outcome, _ code: Int32, _ message: String, _ location: SourceLocation = #_sourceLocation
  ) {
    #expect(outcome.code == code, "\(outcome.err)", sourceLocation: location)
    #expect(outcome.err.contains(message), "\(outcome.err)", sourceLocation: location)
  }

  @Test("are exported from the weights that a record kept, with what their neurons did")
  func export() throws {
    let record = try record()
    #expect(try RecordCheck.check(record) == [])
    let (net, data) = (workshop.path("net.nir"), workshop.path("data.h5"))
    let done = try Tool.run(
      "export", "nir", record, "--rule", "backprop", "--episode", "1", "-o", net, "--spikes", data, "--samples", "5")
    #expect(done.code == 0 && done.lines == [net, data], "\(done.err)")
    #expect(done.err.contains("time base 0.0001 s per step (the importers' convention); simulated step was 1 ms"))
    let graph = try HDF5File(readingFrom: net)
    let kept = try RunRecord.open(record).weights(rule: 1, task: 0, shot: 0, kept: 1)
    let weights = try #require(kept?.weights.final)
    #expect(try graph.dataset("/node/nodes/fc_2/weight").readFloats() == weights[2])
    #expect(try graph.readText("/node/metadata/rule") == "backprop")
    #expect(try graph.readText("/node/metadata/record_uuid") == RunRecord.open(record).identity().uuid)
    #expect(try graph.readIntegers("/node/metadata/episode").values == [1])
    let recording = try HDF5File(readingFrom: data)
    #expect(try recording.dataset("/nodes/lif_1/observables/spikes/data").shape == [5, 10, 24])
    #expect(try recording.readIntegers("/labels").values.count == 5)
    // The readout is left out of both files.
    let dropped = try Tool.run(
      "export", "nir", record, "-o", net, "--spikes", data, "--nir-readout", "drop", "--force", "-q", "--json")
    #expect(dropped.objects.first?["files"] as? [String] == [net, data] && dropped.err == "")
    #expect(!(try HDF5File(readingFrom: net)).exists("/node/nodes/readout"))
    #expect(!(try HDF5File(readingFrom: data)).exists("/nodes/readout"))
  }

  @Test("keeping weights changes no score")
  func scores() throws {
    let kept = try record()
    let plain = workshop.path("plain.h5")
    let done = try Tool.run(
      "evaluate", "error-hebb-oja", "backprop", "--experiment", Tool.quick, "--episodes", "4", "--out", plain, "-q")
    #expect(done.code == 0)
    let (a, b) = (
      try #require(try RunRecord.open(kept).evaluation()), try #require(try RunRecord.open(plain).evaluation())
    )
    #expect(a.accuracy == b.accuracy && a.status == b.status && a.firingRate?.count == b.firingRate?.count)
    // Methods without probabilities have no loss, and without a network no rate.
    let pairs = Array(zip(a.loss + (a.firingRate ?? []), b.loss + (b.firingRate ?? [])))
    #expect(pairs.allSatisfy { $0.bitPattern == $1.bitPattern || $0.isNaN && $1.isNaN })
  }

  @Test("of a record without weights come with the command that keeps them, which works as it is printed")
  func without() throws {
    let plain = workshop.path("plain.h5")
    let arguments = ["evaluate", "backprop", "--experiment", Tool.quick, "--episodes", "2", "--out", plain, "-q"]
    #expect(try Tool.run(arguments).code == 0)
    let net = workshop.path("net.nir")
    let refused = try Tool.run("export", "nir", plain, "-o", net)
    expect(refused, 65, "keeps no weights; keep them with: metaplast evaluate backprop")
    let command = try #require(
      refused.err.range(of: "keep them with: metaplast ").map { refused.err[$0.upperBound...] })
    let words = command.split(whereSeparator: \.isWhitespace).map(String.init)
    #expect(words.suffix(3) == ["--force", "--weights", "1"])
    #expect(try Tool.run(words).code == 0)
    #expect(try Tool.run("export", "nir", plain, "-o", net).code == 0)
  }

  @Test("that NIR has no words for, and weights that cannot be kept, are refused with the reason")
  func refusals() throws {
    let net = workshop.path("x.nir")
    for (change, reason) in [
      ("network.reset=subtract", "reset: subtract takes the threshold from it"),
      ("network.neuron=adaptive-lif", "whose threshold moves with their spikes"),
    ] {
      let path = try record("--set", change)
      expect(try Tool.run("export", "nir", path, "-o", net), 65, reason)
    }
    let rates = try record(
      "--set", "network.neuron=softplus", "--set", "encoder={kind: current, gain: 1}", "--set", "network.steps=1")
    expect(try Tool.run("export", "nir", rates, "-o", net), 65, "such as softplus: it describes spiking networks")
    #expect(!FileManager.default.fileExists(atPath: net))

    let path = try record()
    expect(try Tool.run("export", "nir", path, "--rule", "bakprop"), 65, "(did you mean \"backprop\"?)")
    expect(try Tool.run("export", "nir", path, "--episode", "3"), 65, "has no kept episode 3; there are 0, 1")
    expect(
      try Tool.run("export", "nir", path, "--rule", "ridge"), 65, "the row has no network, or the network diverged")
    expect(try Tool.run("export", "nir", path, "--samples", "3"), 64, "--samples is for --spikes")
    expect(try Tool.run("export", "nir", path, "--nir-dt", "0"), 64, "--nir-dt must lie between 1e-9 and 1 seconds")
    let many = try Tool.run(
      "export", "nir", path, "-o", net, "--spikes", workshop.path("x.h5"), "--samples", "900", "--quiet")
    expect(many, 65, "fewer than 900")

    let one = ["evaluate", "oja", "--experiment", Tool.quick, "--episodes", "2", "--out", workshop.path("y.h5")]
    expect(try Tool.run(one + ["--weights", "3"]), 64, "more episodes than the 2 that are scored")
    expect(try Tool.run(one + ["--weights", "1", "--vary", "seed=1,2"]), 64, "networks of one experiment")
    expect(
      try Tool.run("evaluate", "oja", "--experiment", Tool.quick, "--weights", "1"), 64,
      "kept by the record that --out writes")
    expect(
      try Tool.run(one + ["--weights", "900000", "--episodes", "900000"]), 64, "that a record keeps here (at most")
  }

  @Test("of other data than were scored are not passed off as those")
  func otherData() throws {
    let path = try record()
    // The record says another accuracy than its network has on the data.
    let file = try HDF5File(copyingIntoMemory: path)
    let accuracy = try file.dataset("/evaluation/accuracy")
    try accuracy.write(.floats(accuracy.readFloats().map { _ in 0.015625 }))
    try Publication(file.image(), to: path).commit()
    expect(
      try Tool.run("export", "nir", path, "-o", workshop.path("z.nir"), "--spikes", workshop.path("z.h5")), 65,
      "has accuracy 0.015625 for error-hebb-oja in episode 0, and answering again gives")
  }
}
