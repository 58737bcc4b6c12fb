import Foundation
import Records
import TestSupport
import Testing

@Suite("Output")
struct OutputTests {
  let workshop: Workshop

  init() throws { workshop = try Workshop() }

  @Test("discover --json is one event a line, and the result carries what is promised")
  func discoverJSON() throws {
    let end = try Tool.run(
      "discover", Tool.quick, "--out", workshop.path("a.h5"), "--json", "-q", "--no-report")
    #expect(end.code == 0)
    #expect(end.err == "")
    #expect(end.objects.count == end.lines.count)
    #expect(end.objects.allSatisfy { $0["v"] as? Int == 1 })
    let names = end.objects.compactMap { $0["event"] as? String }
    #expect(names.first == "start" && names.last == "result")
    #expect(names.filter { $0 == "generation" }.count == 6 + 3 * 3)
    let result = try #require(end.event("result"))
    for key in ["rule", "equation", "coefficients", "accuracy", "interval", "gap_closed", "comparisons"] {
      #expect(result[key] != nil, "\(key)")
    }
    #expect((result["equation"] as? String)?.hasPrefix("dw = ") == true)
    #expect(result["seed"] as? String == "1")
    #expect((result["coefficients"] as? [String: Double])?.keys.sorted() == ["eta", "hebb", "oja"])
    #expect((result["interval"] as? [Double])?.count == 2)
    let comparisons = try #require(result["comparisons"] as? [[String: Any]])
    #expect(
      comparisons.compactMap { $0["name"] as? String } == [
        "start", "feedback-alignment", "backprop", "one-layer-delta", "nearest-class-mean", "ridge",
      ])
    for row in comparisons {
      #expect(row["accuracy"] is Double && row["difference"] is Double && (row["interval"] as? [Double])?.count == 2)
    }
    let accuracy = try #require(result["accuracy"] as? Double)
    let other = try #require(comparisons[1]["accuracy"] as? Double)
    let difference = try #require(comparisons[1]["difference"] as? Double)
    #expect(abs(accuracy - other - difference) < 1e-12)
    // The events beside the record are those on standard output.
    #expect(try workshop.text("a.events.jsonl") == end.out)
  }

  @Test("what the record holds is what the table says")
  func recordAgrees() throws {
    let end = try Tool.run("discover", Tool.quick, "--out", workshop.path("a.h5"), "--json", "-q", "--no-report")
    let result = try #require(end.event("result"))
    let record = try RunRecord.open(workshop.path("a.h5"))
    let table = try #require(try record.evaluation())
    #expect(
      table.rules == [
        "discovered", "start", "feedback-alignment", "backprop", "one-layer-delta", "nearest-class-mean", "ridge",
      ])
    let episodes = table.seeds.count
    let mean = table.accuracy[0..<episodes].map(Double.init).reduce(0, +) / Double(episodes)
    #expect(abs(mean - (result["accuracy"] as! Double)) < 1e-6)
    #expect(try record.rules().map(\.name) == Array(table.rules.prefix(5)))
    #expect(try RecordCheck.check(workshop.path("a.h5")).map(\.description) == [])

    // The discovered rule of the record is the one that was tested.
    let again = try Tool.run("evaluate", workshop.path("a.h5"), "--json", "-q", "--no-baselines")
    let rows = try #require(again.event("result")?["rows"] as? [[String: Any]])
    #expect(rows[0]["accuracy"] as? Double == result["accuracy"] as? Double)
    #expect(
      rows[0]["coefficients"] as? [String: Double] == result["coefficients"] as? [String: Double])
  }

  @Test("without a terminal progress is plain lines, each complete in itself")
  func plainProgress() throws {
    let end = try Tool.run(
      "discover", Tool.quick, "--out", workshop.path("a.h5"), "--no-report", "--progress-interval", "0")
    #expect(end.code == 0)
    #expect(!end.err.contains("\r") && !end.err.contains("\u{1B}"))
    let lines = end.err.split(separator: "\n").filter { $0.contains("gen ") }
    #expect(lines.count >= 6)
    for line in lines {
      #expect(
        line.prefixMatch(of: #/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ (search|tune [a-z-]+) gen \d+/\d+ /#) != nil, "\(line)")
      #expect(line.contains(" episodes/s | "))
    }
    #expect(end.out.contains("discovered rule (from error-hebb-oja, seed 1):\n  dw = "))
    #expect(end.out.contains("\nnearest-class-mean "))
    let log = try workshop.text("a.log")
    #expect(log.contains("search gen 6/6") && log.contains("\ndiscovered rule"))
  }

  @Test("a bar is redrawn in one line, and colour and quiet obey their flags")
  func bar() throws {
    let bar = try Tool.run(
      "discover", Tool.quick, "--out", workshop.path("a.h5"), "--no-report", "--progress", "bar")
    #expect(bar.err.contains("\r\u{1B}[2K"))
    #expect(bar.err.hasSuffix("\r\u{1B}[2K"))
    let red = try Tool.run("discover", "nowhere.yaml", environment: ["CLICOLOR_FORCE": "1"])
    #expect(red.err.contains("error:"))
    let quiet = try Tool.run("discover", Tool.quick, "--out", workshop.path("b.h5"), "--no-report", "-q")
    #expect(quiet.err == "")
  }

  @Test("evaluate --json ends with rows that are compared in pairs")
  func evaluate() throws {
    let end = try Tool.run(
      "evaluate", "feedback-alignment", "backprop", "feedback-alignment", "--experiment", Tool.quick, "--episodes", "5",
      "--json", "-q")
    #expect(end.code == 0, "\(end.err)")
    let rows = try #require(end.objects.last?["rows"] as? [[String: Any]])
    #expect(
      rows.compactMap { $0["name"] as? String } == [
        "feedback-alignment", "backprop", "feedback-alignment-2", "nearest-class-mean", "ridge",
      ])
    for row in rows {
      for key in ["accuracy", "interval", "difference", "difference_interval", "episodes"] { #expect(row[key] != nil) }
    }
    #expect(rows[2]["difference"] as? Double == 0)
  }

  @Test("a rehearsal says what a run would take and writes nothing")
  func dryRun() throws {
    let end = try Tool.run("discover", Tool.quick, "--dry-run", "--out", workshop.path("a.h5"), "--json")
    #expect(end.code == 0)
    #expect(end.objects.first?["evaluations"] as? Int == 6 * 6 * 3 + 3 * (3 * 4 * 3) + 4 * 4 * 6 + 5 * 12)
    #expect(try Tool.run(["discover", Tool.quick, "--dry-run"], folder: workshop.folder.path).code == 0)
    #expect(try FileManager.default.contentsOfDirectory(atPath: workshop.folder.path) == [])
  }

  @Test("records are numbered in runs/ when no name is given")
  func numbered() throws {
    for n in 1...2 {
      let end = try Tool.run(["discover", Tool.quick, "-q", "--no-report"], folder: workshop.folder.path)
      #expect(end.code == 0)
      #expect(workshop.exists("runs/quick-\(n).h5"))
      #expect(end.out.contains("record    runs/quick-\(n).h5\n"))
    }
  }

  @Test("rules show prints the plan of each projection, and --off takes terms out of it")
  func plan() throws {
    let end = try Tool.run("rules", "show", "error-hebb-oja")
    #expect(end.code == 0)
    #expect(end.out.contains("plan on 784-170-130-100-70-5, 20 steps, weights move at 18"))
    #expect(end.out.contains("projection 1 (784x170, input): ahead, every step"))
    #expect(end.out.contains("back of all steps by forward substitution"))
    let off = try Tool.run("rules", "show", "error-hebb-oja", "--off", "hebb,oja", "--network", "64,30,5", "--json")
    #expect(off.code == 0, "\(off.err)")
    let plan = try #require(off.objects.first?["plan"] as? [String: Any])
    #expect(plan["network"] as? [Int] == [64, 30, 5])
    let projections = try #require(plan["projections"] as? [[String: Any]])
    #expect(projections.count == 2)
    let terms = try #require(projections[0]["terms"] as? [[String: Any]])
    #expect(terms.count { $0["method"] is String } == 1)
    let small = try #require((plan["learning_sample"] as? [String: Any])?["multiply_adds"] as? Double)
    let whole = try Tool.run("rules", "show", "error-hebb-oja", "--network", "64,30,5", "--json")
    let all = try #require((whole.objects.first?["plan"] as? [String: Any])?["learning_sample"] as? [String: Any])
    #expect(try #require(all["multiply_adds"] as? Double) > small && small > 0)
    // Layers of their own have plans of their own.
    let layered = try workshop.write(
      "layered.yaml",
      "schema: 1\nrule: layered\nsource: none\ncoefficients: {a: {start: 0.1, range: [-1, 1], scale: 0.1}}\n"
        + "dw: -a * e_post * y_pre\nlayers:\n  -1: {dw: a * w**2}\n")
    let sheet = try Tool.run("rules", "show", layered)
    #expect(sheet.out.contains("projection 5 (70x5, readout): swept"), "\(sheet.out)\(sheet.err)")
    for arguments in [["--network", "64"], ["--network", "64,x,5"], ["--off", "heb"]] {
      let end = try Tool.run(["rules", "show", "error-hebb-oja"] + arguments)
      #expect(end.code == 64, "\(arguments)")
      #expect(end.err.hasPrefix("error: "), "\(end.err)")
    }
  }

  @Test("bench --explain sets predicted beside measured")
  func explain() throws {
    let end = try Tool.run("bench", "--experiment", Tool.quick, "--explain", "--seconds", "0.1", "--json")
    #expect(end.code == 0, "\(end.err)")
    let parts = try #require(end.objects.first?["parts"] as? [[String: Any]])
    let whole = try #require(parts.last)
    #expect(whole["part"] as? String == "whole episode")
    for key in ["bound_seconds", "predicted_seconds", "measured_seconds"] {
      #expect(try #require(whole[key] as? Double) > 0, "\(key)")
    }
    let table = try Tool.run("bench", "--experiment", Tool.quick, "--explain", "--seconds", "0.1")
    #expect(table.out.contains("measured/predicted") && table.out.contains("\nwhole episode "))
  }

  @Test("the small verbs print JSON that parses")
  func smallVerbs() throws {
    #expect(try Tool.run("discover", Tool.quick, "--out", workshop.path("a.h5"), "-q", "--no-report").code == 0)
    let record = workshop.path("a.h5")
    for (arguments, key) in [
      (["rules", "list", "--json"], "rules"), (["rules", "show", "error-hebb-oja", "--json"], "equations"),
      (["tasks", "list", "--json"], "tasks"), (["tasks", "info", "yin-yang", "--json"], "pools"),
      (["log", "info", record, "--json"], "schema_version"), (["log", "check", record, "--json"], "records"),
      (["log", "diff", record, record, "--json"], "equal"),
      (["log", "tail", record, "-n", "1", "--json"], "generation"),
      (["config", "show", Tool.quick], "optimizer"), (["config", "schema", "rule"], "properties"),
      (["bench", "--experiment", Tool.quick, "--seconds", "0.2", "--json"], "episodes_per_second"),
      (["bench", "machine", "--seconds", "0.002", "--json"], "measured"),
      (["--version", "--json"], "schema_version"),
    ] {
      let end = try Tool.run(arguments)
      #expect(end.code == 0, "\(arguments): \(end.err)")
      let object = try JSONSerialization.jsonObject(with: Data(end.out.utf8)) as? [String: Any]
      #expect(object?[key] != nil, "\(arguments)")
    }
    let doctor = try Tool.run("doctor", "--json")
    #expect(doctor.code == 0)
    #expect(doctor.objects.first?["ok"] as? Bool == true)
    let rate = try Tool.run("bench", "--experiment", Tool.quick, "--seconds", "0.2", "--workers", "2", "--json")
    #expect((rate.objects.first?["episodes_per_second"] as? Double ?? 0) > 0)
    let tail = try Tool.run("log", "tail", record, "-n", "2")
    #expect(tail.lines.count == 2 && tail.lines[1].hasPrefix("gen 5 best "))
    #expect(try Tool.run("log", "check", record).out == "\(record): ok\n")
    #expect(try Tool.run("--version").out.hasPrefix("metaplast "))
  }

  @Test("every shipped rule and experiment passes its own check")
  func shipped() throws {
    func pages(_ folder: String) throws -> [String] {
      let url = packageRoot.appendingPathComponent(folder)
      return try FileManager.default.contentsOfDirectory(atPath: url.path).filter { $0.hasSuffix(".yaml") }.sorted()
        .map { url.appendingPathComponent($0).path }
    }
    let rules = try Tool.run(["rules", "check"] + pages("rules"))
    #expect(rules.code == 0, "\(rules.err)")
    let experiments = try Tool.run(["config", "check"] + pages("experiments"))
    #expect(experiments.code == 0, "\(experiments.err)")
    #expect(experiments.lines.allSatisfy { $0.contains(": ok") })
  }
}
