import Export
import Foundation
import Records
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite("Report")
struct ReportTests {
  /// The page as a tree; the first line, which is not XML, left out.
  private func tree(_ page: String) throws -> XMLElement {
    let start = try #require(page.firstRange(of: "<html"))
    let document = try XMLDocument(data: Data(page[start.lowerBound...].utf8), options: [.nodePreserveWhitespace])
    return try #require(document.rootElement())
  }

  private func descendants(_ element: XMLElement) -> [XMLElement] {
    let own = (element.children ?? []).compactMap { $0 as? XMLElement }
    return own + own.flatMap(descendants)
  }

  /// An attribute looked up by its whole name: `attribute(forName:)` misses those of elements in a namespace.
  private func attribute(_ name: String, of element: XMLElement) -> String? {
    element.attributes?.first { $0.name == name }?.stringValue
  }

  private func marks(in figure: XMLElement) -> Int {
    descendants(figure).count {
      (attribute("class", of: $0) ?? "").split(separator: " ").contains("mark")
    }
  }

  @Test("every figure has as many marks as data, and its data in a table")
  func marksEqualData() throws {
    let page = try tree(Report.html(ExampleRun.contents(generations: 5, episodes: 10)))
    let figures = descendants(page).filter { $0.name == "figure" }
    let counts = Dictionary(
      uniqueKeysWithValues: figures.map { (attribute("id", of: $0) ?? "", marks(in: $0)) })
    #expect(
      counts == [
        "accuracy": 5,  // rules
        "differences": 4 * 10 + 4,  // other rules × episodes, and their means
        "fitness": 5 * 4 + 5 + 5,  // candidates, medians, best so far
        "coefficients": 2 * 2 * 5,  // coefficients × (mean, best) × generations
        "step-size": 2 * 5,  // step size and axis ratio
        "firing-rates": 4 * 2,  // rules with a network × groups
      ])
    for figure in figures {
      let inside = descendants(figure)
      #expect(inside.contains { $0.name == "svg" } && inside.contains { $0.name == "details" })
      #expect(inside.count { $0.name == "tr" } > 1)
    }
  }

  @Test("a descent has pictures of its own: coefficients, angles and orthonormality over episodes")
  func descent() throws {
    func counts(_ contents: RunContents) throws -> [String: Int] {
      let page = try tree(Report.html(contents))
      let figures = descendants(page).filter { $0.name == "figure" }
      return Dictionary(
        uniqueKeysWithValues: figures.compactMap { figure in
          let id = attribute("id", of: figure) ?? ""
          return ["accuracy", "differences", "firing-rates"].contains(id) ? nil : (id, marks(in: figure))
        })
    }
    // 40 episodes, of which 4 failed and have no angles; the readout's angle, 0, is not drawn, nor is the constant rate.
    #expect(
      try counts(ExampleRun.descent()) == [
        "search-accuracy": 40, "search-loss": 40, "coefficients-together": 3 * 40, "coefficients": 3 * 40,
        "alignment": 3 * 36, "orthonormality": 3 * 40,
      ])
    #expect(try counts(ExampleRun.descent(penalty: 0.5))["search-loss"] == 2 * 40)
    // Nothing was measured beside the coefficients.
    let bare = ExampleRun.descent(layers: false)
    #expect(try Set(counts(bare).keys).isDisjoint(with: ["alignment", "orthonormality"]))
    let text = Report.html(ExampleRun.descent())
    #expect(text.contains("4 episodes without a finite gradient were left out"))
    #expect(text.contains("meta-gradient, 40 episodes"))
    #expect(!text.contains("best so far"))
  }

  @Test("an evaluation that looked into its episodes shows learning curves, layers, amounts of data and tasks")
  func episodes() throws {
    let page = try tree(Report.html(ExampleRun.diagnosis()))
    let figures = descendants(page).filter { $0.name == "figure" }
    let counts = Dictionary(
      uniqueKeysWithValues: figures.map { (attribute("id", of: $0) ?? "", marks(in: $0)) })
    // Rules with a network × points; a panel each for the layers that have the quantity.
    #expect(counts["learning-curves-1-2"] == 2 * 4 && counts["learning-curves-2-1"] == 2 * 3)
    #expect(counts["loss-curves-1-2"] == 2 * 4)
    #expect(counts["online-accuracy-1-2"] == 2 * 3)
    #expect(counts["episode-alignment-1-2"] == 2 * 2 * 4)
    #expect(counts["weight-norm-1-2"] == 3 * 2 * 4)
    #expect(counts["episode-rates-1-2"] == 2 * 2 * 4 && counts["silent-1-2"] == 2 * 2 * 4)
    #expect(counts["feedback-angle-1-2"] == nil && counts["saturated-1-2"] == nil)
    #expect(counts["low-data"] == 3 * 2 * 2)
    // Everywhere: rules with a network × points, with 10 examples and with 50, on both tasks.
    #expect(counts["learning-curves"] == 2 * (3 + 4) * 2)
    #expect(counts["transfer-1"] == 3 * 2 && counts["transfer-2"] == 3 * 2)
    #expect(counts["firing-rates-1-1"] == 2 * 2)
    for figure in figures { #expect(descendants(figure).count { $0.name == "tr" } > 1) }
    let row = descendants(try #require(figures.first { attribute("id", of: $0) == "learning-curves-1-2" }))
      .filter { $0.name == "tr" }[2]
    let cells = (row.children ?? []).compactMap { ($0 as? XMLElement)?.stringValue }
    // Episodes 0 to 5 add 0.01 times (7 seed + 3) mod 5: 3, 0, 2, 4, 1, 3.
    #expect(cells.prefix(3) == ["discovered", "10", "0.3717"] && cells.last == "6")
  }

  @Test("the page loads nothing and runs nothing")
  func selfContained() throws {
    let text = Report.html(ExampleRun.contents())
    let mathML = "http://www.w3.org/1998/Math/MathML"
    let names = Set(descendants(try tree(text)).compactMap(\.name))
    #expect(names.isDisjoint(with: ["script", "link", "iframe", "img", "object", "embed", "base", "form"]))
    #expect(!text.replacing("http://www.w3.org/2000/svg", with: "").replacing(mathML, with: "").contains("://"))
    #expect(!text.contains("url(") && !text.contains("@import"))
  }

  @Test("links lead to a part of the page, and anchors are there once")
  func anchors() throws {
    for contents in [ExampleRun.contents(), ExampleRun.diagnosis(), ExampleRun.descent()] {
      let elements = descendants(try tree(Report.html(contents)))
      let ids = elements.compactMap { attribute("id", of: $0) }
      #expect(Set(ids).count == ids.count)
      let links = elements.compactMap { attribute("href", of: $0) }
      #expect(links.count > 2 && Set(links).isSubset(of: ids.map { "#\($0)" }))
      // Every picture has a name, and its numbers beside it.
      for picture in elements where picture.name == "svg" {
        #expect(attribute("role", of: picture) == "img" && attribute("aria-label", of: picture)?.isEmpty == false)
      }
    }
  }

  @Test("only a page that will be rewritten asks to be loaded anew")
  func refresh() {
    #expect(!Report.html(ExampleRun.contents()).contains("http-equiv"))
    #expect(Report.html(ExampleRun.contents(), refresh: 10).contains(#"<meta http-equiv="refresh" content="10"/>"#))
  }

  @Test("the rule card shows the equations of the rule's page, its coefficients and what a synapse needs")
  func ruleCard() throws {
    var contents = ExampleRun.contents()
    contents.rules[0].ruleText = """
      schema: 1
      rule: discovered
      coefficients:
        eta: {start: 0.0335, range: [1.0e-5, 1.0], scale: log}
        oja: {start: -2.0e-4, range: [-1, 1], scale: 1.0e-2}
      dw: >
        - eta * e_post * y_pre
        + oja * y_post * (y_pre - back(y_post))
      layers:
        -1: {dw: "-eta * e_post * y_pre"}

      """
    let elements = descendants(try tree(Report.html(contents)))
    let card = try #require(elements.first { attribute("id", of: $0) == "rule" })
    let inside = descendants(card)
    // Two equations of three and two pieces, and the symbols of two coefficients.
    #expect(inside.count { $0.localName == "math" } == 3 + 2 + 2)
    let rows = inside.filter { $0.name == "tr" }.map { row in
      (row.children ?? []).compactMap { ($0 as? XMLElement)?.stringValue }
    }
    #expect(rows.contains(["η", "eta", "0.0335", "1.0e−5 to 1"]))
    #expect(rows.contains(["dw", "y_post*back(y_post)", "2.0e−4", "layer", "own post, neighbours' weights"]))
    #expect(rows.contains(["dw[-1]", "e_post*y_pre", "−0.0335", "clock", "own pre, delivered error"]))
    // A page that cannot be read leaves the equation's text.
    contents.rules[0].ruleText = "rule: x"
    let plain = Report.html(contents)
    #expect(!plain.contains("<math") && plain.contains(ExampleRun.rules[0].expression))
  }

  @Test("a long search is thinned, says so, and gives a page that does not grow with it")
  func longSearch() throws {
    func page(_ generations: Int) -> String {
      var contents = ExampleRun.contents()
      contents.course = SearchCourse(ExampleRun.header, (0..<generations).map(ExampleRun.generation))
      return Report.html(contents)
    }
    let (short, long) = (page(6000), page(60_000))
    #expect(long.utf8.count < short.utf8.count * 5 / 4 && long.utf8.count < 1_500_000)
    #expect(short.contains("One generation of 11 is drawn and listed, and the last; there are 6000."))
    // One candidate of every second generation diverged.
    #expect(short.contains("3000 candidates had a sick network."))
    let figure = try #require(descendants(try tree(short)).first { attribute("id", of: $0) == "fitness" })
    let first = descendants(figure).filter { $0.name == "td" }.compactMap(\.stringValue)
    #expect(first.first == "0" && first.contains("5999") && first.contains("11") && !first.contains("12"))
  }

  @Test("the front holds the lowest loss of each complexity, penalties left out")
  func front() throws {
    var header = ExampleRun.header
    header.measures = [.complexity, .penalty]
    let rows = (0..<4).map { g in
      var row = ExampleRun.generation(g)
      row.fitness = [-1, -0.9, -0.8, -3]
      // Loss 0.5, 0.9, 0.8 and, in the last generation, 0.4 at complexity 9.
      row.measures = [.complexity: [5, 7, 9, 9], .penalty: [0.5, 0, 0, g == 3 ? 2.6 : 0]]
      row.status = [.ok, .ok, .ok, .ok]
      return row
    }
    var contents = ExampleRun.contents()
    contents.course = SearchCourse(header, rows)
    let elements = descendants(try tree(Report.html(contents)))
    let figure = try #require(elements.first { attribute("id", of: $0) == "front" })
    let lines = descendants(figure).filter { $0.name == "tr" }.dropFirst().map { row in
      (row.children ?? []).compactMap { ($0 as? XMLElement)?.stringValue }
    }
    #expect(
      lines == [["5", "0.5000", "yes", "0", "0"], ["7", "0.9000", "no", "0", "1"], ["9", "0.4000", "yes", "3", "3"]])
  }

  @Test("findings give a page of their own: differences, ranks, sources and what the terms are worth")
  func findings() throws {
    var contents = ExampleRun.contents()
    contents.course = nil
    contents.evaluation = nil
    contents.identity.kind = .findings
    var findings = Findings(
      rules: ["discovered", "backprop"], tasks: ["digits", "fashion"], shots: [10], baseline: "backprop")
    findings.episodes = [20, 20, 20, 20]
    findings.rank = [1, 2]
    findings.measures[.accuracyMean] = [0.8, 0.7, 0.6, 0.5]
    findings.measures[.accuracyLow] = [0.75, 0.65, 0.55, 0.45]
    findings.measures[.accuracyHigh] = [0.85, 0.75, 0.65, 0.55]
    findings.measures[.gapToBaseline] = [0.2, 0.2, .nan, .nan]
    findings.measures[.adjustedP] = [0.0004, 0.02, .nan, .nan]
    findings.summary =
      "The rule **wins**.\n\n- on digits\n- on fashion\n\n## In\\_all\n\n| | mean |\n|---|---|\n| a &lt; b | 0.8 |\n| cut"
    findings.terms = TermImportance(terms: ["dw: -eta*e_post*y_pre", "dw: w"], rules: 2)
    findings.terms?.drop[0...1] = [0.3, -0.01]
    findings.sources = [FindingsSource(name: "a.h5", uuid: "u", kind: "evaluation", sha256: "0")]
    findings.ruleSources = ["a.h5", "a.h5"]
    contents.findings = findings
    let page = Report.html(contents)
    let elements = descendants(try tree(page))
    let figures = Dictionary(
      uniqueKeysWithValues: elements.filter { $0.name == "figure" }.map {
        (attribute("id", of: $0) ?? "", marks(in: $0))
      })
    #expect(figures == ["transfer-1": 2 * 2, "accuracy-1-1": 2, "accuracy-2-1": 2, "ablation-1": 2])
    #expect(page.contains("<p>The rule wins.</p>") && page.contains("<li>on digits</li>"))
    #expect(page.contains("<h3>In_all</h3>") && page.contains("<td>0.8</td>"))
    #expect(!page.contains("|---|") && page.contains("a &lt; b"))
    #expect(page.contains("<td>&lt; 0.001</td>") && page.contains("<td>+0.200</td>") && page.contains("a.h5"))
  }

  @Test("hostile texts of a record are shown, not obeyed")
  func hostileText() throws {
    var contents = ExampleRun.contents(title: ExampleRun.hostile)
    contents.rules[0].expression = ExampleRun.hostile
    contents.rules[0].name = ExampleRun.hostile
    contents.sessions[0].commandLine = ExampleRun.hostile
    contents.evaluation?.rules[0] = ExampleRun.hostile
    contents.evaluation?.layers[0] = "\"><svg onload=x>"
    var header = ExampleRun.header
    header.parameters[0].name = "</text><script>x</script>"
    contents.course = SearchCourse(header, (0..<5).map(ExampleRun.generation))
    let page = try tree(Report.html(contents))
    let elements = descendants(page)
    #expect(!elements.contains { $0.name == "script" })
    #expect(!elements.contains { attribute("onload", of: $0) != nil })
    let title = elements.first { $0.name == "h1" }?.stringValue
    #expect(title == "<script>alert('&\"]]>')</script>\u{FFFD}\u{FFFD}`*_$")
  }

  @Test("equal records give equal bytes")
  func deterministic() {
    #expect(Report.html(ExampleRun.contents()) == Report.html(ExampleRun.contents()))
  }

  @Test("the table's numbers are those of the record")
  func numbers() throws {
    let table = try #require(ExampleRun.contents().scoreTables().first)
    #expect(table.rows.map(\.name).first == "discovered" && table.rows.count == 5)
    for (rule, row) in table.rows.enumerated() {
      #expect(abs(row.accuracy - (0.82 - 0.1 * Double(rule))) < 1e-6)
      #expect(abs(row.difference - 0.1 * Double(rule)) < 1e-6)
      #expect(row.interval.contains(row.accuracy))
      // Every episode has the same difference, so its interval is a point.
      #expect(row.differenceInterval.upper - row.differenceInterval.lower < 1e-6)
    }
    #expect(table.rows[4].loss == nil && abs((table.rows[1].loss ?? 0) - 1.1) < 1e-6)
    // (0.82 − 0.62) / (0.52 − 0.62): backprop is worse than feedback alignment here, so there is no gap.
    #expect(table.gapClosed(table.rows[0]) == nil)
    let page = Report.html(ExampleRun.contents())
    #expect(page.contains("<td>0.820</td>") && page.contains("<td>+0.400</td>"))
  }

  @Test("a record without a search, without scores, or with nothing at all still gives a page")
  func partsMissing() throws {
    var contents = ExampleRun.contents()
    contents.course = nil
    #expect(
      try !descendants(tree(Report.html(contents))).contains { attribute("id", of: $0) == "search" })
    contents = ExampleRun.contents(generations: 0, episodes: 0)
    _ = try tree(Report.html(contents))
    contents.evaluation = nil
    contents.rules = []
    contents.sessions = []
    _ = try tree(Report.html(contents))
  }

  @Test("numbers at the edge of the format give a page")
  func extremeNumbers() throws {
    let wild: [Double] = [
      .nan, .infinity, -.infinity, .greatestFiniteMagnitude, -.greatestFiniteMagnitude, .leastNonzeroMagnitude, 0, -0.0,
      1e300, -1e149, 1e-320, 1,
    ]
    for a in wild {
      for b in wild {
        var contents = ExampleRun.contents(generations: 3, episodes: 2)
        var header = ExampleRun.header
        header.parameters[0].initial = a
        header.parameters[0].upper = b
        let rows = (0..<3).map { g in
          var row = ExampleRun.generation(g)
          let value = g == 0 ? a : b
          row.generation = g == 0 ? .min : .max
          row.fitness = [a, b, a, value]
          row.medianFitness = value
          row.incumbentFitness = b
          row.incumbentParameter = [value, a]
          row.measures = [.searchMean: [b, value], .stepSize: [value], .complexity: [a, b, value, 1]]
          return row
        }
        contents.course = SearchCourse(header, rows)
        for place in contents.evaluation!.accuracy.indices {
          contents.evaluation!.accuracy[place] = Float(place % 2 == 0 ? a : b)
          contents.evaluation!.firingRate![place] = Float(a)
        }
        contents.evaluation!.chanceLevel = [Float(b)]
        _ = try tree(Report.html(contents))
      }
    }
  }
}
