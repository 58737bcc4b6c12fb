extension RunRecord {
  /// The scores of rules on tasks, or nil when there are none.
  /// - Throws: `wrongType` when a column does not fit the coordinates.
  public func evaluation() throws(HDF5Error) -> EvaluationTable? {
    try locked { () throws(HDF5Error) in
      let group = "/\(Schema.evaluation.path)"
      guard file.exists(group) else { return nil }
      var table = EvaluationTable(
        ways: try integer("ways", of: group), queriesPerClass: try integer("queries_per_class", of: group),
        alignmentReference: try file.text("alignment_reference", of: group) ?? "",
        rules: [], tasks: [], shots: [], seeds: [], steps: [])
      table.split = try file.text("split", of: group)
      table.shard = try file.text("shard", of: group)
      table.rules = try file.readStrings("\(group)/rule").values
      table.tasks = try file.readStrings("\(group)/task").values
      table.shots = try file.readIntegers("\(group)/shot").values
      table.seeds = try file.readIntegers("\(group)/seed").values
      table.steps = try file.readIntegers("\(group)/step").values
      table.layers = try file.readStrings("\(group)/layer").values
      let run = table.runShape
      let step = run + [table.steps.count]
      let layer = step + [table.layers.count]
      table.accuracy = try floats("accuracy", step)
      table.loss = try floats("loss", step)
      table.status = try integers("run_status", run).map(CandidateStatus.init(code:))
      table.runTime = try floats("run_time", run)
      table.outputs = try integers("n_outputs", [table.tasks.count])
      table.chanceLevel = try floats("chance_level", [table.tasks.count])
      table.onlineAccuracy = try present("online_accuracy", step)
      table.alignmentAngle = try measured("alignment_angle", layer)
      table.firingRate = try present("firing_rate", layer)
      table.weightNorm = try measured("weight_norm", layer)
      table.orthonormality = try present("orthonormality", layer)
      table.sampleAngle = try present("sample_angle", layer)
      table.feedbackAngle = try present("feedback_angle", layer)
      table.silentShare = try present("silent_share", layer)
      table.saturatedShare = try present("saturated_share", layer)
      try readGrid(&table)
      return table
    }
  }

  /// Replaces the scores of rules on tasks.
  /// - Precondition: every array has the length its axes say.
  public func setEvaluation(_ table: EvaluationTable) throws(HDF5Error) {
    try locked { () throws(HDF5Error) in
      requireWritable()
      table.requireLengths()
      let schema = Schema.evaluation
      let group = "/\(schema.path)"
      var optional: Set<String> = []
      if table.onlineAccuracy != nil { optional.insert("online_accuracy") }
      if table.firingRate != nil { optional.insert("firing_rate") }
      if table.orthonormality != nil { optional.insert("orthonormality") }
      optional.formUnion(table.gridColumns)
      if table.sampleAngle != nil { optional.insert("sample_angle") }
      if table.feedbackAngle != nil { optional.insert("feedback_angle") }
      if table.silentShare != nil { optional.insert("silent_share") }
      if table.saturatedShare != nil { optional.insert("saturated_share") }
      if file.exists(group) { try file.removeTable(group) }
      try file.create(
        schema,
        lengths: [
          "rule": table.rules.count, "task": table.tasks.count, "shot": table.shots.count, "seed": table.seeds.count,
          "step": table.steps.count, "layer": table.layers.count, "axis": table.axes.count,
        ], including: optional)
      try file.setInteger(table.ways, named: "ways", of: group)
      try file.setInteger(table.queriesPerClass, named: "queries_per_class", of: group)
      try file.setText(table.alignmentReference, named: "alignment_reference", of: group)
      if let split = table.split { try file.setText(split, named: "split", of: group) }
      if let shard = table.shard { try file.setText(shard, named: "shard", of: group) }
      try file.write(.texts(table.rules), to: "\(group)/rule")
      try file.write(.texts(table.tasks), to: "\(group)/task")
      try file.write(.integers(table.shots), to: "\(group)/shot")
      try file.write(.integers(table.seeds), to: "\(group)/seed")
      try file.write(.integers(table.steps), to: "\(group)/step")
      try file.write(.texts(table.layers), to: "\(group)/layer")
      try file.write(.floats(table.accuracy), to: "\(group)/accuracy")
      try file.write(.floats(table.loss), to: "\(group)/loss")
      try file.write(.integers(table.status.map { Int($0.rawValue) }), to: "\(group)/run_status")
      try file.write(.floats(table.runTime), to: "\(group)/run_time")
      try file.write(.integers(table.outputs), to: "\(group)/n_outputs")
      try file.write(.floats(table.chanceLevel), to: "\(group)/chance_level")
      // The schema has these two whether measured or not; what is not written is NaN.
      if let values = table.alignmentAngle { try file.write(.floats(values), to: "\(group)/alignment_angle") }
      if let values = table.weightNorm { try file.write(.floats(values), to: "\(group)/weight_norm") }
      if let values = table.onlineAccuracy { try file.write(.floats(values), to: "\(group)/online_accuracy") }
      if let values = table.firingRate { try file.write(.floats(values), to: "\(group)/firing_rate") }
      if let values = table.orthonormality { try file.write(.floats(values), to: "\(group)/orthonormality") }
      try writeGrid(table)
      if let values = table.sampleAngle { try file.write(.floats(values), to: "\(group)/sample_angle") }
      if let values = table.feedbackAngle { try file.write(.floats(values), to: "\(group)/feedback_angle") }
      if let values = table.silentShare { try file.write(.floats(values), to: "\(group)/silent_share") }
      if let values = table.saturatedShare { try file.write(.floats(values), to: "\(group)/saturated_share") }
    }
  }

  private func integer(_ name: String, of group: String) throws(HDF5Error) -> Int {
    guard case .integers(let values) = try file.attribute(name, of: group), values.count == 1 else {
      throw file.place.at("\(group)@\(name)").error(.missingObject, "the attribute is missing or no integer")
    }
    return values[0]
  }

  func open(_ name: String, _ shape: [Int]) throws(HDF5Error) -> Dataset {
    let dataset = try file.dataset("/evaluation/\(name)")
    guard dataset.shape == shape else {
      throw dataset.place.error(.wrongType, "its shape \(dataset.shape) is not \(shape)")
    }
    return dataset
  }

  private func floats(_ name: String, _ shape: [Int]) throws(HDF5Error) -> [Float] {
    try open(name, shape).readFloats()
  }

  func integers(_ name: String, _ shape: [Int]) throws(HDF5Error) -> [Int] {
    try open(name, shape).readIntegers()
  }

  /// An optional column, or nil.
  private func present(_ name: String, _ shape: [Int]) throws(HDF5Error) -> [Float]? {
    file.exists("/evaluation/\(name)") ? try floats(name, shape) : nil
  }

  /// A column that the schema has whether it was measured or not: nil when nothing was.
  private func measured(_ name: String, _ shape: [Int]) throws(HDF5Error) -> [Float]? {
    guard let values = try present(name, shape), !values.allSatisfy(\.isNaN) else { return nil }
    return values
  }
}

