extension RunRecord {
  private static let group = "/discovery"

  /// The fixed part of `/discovery`, or nil when the record holds no search.
  public func discovery() throws(HDF5Error) -> DiscoveryHeader? {
    try locked { () throws(HDF5Error) in
      if let knownHeader { return knownHeader }
      guard file.exists(Self.group) else { return nil }
      let header = try readHeader()
      knownHeader = header
      return header
    }
  }

  /// How many generations the record holds.
  public func generationCount() throws(HDF5Error) -> Int {
    try locked { () throws(HDF5Error) in
      guard file.exists("\(Self.group)/generation") else { return 0 }
      return try file.dataset("\(Self.group)/generation").shape.first ?? 0
    }
  }

  /// Adds a generation.
  /// - Precondition: the row's arrays have the lengths the header says.
  public func append(_ row: GenerationRow) throws(HDF5Error) {
    try locked { () throws(HDF5Error) in
      requireWritable()
      guard let header = try discovery() else { preconditionFailure("\(name): the record has no search") }
      row.requireLengths(header)
      try append(.integers([row.generation]), to: "generation")
      try append(.doubles(row.population.flatMap { $0 }), to: "population")
      try append(.doubles(row.fitness), to: "fitness")
      try append(.integers(row.status.map { Int($0.rawValue) }), to: "candidate_status")
      try append(.integers(row.attempts), to: "attempts")
      try append(.doubles(row.evaluationTime), to: "evaluation_time")
      try append(.doubles([row.incumbentFitness]), to: "incumbent_fitness")
      try append(.doubles([row.medianFitness]), to: "median_fitness")
      try append(.integers([row.evaluations]), to: "evaluations")
      try append(.doubles([row.wallTime]), to: "wall_time")
      try append(.words([row.evaluationSeed]), to: "evaluation_seed")
      try append(.integers([row.restart]), to: "restart")
      try append(.doubles(row.incumbentParameter), to: "incumbent_parameter")
      for measure in DiscoveryHeader.Measure.allCases where header.measures.contains(measure) {
        let missing = [Double](repeating: .nan, count: header.length(of: measure))
        try append(.doubles(row.measures[measure] ?? missing), to: measure.rawValue)
      }
      try noteGeneration(row.generation)
    }
  }

  /// The generations at `rows`; all by default.
  /// - Parameter includingPopulation: whether ``GenerationRow/population`` is read; it is empty when not, and that is
  ///   most of a record.
  /// - Throws: `wrongType` when columns disagree in shape or rows are beyond the end.
  public func generations(
    _ rows: Range<Int>? = nil, includingPopulation: Bool = true
  ) throws(HDF5Error) -> [GenerationRow] {
    try locked { () throws(HDF5Error) in
      guard let header = try discovery() else { return [] }
      let count = try generationCount()
      let rows = rows ?? 0..<count
      let (n, p) = (header.candidates, header.parameters.count)
      let index = try integers("generation", [], rows)
      let population = includingPopulation ? try doubles("population", [n, p], rows) : []
      let fitness = try doubles("fitness", [n], rows)
      let status = try integers("candidate_status", [n], rows)
      let attempts = try integers("attempts", [n], rows)
      let times = try doubles("evaluation_time", [n], rows)
      let incumbent = try doubles("incumbent_fitness", [], rows)
      let median = try doubles("median_fitness", [], rows)
      let evaluations = try integers("evaluations", [], rows)
      let wall = try doubles("wall_time", [], rows)
      try requireShape("evaluation_seed", [])
      let seeds = try file.dataset("\(Self.group)/evaluation_seed").readWords(rows: rows)
      let restart = try integers("restart", [], rows)
      let best = try doubles("incumbent_parameter", [p], rows)
      var measures: [DiscoveryHeader.Measure: [Double]] = [:]
      for measure in header.measures {
        measures[measure] = try doubles(measure.rawValue, header.shape(of: measure), rows)
      }
      return index.indices.map { g in
        GenerationRow(
          generation: index[g],
          population: includingPopulation
            ? (0..<n).map { c in Array(population[(g * n + c) * p..<(g * n + c + 1) * p]) } : [],
          fitness: Array(fitness[g * n..<(g + 1) * n]),
          status: status[g * n..<(g + 1) * n].map(CandidateStatus.init(code:)),
          attempts: Array(attempts[g * n..<(g + 1) * n]), evaluationTime: Array(times[g * n..<(g + 1) * n]),
          incumbentFitness: incumbent[g], incumbentParameter: Array(best[g * p..<(g + 1) * p]),
          medianFitness: median[g],
          evaluations: evaluations[g], wallTime: wall[g], evaluationSeed: seeds[g], restart: restart[g],
          measures: measures.reduce(into: [:]) { all, measure in
            let width = header.length(of: measure.key)
            all[measure.key] = Array(measure.value[g * width..<(g + 1) * width])
          })
      }
    }
  }

