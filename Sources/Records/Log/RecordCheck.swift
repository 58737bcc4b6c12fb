import CHDF5

/// One breach of the schema, in one sentence.
public struct Violation: Sendable, Hashable, Codable, CustomStringConvertible {
  /// The rule broken: `1` … `20` of the layout rules, `root` or `table`.
  public var rule: String
  /// The path of the object, with `@name` when an attribute is meant.
  public var path: String
  /// What is wrong, in one sentence without a full stop.
  public var message: String

  /// Makes a violation.
  public init(rule: String, path: String, message: String) {
    self.rule = rule
    self.path = path
    self.message = message
  }

  /// Path, sentence and rule in one line.
  public var description: String { "\(path): \(message) [\(rule)]" }
}

/// Checks that a file keeps the schema, so that h5py, xarray, the netCDF tools, Octave, MATLAB and Julia can read it.
public enum RecordCheck {
  /// All violations, in the order of the file; empty when the record is sound.
  /// - Throws: when the file is no HDF5 file, no record, or of another major version.
  public static func check(_ path: String) throws(HDF5Error) -> [Violation] {
    let file = try HDF5File(readingFrom: path)
    try file.requireSchema()
    let report = Report()
    checkFile(file, report)
    try checkRoot(file, report)
    for object in try file.walk() {
      do throws(HDF5Error) {
        try checkObject(object, file, report)
      } catch {
        report.add("table", object.path, "it cannot be checked: \(error.detail)")
      }
    }
    do throws(HDF5Error) {
      try checkTables(file, report)
    } catch {
      report.add("table", error.path, "it cannot be checked: \(error.detail)")
    }
    return report.violations
  }

  /// Collects what is found.
  final class Report {
    private(set) var violations: [Violation] = []
    private var known: Set<Violation> = []

    func add(_ rule: Int, _ path: String, _ message: String) { add("\(rule)", path, message) }

    func add(_ rule: String, _ path: String, _ message: String) {
      let violation = Violation(rule: rule, path: path, message: message)
      if known.insert(violation).inserted { violations.append(violation) }
    }
  }

  private static func checkFile(_ file: borrowing HDF5File, _ report: Report) {
    let id = file.handle.id
    var info = H5F_info2_t()
    if Library.quietly({ H5Fget_info2(id, &info) }) >= 0, info.super.version > 2 {
      report.add(17, "/", "its superblock has version \(info.super.version), which HDF5 1.8 cannot read")
    }
  }

  private static func checkRoot(_ file: borrowing HDF5File, _ report: Report) throws(HDF5Error) {
    try checkCreationOrder(try file.group("/"), report)
    try checkAttributes(of: "/", file, report)
    var texts: [String: String] = [:]
    for name in Schema.rootAttributes {
      guard let text = try file.text(name) else {
        report.add("root", "/@\(name)", "the attribute is missing or no text")
        continue
      }
      texts[name] = text
    }
    func require(_ name: String, _ wanted: String, _ holds: (String) -> Bool) {
      guard let text = texts[name], !holds(text) else { return }
      report.add("root", "/@\(name)", "it is \"\(text.prefix(80))\", not \(wanted)")
    }
    let kinds = RecordIdentity.Kind.allCases.map(\.rawValue)
    let states = RecordIdentity.Status.allCases.map(\.rawValue)
    require("kind", "one of \(kinds.joined(separator: ", "))") { kinds.contains($0) }
    require("status", "one of \(states.joined(separator: ", "))") { states.contains($0) }
    require("uuid", "a version-4 UUID", isUUID)
    require("date_created", "a time such as 2026-01-31T12:00:00Z", isTimestamp)
    require("date_modified", "a time such as 2026-01-31T12:00:00Z", isTimestamp)
    require("Conventions", "a list that names plasticity-log-1") { $0.contains("plasticity-log-1.") }
  }

  /// True for `xxxxxxxx-xxxx-4xxx-[89ab]xxx-xxxxxxxxxxxx` in lower-case hexadecimal.
  static func isUUID(_ text: String) -> Bool {
    let characters = Array(text)
    guard characters.count == 36, characters[14] == "4", "89ab".contains(characters[19]) else { return false }
    return characters.indices.allSatisfy {
      [8, 13, 18, 23].contains($0) ? characters[$0] == "-" : "0123456789abcdef".contains(characters[$0])
    }
  }

  /// True for `yyyy-mm-ddThh:mm:ssZ`.
  static func isTimestamp(_ text: String) -> Bool {
    let pattern = Array("0000-00-00T00:00:00Z")
    let characters = Array(text)
    return characters.count == pattern.count
      && zip(characters, pattern).allSatisfy { $1 == "0" ? "0123456789".contains($0) : $0 == $1 }
  }

  /// True for `[a-z][a-z0-9_]*`.
  static func isPlainName(_ name: String) -> Bool {
    guard let first = name.utf8.first, first >= 0x61, first <= 0x7A else { return false }
    return name.utf8.allSatisfy { ($0 >= 0x61 && $0 <= 0x7A) || ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x5F }
  }
}
