import Experiments
import Foundation
import Rules
import Systems
import TestSupport
import Testing

@Suite("The table of credit pathways")
struct PathwayTableTests {
  @Test("the one in the documentation is that of the catalogue")
  func isDocumented() throws {
    let page = try String(contentsOf: packageRoot.appendingPathComponent("docs/pathways.md"), encoding: .utf8)
    let parts = page.components(separatedBy: "<!-- pathways -->\n")
    #expect(
      parts.count == 3 && parts[1] == PathwayTable.markdown,
      "docs/pathways.md is stale: put the output of metaplast rules pathways between its marks")
  }

  @Test("rule pages may name every learning system, and no other")
  func names() { #expect(Set(Rule.systemNames) == Set(systemCards.map(\.name))) }

  @Test("every system names a shipped rule of its own or descent", arguments: systemCards.map(\.name))
  func rules(name: String) throws {
    let card = systemCards.first { $0.name == name }!
    let rule = try RuleCatalogue(folder: packageRoot.appendingPathComponent("rules").path).load(card.rule)
    #expect(rule.credit == nil || rule.credit == name)
  }
}