extension EvaluationTable {
  func requireLengths() {
    let runs = runShape.reduce(1, *)
    func require(_ name: String, _ count: Int?, _ wanted: Int) {
      guard let count else { return }
      precondition(count == wanted, "evaluation: \(name) has \(count) values, not \(wanted)")
    }
    require("accuracy", accuracy.count, runs * steps.count)
    require("loss", loss.count, runs * steps.count)
    require("status", status.count, runs)
    require("runTime", runTime.count, runs)
    require("outputs", outputs.count, tasks.count)
    require("chanceLevel", chanceLevel.count, tasks.count)
    require("onlineAccuracy", onlineAccuracy?.count, runs * steps.count)
    for (name, values) in [
      ("alignmentAngle", alignmentAngle), ("firingRate", firingRate), ("weightNorm", weightNorm),
      ("orthonormality", orthonormality), ("sampleAngle", sampleAngle), ("feedbackAngle", feedbackAngle),
      ("silentShare", silentShare), ("saturatedShare", saturatedShare),
    ] {
      require(name, values?.count, runs * steps.count * layers.count)
    }
    require("taskFacts", taskFacts?.count, tasks.count)
    require("axisValues", axisValues.count, tasks.count * axes.count)
    require("runSeeds", runSeeds?.count, seeds.count)
    require("episodes", episodes?.count, seeds.count)
    require("reasons", reasons?.count, rules.count * tasks.count * shots.count)
    for (name, labels) in [("rules", rules), ("tasks", tasks), ("layers", layers)] {
      precondition(Set(labels).count == labels.count, "evaluation: \(name) repeat a name")
    }
  }
}
