import Foundation
import RuleExport
import Rules

/// The rules of rules/, as they are exported.
enum ShippedRules {
  static let repository = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  static let names: [String] = RuleCatalogue(folder: repository.appendingPathComponent("rules").path).names

  static func load(_ name: String) throws -> Rule {
    try RuleCatalogue(folder: repository.appendingPathComponent("rules").path).load(name)
  }

  static func exported(_ rule: Rule, network: ExportNetwork? = nil) throws -> ExportedRule {
    try ExportedRule(
      rule: rule, network: network, pageSHA256: String(repeating: "0f", count: 32), toolVersion: "9.9.9")
  }

  static func exported(_ name: String) throws -> ExportedRule { try exported(load(name)) }

  /// A rule written for a test.
  static func rule(_ text: String) throws -> Rule {
    try Rule.load(text: "schema: 1\nrule: made\n" + text, file: "made.yaml")
  }
}

/// A table of expected weights, read back: columns by name.
struct ExpectedTable {
  let names: [String]
  let rows: [[String]]

  init(_ text: String) {
    let lines = text.split(separator: "\n").filter { !$0.hasPrefix("#") }
      .map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
    names = lines[0]
    rows = Array(lines.dropFirst())
  }

  func column(_ name: String) -> [String] {
    let index = names.firstIndex(of: name)!
    return rows.map { $0[index] }
  }

  func numbers(_ name: String) -> [Double] { column(name).map { Double($0)! } }
}
