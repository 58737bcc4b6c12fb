import Experiments
import Foundation
import Records
import Tasks

/// The single checks.
enum MachineCheck {
  /// The output folder: writable, room, rename over an open file, kind of file system.
  static func folder(_ path: String) -> [Finding] {
    var findings: [Finding] = []
    var space = statvfs()
    guard statvfs(path, &space) == 0 else {
      return [
        Finding("output", .error, "\(path): \(String(cString: strerror(errno)))", advice: "name a folder with --out")
      ]
    }
    let free = Double(space.f_bavail) * Double(space.f_frsize) / 1e9
    let room = String(format: "%.1f GB free", free)
    findings.append(
      free < 0.1
        ? Finding("disk", .error, room, advice: "free some room, or name another folder with --out")
        : Finding("disk", free < 1 ? .warning : .ok, room, advice: free < 1 ? "long runs need about 0.1 GB" : nil))
    findings.append(renameOver(path))
    if let kind = fileSystem(of: path) {
      let isNetwork = ["nfs", "nfs4", "lustre", "gpfs", "beegfs", "cifs", "smb3", "fuse.sshfs", "ceph"].contains(kind)
      findings.append(
        Finding(
          "file system", .ok, isNetwork ? "\(kind), over the network: records are whole files, renamed" : kind))
    }
    return findings
  }

  /// The name of the file system that holds a folder, from the table of mounts.
  private static func fileSystem(of path: String) -> String? {
    guard let real = realpath(path, nil) else { return nil }
    defer { free(real) }
    let whole = String(cString: real)
    let mounts = (try? String(contentsOfFile: "/proc/self/mounts", encoding: .utf8)) ?? ""
    var best: (length: Int, kind: String)?
    for line in mounts.split(separator: "\n") {
      let parts = line.split(separator: " ")
      guard parts.count > 2 else { continue }
      let point = String(parts[1])
      let isAbove = point == "/" || whole == point || whole.hasPrefix(point + "/")
      if isAbove, point.count >= best?.length ?? 0 { best = (point.count, String(parts[2])) }
    }
    return best?.kind
  }

  /// A record is published by renaming over the old one, while a reader may hold that open.
  private static func renameOver(_ folder: String) -> Finding {
    let target = "\(folder)/.metaplast-doctor-\(getpid())"
    let other = target + ".partial"
    defer {
      unlink(target)
      unlink(other)
    }
    func write(_ path: String, _ text: String) -> Bool {
      let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
      guard descriptor >= 0 else { return false }
      defer { close(descriptor) }
      return Foundation.write(descriptor, text, text.utf8.count) == text.utf8.count
    }
    guard write(target, "old"), write(other, "new") else {
      return Finding(
        "output", .error, "cannot write to \(folder): \(String(cString: strerror(errno)))",
        advice: "name a folder that you may write to with --out")
    }
    let reader = open(target, O_RDONLY | O_CLOEXEC)
    defer { if reader >= 0 { close(reader) } }
    guard reader >= 0, rename(other, target) == 0 else {
      return Finding(
        "output", .error, "a file in \(folder) cannot be renamed over an open one",
        advice: "records need a file system with POSIX renames")
    }
    return Finding("output", .ok, "\(folder) is writable, and files can be renamed over open ones")
  }

  /// Cores, limits, memory, clock.
  static func machine(workers: Int) -> [Finding] {
    let cores = Crew.processorCount
    var limit = Double(cores)
    var words = "\(cores) cores"
    if let text = try? String(contentsOfFile: "/sys/fs/cgroup/cpu.max", encoding: .utf8) {
      let parts = text.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
      if parts.count == 2, parts[1] > 0 {
        limit = min(limit, parts[0] / parts[1])
        words += String(format: ", a control group allows %.1f", parts[0] / parts[1])
      }
    }
    if let text = ProcessInfo.processInfo.environment["SLURM_CPUS_PER_TASK"], let allowed = Double(text) {
      limit = min(limit, allowed)
      words += ", Slurm gives \(text)"
    }
    var findings: [Finding] = []
    findings.append(
      Double(workers) > limit + 0.5
        ? Finding("cores", .warning, "\(words); \(workers) workers", advice: "use --workers \(max(1, Int(limit)))")
        : Finding("cores", .ok, "\(words); \(workers) workers"))
    let memory = Double(ProcessInfo.processInfo.physicalMemory) / 1e9
    findings.append(
      Finding(
        "memory", memory < 1 ? .warning : .ok, String(format: "%.1f GB", memory),
        advice: memory < 1 ? "Fashion-MNIST and a network per worker need about 0.5 GB" : nil))
    let year = timestamp().prefix(4)
    findings.append(
      (Int(year) ?? 0) >= 2025
        ? Finding("clock", .ok, timestamp())
        : Finding("clock", .warning, timestamp(), advice: "set the clock: records carry the time"))
    return findings
  }

  /// How output will look, and why.
  static func surroundings() -> [Finding] {
    let environment = ProcessInfo.processInfo.environment
    let terminal =
      Output.isTerminal
      ? "progress is one line, \(Output.width) columns" : "standard error is no terminal: progress is plain lines"
    let color: String
    if let no = environment["NO_COLOR"], !no.isEmpty {
      color = "off: NO_COLOR is set"
    } else if environment["CLICOLOR_FORCE"] == "1" {
      color = "on: CLICOLOR_FORCE is 1"
    } else {
      color = ColorChoice.auto.isOn(descriptor: STDERR_FILENO) ? "on: a terminal" : "off: no terminal"
    }
    return [Finding("terminal", .ok, terminal), Finding("colour", .ok, color)]
  }

  /// Every data set: here with its checksum, or how to get it.
  static func data(_ directory: String?) -> [Finding] {
    TaskCatalogue.names.compactMap { name in
      do {
        let location = try TaskCatalogue.locate(name, directory: directory, digests: true)
        switch location.state {
        case .made: return nil
        case .missing(let error): return Finding(name, .warning, "not here", advice: error.description)
        case .found(let folder):
          let strangers = location.files.filter { $0.isKnown == false }
          return strangers.isEmpty
            ? Finding(name, .ok, folder)
            : Finding(
              name, .warning, "\(folder): \(strangers.map(\.path).joined(separator: ", ")) differ from the known copy",
              advice: "metaplast tasks check \(name) reads them whole")
        }
      } catch {
        return Finding(name, .error, "\(error)", advice: "remove or replace the file")
      }
    }
  }

  /// Python readers of records; optional.
  static func python() -> Finding {
    let script = """
      import importlib.metadata as m
      for n in ('h5py', 'xarray', 'h5netcdf', 'distributed'):
          try: print(n, m.version(n))
          except m.PackageNotFoundError: print(n, '-')
      """
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "-c", script]
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return Finding("python", .warning, "python3 cannot be started") }
    let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      return Finding("python", .warning, "no python3", advice: "optional: apt-get install python3-venv")
    }
    let words = text.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }.filter { $0.count == 2 }
    let absent = words.filter { $0[1] == "-" }.map { $0[0] }
    let present = words.filter { $0[1] != "-" }.map { "\($0[0]) \($0[1])" }
    let wanted = absent.filter { $0 != "distributed" }
    let message = present.isEmpty ? "none of the record readers" : present.joined(separator: ", ")
    return wanted.isEmpty
      ? Finding("python", .ok, message)
      : Finding(
        "python", .warning, message,
        advice: "optional, for notebooks: python3 -m pip install \(wanted.joined(separator: " ")) matplotlib")
  }
}
