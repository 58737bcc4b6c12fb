import Pages
import Testing

/// All messages of a page that is refused; empty when it is read.
func refusal(_ text: String) -> String {
  do {
    _ = try Page.parse(text: text, file: "p.yaml")
    return ""
  } catch {
    return error.description
  }
}

@Suite("Pages are read with places")
struct PageTests {
  @Test("every node knows its line, column and length")
  func places() throws {
    let page = try Page.parse(text: "a:\n  sigma: -1.5   # note\n  list: [1, 'two', \"thr\\\"ee\"]\n", file: "p.yaml")
    let a = try #require(page.root["a"])
    let sigma = try #require(a["sigma"])
    #expect(sigma.scalar?.number == -1.5)
    #expect((sigma.place.line, sigma.place.column, sigma.place.length) == (2, 10, 4))
    guard case .sequence(let items) = try #require(a["list"]).kind else { throw Refused() }
    #expect(items.map(\.place.column) == [10, 13, 20])
    #expect(items.map(\.place.length) == [1, 5, 9])
    #expect(items.map { $0.scalar?.isPlain } == [true, false, false])
    #expect(page.root.entries?.first?.keyPlace.line == 1)
  }

  @Test("a folded block points back into its lines")
  func folded() throws {
    let text = "dw: >   # equation\n  - eta * a\n  + wrong * b\n\n    + deeper\n"
    let scalar = try #require(try Page.parse(text: text, file: "p.yaml").root["dw"]?.scalar)
    for word in ["eta", "wrong", "b", "deeper", "+"] {
      let range = try #require(scalar.text.utf8Range(of: word))
      let place = scalar.place(of: range)
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
      let line = Array(lines[place.line - 1])
      #expect(String(line[(place.column - 1)..<(place.column - 1 + place.length)]) == word)
    }
    #expect(scalar.place(of: try #require(scalar.text.utf8Range(of: "wrong"))).line == 3)
  }

  @Test(
    "literal, quoted and plain scalars over several lines point back too",
    arguments: [
      "k: |-2\n    one\n   target\n", "k: 'one ''x''\n  target'\n", "k: \"one \\u00e9 \\\n  \\\"x\\\" target\"\n",
      "k: one\n  two target\n", "k: &name >\n  ä\n  target\n", "k: \"\\x61\\t target\"\n",
    ])
  func otherStyles(text: String) throws {
    let scalar = try #require(try Page.parse(text: text, file: "p.yaml").root["k"]?.scalar)
    let place = scalar.place(of: try #require(scalar.text.utf8Range(of: "target")))
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let line = Array(String(lines[place.line - 1]).unicodeScalars)
    #expect(String(String.UnicodeScalarView(line[(place.column - 1)...].prefix(6))) == "target")
    #expect(place.length == 6)
  }

  @Test("columns are counted in characters and the caret stands under its place")
  func caret() throws {
    let page = try Page.parse(text: "é: {ж: -1}\n", file: "p.yaml")
    let place = try #require(page.root["é"]?["ж"]?.place)
    #expect(place.diagnostic("no").description == "p.yaml:1:8: error: no\n   1 | é: {ж: -1}\n     |        ^~")
  }

  @Test("numbers are read as YAML 1.2 reads them")
  func numbers() throws {
    func scalar(_ text: String) throws -> PageScalar? {
      try Page.parse(text: "k: " + text, file: "p.yaml").root["k"]?.scalar
    }
    #expect(try scalar("1e-3")?.number == 1e-3)
    #expect(try scalar("1.0e-3")?.number == 1e-3)
    #expect(try scalar("+.5E2")?.number == 50)
    #expect(try scalar("-.inf")?.number == -.infinity)
    #expect(try scalar(".nan")?.number?.isNaN == true)
    #expect(try scalar("010")?.integer == 10)
    #expect(try scalar("9223372036854775808")?.integer == nil)
    #expect(try scalar("\"1\"")?.number == nil)
    #expect(try scalar("nan")?.number == nil)
    #expect(try scalar("0x10")?.number == nil)
    #expect(try scalar("1.e")?.number == nil)
    #expect(try scalar("no")?.boolean == nil)
    #expect(try scalar("true")?.boolean == true)
    #expect(try scalar("~")?.isNull == true)
  }

  @Test("duplicate keys, tags, second documents, compound keys and bad characters are refused with their place")
  func refused() {
    #expect(
      refusal("a: 1\nb: 2\na: 3\n") == "p.yaml:3:1: error: duplicate key \"a\"\n   3 | a: 3\n     | ^")
    #expect(refusal("a: !!int 1\n") == "p.yaml:1:4: error: tags are not allowed\n   1 | a: !!int 1\n     |    ^~~~~")
    #expect(
      refusal("a: 1\n---\nb: 1\n")
        == "p.yaml:2:1: error: a page is one document; remove what begins here\n   2 | ---\n     | ^")
    #expect(refusal("[1]: 2\n") == "p.yaml:1:1: error: a key must be plain text\n   1 | [1]: 2\n     | ^")
    #expect(refusal("").hasPrefix("p.yaml:1:1: error: the page is empty"))
    #expect(refusal("a: \u{1}\n").hasPrefix("p.yaml:1:4: error: a character here is not allowed in YAML"))
    #expect(refusal("a: *b\n").hasPrefix("p.yaml:1:4: error: not YAML: found undefined alias"))
    #expect(refusal("a: b: c\n").hasPrefix("p.yaml:1:5: error: not YAML: mapping values are not allowed"))
    #expect(refusal("a: [1,\n").hasPrefix("p.yaml:2:1: error: not YAML: "))
  }

  @Test("anchors and aliases are written out")
  func aliases() throws {
    let page = try Page.parse(text: "base: &b {x: 1}\nuse: *b\n", file: "p.yaml")
    #expect(page.root["use"]?["x"]?.scalar?.integer == 1)
  }

  @Test("alias bombs, deep nesting and large pages are refused quickly")
  func hostile() {
    var bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
    for level in 1...9 {
      let uses = Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ")
      bomb += "a\(level): &a\(level) [\(uses)]\n"
    }
    #expect(refusal(bomb).contains("more than 100000 nodes"))
    let compound = refusal(bomb + "? *a9\n: 1\n")
    #expect(compound.contains("a key must be plain text in a page that uses aliases"))
    #expect(refusal(bomb + "{[*a9]: 1}: 1\n").contains("a key must be plain text"))
    #expect(refusal(String(repeating: "[", count: 100_000)) != "")
    #expect(refusal("a: " + String(repeating: "[", count: 80) + String(repeating: "]", count: 80)).contains("deeper"))
    #expect(refusal(String(repeating: "- ", count: 300_000)) != "")
    #expect(refusal(String(repeating: "{", count: 1_000_000)) != "")
    #expect(refusal(String(repeating: "a", count: Page.sizeLimit + 1)).contains("at most 1048576 are read"))
    #expect(refusal("[" + String(repeating: "1,", count: 200_000) + "1]").contains("more than 100000 nodes"))
  }
}

struct Refused: Error {}

extension String {
  /// UTF-8 offsets of the first occurrence of a word.
  func utf8Range(of word: String) -> Range<Int>? {
    let bytes = Array(utf8)
    let wanted = Array(word.utf8)
    guard bytes.count >= wanted.count else { return nil }
    for start in 0...(bytes.count - wanted.count) where bytes[start...].starts(with: wanted) {
      return start..<(start + wanted.count)
    }
    return nil
  }
}
