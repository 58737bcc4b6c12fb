import CHDF5
import Glibc
import Synchronization

/// The lowest storey: every call of the C library goes through here.
///
/// One call at a time in the whole process; nothing is ever printed by the library; a refusal becomes an ``HDF5Error``
/// on the same thread, before anything else can touch the library's error stack.
enum Library {
  private static let gate = Mutex<Bool>(false)

  /// Runs one call whose negative result means failure.
  static func call<Result: BinaryInteger>(
    _ name: StaticString, _ place: Place, _ detail: @autoclosure () -> String,
    reason: HDF5Error.Reason = .damaged, _ body: () -> Result
  ) throws(HDF5Error) -> Result {
    var stack: [String] = []
    let result = quietly { () -> Result in
      let result = body()
      if result < 0 { stack = takeStack() }
      return result
    }
    if result < 0 {
      throw HDF5Error(
        reason, call: "\(name)", file: place.file, path: place.path, detail: detail(), stack: stack)
    }
    return result
  }

  /// Runs one call under the gate with printing off.
  /// - Precondition: `body` calls the library only and closes no handle: the gate is not recursive.
  static func quietly<Result>(_ body: () -> Result) -> Result {
    gate.withLock { opened in
      if !opened {
        opened = true
        H5open()
        // No filter is ever loaded from a plug-in folder on behalf of a file.
        H5PLset_loading_state(0)
      }
      // Printing is a property of the thread, and callers come on any.
      H5Eset_auto2(hid_t(H5E_DEFAULT), nil, nil)
      return body()
    }
  }

  private static func takeStack() -> [String] {
    final class Lines { var all: [String] = [] }
    let lines = Lines()
    let stack = H5Eget_current_stack()
    guard stack >= 0 else { return [] }
    H5Ewalk2(
      stack, H5E_WALK_UPWARD,
      { _, entry, context in
        guard let entry, let context else { return 0 }
        let lines = Unmanaged<Lines>.fromOpaque(context).takeUnretainedValue()
        guard lines.all.count < 64 else { return 0 }
        let function = entry.pointee.func_name.map { String(cString: $0) } ?? "?"
        let text = entry.pointee.desc.map { String(cString: $0) } ?? ""
        lines.all.append(text.isEmpty ? function : "\(function): \(text)")
        return 0
      }, Unmanaged.passUnretained(lines).toOpaque())
    H5Eclose_stack(stack)
    return lines.all
  }
}

/// Where a call is made: the file as the caller named it, and the path inside.
struct Place: Sendable {
  let file: String
  let path: String

  /// The same file, another path.
  func at(_ path: String) -> Place { Place(file: file, path: path) }

  /// The path of a child of this place.
  func child(_ name: String) -> Place {
    if name.hasPrefix("/") { return at(name) }
    return at(path.isEmpty || path == "/" ? "/\(name)" : "\(path)/\(name)")
  }

  /// An error at this place that no call of the library raised.
  func error(_ reason: HDF5Error.Reason, _ detail: String, call: String = "") -> HDF5Error {
    HDF5Error(reason, call: call, file: file, path: path, detail: detail)
  }
}