  /// The generation numbered `generation`, or nil when the record does not hold it.
  public func generation(_ generation: Int) throws(HDF5Error) -> GenerationRow? {
    try locked { () throws(HDF5Error) in
      guard try discovery() != nil else { return nil }
      let index = try file.readIntegers("\(Self.group)/generation").values
      guard let row = index.firstIndex(of: generation) else { return nil }
      return try generations(row..<row + 1).first
    }
  }

  private func append(_ values: Values, to name: String) throws(HDF5Error) {
    let path = "\(Self.group)/\(name)"
    if openColumns[path] == nil { openColumns[path] = OpenColumn(try file.dataset(path)) }
    try openColumns[path]!.dataset.append(values)
  }

  private func requireShape(_ name: String, _ width: [Int]) throws(HDF5Error) {
    let shape = try file.dataset("\(Self.group)/\(name)").shape
    guard shape == [try generationCount()] + width else {
      throw file.place.at("\(Self.group)/\(name)").error(.wrongType, "its shape \(shape) does not fit the group")
    }
  }

  private func doubles(_ name: String, _ width: [Int], _ rows: Range<Int>) throws(HDF5Error) -> [Double] {
    try requireShape(name, width)
    return try file.dataset("\(Self.group)/\(name)").readDoubles(rows: rows)
  }

  private func integers(_ name: String, _ width: [Int], _ rows: Range<Int>) throws(HDF5Error) -> [Int] {
    try requireShape(name, width)
    return try file.dataset("\(Self.group)/\(name)").readIntegers(rows: rows)
  }
}

extension RunRecord {
  func write(_ header: DiscoveryHeader) throws(HDF5Error) {
    let table = Schema.discovery
    var optional = Set(header.measures.map(\.rawValue))
    if !header.tasks.isEmpty { optional.insert("task") }
    if !header.layers.isEmpty { optional.insert("layer") }
    let parameters = header.parameters
    try file.create(
      table,
      lengths: [
        "candidate": header.candidates, "parameter": parameters.count, "task": header.tasks.count,
        "layer": header.layers.count,
      ], including: optional)
    let group = "/\(table.path)"
    try file.setText(header.search, named: "search", of: group)
    try file.setText(header.direction.rawValue, named: "direction", of: group)
    try file.setText(header.outerStep, named: "outer_step", of: group)
    try file.write(.integers(Array(0..<header.candidates)), to: "\(group)/candidate")
    try file.write(.texts(parameters.map(\.name)), to: "\(group)/parameter")
    try file.write(.texts(parameters.map(\.label)), to: "\(group)/parameter_label")
    try file.write(.texts(parameters.map(\.units)), to: "\(group)/parameter_units")
    try file.write(.doubles(parameters.map(\.lower)), to: "\(group)/parameter_lower")
    try file.write(.doubles(parameters.map(\.upper)), to: "\(group)/parameter_upper")
    try file.write(.doubles(parameters.map(\.initial)), to: "\(group)/parameter_initial")
    try file.write(.integers(parameters.map { $0.fixed ? 1 : 0 }), to: "\(group)/parameter_fixed")
    if !header.tasks.isEmpty { try file.write(.texts(header.tasks), to: "\(group)/task") }
    if !header.layers.isEmpty { try file.write(.texts(header.layers), to: "\(group)/layer") }
    knownHeader = header
  }

