import Export
import Foundation
import Records
import TestSupport
import Testing

@Suite("Notebook")
struct NotebookTests {
  private func parsed(_ json: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
  }

  @Test("the file has the fields of nbformat 4.5, and cells named by words")
  func format() throws {
    let notebook = Notebook(ExampleRun.contents(), path: "../runs/example-1.h5")
    let file = try parsed(notebook.json)
    #expect(file["nbformat"] as? Int == 4 && file["nbformat_minor"] as? Int == 5)
    let kernel = (file["metadata"] as? [String: Any])?["kernelspec"] as? [String: String]
    #expect(kernel == ["display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"])
    let cells = try #require(file["cells"] as? [[String: Any]])
    let ids = cells.compactMap { $0["id"] as? String }
    #expect(
      ids == [
        "title", "parameters", "open", "provenance", "about-search", "search", "fitness", "coefficients", "final",
        "step-size", "about-rule", "rule", "about-scores", "table", "accuracy", "differences", "about-layers", "layers",
        "rates",
      ])
    for cell in cells where cell["cell_type"] as? String == "code" {
      #expect(cell["execution_count"] is NSNull && (cell["outputs"] as? [Any])?.isEmpty == true)
    }
    #expect((cells[1]["metadata"] as? [String: [String]])?["tags"] == ["parameters"])
    #expect(cells[1]["source"] as? [String] == ["path = \"../runs/example-1.h5\""])
    for cell in cells {
      let lines = try #require(cell["source"] as? [String])
      #expect(lines.dropLast().allSatisfy { $0.hasSuffix("\n") } && lines.last?.hasSuffix("\n") == false)
    }
    #expect(notebook.json.hasSuffix("}\n") && notebook.json.hasPrefix("{\n \"cells\": ["))
  }

  @Test("cells follow what the record holds")
  func cellsFollowTheData() {
    var contents = ExampleRun.contents()
    contents.course = nil
    var evaluation = EvaluationTable(
      ways: 5, queriesPerClass: 20, rules: ["a", "b"], tasks: ["digits"], shots: [1, 10], seeds: [0, 1], steps: [5, 50])
    evaluation.accuracy = evaluation.accuracy.map { _ in 0.5 }
    contents.evaluation = evaluation
    let ids = Notebook(contents, path: "x.h5").cells.map(\.id)
    #expect(
      ids == [
        "title", "parameters", "open", "provenance", "about-rule", "rule", "about-scores", "table", "accuracy",
        "differences", "learning-curves", "low-data",
      ])
    // One rule has nobody to be compared with.
    contents.evaluation = EvaluationTable(
      ways: 5, queriesPerClass: 20, rules: ["a"], tasks: ["digits"], shots: [1], seeds: [0, 1], steps: [5])
    contents.keepsWeights = true
    let few = Notebook(contents, path: "x.h5").cells.map(\.id)
    #expect(!few.contains("differences") && few.contains("table") && few.contains("weights"))
  }

  @Test("the notebook of an evaluation that looked into its episodes draws curves, layers, shots and tasks")
  func diagnosis() {
    let ids = Notebook(ExampleRun.diagnosis(), path: "x.h5").cells.map(\.id)
    #expect(
      ids == [
        "title", "parameters", "open", "provenance", "about-rule", "rule", "about-scores", "table", "accuracy",
        "differences", "learning-curves", "low-data", "transfer", "about-layers", "layers", "alignment", "rates",
      ])
  }

  @Test("findings have a notebook of their own, with the importance of terms and the sources where they are known")
  func findings() {
    var contents = ExampleRun.contents()
    contents.course = nil
    contents.evaluation = nil
    contents.identity.kind = .findings
    var findings = Findings(rules: ["a", "b"], tasks: ["digits"], shots: [1, 10], baseline: "b")
    findings.measures[.accuracyMean] = [0.5, 0.6, 0.4, 0.5]
    findings.measures[.gapToBaseline] = [0.1, 0.1, .nan, .nan]
    contents.findings = findings
    #expect(Notebook.name(contents) == "findings")
    let plain = [
      "title", "parameters", "open", "provenance", "findings", "about-rule", "rule", "about-findings",
      "findings-accuracy", "findings-low-data", "gaps", "findings-table",
    ]
    #expect(Notebook(contents, path: "x.h5").cells.map(\.id) == plain)
    var terms = TermImportance(terms: ["dw: -e_post*y_pre"], rules: 2)
    contents.findings?.terms = terms
    contents.findings?.sources = [.init(name: "e.h5", uuid: "", kind: "evaluation", sha256: "")]
    #expect(
      Set(Notebook(contents, path: "x.h5").cells.map(\.id)) == Set(plain + ["sources"]), "nothing known of the term")
    terms.drop = [0.1, .nan]
    contents.findings?.terms = terms
    #expect(Set(Notebook(contents, path: "x.h5").cells.map(\.id)) == Set(plain + ["sources", "importance"]))
    // Copies of other groups are drawn as well.
    contents.evaluation = ExampleRun.contents().evaluation
    #expect(Notebook(contents, path: "x.h5").cells.map(\.id).contains("differences"))
  }

  @Test(
    "the notebooks that the repository shows are what the exporter writes of the records beside them",
    arguments: ["discovery", "evaluation", "findings"])
  func golden(kind: String) throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("notebooks-export")
    let record = folder.appendingPathComponent("data/example-\(kind).h5")
    let contents = try RunContents(record: record.path)
    #expect(contents.identity.kind.rawValue == kind && Notebook.name(contents) == kind)
    let shipped = try String(contentsOf: folder.appendingPathComponent("\(kind).ipynb"), encoding: .utf8)
    #expect(
      shipped == Notebook(contents, path: "data/example-\(kind).h5").json,
      "metaplast export notebook notebooks-export/data/example-\(kind).h5 --out notebooks-export")
    #expect(try Data(contentsOf: record).count < 300_000 && shipped.utf8.count < 300_000)
  }

  @Test("the notebook of a descent draws coefficients and angles over episodes, and angles only where they are known")
  func descent() {
    var contents = ExampleRun.descent()
    func ids() -> [String] { Notebook(contents, path: "x.h5").cells.map(\.id) }
    #expect(
      ids().filter { ["fitness", "coefficients", "final", "front"].contains($0) || $0.hasPrefix("search-") }
        == ["fitness", "coefficients", "final", "search-alignment", "search-orthonormality"])
    #expect(
      Notebook(contents, path: "x.h5").cells.first { $0.id == "coefficients" }?.source.contains("meta_gradient") == true
    )
    contents = ExampleRun.descent(layers: false)
    #expect(!ids().contains("search-alignment"))
  }

  @Test("a path and a title cannot leave their quotes")
  func hostileText() throws {
    let path = "a\"; import os #\\\n\u{1}.h5"
    let notebook = Notebook(ExampleRun.contents(title: ExampleRun.hostile), path: path)
    #expect(notebook.cells[1].source == #"path = "a\"; import os #\\\n\u0001.h5""#)
    #expect(!notebook.cells[0].source.contains("<script>"))
    _ = try parsed(notebook.json)
  }

  @Test("equal records give equal bytes")
  func deterministic() {
    let contents = ExampleRun.contents()
    #expect(Notebook(contents, path: "x.h5").json == Notebook(contents, path: "x.h5").json)
  }
}

