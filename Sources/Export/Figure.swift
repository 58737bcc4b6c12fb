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
        Markup("h3", text: title), Markup("div", ["class": "plot"], [picture]), Markup("figcaption", text: caption),
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
  /// Columns of words that may be broken over lines.
  var long: Set<Int> = []
  /// What the table shows, for its caption; may be empty.
  var caption = ""

  var markup: Markup {
    func cell(_ name: String, _ column: Int, _ text: String) -> Markup {
      if long.contains(column) { return Markup(name, ["class": "words long"], text: text) }
      return words.contains(column) ? Markup(name, ["class": "words"], text: text) : Markup(name, text: text)
    }
    var table = Markup("table")
    table.add(
      Markup("thead", [:], [Markup("tr", [:], header.enumerated().map { cell("th", $0.offset, $0.element) })]))
    table.add(
      Markup(
        "tbody", [:], rows.map { row in Markup("tr", [:], row.enumerated().map { cell("td", $0.offset, $0.element) }) })
    )
    let scroll = Markup("div", ["class": "scroll"], [table])
    // Beside the table and not in it: in a table that scrolls, a caption would run out of sight with it.
    return caption.isEmpty ? scroll : Markup("div", [:], [Markup("p", ["class": "caption"], text: caption), scroll])
  }
}