  private func readHeader() throws(HDF5Error) -> DiscoveryHeader {
    let group = "/discovery"
    let names = try file.readStrings("\(group)/parameter").values
    let place = file.place
    func matching<Value>(_ name: String, _ values: [Value]) throws(HDF5Error) -> [Value] {
      guard values.count == names.count else {
        throw place.at("\(group)/\(name)").error(
          .wrongType, "it has \(values.count) entries for \(names.count) parameters")
      }
      return values
    }
    let label = try matching("parameter_label", try file.readStrings("\(group)/parameter_label").values)
    let units = try matching("parameter_units", try file.readStrings("\(group)/parameter_units").values)
    let lower = try matching("parameter_lower", try file.readDoubles("\(group)/parameter_lower").values)
    let upper = try matching("parameter_upper", try file.readDoubles("\(group)/parameter_upper").values)
    let initial = try matching("parameter_initial", try file.readDoubles("\(group)/parameter_initial").values)
    let fixed = try matching("parameter_fixed", try file.readIntegers("\(group)/parameter_fixed").values)
    let candidates = try file.dataset("\(group)/candidate").shape
    guard candidates.count == 1, candidates[0] > 0 else {
      throw place.at("\(group)/candidate").error(.wrongType, "its shape is \(candidates)")
    }
    let tasks = file.exists("\(group)/task") ? try file.readStrings("\(group)/task").values : []
    let layers = file.exists("\(group)/layer") ? try file.readStrings("\(group)/layer").values : []
    var measures: Set<DiscoveryHeader.Measure> = []
    for measure in DiscoveryHeader.Measure.allCases where file.exists("\(group)/\(measure.rawValue)") {
      let axes = Schema.discovery[measure.rawValue]?.dimensions ?? []
      guard !axes.contains("task") || !tasks.isEmpty, !axes.contains("layer") || !layers.isEmpty else { continue }
      measures.insert(measure)
    }
    return DiscoveryHeader(
      search: try file.text("search", of: group) ?? "",
      direction: DiscoveryHeader.Direction(rawValue: try file.text("direction", of: group) ?? "") ?? .maximize,
      outerStep: try file.text("outer_step", of: group) ?? "generation", candidates: candidates[0],
      parameters: names.indices.map {
        DiscoveryHeader.Parameter(
          name: names[$0], label: label[$0], units: units[$0], lower: lower[$0], upper: upper[$0],
          initial: initial[$0], fixed: fixed[$0] != 0)
      }, tasks: tasks, layers: layers, measures: measures)
  }
}

extension DiscoveryHeader {
  /// Lengths of a measure's axes beside `generation`.
  func shape(of measure: Measure) -> [Int] {
    (Schema.discovery[measure.rawValue]?.dimensions ?? []).dropFirst().map {
      switch $0 {
      case "candidate": candidates
      case "parameter": parameters.count
      case "task": tasks.count
      default: layers.count
      }
    }
  }

  /// Values of a measure in one generation.
  func length(of measure: Measure) -> Int { shape(of: measure).reduce(1, *) }
}

extension GenerationRow {
  func requireLengths(_ header: DiscoveryHeader) {
    let (n, p) = (header.candidates, header.parameters.count)
    func require(_ name: String, _ count: Int, _ wanted: Int) {
      precondition(count == wanted, "generation \(generation): \(name) has \(count) entries, not \(wanted)")
    }
    require("population", population.count, n)
    for candidate in population { require("a candidate", candidate.count, p) }
    require("fitness", fitness.count, n)
    require("status", status.count, n)
    require("attempts", attempts.count, n)
    require("evaluationTime", evaluationTime.count, n)
    require("incumbentParameter", incumbentParameter.count, p)
    for (measure, values) in measures {
      precondition(
        header.measures.contains(measure), "generation \(generation): \(measure.rawValue) is not in the header")
      require(measure.rawValue, values.count, header.length(of: measure))
    }
  }
}

extension CandidateStatus {
  /// The status of a code; a code of a later version counts as failed.
  init(code: Int) {
    self = Int8(exactly: code).flatMap(CandidateStatus.init(rawValue:)) ?? .failed
  }
}
