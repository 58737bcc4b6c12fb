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
        "firing-rates-1-1": 4 * 2,  // rules with a network × groups
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
          return ["accuracy", "differences", "firing-rates-1-1"].contains(id) ? nil : (id, marks(in: figure))
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
    #expect(counts["low-data-1"] == 3 * 2 && counts["low-data-2"] == 3 * 2)
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
    #expect(names.isDisjoint(with: ["script", "link", "iframe", "img", "object", "embed", "base", "form", "a"]))
    #expect(!text.replacing("http://www.w3.org/2000/svg", with: "").replacing(mathML, with: "").contains("://"))
    #expect(!text.contains("url(") && !text.contains("@import"))
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
