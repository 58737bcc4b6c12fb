import Foundation
import Kernels
import Pages

/// What the environment variable `METAPLAST_VECTORS` asks for. The kernels took it when the program was loaded, if they
/// could; whether they could is said here.
enum VectorWish {
  /// The name that was asked for; nil when none was.
  static var name: String? {
    guard let text = getenv(VectorPath.environmentVariable), text.pointee != 0 else { return nil }
    return String(cString: text)
  }

  /// Why the wish cannot be granted, in one sentence; nil when all is well.
  static var refusal: String? {
    guard let name else { return nil }
    let here = VectorPath.available.map(\.rawValue).joined(separator: ", ")
    guard let path = VectorPath(rawValue: name) else {
      let near = suggestion(for: name, among: VectorPath.allCases.map(\.rawValue))
      return "\(VectorPath.environmentVariable): there is no vector path \"\(name)\"\(near); this machine has \(here)"
    }
    return path.isAvailable
      ? nil : "\(VectorPath.environmentVariable): this machine has no vector path \(path), only \(here)"
  }

  /// Refuses a wish that cannot be granted.
  static func check() throws {
    if let refusal { throw Failure(.usage, refusal) }
  }
}

extension MachineCheck {
  /// The vector path of the kernels, and what else there is.
  static func vectors() -> Finding {
    if let refusal = VectorWish.refusal {
      return Finding("vectors", .error, refusal, advice: "unset the variable, or name one of these")
    }
    let why = VectorWish.name == nil ? "the widest here" : "asked for by \(VectorPath.environmentVariable)"
    let others = VectorPath.available.filter { $0 != .current }.map { "\(VectorPath.environmentVariable)=\($0)" }
    let force = others.isEmpty ? "" : "; \(others.joined(separator: " or ")) takes another"
    return Finding("vectors", .ok, "\(VectorPath.current), \(why)\(force)")
  }
}
