extension RunRecord {
  /// Reads what an evaluation says of its tasks, seeds and failures.
  func readGrid(_ table: inout EvaluationTable) throws(HDF5Error) {
    let tasks = [table.tasks.count]
    if let data = try labels("data", tasks), let neuron = try labels("neuron", tasks),
      let hidden = try labels("hidden", tasks), let credit = try labels("credit", tasks),
      let ways = try numbers("ways", tasks), let queries = try numbers("queries", tasks)
    {
      table.taskFacts = data.indices.map {
        TaskFacts(
          data: data[$0], ways: ways[$0], queries: queries[$0], neuron: neuron[$0], hidden: hidden[$0],
          credit: credit[$0])
      }
    }
    if file.exists("/evaluation/axis") {
      table.axes = try file.readStrings("/evaluation/axis").values
      table.axisValues = try labels("axis_value", tasks + [table.axes.count]) ?? []
      guard table.axisValues.count == table.tasks.count * table.axes.count else {
        throw file.place.at("/evaluation/axis").error(.wrongType, "there is no axis_value beside it")
      }
    }
    table.runSeeds = try numbers("run_seed", [table.seeds.count])
    table.episodes = try numbers("episode", [table.seeds.count])
    table.reasons = try labels("reason", [table.rules.count, table.tasks.count, table.shots.count])
  }

  /// Writes the same into columns that are there.
  func writeGrid(_ table: EvaluationTable) throws(HDF5Error) {
    let group = "/evaluation"
    if let facts = table.taskFacts {
      try file.write(.texts(facts.map(\.data)), to: "\(group)/data")
      try file.write(.integers(facts.map(\.ways)), to: "\(group)/ways")
      try file.write(.integers(facts.map(\.queries)), to: "\(group)/queries")
      try file.write(.texts(facts.map(\.neuron)), to: "\(group)/neuron")
      try file.write(.texts(facts.map(\.hidden)), to: "\(group)/hidden")
      try file.write(.texts(facts.map(\.credit)), to: "\(group)/credit")
    }
    if !table.axes.isEmpty {
      try file.write(.texts(table.axes), to: "\(group)/axis")
      try file.write(.texts(table.axisValues), to: "\(group)/axis_value")
    }
    if let seeds = table.runSeeds { try file.write(.integers(seeds), to: "\(group)/run_seed") }
    if let episodes = table.episodes { try file.write(.integers(episodes), to: "\(group)/episode") }
    if let reasons = table.reasons { try file.write(.texts(reasons), to: "\(group)/reason") }
  }

  private func labels(_ name: String, _ shape: [Int]) throws(HDF5Error) -> [String]? {
    guard file.exists("/evaluation/\(name)") else { return nil }
    return try open(name, shape).readStrings()
  }

  private func numbers(_ name: String, _ shape: [Int]) throws(HDF5Error) -> [Int]? {
    guard file.exists("/evaluation/\(name)") else { return nil }
    return try integers(name, shape)
  }
}

extension EvaluationTable {
  /// The optional columns that say what tasks, seeds and failures are.
  var gridColumns: Set<String> {
    var columns: Set<String> = []
    if taskFacts != nil { columns.formUnion(["data", "ways", "queries", "neuron", "hidden", "credit"]) }
    if !axes.isEmpty { columns.formUnion(["axis", "axis_value"]) }
    if runSeeds != nil { columns.insert("run_seed") }
    if episodes != nil { columns.insert("episode") }
    if reasons != nil { columns.insert("reason") }
    return columns
  }
}
