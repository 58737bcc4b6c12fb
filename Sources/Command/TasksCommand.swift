import ArgumentParser
import Pages
import Tasks

/// `tasks`: where few-shot problems come from.
struct TasksCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tasks", abstract: "List data sets, say where they are, check their files.",
    subcommands: [List.self, Info.self, Check.self])

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Every data set, and whether it is here.")
    @OptionGroup var work: WorkOptions
    @Flag(name: .long, help: "Print one JSON object.") var json = false

    func run() throws {
      let locations = try TaskCatalogue.names.map { try TaskCatalogue.locate($0, directory: work.data) }
      if json {
        Output.line(JSON.object([.init("tasks", .list(locations.map(\.json)))]).text())
        return
      }
      let width = locations.map(\.name.count).max() ?? 0
      for location in locations {
        let name = location.name.padding(to: width)
        switch location.state {
        case .made: Output.line("\(name)  made in code   \(location.about)")
        case .found(let folder): Output.line("\(name)  found          \(location.about) (\(folder))")
        case .missing(let error): Output.line("\(name)  missing        \(error)")
        }
      }
    }
  }

  struct Info: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Counts, shape and pools of one data set.")
    @Argument(help: "Name of the data set.") var name: String
    @OptionGroup var work: WorkOptions
    @Flag(name: .long, help: "Print one JSON object.") var json = false

    func run() throws {
      let family = try TaskCatalogue.load(name, directory: work.data)
      let pools = Split.allCases.map { ($0, family.poolSizes($0)) }
      let classes = Split.allCases.map { family.classes($0).count }
      if json {
        let sizes = pools.map { JSON.Member("\($0.0)", .list($0.1.map(JSON.integer))) }
        Output.line(
          JSON.object([
            .init("name", .text(family.name)), .init("about", .text(family.about)),
            .init("input_shape", .list(family.inputShape.map(JSON.integer))),
            .init("classes", .integer(family.classCount)), .init("pools", .object(sizes)),
            .init("window_seconds", family.window.map(JSON.number) ?? .null),
            .init("partition", .text(family.partition)), .init("files", .list(family.files.map(JSON.text))),
          ]).text())
        return
      }
      Output.line("\(family.name): \(family.about)")
      Output.line("  sample   \(family.inputShape.map(String.init).joined(separator: " x "))")
      Output.line("  classes  \(family.classCount)")
      if let window = family.window {
        Output.line(
          "  spikes   recorded; \(window) s are looked at, at most \(family.greatestEventCount) spikes a sample")
      }
      for ((split, all), count) in zip(pools, classes) {
        let sizes = all.filter { $0 > 0 }
        let least = count == family.classCount ? all.min() ?? 0 : sizes.min() ?? 0
        let most = sizes.max() ?? 0
        let each = least == most ? "\(least)" : "\(least) to \(most)"
        let own = count == family.classCount ? "" : " of \(count) classes"
        Output.line("  \("\(split)".padding(to: 9)) \(sizes.reduce(0, +)) samples\(own), \(each) a class")
      }
      Output.line("  pools    \(family.partition)")
      for file in family.files { Output.line("  file     \(file)") }
    }
  }

  struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Read data sets whole and compare checksums; all that are here when none is named.")
    @Argument(help: "Names of data sets.") var names: [String] = []
    @OptionGroup var work: WorkOptions

    func run() throws {
      var code: Status?
      for name in names.isEmpty ? TaskCatalogue.names : names {
        do {
          let location = try TaskCatalogue.locate(name, directory: work.data, digests: true)
          if names.isEmpty, case .missing = location.state {
            Output.line("\(name): not here")
            continue
          }
          let family = try TaskCatalogue.load(name, directory: work.data)
          Output.line("\(name): ok, \(family.classCount) classes")
          for file in location.files {
            let verdict = file.isKnown.map { $0 ? "known good copy" : "not the copy we know" } ?? "no digest to compare"
            Output.line("  \(file.path): \(file.byteCount) bytes, \(verdict)")
          }
        } catch {
          let failure = Failure(knowing: error)!
          failure.report()
          code = code ?? failure.code
        }
      }
      if let code { throw EarlyExit(code: code) }
    }
  }
}

extension TaskLocation {
  /// The location as JSON.
  var json: JSON {
    var members: [JSON.Member] = [.init("name", .text(name)), .init("about", .text(about))]
    switch state {
    case .made: members.append(.init("state", .text("made")))
    case .found(let folder):
      members.append(.init("state", .text("found")))
      members.append(.init("folder", .text(folder)))
    case .missing(let error):
      members.append(.init("state", .text("missing")))
      members.append(.init("help", .text(error.description)))
    }
    return .object(members)
  }
}

extension String {
  /// The text with blanks behind it up to `width` characters.
  func padding(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
  /// The text with blanks before it up to `width` characters.
  func leading(to width: Int) -> String { String(repeating: " ", count: max(0, width - count)) + self }
}
