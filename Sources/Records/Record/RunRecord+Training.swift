extension RunRecord {
  private static let trainingState = "/training/state"

  /// What learning systems have found, or nil when there is no training.
  /// - Throws: `wrongType` when a column does not fit the coordinates.
  public func training() throws(HDF5Error) -> TrainingLog? {
    try locked { () throws(HDF5Error) in
      let group = "/\(Schema.training.path)"
      guard file.exists(group) else { return nil }
      let names = try file.readStrings("\(group)/system").values
      let seeds = try file.readIntegers("\(group)/seed").values
      let (systems, samples) = ([names.count], try file.readIntegers("\(group)/sample").values.count)
      func texts(_ name: String) throws(HDF5Error) -> [String] { try column(name, systems).readStrings() }
      func integers(_ name: String, _ shape: [Int]) throws(HDF5Error) -> [Int] {
        try column(name, shape).readIntegers()
      }
      let (credit, rule, neuron) = (try texts("credit"), try texts("rule"), try texts("neuron"))
      let (hidden, optimizer) = (try texts("hidden"), try texts("optimizer"))
      let (parameters, batch) = (try integers("parameters", systems), try integers("batch", systems))
      let epochs = try integers("epochs_planned", systems)
      var log = TrainingLog(
        data: try file.text("data", of: group) ?? "", baseline: try file.text("baseline", of: group) ?? "",
        systems: names.indices.map {
          .init(
            name: names[$0], credit: credit[$0], rule: rule[$0], neuron: neuron[$0], hidden: hidden[$0],
            optimizer: optimizer[$0], parameters: parameters[$0], batch: batch[$0], epochs: epochs[$0])
        }, seeds: seeds, layerCount: try file.readIntegers("\(group)/layer").values.count,
        labels: try integers("label", [seeds.count, samples]), sources: try integers("source", [seeds.count, samples]))
      let run = [names.count, seeds.count]
      let epoch = run + [log.epochCount]
      log.trainLoss = try column("train_loss", epoch).readDoubles()
      log.trainAccuracy = try column("train_accuracy", epoch).readDoubles()
      log.testLoss = try column("test_loss", epoch).readDoubles()
      log.testAccuracy = try column("test_accuracy", epoch).readDoubles()
      log.epochStatus = try integers("epoch_status", epoch).map(CandidateStatus.init(code:))
      log.wallTime = try column("wall_time", epoch).readDoubles()
      log.rates = try column("hidden_rate", epoch + [log.layerCount]).readDoubles()
      log.runStatus = try integers("run_status", run).map(CandidateStatus.init(code:))
      log.epochsDone = try integers("epochs_done", run)
      log.answers = try integers("answer", run + [samples])
      return log
    }
  }

  /// Where the unfinished runs of a training stand.
  /// - Throws: `otherSchema` where another arrangement wrote it.
  public func trainingStates() throws(HDF5Error) -> [TrainingState] {
    try locked { () throws(HDF5Error) in
      guard file.exists(Self.trainingState) else { return [] }
      guard try file.text("state_version", of: Self.trainingState) == "\(TrainingState.version)" else {
        throw file.place.at(Self.trainingState).error(
          .otherSchema, "its state is of another version than \(TrainingState.version), from which this program goes on"
        )
      }
      var states: [TrainingState] = []
      for name in try file.list(Self.trainingState) {
        let group = "\(Self.trainingState)/\(name)"
        func number(_ name: String) throws(HDF5Error) -> Int {
          guard case .integers(let values) = try file.attribute(name, of: group), values.count == 1 else {
            throw file.place.at("\(group)@\(name)").error(.missingObject, "the attribute is missing or no integer")
          }
          return values[0]
        }
        func numbers(_ name: String) throws(HDF5Error) -> [Float] {
          file.exists("\(group)/\(name)") ? try file.dataset("\(group)/\(name)").readFloats() : []
        }
        states.append(
          TrainingState(
            system: try number("system"), seed: try number("seed"), epoch: try number("epoch"),
            steps: try number("steps"), weights: try numbers("weights"), means: try numbers("means"),
            squares: try numbers("squares")))
      }
      return states
    }
  }

  /// Replaces what learning systems have found, and where their unfinished runs stand.
  public func setTraining(_ log: TrainingLog, _ states: [TrainingState]) throws(HDF5Error) {
    try locked { () throws(HDF5Error) in
      requireWritable()
      let group = "/\(Schema.training.path)"
      if file.exists(group) { try file.removeTable(group) }
      try file.create(
        Schema.training,
        lengths: [
          "system": log.systems.count, "seed": log.seeds.count, "epoch": log.epochCount, "sample": log.sampleCount,
          "layer": log.layerCount,
        ])
      try file.setText(log.data, named: "data", of: group)
      try file.setText(log.baseline, named: "baseline", of: group)
      let columns: [(String, Values)] = [
        ("system", .texts(log.systems.map(\.name))), ("seed", .integers(log.seeds)),
        ("epoch", .integers((0..<log.epochCount).map { $0 + 1 })), ("sample", .integers(Array(0..<log.sampleCount))),
        ("layer", .integers((0..<log.layerCount).map { $0 + 1 })), ("train_loss", .doubles(log.trainLoss)),
        ("train_accuracy", .doubles(log.trainAccuracy)), ("test_loss", .doubles(log.testLoss)),
        ("test_accuracy", .doubles(log.testAccuracy)),
        ("epoch_status", .integers(log.epochStatus.map { Int($0.rawValue) })), ("wall_time", .doubles(log.wallTime)),
        ("hidden_rate", .doubles(log.rates)), ("run_status", .integers(log.runStatus.map { Int($0.rawValue) })),
        ("epochs_done", .integers(log.epochsDone)), ("answer", .integers(log.answers)),
        ("label", .integers(log.labels)), ("source", .integers(log.sources)),
        ("epochs_planned", .integers(log.systems.map(\.epochs))), ("batch", .integers(log.systems.map(\.batch))),
        ("credit", .texts(log.systems.map(\.credit))), ("rule", .texts(log.systems.map(\.rule))),
        ("neuron", .texts(log.systems.map(\.neuron))), ("hidden", .texts(log.systems.map(\.hidden))),
        ("optimizer", .texts(log.systems.map(\.optimizer))), ("parameters", .integers(log.systems.map(\.parameters))),
      ]
      for (name, values) in columns { try file.write(values, to: "\(group)/\(name)") }
      try write(states)
    }
  }

  private func write(_ states: [TrainingState]) throws(HDF5Error) {
    guard !states.isEmpty else { return }
    try file.createGroup(Self.trainingState)
    try file.setText("\(TrainingState.version)", named: "state_version", of: Self.trainingState)
    try file.setText("true", named: "private", of: Self.trainingState)
    for state in states {
      let group = "\(Self.trainingState)/run_\(state.system)_\(state.seed)"
      try file.createGroup(group)
      for (name, value) in [
        ("system", state.system), ("seed", state.seed), ("epoch", state.epoch), ("steps", state.steps),
      ] { try file.setInteger(value, named: name, of: group) }
      try file.createSize("weight", state.weights.count, in: group)
      for (name, values) in [("weights", state.weights), ("means", state.means), ("squares", state.squares)]
      where !values.isEmpty {
        let column = Column(name, ["weight"], .f4, "private state of the run")
        let dataset = try file.createDataset("\(group)/\(name)", .f4, shape: [values.count])
        try column.describe(dataset)
        try dataset.attach(try file.scale("weight", visibleFrom: group), axis: 0)
        try file.write(.floats(values), to: "\(group)/\(name)")
      }
    }
  }

  private func column(_ name: String, _ shape: [Int]) throws(HDF5Error) -> Dataset {
    let dataset = try file.dataset("/\(Schema.training.path)/\(name)")
    guard dataset.shape == shape else {
      throw dataset.place.error(.wrongType, "its shape \(dataset.shape) is not \(shape)")
    }
    return dataset
  }
}
