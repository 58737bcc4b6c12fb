import Arithmetic
import Foundation
import Pages
import Rules
import Testing

/// Random damage to texts, the same in every run.
struct Damage {
  var stream: RandomStream

  init(_ index: Int) { stream = RandomStream(seed: 77, purpose: .testing, lane: 9, UInt32(index)) }

  static let pieces: [String] =
    [
      "\n", "\n\n", "  ", "\t", ":", ": ", "- ", "[", "]", "{", "}", ",", "&a ", "*a", "? ", "!!str ", "|", ">", "'",
      "\"", "\\", "#", "---\n", "...\n", "%", "@", "`", "\u{0}", "\u{7F}", "\u{85}", "\u{2028}", "é", "🧠", "\u{301}",
      "0", "1", "-1", "1e999", ".inf", ".nan", "~", "true", "1.0e-3", "9223372036854775808", "(", ")", "((((", "))))",
      "+", "-", "*", "**", "/", "^", "=", "<", "w", "b", "y_pre", "y_post", "back(", "ahead(", "dot(", "sum(", "sqrt(",
      "log(", "elig", "eta", "tau", "of", "dw:", "layers:", "<<", "log",
    ]

  /// A few characters removed, doubled, exchanged or put in.
  mutating func apply(to text: String) -> String {
    var characters = Array(text.unicodeScalars)
    for _ in 0..<(1 + stream.below(4)) {
      let place = stream.below(characters.count + 1)
      let length = min(characters.count - place, 1 + stream.below(12))
      switch stream.below(5) {
      case 0: characters.removeSubrange(place..<(place + length))
      case 1: characters.insert(contentsOf: characters[place..<(place + length)], at: place)
      case 2 where length > 1: characters.swapAt(place, place + length - 1)
      case 3:
        let other = stream.below(characters.count + 1)
        let piece = characters[other..<min(characters.count, other + 1 + stream.below(30))]
        characters.insert(contentsOf: Array(piece), at: place)
      default: characters.insert(contentsOf: Damage.pieces[stream.below(Damage.pieces.count)].unicodeScalars, at: place)
      }
    }
    var damaged = String.UnicodeScalarView()
    damaged.append(contentsOf: characters)
    return String(damaged)
  }

  /// Nothing but pieces.
  mutating func soup() -> String {
    (0..<stream.below(60)).map { _ in Damage.pieces[stream.below(Damage.pieces.count)] }.joined()
  }

  /// Pieces of the rule language alone.
  mutating func equation() -> String {
    let words = [
      "+", "-", "*", "/", "**", "(", ")", ",", "w", "b", "y_pre", "y_post", "e_pre", "s_post", "psi_post", "eta",
      "n_in",
      "1", "2", "0.5", "back(y_post)", "ahead(", "sum(", "dot(", "max(", "clip(", "abs(", "sqrt(", "exp(", "mod", "zz",
    ]
    return (0..<(1 + stream.below(14))).map { _ in words[stream.below(words.count)] }.joined(separator: " ")
  }
}

@Suite("Hostile pages")
struct RuleFuzzTests {
  /// What must be true of any text: a rule that survives being written, or findings with places inside the text.
  private func examine(_ text: String) -> Bool {
    let (rule, findings) = Rule.inspect(text: text, file: "f.yaml")
    if let rule {
      #expect(findings.isEmpty)
      let written = RulePage.text(rule)
      let again = try? Rule.load(text: written, file: "f.yaml")
      #expect(again == rule, "\(text)\nwritten as\n\(written)")
      return true
    }
    #expect(!findings.isEmpty, "refused without a word:\n\(text)")
    var lines = text.unicodeScalars.split(omittingEmptySubsequences: false) {
      ["\n", "\r", "\u{85}", "\u{2028}", "\u{2029}"].contains($0)
    }
    if lines.isEmpty { lines = [text.unicodeScalars[...]] }
    for finding in findings.map(\.diagnostic) {
      let isInside =
        (1...lines.count).contains(finding.line) && finding.column >= 1 && !finding.message.isEmpty
        && finding.column <= lines[finding.line - 1].count + 1
      #expect(isInside, "\(finding) is outside of\n\(text)")
    }
    return false
  }

  @Test("damaged pages are refused with places inside the page, or load and survive being written")
  func damagedPages() throws {
    let names = PageFolder.names(in: PageFolder.shipped)
    let valid = PageFolder.folder.appendingPathComponent("valid")
    var pages = try names.map { try PageFolder.text($0, in: PageFolder.shipped) }
    pages += try PageFolder.names(in: valid).map { try PageFolder.text($0, in: valid) }
    var accepted = 0
    for index in 0..<6000 {
      var damage = Damage(index)
      if examine(damage.apply(to: pages[index % pages.count])) { accepted += 1 }
    }
    // Both outcomes have to be common, or the test tests nothing.
    #expect((300...5700).contains(accepted), "\(accepted) of 6000 were accepted")
  }

  @Test("soups of YAML pieces are refused with places inside the page")
  func soups() {
    for index in 0..<4000 {
      var damage = Damage(100_000 + index)
      _ = examine(damage.soup())
      _ = examine("schema: 1\nrule: soup\n" + damage.soup())
    }
  }

