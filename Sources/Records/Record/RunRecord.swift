import Glibc

/// One run: a search, an evaluation of rules, or both, as one HDF5 file of schema ``Schema``.
///
/// A record is made or resumed in memory, grows by generations, and is published whole: readers of the file see the
/// former publication or the new one. It knows nothing of rules or optimisers; numbers and texts go in and come back.
///
/// All methods may be called from any thread; they run one at a time.
public final class RunRecord: @unchecked Sendable {
  // The record's own lock guards everything below, which is why the class may be called Sendable.
  private let lock = RecursiveLock()
  let file: HDF5File
  let isWritable: Bool
  /// Columns kept open between rows, so that a chunk is compressed once a publication and not once a row.
  var openColumns: [String: OpenColumn] = [:]
  var knownHeader: DiscoveryHeader?
  private var sweptFolders: Set<String> = []

  private init(_ file: consuming HDF5File, writable: Bool) {
    self.file = file
    isWritable = writable
  }

  deinit {
    openColumns = [:]
  }

  /// The file as the caller named it.
  public var name: String { file.name }

  /// The version of the schema that the record was written by.
  public func schemaVersion() throws(HDF5Error) -> String {
    try locked { () throws(HDF5Error) in try file.text("schema_version") ?? "" }
  }

  // MARK: Making and opening

  /// Makes a record in memory.
  /// - Parameters:
  ///   - name: the file it will be published to, for messages.
  ///   - identity: the attributes of its root.
  ///   - provenance: where it comes from; sessions are added by ``beginSession(_:)``.
  ///   - discovery: the fixed part of `/discovery`; nil for a record without a search.
  public static func create(
    _ name: String, _ identity: RecordIdentity, provenance: Provenance, discovery: DiscoveryHeader? = nil
  ) throws(HDF5Error) -> RunRecord {
    let record = RunRecord(try HDF5File(inMemory: name), writable: true)
    try record.write(identity)
    try record.write(provenance)
    if let discovery { try record.write(discovery) }
    return record
  }

  /// Opens a published record for reading.
  /// - Throws: `noInput`, `damaged`, or `otherSchema` when it is no record or one of another major version.
  public static func open(_ path: String) throws(HDF5Error) -> RunRecord {
    let record = RunRecord(try HDF5File(readingFrom: path), writable: false)
    try record.file.requireSchema()
    return record
  }

  /// Takes a published record into memory to go on with it; the file itself stays as it is until the next publication.
  /// - Throws: as ``open(_:)``.
  public static func resume(_ path: String) throws(HDF5Error) -> RunRecord {
    let record = RunRecord(try HDF5File(copyingIntoMemory: path), writable: true)
    try record.file.requireSchema()
    return record
  }

  // MARK: Publishing

  /// Writes the whole record beside `path`, syncs it and renames it over `path`; what killed processes left there of
  /// the same file is removed.
  /// - Parameters:
  ///   - replacing: whether a file already there may be replaced.
  ///   - modified: the time noted as `date_modified`.
  /// - Throws: `cannotCreate`, `outputExists` or `inputOutput`; the former file is then still there, whole.
  public func publish(
    to path: String, replacing: Bool = true, modified: String = timestamp()
  ) throws(HDF5Error) {
    try locked { () throws(HDF5Error) in
      requireWritable()
      try file.setText(modified, named: "date_modified")
      try Publication(Seal.sealed(try file.image()), to: path, replacing: replacing).commit()
      if sweptFolders.insert(path).inserted { Publication.removeStalePartials(of: path) }
    }
  }

  /// The number of handles of the library this record holds open: 1 for the file and 1 for each column kept open.
  public func openHandles() -> (file: Int, columns: Int) {
    lock.acquire()
    defer { lock.release() }
    return (file.openHandles(), openColumns.count)
  }

  // MARK: Inside

  func locked<Result>(_ body: () throws(HDF5Error) -> Result) throws(HDF5Error) -> Result {
    lock.acquire()
    defer { lock.release() }
    return try body()
  }

  func requireWritable() {
    precondition(isWritable, "\(name): the record was opened for reading")
  }
}

/// A dataset kept open between rows.
final class OpenColumn {
  var dataset: Dataset

  init(_ dataset: consuming Dataset) {
    self.dataset = dataset
  }
}

/// A lock one thread may take again while it holds it.
private final class RecursiveLock: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)

  init() {
    var attributes = pthread_mutexattr_t()
    pthread_mutexattr_init(&attributes)
    pthread_mutexattr_settype(&attributes, Int32(PTHREAD_MUTEX_RECURSIVE))
    pthread_mutex_init(mutex, &attributes)
    pthread_mutexattr_destroy(&attributes)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  func acquire() { pthread_mutex_lock(mutex) }
  func release() { pthread_mutex_unlock(mutex) }
}
