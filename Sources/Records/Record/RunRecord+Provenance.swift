extension RunRecord {
  /// Where the record comes from.
  /// - Throws: `missingObject` when the group is absent.
  public func provenance() throws(HDF5Error) -> Provenance {
    try locked { () throws(HDF5Error) in
      let group = "/provenance"
      let libraries = try columns(group, ["library", "library_version"])
      let inputs = try columns(group, ["input", "input_role", "input_sha256"])
      let bytes = try file.readIntegers("\(group)/input_bytes").values
      guard bytes.count == inputs[0].count else { throw file.place.at(group).error(.wrongType, "its inputs disagree") }
      guard let seed = try file.dataset("\(group)/master_seed").readWords().first else {
        throw file.place.at("\(group)/master_seed").error(.wrongType, "it is empty")
      }
      let config = "\(group)/config_text"
      return Provenance(
        configText: try file.readText(config), configFormat: try file.text("format", of: config) ?? "",
        configPath: try file.text("path", of: config) ?? "", configSHA256: try file.text("sha256", of: config) ?? "",
        configResolved: try file.readText("\(group)/config_resolved"), masterSeed: seed,
        rng: try file.text("rng", of: "\(group)/master_seed") ?? "",
        libraries: zip(libraries[0], libraries[1]).map { Provenance.Library(name: $0, version: $1) },
        inputs: inputs[0].indices.map {
          Provenance.Input(name: inputs[0][$0], role: inputs[1][$0], sha256: inputs[2][$0], bytes: bytes[$0])
        })
    }
  }

  /// The sessions of the run, oldest first.
  public func sessions() throws(HDF5Error) -> [Session] {
    try locked { () throws(HDF5Error) in
      let texts = try columns("/provenance", Self.sessionTexts)
      var numbers: [[Int]] = []
      for name in Self.sessionNumbers {
        numbers.append(try file.readIntegers("/provenance/\(name)").values)
        guard numbers.last?.count == texts[0].count else {
          throw file.place.at("/provenance/\(name)").error(.wrongType, "the columns of its sessions disagree")
        }
      }
      return texts[0].indices.map {
        Session(
          started: texts[0][$0], ended: texts[1][$0], host: texts[2][$0], commandLine: texts[3][$0],
          softwareVersion: texts[4][$0], gitRevision: texts[5][$0], compiler: texts[6][$0], os: texts[7][$0],
          cpu: texts[8][$0], engine: texts[9][$0], exitReason: texts[10][$0], threads: numbers[0][$0],
          firstGeneration: numbers[1][$0], lastGeneration: numbers[2][$0])
      }
    }
  }

  /// Adds a row for a start or resume, and a line to the history.
  public func beginSession(_ session: Session) throws(HDF5Error) {
    try locked { () throws(HDF5Error) in
      requireWritable()
      let texts = [
        session.started, session.ended, session.host, session.commandLine, session.softwareVersion,
        session.gitRevision, session.compiler, session.os, session.cpu, session.engine, session.exitReason,
      ]
      let numbers = [session.threads, session.firstGeneration, session.lastGeneration]
      var index = try file.dataset("/provenance/session")
      try index.append(.integers([index.shape[0]]))
      for (name, text) in zip(Self.sessionTexts, texts) {
        var column = try file.dataset("/provenance/\(name)")
        try column.append(.texts([text]))
      }
      for (name, number) in zip(Self.sessionNumbers, numbers) {
        var column = try file.dataset("/provenance/\(name)")
        try column.append(.integers([number]))
      }
      let line = "\(session.started) \(session.commandLine) (\(session.softwareVersion))"
      let history = try file.text("history") ?? ""
      try file.setText(shortened(history.isEmpty ? line : "\(history)\n\(line)"), named: "history")
    }
  }

  /// Completes the row of the running session.
  /// - Precondition: a session was begun.
  public func endSession(exitReason: String, ended: String = timestamp()) throws(HDF5Error) {
    try locked { () throws(HDF5Error) in
      requireWritable()
      try amendSession("ended", .texts([ended]))
      try amendSession("exit_reason", .texts([exitReason]))
    }
  }

  /// Notes a generation in the row of the running session, if there is one.
  func noteGeneration(_ generation: Int) throws(HDF5Error) {
    let first = try file.dataset("/provenance/first_generation")
    guard let row = first.shape.first, row > 0 else { return }
    if try first.readIntegers(rows: row - 1..<row) == [-1] {
      try first.write(.integers([generation]), atRow: row - 1)
    }
    try amendSession("last_generation", .integers([generation]))
  }

  private func amendSession(_ name: String, _ value: Values) throws(HDF5Error) {
    let column = try file.dataset("/provenance/\(name)")
    precondition(column.shape[0] > 0, "\(self.name): no session was begun")
    try column.write(value, atRow: column.shape[0] - 1)
  }

  func write(_ provenance: Provenance) throws(HDF5Error) {
    let table = Schema.provenance
    try file.create(table, lengths: ["library": provenance.libraries.count, "input": provenance.inputs.count])
    let group = "/\(table.path)"
    let config = "\(group)/config_text"
    try file.write(.texts([provenance.configText]), to: config)
    try file.setText(provenance.configFormat, named: "format", of: config)
    try file.setText(shortened(provenance.configPath), named: "path", of: config)
    try file.setText(provenance.configSHA256, named: "sha256", of: config)
    try file.write(.texts([provenance.configResolved]), to: "\(group)/config_resolved")
    try file.write(.words([provenance.masterSeed]), to: "\(group)/master_seed")
    try file.setText(provenance.rng, named: "rng", of: "\(group)/master_seed")
    try file.write(.texts(provenance.libraries.map(\.name)), to: "\(group)/library")
    try file.write(.texts(provenance.libraries.map(\.version)), to: "\(group)/library_version")
    try file.write(.texts(provenance.inputs.map(\.name)), to: "\(group)/input")
    try file.write(.texts(provenance.inputs.map(\.role)), to: "\(group)/input_role")
    try file.write(.texts(provenance.inputs.map(\.sha256)), to: "\(group)/input_sha256")
    try file.write(.integers(provenance.inputs.map(\.bytes)), to: "\(group)/input_bytes")
  }

  private static let sessionTexts = [
    "started", "ended", "host", "command_line", "software_version", "git_revision", "compiler", "os", "cpu", "engine",
    "exit_reason",
  ]
  private static let sessionNumbers = ["n_threads", "first_generation", "last_generation"]

  /// Text columns that must be equally long.
  private func columns(_ group: String, _ names: [String]) throws(HDF5Error) -> [[String]] {
    var all: [[String]] = []
    for name in names {
      all.append(try file.readStrings("\(group)/\(name)").values)
      guard all.last?.count == all[0].count else {
        throw file.place.at("\(group)/\(name)").error(.wrongType, "it is not as long as \(names[0])")
      }
    }
    return all
  }
}
