import Experiments
import Foundation

/// The manual page, made from what every verb says of itself.
enum ManualPage {
  /// The page in the language of man(7).
  /// - Parameter help: the description of the command line that the argument parser gives, JSON.
  static func text(_ help: String) throws -> String {
    let root = try JSONDecoder().decode(Tool.self, from: Data(help.utf8)).command
    var lines = [
      ".TH METAPLAST 1 \(date) \"metaplast \(SessionFacts.softwareVersion)\" \"User Commands\"",
      ".SH NAME", "metaplast \\- \(plain(sentence(root.abstract)))",
      ".SH SYNOPSIS", ".B metaplast", "\\fIcommand\\fR [\\fIoption\\fR ...]", ".SH DESCRIPTION",
    ]
    lines += paragraphs(root.discussion).dropFirst()  // a section begins a paragraph by itself
    for command in root.leaves(path: []) {
      lines += [".SH \"\(command.path.joined(separator: " ").uppercased())\""] + command.lines
    }
    lines += [".SH EXIT STATUS"] + Status.allCases.flatMap { [".TP", ".B \($0.rawValue)", plain($0.meaning)] }
    lines += [".SH ENVIRONMENT"] + variables.flatMap { [".TP", ".B \(plain($0.0))", rich($0.1)] }
    lines += [
      ".SH SEE ALSO", "The documentation of the source: README.md, docs/ and the pages that", ".B make docs", "builds.",
    ]
    return lines.joined(separator: "\n") + "\n"
  }

  /// When the page was arranged: the day of building would make two builds of one source differ.
  private static let date = "2026-11-21"

  private static let variables = [
    ("METAPLAST_DATA", "A folder of data sets, looked at before the packages' folders."),
    ("METAPLAST_RULES", "A folder of rule pages, looked at before the shipped ones."),
    ("METAPLAST_VECTORS", "The vector path to compute on: `plain`, `avx2` or `avx512`."),
    ("NO_COLOR, CLICOLOR_FORCE", "Not empty, no colour; 1, colour also where nobody looks. `--color` wins."),
  ]

  fileprivate static func paragraphs(_ text: String?) -> [String] {
    guard let text else { return [] }
    return text.components(separatedBy: "\n\n").flatMap { [".PP", rich($0)] }
  }

  /// A sentence in the middle of a line.
  fileprivate static func sentence(_ text: String?) -> String {
    var text = text ?? ""
    if text.hasSuffix(".") { text.removeLast() }
    return text.prefix(1).lowercased() + text.dropFirst()
  }

  /// Text with what stands between backquotes in bold.
  fileprivate static func rich(_ text: String) -> String {
    text.split(separator: "`", omittingEmptySubsequences: false).enumerated().map {
      $0.offset % 2 == 0 ? plain(String($0.element)) : "\\fB\(plain(String($0.element)))\\fR"
    }.joined()
  }

  /// Text without meaning for the formatter: in one line, beginning with no request.
  fileprivate static func plain(_ text: String) -> String {
    var out = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": out += "\\e"
      case "-": out += "\\-"
      case "\n": out += " "
      case _ where scalar.isASCII: out.unicodeScalars.append(scalar)
      default: out += String(format: "\\[u%04X]", scalar.value)
      }
    }
    return out.hasPrefix(".") || out.hasPrefix("'") ? "\\&" + out : out
  }

  /// What the argument parser says of the program.
  private struct Tool: Decodable {
    var command: Verb
  }

  fileprivate struct Verb: Decodable {
    var commandName: String
    var abstract: String?
    var discussion: String?
    var shouldDisplay: Bool?
    var subcommands: [Verb]?
    var arguments: [Argument]?

    /// The verbs below that do something, with the words that name them.
    func leaves(path: [String]) -> [(path: [String], lines: [String])] {
      (subcommands ?? []).filter { $0.shouldDisplay != false && $0.commandName != "help" }.flatMap { verb in
        let path = path + [verb.commandName]
        return verb.subcommands == nil || verb.subcommands!.isEmpty
          ? [(path, verb.lines(path))] : verb.leaves(path: path)
      }
    }

    private func lines(_ path: [String]) -> [String] {
      let shown = (arguments ?? []).filter { $0.shouldDisplay && !["help", "version"].contains($0.valueName ?? "") }
      let operands = shown.filter { $0.kind == "positional" }
      let options = shown.filter { $0.kind != "positional" }
      var synopsis = "\\fBmetaplast \(plain(path.joined(separator: " ")))\\fR"
      if !options.isEmpty { synopsis += " [\\fIoption\\fR ...]" }
      for operand in operands {
        let name = "\\fI\(plain(operand.valueName ?? "value"))\\fR" + (operand.isRepeating ? " ..." : "")
        synopsis += operand.isOptional ? " [\(name)]" : " \(name)"
      }
      var lines = [synopsis, ".PP", rich(abstract ?? "")] + paragraphs(discussion)
      for argument in operands { lines += [".TP", argument.head, rich(argument.text)] }
      // A flag and its opposite share what is said of them.
      var rest = options[...]
      while let option = rest.popFirst() {
        var heads = [option.head]
        while option.kind == "flag", let next = rest.first, next.kind == "flag", next.abstract == option.abstract {
          heads.append(rest.removeFirst().head)
        }
        lines += [".TP", heads.joined(separator: ", "), rich(option.text)]
      }
      return lines
    }
  }

  fileprivate struct Argument: Decodable {
    struct Name: Decodable {
      var kind: String
      var name: String
    }

    var kind: String
    var shouldDisplay: Bool
    var isOptional: Bool
    var isRepeating: Bool
    var names: [Name]?
    var valueName: String?
    var defaultValue: String?
    var abstract: String?

    /// `-o, --out file.h5`.
    var head: String {
      guard kind != "positional" else { return "\\fI\(plain(valueName ?? "value"))\\fR" }
      let spelled = (names ?? []).map { "\\fB\(plain(($0.kind == "long" ? "--" : "-") + $0.name))\\fR" }
      let value = kind == "option" ? " \\fI\(plain(valueName ?? "value"))\\fR" : ""
      return spelled.joined(separator: ", ") + value
    }

    var text: String {
      let text = abstract ?? ""
      guard let defaultValue, kind != "flag", !text.contains("(default") else { return text }
      return text + " (default: \(defaultValue))"
    }
  }
}
