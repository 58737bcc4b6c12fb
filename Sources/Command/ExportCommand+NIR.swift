import ArgumentParser
import Experiments
import NeuralIR
import Pages
import Tasks

extension NIRChoices.Readout: ExpressibleByArgument {}
extension NIRChoices.Dense: ExpressibleByArgument {}

extension ExportCommand {
  /// `export nir`: a trained network for other simulators.
  struct NIRVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "nir", abstract: "A trained spiking network for snnTorch, Norse, SpikingJelly and others.",
      discussion: """
        Writes the network of one row and episode, as it was after learning, as a graph of the Neuromorphic Intermediate \
        Representation. The record must keep weights: metaplast evaluate … --weights 1 --out RECORD.h5. With --spikes the \
        network answers the episode's queries again, and every spike of it goes to a second file, in the layout of \
        nir.read_data.
        """)
    @Argument(help: ArgumentHelp("The record.", valueName: "record.h5")) var record: String
    @Option(name: .long, help: "The row of the table (default: the first).") var rule: String?
    @Option(name: .long, help: "The task (default: the first).") var task: String?
    @Option(name: .long, help: "Support samples per class (default: the first there is).") var shots: Int?
    @Option(name: .long, help: "The episode (default: the first that was kept).") var episode: Int?
    @Option(name: [.customShort("o"), .long], help: ArgumentHelp("The file to write.", valueName: "net.nir"))
    var out = "net.nir"
    @Option(
      name: .long, help: ArgumentHelp("Also write what every neuron does while it answers.", valueName: "data.h5"))
    var spikes: String?
    @Option(name: .long, help: "How many queries --spikes follows (default: all).") var samples: Int?
    @Option(name: .long, help: "Seconds that a step stands for in the graph; snnTorch wants 1e-4.") var nirDt = 1e-4
    @Option(name: .long, help: "The readout: a leaky integrator (li), or left out (drop).")
    var nirReadout = NIRChoices.Readout.li
    @Option(name: .long, help: "Weights with a bias of 0 (affine), or without (linear).")
    var nirDense = NIRChoices.Dense.affine
    @Option(name: .long, help: "Folder of data sets, for --spikes.") var data: String?
    @Flag(name: .long, help: "Write over files that are there already.") var force = false
    @Flag(name: .long, help: "Print the paths written as one JSON object.") var json = false
    @Flag(name: [.short, .long], help: "No notes.") var quiet = false

    func validate() throws {
      guard nirDt.isFinite, (1e-9...1).contains(nirDt) else {
        throw ValidationError("--nir-dt must lie between 1e-9 and 1 seconds (got \(nirDt))")
      }
      if let samples, !(1...1_000_000).contains(samples) {
        throw ValidationError("--samples must lie between 1 and 1000000 (got \(samples))")
      }
      if samples != nil || data != nil, spikes == nil {
        throw ValidationError("\(samples != nil ? "--samples" : "--data") is for --spikes")
      }
    }

    func run() throws {
      for path in [out, spikes].compactMap({ $0 }) { try RunPath.check(path, force: force, resumes: false) }
      let network = try KeptNetwork(
        record, KeptNetwork.Choice(rule: rule, task: task, shots: shots, episode: episode))
      var choices = NIRChoices()
      choices.dt = nirDt
      choices.readout = nirReadout
      choices.dense = nirDense
      var graph = try NIRGraph(
        network.experiment.network, weights: network.weights.final, inputCount: network.inputCount,
        outputCount: network.outputCount, choices)
      let facts: [String: NIRGraph.Remark] = [
        "producer": .text("metaplast \(SessionFacts.softwareVersion)"), "record_uuid": .text(network.uuid),
        "rule": .text(network.rule), "task": .text(network.task), "shots": .integer(network.shots),
        "episode": .integer(network.episode), "split": .text("\(network.split)"),
        "seed": .integer(Int(network.experiment.seed)), "accuracy": .number(Double(network.accuracy)),
      ]
      graph.metadata.merge(facts) { $1 }
      let recording = try spikes.map { _ in
        let family = try TaskCatalogue.load(network.experiment.task.data, directory: data)
        return NIRRecording(try network.answers(first: samples, of: family), network, choices)
      }
      try graph.write(to: out, replacing: force)
      if let spikes { try recording?.write(to: spikes, replacing: force) }
      let written = [out] + [spikes].compactMap { $0 }
      if json {
        Output.line(JSON.object([.init("files", .list(written.map(JSON.text)))]).text())
      } else {
        for path in written { Output.line(path) }
      }
      if !quiet { for note in choices.notes { Output.note(note) } }
    }
  }
}

extension NIRRecording {
  /// What a network did, at the nodes of its graph.
  fileprivate init(_ course: AnswerCourse, _ network: KeptNetwork, _ choices: NIRChoices) {
    let drive: Observable =
      switch course.drive {
      case .spikes(let flags): .spikes(flags)
      case .currents(let values): .numbers("current", values)
      }
    var nodes = [Node("input", count: network.inputCount, [drive])]
    for (group, flags) in course.spikes.enumerated() {
      nodes.append(
        Node(
          NIRGraph.hiddenName(group), count: network.experiment.network.hidden[group],
          [.spikes(flags), .numbers("v", course.potentials[group])]))
    }
    if choices.readout == .li, let readout = course.potentials.last {
      nodes.append(Node(NIRGraph.readoutName, count: network.outputCount, [.numbers("v", readout)]))
    }
    self.init(samples: course.samples, steps: course.steps, dt: choices.dt, labels: course.labels, nodes: nodes)
  }
}