@Suite("Exported files")
struct ExportedFilesTests {
  @Test("comma-separated values keep every bit, and quote what has to be quoted")
  func commaSeparated() throws {
    var contents = ExampleRun.contents()
    var rows = (0..<5).map(ExampleRun.generation)
    rows[1].fitness[0] = -1.0 / 3
    rows[1].population[0][0] = .leastNonzeroMagnitude
    rows[2].fitness[1] = .nan
    var header = ExampleRun.header
    header.parameters[1].name = "a, \"b\""
    contents.evaluation?.rules[0] = "=1+1"
    let record = try RunRecord.create("x.h5", contents.identity, provenance: contents.provenance, discovery: header)
    for row in rows { try record.append(row) }
    try record.setEvaluation(#require(contents.evaluation))
    let sheets = try CommaSeparated(record)
    let candidates = try #require(try sheets.text(.candidates)).split(separator: "\n").map(String.init)
    #expect(candidates.count == 1 + 5 * 4)
    #expect(candidates[0] == "generation,candidate,status,fitness,evaluation_time_s,eta,\"a, \"\"b\"\"\"")
    let fields = candidates[5].split(separator: ",").map(String.init)
    #expect(Double(fields[3]) == -1.0 / 3 && Double(fields[5]) == .leastNonzeroMagnitude)
    #expect(candidates[1 + 2 * 4 + 1].split(separator: ",")[3] == "nan")
    #expect(candidates[1 + 1 * 4 + 3].split(separator: ",")[2] == "diverged")
    let generations = try #require(try sheets.text(.generations)).split(separator: "\n")
    #expect(generations.count == 1 + 5)
    let evaluation = try #require(try sheets.text(.evaluation)).split(separator: "\n")
    #expect(evaluation.count == 1 + 5 * 10 && evaluation[1].hasPrefix("'=1+1,digits,50,0,250,ok,0.8,1.0"))
    #expect(try sheets.text(.findings) == nil && sheets.text(.terms) == nil)
    let bare = try CommaSeparated(RunRecord.create("x.h5", contents.identity, provenance: contents.provenance))
    #expect(try CommaSeparated.Sheet.allCases.allSatisfy { try bare.text($0) == nil })
  }

  @Test("layers, findings and terms have sheets of their own, each number in its place")
  func otherSheets() throws {
    let contents = ExampleRun.contents()
    let record = try RunRecord.create("x.h5", contents.identity, provenance: contents.provenance)
    var table = EvaluationTable(
      ways: 2, queriesPerClass: 5, rules: ["a", "b"], tasks: ["t", "u"], shots: [1, 5], seeds: [0, 1], steps: [0, 9],
      layers: ["hidden_1", "readout"])
    let runs = 2 * 2 * 2 * 2
    table.firingRate = (0..<runs * 4).map { Float($0) }
    table.alignmentAngle = (0..<runs * 4).map { $0 % 4 == 0 ? .nan : Float($0) / 2 }
    try record.setEvaluation(table)
    var findings = Findings(rules: ["a", "b"], tasks: ["t", "u"], shots: [1, 5], baseline: "b")
    findings.measures[.accuracyMean] = (0..<8).map { Double($0) / 8 }
    var terms = TermImportance(terms: ["dw: x", "dw: y, z"], rules: 2)
    terms.drop = [0.5, .nan, 0.25, 0.125]
    findings.terms = terms
    try record.setFindings(findings)
    let sheets = try CommaSeparated(record)
    let layers = try #require(try sheets.text(.layers)).split(separator: "\n").map(String.init)
    #expect(layers[0] == "rule,task,shot,seed,step,layer,alignment_angle,firing_rate,weight_norm")
    #expect(layers.count == 1 + runs * 4)
    // Rule b, task u, shot 5, seed 1, step 9, readout: the last.
    #expect(layers.last == "b,u,5,1,9,readout,31.5,63.0,nan")
    // Rule b, task t, shot 5, seed 0, step 9, hidden_1.
    let place = (((1 * 2 + 0) * 2 + 1) * 2 + 0) * 4 + 2
    #expect(layers[1 + place] == "b,t,5,0,9,hidden_1,\(Float(place) / 2),\(Float(place)),nan")
    let found = try #require(try sheets.text(.findings)).split(separator: "\n").map(String.init)
    #expect(found.count == 1 + 8 && found[1 + 6].hasPrefix("b,u,1,0,2,b,0.75,"))
    #expect(
      try sheets.text(.terms) == "rule,term,importance,lower,upper\na,dw: x,0.5,nan,nan\nb,dw: x,0.25,nan,nan\n"
        + "b,\"dw: y, z\",0.125,nan,nan\n")
  }

