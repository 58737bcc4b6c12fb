import ArgumentParser
import Experiments
import Foundation
import Kernels
import Pages

/// `bench machine`: the peaks of this machine.
struct BenchMachineCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "machine",
    abstract: "Measure what a core can do: multiply-adds, and bytes from each cache and from memory.",
    discussion: """
      Single precision, on the vector path of the kernels (METAPLAST_VECTORS forces another). Sizes of caches are read \
      from the system. The best of many short repetitions counts, so that other work on the machine disturbs little.
      """)

  @Option(name: .long, help: "Cores for the second column, which measures all of them at once (default: all).")
  var workers: Int?
  @Option(name: .long, help: "Time for each number, in seconds.") var seconds = 0.15
  @Flag(name: .long, help: "Print one JSON object.") var json = false

  func validate() throws {
    if let workers, !(1...4096).contains(workers) {
      throw ValidationError("--workers must lie between 1 and 4096 (got \(workers))")
    }
    guard seconds > 0, seconds <= 60 else {
      throw ValidationError("--seconds must lie between 0 and 60 (got \(seconds))")
    }
  }

  /// One line of the table: what, how many bytes it works on, its unit, and the rates.
  private struct Line {
    var what: String
    var name: String
    var bytes: Int?
    var alone: Double
    var together: Double

    var unit: String { bytes == nil ? "GFLOP/s" : "GB/s" }
  }

  func run() throws {
    let cores = workers ?? Crew.processorCount
    let speed = MachineSpeed(caches: Self.dataCaches())
    func line(_ what: String, _ name: String, _ bytes: Int?, _ quantity: MachineSpeed.Quantity) -> Line {
      let alone = MachineSpeed.measure(quantity, cores: 1, seconds: seconds) / 1e9
      let together = cores == 1 ? alone : MachineSpeed.measure(quantity, cores: cores, seconds: seconds) / 1e9
      return Line(what: what, name: name, bytes: bytes, alone: alone, together: together)
    }
    var lines = [
      line("fused multiply-add", "fused", nil, .fused), line("multiply, then add", "separate", nil, .separate),
    ]
    let levels = speed.caches.indices.map { "L\($0 + 1)" } + ["memory"]
    for (level, bytes) in zip(levels, speed.workingSets) {
      lines.append(line("read \(level)", "read_\(level.lowercased())", bytes, .read(bytes: bytes)))
    }
    for (level, bytes) in zip(levels, speed.workingSets) {
      lines.append(line("read and write \(level)", "update_\(level.lowercased())", bytes, .update(bytes: bytes)))
    }

    let processor = SessionFacts.current(workers: cores).cpu
    if json {
      let members = lines.map { line in
        JSON.object([
          .init("name", .text(line.name)), .init("unit", .text(line.unit)),
          .init("bytes", line.bytes.map(JSON.integer) ?? .null), .init("one_core", .number(line.alone)),
          .init("each_of_all_cores", .number(line.together)),
        ])
      }
      Output.line(
        JSON.object([
          .init("cpu", .text(processor)), .init("vectors", .text(VectorPath.current.rawValue)),
          .init("cores", .integer(cores)), .init("caches", .list(speed.caches.map(JSON.integer))),
          .init("measured", .list(members)),
        ]).text())
      return
    }
    Output.line("\(processor), \(VectorPath.current) vectors, single precision")
    let together = cores == 1 ? "" : "  each of \(cores)"
    Output.line("\("".padding(to: 22))\("bytes".leading(to: 11))\("one core".leading(to: 12))\(together)")
    for line in lines {
      let size = line.bytes.map(Self.size) ?? ""
      let second = cores == 1 ? "" : String(format: "%.1f", line.together).leading(to: together.count)
      Output.line(
        "\(line.what.padding(to: 22))\(size.leading(to: 11))\(String(format: "%.1f", line.alone).leading(to: 12))\(second)"
          + "  \(line.unit)")
    }
  }

  private static func size(_ bytes: Int) -> String {
    bytes >= 1 << 20 ? "\(bytes >> 20) MiB" : "\(bytes >> 10) KiB"
  }

  /// Sizes of the data caches of the first core, by level; empty where the system does not say.
  static func dataCaches() -> [Int] {
    let folder = "/sys/devices/system/cpu/cpu0/cache"
    var sizes: [Int: Int] = [:]
    for index in 0..<16 {
      func read(_ name: String) -> String? {
        (try? String(contentsOfFile: "\(folder)/index\(index)/\(name)", encoding: .utf8))?
          .trimmingCharacters(in: .whitespacesAndNewlines)
      }
      guard let type = read("type"), type != "Instruction", let level = read("level").flatMap({ Int($0) }),
        let text = read("size"), let bytes = bytes(text), (1...4).contains(level)
      else { continue }
      sizes[level] = bytes
    }
    // Levels without a gap, from the first on.
    return (1...4).map { sizes[$0] }.prefix { $0 != nil }.compactMap { $0 }
  }

  /// `48K`, `1024K` or `32M` in bytes; nil for anything else, or more than a terabyte.
  static func bytes(_ text: String) -> Int? {
    let units: [Character: Int] = ["K": 1 << 10, "M": 1 << 20, "G": 1 << 30]
    guard let last = text.last else { return nil }
    let unit = units[last]
    guard let number = Int(unit == nil ? text : String(text.dropLast())), number > 0, number <= 1 << 40 else {
      return nil
    }
    let (bytes, overflow) = number.multipliedReportingOverflow(by: unit ?? 1)
    return overflow || bytes > 1 << 40 ? nil : bytes
  }
}
