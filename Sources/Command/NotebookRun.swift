import Foundation

/// Running a notebook with Jupyter's own tools, which Metaplast does not need otherwise.
enum NotebookRun {
  /// What to install when there is nothing to run a notebook with.
  static let packages = "nbconvert ipykernel numpy xarray h5netcdf h5py matplotlib"

  /// Runs a notebook where it lies; its outputs are then in it.
  /// - Throws: a ``Failure`` that says what to install, or which error ended it.
  static func execute(_ path: String) throws {
    guard let jupyter = program("jupyter") else {
      throw Failure(
        .unavailable,
        "\(path) is written, but there is no jupyter on the search path to run it; "
          + "install it with: python3 -m pip install \(packages)")
    }
    let process = Process()
    process.executableURL = jupyter
    process.arguments = ["nbconvert", "--to", "notebook", "--execute", "--inplace", path]
    let pipe = Pipe()
    process.standardOutput = FileHandle.nullDevice
    process.standardError = pipe
    do { try process.run() } catch {
      throw Failure(.unavailable, "\(path) is written, but \(jupyter.path) cannot be started")
    }
    let said = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      let reason = said.split(whereSeparator: \.isNewline).last { !$0.allSatisfy(\.isWhitespace) } ?? "no reason given"
      throw Failure(
        .unavailable,
        "\(path) is written, but jupyter nbconvert could not run it: \(reason); "
          + "what it needs: python3 -m pip install \(packages)")
    }
  }

  /// The first program of this name on the search path.
  private static func program(_ name: String) -> URL? {
    let folders = ProcessInfo.processInfo.environment["PATH"]?.split(separator: ":").map(String.init) ?? []
    return folders.map { URL(fileURLWithPath: $0).appendingPathComponent(name) }
      .first { FileManager.default.isExecutableFile(atPath: $0.path) }
  }
}
