/// A picture and the data in it.
struct Figure {
  /// Anchor in the page, a word.
  var id: String
  /// What it shows.
  var title: String
  /// How to read it, one or two sentences.
  var caption: String
  /// The picture.
  var picture: Markup
  /// The numbers it was drawn from.
  var data: Table

  /// The figure as a part of a page.
  var markup: Markup {
    Markup(
      "figure", ["id": id],
      [
        Markup("h3", text: title), picture, Markup("figcaption", text: caption),
        Markup("details", [:], [Markup("summary", text: "Data of this figure"), data.markup]),
      ])
  }
}

/// A table of texts with a header row.
struct Table: Equatable {
  var header: [String]
  var rows: [[String]]
  /// Columns that are words, aligned left; the others are numbers.
  var words: Set<Int> = [0]
  /// What the table shows, for its caption; may be empty.
  var caption = ""

  var markup: Markup {
    func cell(_ name: String, _ column: Int, _ text: String) -> Markup {
      words.contains(column) ? Markup(name, ["class": "words"], text: text) : Markup(name, text: text)
    }
    var table = Markup("table")
    if !caption.isEmpty { table.add(Markup("caption", text: caption)) }
    table.add(
      Markup("thead", [:], [Markup("tr", [:], header.enumerated().map { cell("th", $0.offset, $0.element) })]))
    table.add(
      Markup(
        "tbody", [:], rows.map { row in Markup("tr", [:], row.enumerated().map { cell("td", $0.offset, $0.element) }) })
    )
    return Markup("div", ["class": "scroll"], [table])
  }
}
