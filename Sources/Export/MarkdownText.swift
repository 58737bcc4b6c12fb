/// Text for Markdown.
public enum MarkdownText {
  /// Text that Markdown shows as it is, on one line.
  public static func plain(_ text: String) -> String {
    var plain = ""
    for character in text {
      switch character {
      case "<": plain += "&lt;"
      case ">": plain += "&gt;"
      case "&": plain += "&amp;"
      case _ where character.isNewline: plain += " "
      case _ where "\\`*_{}[]()#+!|$~".contains(character): plain += "\\\(character)"
      default: plain.append(character)
      }
    }
    return plain
  }
}
