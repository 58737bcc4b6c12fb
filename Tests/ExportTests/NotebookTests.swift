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
        "title", "parameters", "open", "provenance", "rule", "table", "accuracy", "differences", "fitness",
        "coefficients", "step-size", "rates",
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
        "title", "parameters", "open", "provenance", "rule", "table", "accuracy", "differences", "learning-curves",
        "low-data",
      ])
  }

  @Test("the notebook of an evaluation that looked into its episodes draws curves, layers, shots and tasks")
  func diagnosis() {
    let ids = Notebook(ExampleRun.diagnosis(), path: "x.h5").cells.map(\.id)
    #expect(
      ids == [
        "title", "parameters", "open", "provenance", "rule", "table", "accuracy", "differences", "learning-curves",
        "low-data", "transfer", "layers", "rates",
      ])
  }

  @Test("the notebook of a descent draws coefficients and angles over episodes, and angles only where they are known")
  func descent() {
    var contents = ExampleRun.descent()
    func ids() -> [String] { Notebook(contents, path: "x.h5").cells.map(\.id) }
    #expect(
      ids().filter { ["descent", "theta", "alignment", "orthonormality", "fitness"].contains($0) }
        == ["descent", "theta", "alignment", "orthonormality"])
    contents = ExampleRun.descent(layers: false)
    #expect(!ids().contains("alignment"))
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
    let candidates = CommaSeparated.candidates(header, rows).split(separator: "\n").map(String.init)
    #expect(candidates.count == 1 + 5 * 4)
    #expect(candidates[0] == "generation,candidate,status,fitness,evaluation_time_s,eta,\"a, \"\"b\"\"\"")
    let fields = candidates[5].split(separator: ",").map(String.init)
    #expect(Double(fields[3]) == -1.0 / 3 && Double(fields[5]) == .leastNonzeroMagnitude)
    #expect(candidates[1 + 2 * 4 + 1].split(separator: ",")[3] == "nan")
    #expect(candidates[1 + 1 * 4 + 3].split(separator: ",")[2] == "diverged")
    let generations = CommaSeparated.generations(header, rows).split(separator: "\n")
    #expect(generations.count == 1 + 5)
    let evaluation = try #require(CommaSeparated.evaluation(contents)).split(separator: "\n")
    #expect(evaluation.count == 1 + 5 * 10 && evaluation[1].hasPrefix("'=1+1,digits,50,0,250,ok,0.8,1.0"))
    contents.evaluation = nil
    #expect(CommaSeparated.evaluation(contents) == nil)
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
          "report.html", "discovery.ipynb", "generations.csv", "candidates.csv", "evaluation.csv",
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
