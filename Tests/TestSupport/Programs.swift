import Foundation

/// What a program said and how it ended.
public struct ProgramResult: Sendable {
  /// The exit code.
  public var status: Int32
  /// Standard output.
  public var output: String
  /// Standard error.
  public var errors: String
}

/// The path of a program on the search path, or nil; then one line `skipped: …` is printed.
public func findProgram(_ name: String) -> String? {
  if name.contains("/") { return FileManager.default.isExecutableFile(atPath: name) ? name : nil }
  for folder in (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":") {
    let path = "\(folder)/\(name)"
    if FileManager.default.isExecutableFile(atPath: path) { return path }
  }
  skipped("\(name) is not installed")
  return nil
}

/// Runs a program to its end.
public func runProgram(_ path: String, _ arguments: [String], in folder: String? = nil) throws -> ProgramResult {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: path)
  process.arguments = arguments
  if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
  // Files take output of any length without a reader on the other end.
  let streams = try TemporaryFolder()
  for name in ["out", "err"] { _ = FileManager.default.createFile(atPath: streams.path(name), contents: nil) }
  process.standardOutput = try FileHandle(forWritingTo: streams.url.appendingPathComponent("out"))
  process.standardError = try FileHandle(forWritingTo: streams.url.appendingPathComponent("err"))
  process.standardInput = FileHandle.nullDevice
  try process.run()
  process.waitUntilExit()
  func text(_ name: String) throws -> String {
    String(decoding: try Data(contentsOf: streams.url.appendingPathComponent(name)), as: UTF8.self)
  }
  return ProgramResult(status: process.terminationStatus, output: try text("out"), errors: try text("err"))
}

/// A Python with a module: for torch the one METAPLAST_TORCH_PYTHON names, then the one METAPLAST_PYTHON names, otherwise
/// `python3`; nil, with a line `skipped: …`, when it has not.
public func findPython(with module: String) -> String? {
  let variables = (module == "torch" ? ["METAPLAST_TORCH_PYTHON"] : []) + ["METAPLAST_PYTHON"]
  let named = variables.compactMap { ProcessInfo.processInfo.environment[$0] }.first { !$0.isEmpty }
  guard let python = findProgram(named ?? "python3") else { return nil }
  guard let probe = try? runProgram(python, ["-c", "import \(module)"]), probe.status == 0 else {
    skipped("\(python) has no \(module); \(variables[0]) names another Python")
    return nil
  }
  return python
}
