import CHDF5
import Glibc

/// An open HDF5 file.
///
/// Paths are absolute, with or without the leading slash. The handle may move between threads; calls are made one at a
/// time in the whole process.
public struct HDF5File: ~Copyable, Sendable {
  /// The most bytes one reading call allocates: 1 GiB.
  public static let largestRead = 1 << 30

  let handle: Handle
  let place: Place

  /// The file as the caller named it.
  public var name: String { place.file }

  init(adopting id: hid_t, _ place: Place) {
    handle = Handle(id)
    self.place = place
  }

  /// Opens an existing file for reading.
  ///
  /// A published record is compared with its seal first, so that damage is told and not followed. Damaged files without
  /// a seal are at the mercy of the library, and HDF5 1.10 can crash on crafted metadata.
  /// - Throws: `noInput` when it is missing or may not be read, `damaged` when it is no whole HDF5 file.
  public init(readingFrom path: String) throws(HDF5Error) {
    let place = Place(file: path, path: "")
    _ = try checkInput(path)
    let properties = try Self.accessProperties(place)
    let list = properties.id
    let id = try Library.call("H5Fopen", place, "it is not a whole HDF5 file") {
      H5Fopen(path, h5_acc_rdonly(), list)
    }
    self.init(adopting: id, place)
  }

  /// Access properties common to every opening: handles left open close with the file.
  static func accessProperties(_ place: Place) throws(HDF5Error) -> Handle {
    let list = Handle(
      try Library.call("H5Pcreate", place, "the library cannot be set up") { H5Pcreate(h5_p_file_access()) })
    let id = list.id
    _ = try Library.call("H5Pset_fclose_degree", place, "the library cannot be set up") {
      H5Pset_fclose_degree(id, H5F_CLOSE_STRONG)
    }
    return list
  }

  /// The number of identifiers open in this file, the file's own included.
  public func openHandles() -> Int {
    let id = handle.id
    return Library.quietly { H5Fget_obj_count(id, h5_obj_all()) }
  }
}

/// Refuses what cannot be an input file, or was damaged on its way, before the library meets it.
/// - Returns: its size in bytes.
@discardableResult
func checkInput(_ path: String) throws(HDF5Error) -> Int {
  func refusal(_ call: String, _ detail: String) -> HDF5Error {
    HDF5Error(.noInput, call: call, file: path, detail: detail)
  }
  let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
  guard descriptor >= 0 else { throw refusal("open", "it cannot be opened: \(systemMessage(errno))") }
  defer { close(descriptor) }
  var status = stat()
  guard fstat(descriptor, &status) == 0 else { throw refusal("fstat", systemMessage(errno)) }
  guard status.st_mode & S_IFMT == S_IFREG else { throw refusal("open", "it is not a regular file") }
  guard status.st_size > 0 else {
    throw HDF5Error(.damaged, call: "fstat", file: path, detail: "it is empty")
  }
  try Seal.check(descriptor, size: Int(status.st_size), path)
  return Int(status.st_size)
}

/// The system's words for an error number, beginning in lower case.
func systemMessage(_ code: Int32) -> String {
  let text = String(cString: strerror(code))
  return text.prefix(1).lowercased() + text.dropFirst()
}
