/// An element of XML, well-formed by construction: names come from the program, texts and values are escaped.
struct Markup: Equatable {
  enum Child: Equatable {
    case element(Markup)
    case text(String)
    /// Markup that its writer made well-formed, such as MathML.
    case verbatim(String)
  }

  var name: String
  var attributes: [(name: String, value: String)]
  var children: [Child]

  init(_ name: String, _ attributes: KeyValuePairs<String, String> = [:], _ children: [Markup] = []) {
    self.name = name
    self.attributes = attributes.map { ($0.key, $0.value) }
    self.children = children.map(Child.element)
  }

  init(_ name: String, _ attributes: KeyValuePairs<String, String> = [:], text: String) {
    self.init(name, attributes)
    children = [.text(text)]
  }

  /// An element around markup that is well-formed already.
  init(_ name: String, _ attributes: KeyValuePairs<String, String> = [:], verbatim: String) {
    self.init(name, attributes)
    children = [.verbatim(verbatim)]
  }

  static func == (a: Markup, b: Markup) -> Bool {
    a.name == b.name && a.children == b.children && a.attributes.elementsEqual(b.attributes, by: ==)
  }

  mutating func add(_ child: Markup) { children.append(.element(child)) }

  /// The element as text. Elements that hold elements alone are laid out on lines of their own.
  var text: String {
    var text = ""
    write(into: &text, depth: 0)
    return text
  }

  private func write(into text: inout String, depth: Int) {
    text += "<\(name)"
    for (name, value) in attributes { text += " \(name)=\"\(Markup.escaped(value))\"" }
    guard !children.isEmpty else {
      text += Markup.void.contains(name) ? "/>" : "></\(name)>"
      return
    }
    text += ">"
    let isBlock = children.allSatisfy { if case .element = $0 { true } else { false } }
    for child in children {
      switch child {
      case .element(let element):
        if isBlock { text += "\n" + String(repeating: " ", count: depth + 1) }
        element.write(into: &text, depth: depth + 1)
      case .text(let words): text += Markup.escaped(words)
      case .verbatim(let markup): text += markup
      }
    }
    if isBlock { text += "\n" + String(repeating: " ", count: depth) }
    text += "</\(name)>"
  }

  /// Elements that HTML or SVG closes at once when they are empty.
  private static let void: Set<String> = ["meta", "br", "circle", "line", "path", "polyline", "rect"]

  /// Text that is safe between tags and inside quotes; characters that XML does not have become U+FFFD.
  static func escaped(_ text: String) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "'": escaped += "&#39;"
      case "\t", "\n": escaped.unicodeScalars.append(scalar)
      case "\r": escaped += "\n"
      case _ where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value): escaped += "\u{FFFD}"
      case "\u{FFFE}", "\u{FFFF}": escaped += "\u{FFFD}"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }
}
