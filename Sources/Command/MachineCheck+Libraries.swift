import Experiments
import Foundation
import Kernels
import Pages
import Records
import Rules
import Tasks

extension MachineCheck {
  /// Header and library of HDF5 agree, and a record with dimension scales is written and read back.
  static func hdf5() -> Finding {
    let (header, library) = (HDF5Library.headerVersion, HDF5Library.version)
    guard header == library else {
      return Finding(
        "hdf5", .error, "built with \(header), running with \(library)",
        advice: "build again: swift build -c release")
    }
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("metaplast-doctor-\(getpid()).h5").path
    defer { unlink(path) }
    do {
      let identity = RecordIdentity(
        kind: .discovery, uuid: RecordIdentity.uuid(seed: 1), title: "doctor",
        softwareVersion: SessionFacts.softwareVersion)
      let provenance = Provenance(
        configText: "", configPath: "", configSHA256: "", configResolved: "{}", masterSeed: 1)
      let header = DiscoveryHeader(
        search: "doctor", direction: .maximize, candidates: 2, parameters: [.init(name: "x", initial: 0.5)])
      let record = try RunRecord.create(path, identity, provenance: provenance, discovery: header)
      let row = GenerationRow(
        generation: 0, population: [[0.25], [0.75]], fitness: [1, 2], status: [.ok, .ok], attempts: [1, 1],
        evaluationTime: [0, 0], incumbentFitness: 2, incumbentParameter: [0.75], medianFitness: 1.5, evaluations: 2,
        wallTime: 0, evaluationSeed: 1)
      try record.append(row)
      try record.publish(to: path)
      let back = try RunRecord.open(path).generations()
      guard back.first?.population == row.population else {
        return Finding("hdf5", .error, "what was written is not what was read", advice: "reinstall libhdf5")
      }
      return Finding("hdf5", .ok, "\(library), header and library agree, a record is read back as it was written")
    } catch {
      return Finding("hdf5", .error, "\(error)", advice: "is \(FileManager.default.temporaryDirectory.path) writable?")
    }
  }

  /// A two-generation search whose numbers are known.
  static func seedTest() -> Finding {
    let page = """
      schema: 1
      rule: doctor
      coefficients:
        eta: {start: 2.0e-2, range: [1.0e-5, 1.0], scale: log}
        hebb: {start: 0.0, range: [-1.0, 1.0], scale: 1.0e-2}
      dw: >
        - eta * e_post * y_pre
        - hebb * e_post * e_pre
      """
    do {
      var experiment = Experiment(name: "doctor")
      experiment.network.hidden = [12, 8]
      experiment.network.steps = 6
      experiment.task.data = "gaussian-prototypes"
      experiment.task.shape = EpisodeShape(ways: 3, shots: 4, query: 3)
      experiment.optimizer.generations = 2
      experiment.optimizer.population = 4
      experiment.optimizer.episodes = 2
      let rule = try Rule.load(text: page, file: "doctor.yaml")
      let plan = try DiscoveryPlan(
        experiment: experiment, rule: rule, feedbackAlignment: rule, backprop: rule,
        family: TaskCatalogue.load(experiment.task.data))
      var hash: UInt64 = 0xcbf2_9ce4_8422_2325
      var generations = 0
      let control = RunControl(mayBegin: { _ in generations >= 2 ? .stepsAreDone : nil })
      _ = try Discovery(plan, crew: Crew(workers: 2)).run(control) { event in
        guard case .generation(_, let row, _) = event else { return }
        generations += 1
        for value in row.population.flatMap({ $0 }) + row.fitness {
          for byte in 0..<8 {
            hash = (hash ^ (value.bitPattern >> UInt64(8 * byte) & 255)) &* 0x100_0000_01b3
          }
        }
      }
      let digits = String(hash, radix: 16)
      return digits == seedTestHash
        ? Finding("seed test", .ok, "a two-generation search gives the known numbers (\(digits))")
        : Finding(
          "seed test", .warning, "a two-generation search gives \(digits), known is \(seedTestHash)",
          advice: "runs repeat on this machine, but not bit for bit those of the machine where the number was noted")
    } catch {
      return Finding("seed test", .error, "\(error)", advice: "please report this")
    }
  }

  /// Noted on x86-64, Debian 12: where multiplication and addition round once, and where they round twice.
  private static var seedTestHash: String { VectorPath.current.fuses ? "c1672f2c3a275559" : "e84d36a9522590dd" }
}
