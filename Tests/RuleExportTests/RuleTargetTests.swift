import Foundation
import RuleExport
import Rules
import Testing

/// What holds for every target and every rule in rules/.
@Suite("Rule targets")
struct RuleTargetTests {
  @Test("the table of what goes where, and why not, is the one in the documentation")
  func matrixIsDocumented() throws {
    let page = try String(
      contentsOf: ShippedRules.repository.appendingPathComponent("docs/rule-exports.md"), encoding: .utf8)
    let matrix = RuleMatrix(try ShippedRules.names.map { try ShippedRules.exported($0) }).markdown
    let parts = page.components(separatedBy: "<!-- matrix -->\n")
    #expect(parts.count == 3, "docs/rule-exports.md has no table between two marks <!-- matrix -->")
    #expect(
      parts.count == 3 && parts[1] == matrix,
      "docs/rule-exports.md is stale: put the output of metaplast rules export --matrix between its marks")
  }

  @Test("every rule exports to every target or is refused with a reason", arguments: ShippedRules.names)
  func exportsOrRefuses(_ name: String) throws {
    let exported = try ShippedRules.exported(name)
    for target in RuleTargets.all {
      let reasons = target.obstacles(exported)
      do {
        let text = try target.text(of: exported)
        #expect(reasons.isEmpty && text.hasSuffix("\n") && !text.hasSuffix("\n\n"))
      } catch {
        #expect(error.reasons == reasons && !reasons.isEmpty && reasons.allSatisfy { !$0.isEmpty })
        #expect(error.description.hasPrefix("rule \(name) is not exported to \(target.name): "))
      }
    }
  }

  @Test(
    "an export begins with the rule, its page, the version, its terms and the step contract",
    arguments: ShippedRules.names)
  func header(_ name: String) throws {
    var exported = try ShippedRules.exported(name)
    exported.recordUUID = "01ca695e-be17-4689-81d1-88b31fd84264"
    for target in RuleTargets.all where target.obstacles(exported).isEmpty {
      let lines = try target.text(of: exported).split(separator: "\n", omittingEmptySubsequences: false)
      let comment = lines.prefix { $0.hasPrefix(target.commentMark) }.joined(separator: "\n")
      for part in [
        "rule         \(name), fingerprint \(exported.rule.fingerprint)", exported.pageSHA256,
        "01ca695e-be17-4689-81d1-88b31fd84264", "metaplast 9.9.9", Printer.equations(exported.rule)[0],
        LocalityReport(of: exported.rule).description.components(separatedBy: "\n")[0],
        "1. Traces decay.", "5. All changes are computed from the old weights, applied together, and then clipped.",
      ] { #expect(comment.contains(part), "\(target.name) does not say \(part)") }
    }
  }

  @Test(
    "the same rule gives the same bytes, also after a detour over its canonical page", arguments: ShippedRules.names)
  func sameBytes(_ name: String) throws {
    let exported = try ShippedRules.exported(name)
    var again = exported
    again.rule = try Rule.load(text: YAMLTarget().text(of: exported), file: "\(name).yaml")
    for target in RuleTargets.all where target.obstacles(exported).isEmpty {
      #expect(try target.text(of: again) == target.text(of: exported))
      #expect(target.trace(of: again) == target.trace(of: exported))
    }
  }

  @Test(
    "expected weights are finite numbers that move, with double and coincident spikes", arguments: ShippedRules.names)
  func traces(_ name: String) throws {
    let exported = try ShippedRules.exported(name)
    let table = ExpectedTable(PyTorchTarget().trace(of: exported))
    #expect(table.rows.allSatisfy { row in row.dropFirst(2).allSatisfy { Double($0)?.isFinite == true } })
    for equation in Set(table.column("equation")) {
      let rows = table.rows.indices.filter { table.rows[$0][0] == equation }
      let weights = table.numbers("w_1_1")
      #expect(weights[rows.first!] != weights[rows.last!], "\(equation) moves no weight")
    }
    if exported.rule.reads(.sPre) && exported.rule.reads(.sPost) {
      let (pre, post) = (table.numbers("s_pre_1"), table.numbers("s_post_1"))
      #expect(pre.indices.contains { pre[$0] == 1 && post[$0] == 1 }, "no coincident spikes")
      #expect(pre.indices.dropLast().contains { pre[$0] == 1 && pre[$0 + 1] == 1 }, "no double spikes")
    }
  }

  @Test("scripts hold every credit pathway that a rule can ask for", arguments: Rule.creditNames)
  func pathways(_ credit: String) throws {
    var rule = try ShippedRules.load(credit == "learned" ? "kolen-pollack" : "feedback-alignment")
    rule.credit = credit
    #expect(Brian2Target().obstacles(try ShippedRules.exported(rule)).isEmpty)
    rule.credit = "unheard-of"
    #expect(
      Brian2Target().obstacles(try ShippedRules.exported(rule)).contains { $0.contains("no credit pathway unheard-of") }
    )
  }

  @Test("a record's coefficients take the place of the page's")
  func coefficients() throws {
    let rule = try ShippedRules.load("error-hebb")
    let exported = try ExportedRule(
      rule: rule, coefficients: [0.125, -0.0625], pageSHA256: "", toolVersion: "9.9.9")
    #expect(try PyTorchTarget().text(of: exported).contains("eta=0.125, hebb=-0.0625"))
    #expect(try Brian2Target().text(of: exported).contains("\"c_eta\": 0.125,\n            \"c_hebb\": -0.0625,\n"))
    #expect(try LaTeXTarget().text(of: exported).contains("-0.0625"))
    #expect(try CSVTarget().text(of: exported).contains("coefficient,,hebb,,-0.0625,-1.0,1.0,,,"))
    let page = try Rule.load(text: YAMLTarget().text(of: exported), file: "error-hebb.yaml")
    #expect(page.coefficients.map(\.start) == [0.125, -0.0625])
  }

  @Test("coefficients of each layer go with their layer, and a page that cannot hold them is refused")
  func layerCoefficients() throws {
    let rule = try ShippedRules.rule(
      """
      coefficients:
        eta: {start: 0.5, range: [0, 1], scale: 0.1, per: layer}
      dw: eta * y_post * y_pre
      """)
    let exported = try ExportedRule(rule: rule, coefficients: [0.25, 0.5], pageSHA256: "", toolVersion: "9.9.9")
    #expect(exported.network.projectionCount == 2)
    let code = try PyTorchTarget().text(of: exported)
    #expect(code.contains("def delta_w(w, y_pre, y_post, *, eta):") && code.contains(#""eta": [0.25, 0.5]"#))
    #expect(throws: RuleRefusal.self) { try YAMLTarget().text(of: exported) }
    #expect(throws: ExportMisfit.self) {
      try ExportedRule(
        rule: rule, coefficients: [0.25, 0.5], network: ExportNetwork(sizes: [3, 2]), pageSHA256: "",
        toolVersion: "9.9.9")
    }
  }
}
