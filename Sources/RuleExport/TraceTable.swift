/// A table of expected values as comma-separated text: a header of comments, a line of names, one line a row.
struct TraceTable {
  private(set) var names: [String]
  private(set) var rows: [[String]] = []

  init(_ names: [String]) { self.names = names }

  mutating func append(_ cells: [String]) {
    precondition(cells.count == names.count, "a row of \(cells.count) cells in a table of \(names.count) columns")
    rows.append(cells)
  }

  /// The header's comments, the names, the rows.
  func text(_ exported: ExportedRule, notes: [String]) -> String {
    let notes = notes.map { "# \($0)\n" }.joined()
    let body = ([names] + rows).map { $0.joined(separator: ",") + "\n" }.joined()
    return ExportHeader(exported, mark: "#").text + notes + body
  }

  /// The shortest text that reads back as the same double.
  static func cell(_ value: Double) -> String { value == 0 ? "0" : "\(value)" }

  /// `y_pre_1`, `y_pre_2`, …; `w_1_1`, `w_1_2`, …: the postsynaptic neuron before the presynaptic one, counted from 1.
  static func names(_ name: String, _ shape: [Int]) -> [String] {
    switch shape.count {
    case 0: [name]
    case 1: (1...shape[0]).map { "\(name)_\($0)" }
    default: (1...shape[0]).flatMap { i in (1...shape[1]).map { j in "\(name)_\(i)_\(j)" } }
    }
  }
}
