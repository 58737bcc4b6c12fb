import Foundation

/// What a record says about the program and the machine that wrote it.
public struct SessionFacts: Sendable {
  /// The program's version.
  public static let softwareVersion = "0.1.0"

  /// Version control's name of the source, ending in `-dirty` when it was changed; empty when it cannot be told.
  public var gitRevision: String
  /// Compiler and its version.
  public var compiler: String
  /// Operating system and kernel.
  public var os: String
  /// Processor.
  public var cpu: String
  /// Host name.
  public var host: String
  /// Worker threads.
  public var workers: Int
  /// The command line; folders of a home are shortened.
  public var commandLine: String

  /// The facts of this process.
  public static func current(workers: Int) -> SessionFacts {
    var name = utsname()
    uname(&name)
    func text<Tuple>(_ field: Tuple) -> String {
      withUnsafeBytes(of: field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
    return SessionFacts(
      gitRevision: revision(), compiler: compilerName, os: "\(text(name.sysname)) \(text(name.release))",
      cpu: processor(),
      host: text(name.nodename), workers: workers, commandLine: command())
  }

  private static var compilerName: String {
    #if compiler(>=6.4)
      "Swift 6.4 or later"
    #elseif compiler(>=6.3)
      "Swift 6.3"
    #elseif compiler(>=6.2)
      "Swift 6.2"
    #else
      "Swift 6.1"
    #endif
  }

  private static func processor() -> String {
    let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix("model name") }
    return line?.split(separator: ":", maxSplits: 1).last.map { $0.trimmingCharacters(in: .whitespaces) } ?? "unknown"
  }

  private static func command() -> String {
    let home = ProcessInfo.processInfo.environment["HOME"] ?? ""
    return CommandLine.arguments.enumerated().map { index, argument in
      if index == 0 { return "metaplast" }
      return home.count > 1 ? argument.replacingOccurrences(of: home, with: "~") : argument
    }.joined(separator: " ")
  }

  /// Asks git about the checkout that the program was built in, if it still lies in one.
  private static func revision() -> String {
    guard let path = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") else { return "" }
    var folder = URL(fileURLWithPath: path).deletingLastPathComponent()
    // <package>/.build/<triple>/<configuration>/metaplast
    for _ in 0..<3 { folder = folder.deletingLastPathComponent() }
    guard FileManager.default.fileExists(atPath: folder.appendingPathComponent(".git").path) else { return "" }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["git", "-C", folder.path, "describe", "--always", "--dirty", "--abbrev=12"]
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return "" }
    let answer = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { return "" }
    return String(decoding: answer, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
