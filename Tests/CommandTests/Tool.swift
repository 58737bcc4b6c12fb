import Foundation
import TestSupport

/// What a run of the program left behind.
struct Outcome {
  var code: Int32
  var out: String
  var err: String

  /// The lines of standard output.
  var lines: [String] { out.split(separator: "\n").map(String.init) }

  /// The lines of standard output as JSON objects.
  var objects: [[String: Any]] {
    lines.compactMap { try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] }
  }

  /// The last object whose `event` is this.
  func event(_ name: String) -> [String: Any]? { objects.last { $0["event"] as? String == name } }
}

/// The built program.
enum Tool {
  /// Beside the test bundle, or where a release build puts it.
  static let path: String = {
    let beside = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    let places = [
      beside.appendingPathComponent("metaplast"), packageRoot.appendingPathComponent(".build/release/metaplast"),
    ]
    return places.first { FileManager.default.isExecutableFile(atPath: $0.path) }?.path ?? places[1].path
  }()

  static let quick = packageRoot.appendingPathComponent("experiments/quick.yaml").path

  /// Starts the program; `feed` is told each piece of standard output and error as it comes, on one thread each.
  static func start(_ arguments: [String], environment: [String: String] = [:], folder: String? = nil) throws -> Running
  {
    try Running(arguments, environment: environment, folder: folder)
  }

  /// Runs the program to its end.
  @discardableResult
  static func run(_ arguments: String..., environment: [String: String] = [:], folder: String? = nil) throws -> Outcome
  {
    try run(arguments, environment: environment, folder: folder)
  }

  /// Runs the program to its end.
  static func run(_ arguments: [String], environment: [String: String] = [:], folder: String? = nil) throws -> Outcome {
    try start(arguments, environment: environment, folder: folder).finish()
  }
}

/// The program while it runs. Its streams go to files, so that no pipe can fill up.
final class Running {
  let process = Process()
  private let outURL: URL
  private let errURL: URL

  fileprivate init(_ arguments: [String], environment: [String: String], folder: String?) throws {
    let stem = FileManager.default.temporaryDirectory.appendingPathComponent("metaplast-\(UUID().uuidString)")
    outURL = stem.appendingPathExtension("out")
    errURL = stem.appendingPathExtension("err")
    for url in [outURL, errURL] { _ = FileManager.default.createFile(atPath: url.path, contents: nil) }
    process.executableURL = URL(fileURLWithPath: Tool.path)
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: outURL)
    process.standardError = try FileHandle(forWritingTo: errURL)
    var all = ProcessInfo.processInfo.environment
    for name in ["NO_COLOR", "CLICOLOR_FORCE", "METAPLAST_RULES"] { all[name] = nil }
    all.merge(environment) { $1 }
    process.environment = all
    if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
    try process.run()
  }

  deinit {
    for url in [outURL, errURL] { try? FileManager.default.removeItem(at: url) }
  }

  /// What has come out so far.
  var out: String { (try? String(contentsOf: outURL, encoding: .utf8)) ?? "" }

  /// Waits until standard output holds `text`; false when the program ends or 30 seconds pass before.
  func wait(for text: String, times: Int = 1) -> Bool {
    let limit = Date(timeIntervalSinceNow: 30)
    while Date() < limit {
      if out.components(separatedBy: text).count > times { return true }
      if !process.isRunning { return out.components(separatedBy: text).count > times }
      usleep(2000)
    }
    return false
  }

  /// Sends a signal.
  func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

  /// Waits for the end.
  func finish() -> Outcome {
    process.waitUntilExit()
    let code = process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
    return Outcome(code: code, out: out, err: (try? String(contentsOf: errURL, encoding: .utf8)) ?? "")
  }
}

/// A folder of a test's own, gone when the test is over.
final class Workshop {
  let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("metaplast-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

  func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }

  func write(_ name: String, _ text: String) throws -> String {
    try text.write(to: folder.appendingPathComponent(name), atomically: true, encoding: .utf8)
    return path(name)
  }

  func text(_ name: String) throws -> String {
    try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
  }
}
