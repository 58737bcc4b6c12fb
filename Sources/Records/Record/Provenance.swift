/// Where a record comes from: configuration, seed, libraries, inputs and sessions.
public struct Provenance: Sendable, Hashable {
  /// A library linked into the program.
  public struct Library: Sendable, Hashable {
    /// Its name.
    public var name: String
    /// Its version.
    public var version: String

    /// Makes an entry.
    public init(name: String, version: String) {
      self.name = name
      self.version = version
    }
  }

  /// A file the run read.
  public struct Input: Sendable, Hashable {
    /// Its base name or path as given.
    public var name: String
    /// What it served for, such as `dataset`, `rule` or `parent`.
    public var role: String
    /// SHA-256 of its bytes, lower-case hexadecimal.
    public var sha256: String
    /// Its size in bytes.
    public var bytes: Int

    /// Makes an entry.
    public init(name: String, role: String, sha256: String, bytes: Int) {
      self.name = name
      self.role = role
      self.sha256 = sha256
      self.bytes = bytes
    }
  }

  /// The configuration file, verbatim.
  public var configText: String
  /// Its format, such as `yaml`.
  public var configFormat: String
  /// Its base name.
  public var configPath: String
  /// SHA-256 of `configText`, lower-case hexadecimal.
  public var configSHA256: String
  /// JSON with every default filled in, keys sorted.
  public var configResolved: String
  /// The master seed.
  public var masterSeed: UInt64
  /// The name of the random number algorithm.
  public var rng: String
  /// Libraries linked into the program.
  public var libraries: [Library]
  /// Files the run read.
  public var inputs: [Input]

  /// Makes the provenance of a run.
  public init(
    configText: String, configFormat: String = "yaml", configPath: String, configSHA256: String, configResolved: String,
    masterSeed: UInt64, rng: String = "philox4x32-10", libraries: [Library] = [], inputs: [Input] = []
  ) {
    self.configText = configText
    self.configFormat = configFormat
    self.configPath = configPath
    self.configSHA256 = configSHA256
    self.configResolved = configResolved
    self.masterSeed = masterSeed
    self.rng = rng
    self.libraries = libraries
    self.inputs = inputs
  }
}

/// One start or resume of a run.
public struct Session: Sendable, Hashable {
  /// Start, UTC; see ``timestamp(_:)``.
  public var started: String
  /// End, UTC; empty while the session runs.
  public var ended: String
  /// Host name.
  public var host: String
  /// The command line, without home directories.
  public var commandLine: String
  /// Version of the software.
  public var softwareVersion: String
  /// Revision of the source, ending in `-dirty` when changed; may be empty.
  public var gitRevision: String
  /// Compiler and its version.
  public var compiler: String
  /// Operating system.
  public var os: String
  /// Processor.
  public var cpu: String
  /// The engine that evaluates candidates, such as `threads`.
  public var engine: String
  /// Why the session ended; empty while it runs.
  public var exitReason: String
  /// Number of workers.
  public var threads: Int
  /// First generation of the session, -1 when there is none.
  public var firstGeneration: Int
  /// Last generation of the session, -1 when there is none.
  public var lastGeneration: Int

  /// Makes a session that has just started.
  public init(
    started: String = timestamp(), ended: String = "", host: String, commandLine: String, softwareVersion: String,
    gitRevision: String = "", compiler: String, os: String, cpu: String, engine: String = "threads",
    exitReason: String = "", threads: Int, firstGeneration: Int = -1, lastGeneration: Int = -1
  ) {
    self.started = started
    self.ended = ended
    self.host = host
    self.commandLine = commandLine
    self.softwareVersion = softwareVersion
    self.gitRevision = gitRevision
    self.compiler = compiler
    self.os = os
    self.cpu = cpu
    self.engine = engine
    self.exitReason = exitReason
    self.threads = threads
    self.firstGeneration = firstGeneration
    self.lastGeneration = lastGeneration
  }
}