  /// A record in a file, with the contents of the example.
  private func publish(to path: String) throws {
    let contents = ExampleRun.contents()
    let record = try RunRecord.create(
      path, contents.identity, provenance: contents.provenance, discovery: contents.header)
    try record.beginSession(contents.sessions[0])
    for g in 0..<5 { try record.append(ExampleRun.generation(g)) }
    try record.setRules(contents.rules)
    try record.setEvaluation(#require(contents.evaluation))
    try record.publish(to: path, modified: "2026-01-31T12:01:00Z")
  }

  @Test("everything is made from a record file alone, and the notebook finds it")
  func fromFile() throws {
    try withTemporaryFolder { folder in
      let record = folder.path("example.h5")
      try publish(to: record)
      let paths = try Exports.write(of: record, to: folder.path("out/here"))
      #expect(
        paths.map { $0.split(separator: "/").last.map(String.init) } == [
          "report.html", "discovery.ipynb", "generations.csv", "candidates.csv", "evaluation.csv", "layers.csv",
        ])
      for path in paths { #expect(FileManager.default.fileExists(atPath: path)) }
      let contents = try RunContents(record: record)
      #expect(contents.course == ExampleRun.contents().course)
      #expect(try String(contentsOfFile: paths[0], encoding: .utf8) == Report.html(contents))
      #expect(try String(contentsOfFile: paths[1], encoding: .utf8).contains(#"path = \"../../example.h5\""#))
      // Written over without complaint.
      #expect(try Exports.write([.html], of: record, to: folder.path("out/here")) == [paths[0]])
    }
  }

  @Test("a folder that cannot be made and a record that is none are refused in one sentence")
  func refusals() throws {
    try withTemporaryFolder { folder in
      let record = folder.path("example.h5")
      try publish(to: record)
      #expect(throws: ExportError.self) { try Exports.write(of: record, to: record + "/out") }
      #expect(throws: HDF5Error.self) { try Exports.write(of: folder.path("none.h5"), to: folder.path("out")) }
      #expect(!FileManager.default.fileExists(atPath: folder.path("out")))
    }
  }

  @Test("a run's folder is its title in plain letters and the beginning of its uuid")
  func folderNames() {
    var identity = ExampleRun.contents().identity
    let tail = identity.uuid.prefix(8)
    #expect(Exports.folder(for: identity) == "notebooks-export/example-seed-3-\(tail)")
    identity.title = "../../../etc/passwd"
    #expect(Exports.folder(for: identity, under: "x") == "x/etc-passwd-\(tail)")
    identity.title = "學習"
    identity.uuid = ""
    #expect(Exports.folder(for: identity) == "notebooks-export/run-00000000")
  }
}
