/// Fields of comma-separated values (RFC 4180).
public enum CSVField {
  /// The text, in quotes where a comma, a quote or the end of a line makes them needed.
  public static func quoted(_ text: String) -> String {
    let isPlain = !text.utf8.contains { $0 == 0x2C || $0 == 0x22 || $0 == 0x0A || $0 == 0x0D }
    return isPlain ? text : "\"\(text.replacing("\"", with: "\"\""))\""
  }
}