  @Test("random equations are refused with places inside the page, or survive being written")
  func equations() {
    var accepted = 0
    for index in 0..<6000 {
      var damage = Damage(200_000 + index)
      let head =
        "schema: 1\nrule: random\ncoefficients: {eta: {start: 0.5, range: [0.1, 1], scale: log}}\ndw: >\n  eta + "
      if examine(head + damage.equation() + "\n") { accepted += 1 }
    }
    #expect(accepted > 50, "\(accepted) of 6000 were accepted")
  }

  @Test("any nesting, length and number of names is answered quickly")
  func extremes() {
    let head = "schema: 1\nrule: big\ndw: \""
    for text in [
      String(repeating: "(", count: 60_000), String(repeating: "-", count: 60_000) + "w",
      String(repeating: "w**", count: 20_000) + "2", "w" + String(repeating: "+w", count: 30_000),
      String(repeating: "abs(", count: 10_000) + "w" + String(repeating: ")", count: 10_000),
      String(repeating: "?", count: 60_000), String(repeating: "a", count: 65_000),
      "max(" + String(repeating: "w,", count: 30_000) + "w)", String(repeating: "w zz ", count: 12_000),
      String(repeating: "zz+", count: 250) + "zz", "(" + String(repeating: "w*", count: 250) + "w)**2",
      String(repeating: "1.", count: 30_000), String(repeating: "é", count: 30_000),
    ] {
      _ = examine(head + text + "\"\n")
    }
    var wide = "schema: 1\nrule: wide\ndw: w\ncoefficients:\n"
    for index in 0..<5000 { wide += "  c\(index): {start: 0, range: [0, 1], scale: 1}\n" }
    _ = examine(wide)
    _ = examine("schema: 1\nrule: wide\ndw: w\n" + (0..<20_000).map { "key\($0): 1\n" }.joined())
  }

  @Test("what the checker lets through never divides by 0 and never leaves a function's domain")
  func soundness() throws {
    let head = """
      schema: 1
      rule: sound
      coefficients:
        c: {start: 0.5, range: [0.25, 2], scale: 0.1}
        k: {start: 0.0, range: [-1, 1], scale: 0.1}
      traces: {x_pre: {of: s_pre + 0.5, tau: 5}}
      dw: "
      """
    let words = ["w", "y_pre", "y_post", "s_pre", "psi_post", "c", "k", "x_pre", "n_in", "0", "1", "2", "0.5", "loss"]
    let values = [-2, -1, -0.5, 0, 0.5, 1, 2]
    var (accepted, divided) = (0, 0)
    for index in 0..<5000 {
      var stream = RandomStream(seed: 78, purpose: .testing, lane: 10, UInt32(index))
      func make(_ depth: Int) -> String {
        if depth == 0 { return words[stream.below(words.count)] }
        func x() -> String { make(depth - 1) }
        switch stream.below(16) {
        case 0: return "(\(x()) + \(x()))"
        case 1: return "(\(x()) - \(x()))"
        case 2: return "\(x())*(\(x()))"
        case 3, 4, 5: return "(\(x()))/(\(x()))"
        case 6: return "sqrt(\(x()))"
        case 7: return "log(\(x()))"
        case 8: return "abs(\(x()))"
        case 9: return "max(\(x()), \(x()))"
        case 10: return "min(\(x()), \(x()))"
        case 11: return "(\(x()))**\(["2", "3", "-1", "-2", "0.5", "1.5", "-0.5", "c"][stream.below(8)])"
        case 12: return ["relu", "tanh", "sign", "step"][stream.below(4)] + "(\(x()))"
        case 13: return "clip(\(x()), \(x()), \(x()))"
        case 14:
          return ["norm(y_post*(1 + psi_post))", "sum(s_pre)", "mean(psi_post)", "dot(y_pre, y_pre)"][stream.below(4)]
        default: return "exp(-abs(\(x())))"
        }
      }
      let text = make(1 + stream.below(3))
      guard let rule = try? Rule.load(text: head + text + " + 0*c*k*x_pre\"\n", file: "s") else { continue }
      accepted += 1
      if text.contains("/") { divided += 1 }
      for _ in 0..<6 {
        func draw(_ low: Double = -2) -> Double {
          let value = values[stream.below(values.count)]
          return value < low ? -value : value
        }
        var quantities = ProjectionQuantities<Double>(preCount: 2, postCount: 2)
        quantities.yPre = [draw(), draw()]
        quantities.yPost = [draw(), draw()]
        quantities.sPre = [Double(stream.below(2)), Double(stream.below(2))]
        quantities.psiPost = [draw(0), draw(0)]
        quantities.loss = draw(0)
        let coefficients = [[0.25, 0.5, 1, 2][stream.below(4)], [-1, -0.5, 0, 1][stream.below(4)]]
        var projection = InterpretedProjection<Double>(
          rule: rule, layer: 1, layerCount: 1, coefficients: coefficients, preCount: 2, postCount: 2,
          weights: [draw(), draw(), draw(), draw()])
        projection.advance(quantities)
        let change = projection.weightChange(quantities)
        let isFinite = change.allSatisfy { $0.isFinite }
        #expect(isFinite, "\(text) gives \(change)")
      }
    }
    #expect(accepted > 500 && divided > 50, "\(accepted) accepted, \(divided) with a division")
  }
}
