/// The look of one series: a colour of the palette, and a shape, so that colour is never the only sign.
///
/// The colours are those of Okabe & Ito 2008 (*Color Universal Design*), lightened where the ground is dark.
struct SeriesStyle: Hashable {
  /// Which colour, and which shape, from 0.
  let colour, shape: Int

  static let blue = SeriesStyle(colour: 0, shape: 0)
  static let vermilion = SeriesStyle(colour: 1, shape: 1)
  static let green = SeriesStyle(colour: 2, shape: 2)
  static let purple = SeriesStyle(colour: 3, shape: 3)
  static let orange = SeriesStyle(colour: 4, shape: 4)
  static let sky = SeriesStyle(colour: 5, shape: 5)

  /// Colours, and shapes.
  private static let count = 6

  /// Style number `index`: when the colours begin again they come with other shapes, so that 36 are different.
  static func cycling(_ index: Int) -> SeriesStyle {
    SeriesStyle(colour: index % count, shape: (index + index / count) % count)
  }

  /// The style of row `index` of a comparison: the first row stands out in every figure alike.
  static func row(_ index: Int) -> SeriesStyle { index == 0 ? .vermilion : index == 1 ? .blue : cycling(index) }

  /// Class of its filled marks.
  var fill: String { "f\(colour + 1)" }
  /// Class of its lines.
  var stroke: String { "s\(colour + 1)" }

  /// One datum at a place: a shape of its own for each style, all of about the same area.
  func mark(_ x: Double, _ y: Double, radius r: Double = 4, class extra: String = "", title: String? = nil) -> Markup {
    let name = "mark \(fill)" + (extra.isEmpty ? "" : " \(extra)")
    var mark: Markup
    func polygon(_ points: [(Double, Double)]) -> Markup {
      let corners = points.map { "\(NumberForm.place(x + r * $0.0)) \(NumberForm.place(y + r * $0.1))" }
      return Markup("path", ["class": name, "d": "M" + corners.joined(separator: "L") + "Z"])
    }
    switch shape {
    case 0:
      mark = Markup(
        "circle",
        ["class": name, "cx": NumberForm.place(x), "cy": NumberForm.place(y), "r": NumberForm.place(r)])
    case 1: mark = polygon([(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)])
    case 2: mark = polygon([(0, -1.2), (1.15, 0.85), (-1.15, 0.85)])
    case 3: mark = polygon([(0, -1.25), (1.25, 0), (0, 1.25), (-1.25, 0)])
    case 4: mark = polygon([(0, 1.2), (-1.15, -0.85), (1.15, -0.85)])
    default:
      let (a, b) = (0.4, 1.15)
      mark = polygon([
        (-a, -b), (a, -b), (a, -a), (b, -a), (b, a), (a, a), (a, b), (-a, b), (-a, a), (-b, a), (-b, -a), (-a, -a),
      ])
    }
    if let title { mark.add(Markup("title", text: title)) }
    return mark
  }
}

/// A picture being drawn: elements of SVG on a canvas of 480 units' width, so that its letters stay readable on a phone.
struct Chart {
  /// Units across.
  static let width = 480.0
  /// Units a character of 12 units takes on average, generously.
  static let characterWidth = 6.8

  let height: Double
  private(set) var elements: [Markup] = []

  init(height: Double) { self.height = height }

  mutating func add(_ element: Markup) { elements.append(element) }

  /// The picture with its name for readers that do not see it.
  func svg(label: String) -> Markup {
    var svg = Markup(
      "svg",
      [
        "xmlns": "http://www.w3.org/2000/svg", "class": "chart", "role": "img", "aria-label": label,
        "viewBox": "0 0 \(NumberForm.place(Chart.width)) \(NumberForm.place(height))",
      ])
    for element in elements { svg.add(element) }
    return svg
  }

  mutating func text(_ words: String, _ x: Double, _ y: Double, anchor: String = "start", class name: String = "label")
  {
    add(
      Markup(
        "text", ["class": name, "x": NumberForm.place(x), "y": NumberForm.place(y), "text-anchor": anchor], text: words)
    )
  }

  mutating func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, class name: String) {
    add(
      Markup(
        "line",
        [
          "class": name, "x1": NumberForm.place(x1), "y1": NumberForm.place(y1), "x2": NumberForm.place(x2),
          "y2": NumberForm.place(y2),
        ]))
  }

  /// A line through the drawable values of a series, broken where one is missing.
  mutating func curve(_ xs: [Double], _ ys: [Double], _ x: Axis, _ y: Axis, class name: String) {
    var path = ""
    var isDown = false
    for (a, b) in zip(xs, ys) {
      guard Axis.isDrawable(b) else {
        isDown = false
        continue
      }
      path += "\(isDown ? "L" : "M")\(NumberForm.place(x.place(a))) \(NumberForm.place(y.place(b)))"
      isDown = true
    }
    if !path.isEmpty { add(Markup("path", ["class": name, "d": path])) }
  }

  /// The band between two series where both are drawable.
  mutating func band(_ xs: [Double], _ low: [Double], _ high: [Double], _ x: Axis, _ y: Axis, class name: String) {
    let known = xs.indices.filter { Axis.isDrawable(low[$0]) && Axis.isDrawable(high[$0]) }
    guard known.count > 1 else { return }
    let there = known.map { "\(NumberForm.place(x.place(xs[$0]))) \(NumberForm.place(y.place(high[$0])))" }
    let back = known.reversed().map { "\(NumberForm.place(x.place(xs[$0]))) \(NumberForm.place(y.place(low[$0])))" }
    add(Markup("path", ["class": name, "d": "M" + (there + back).joined(separator: "L") + "Z"]))
  }

  /// An axis below the plot, with grid lines up to `top`.
  mutating func bottomAxis(_ axis: Axis, at y: Double, top: Double, label: String, class name: String = "tick") {
    for tick in axis.ticks {
      let x = axis.place(tick.value)
      line(x, top, x, y, class: "grid")
      text(tick.label, x, y + 16, anchor: "middle", class: name)
    }
    line(axis.from, y, axis.to, y, class: "axis")
    if !label.isEmpty { text(label, (axis.from + axis.to) / 2, y + 35, anchor: "middle") }
  }

  /// An axis left of the plot, with grid lines up to `right`.
  mutating func leftAxis(_ axis: Axis, at x: Double, right: Double, label: String, class name: String = "tick") {
    for tick in axis.ticks {
      let y = axis.place(tick.value)
      line(x, y, right, y, class: "grid")
      text(tick.label, x - 6, y + 4, anchor: "end", class: name)
    }
    if !label.isEmpty { text(label, x, min(axis.from, axis.to) - 10, anchor: "start") }
  }

  /// Names of series in a row, each beside its mark.
  mutating func legend(_ entries: [(SeriesStyle, String)], x: Double, y: Double) {
    var left = x
    var top = y
    for (style, name) in entries {
      let words = Chart.shortened(name, to: 40)
      let width = 22 + Chart.characterWidth * Double(words.count)
      if left + width > Chart.width, left > x { (left, top) = (x, top + 18) }
      // A key, not a datum: no class `mark`.
      var key = style.mark(left + 5, top - 4)
      key.attributes[0].value = style.fill
      add(key)
      text(words, left + 14, top)
      left += width + 8
    }
  }

  /// Where a plot begins whose rows have these names at its left.
  static func margin(for names: [String]) -> Double {
    24 + characterWidth * Double(names.map(\.count).max() ?? 0)
  }

  /// Lines that `legend` needs from `x` on.
  static func legendLines(_ names: [String], x: Double) -> Int {
    var (left, lines) = (x, 1)
    for name in names {
      let width = 22 + characterWidth * Double(shortened(name, to: 40).count)
      if left + width > Chart.width, left > x { (left, lines) = (x, lines + 1) }
      left += width + 8
    }
    return lines
  }

  /// A name cut to a length, with an ellipsis where something is missing.
  static func shortened(_ name: String, to length: Int) -> String {
    name.count <= length ? name : name.prefix(length - 1) + "…"
  }

  /// A name in lines of at most so many characters, broken after hyphens, commas and blanks where it can be; what does not
  /// fit ends in an ellipsis.
  static func wrapped(_ name: String, to length: Int, lines: Int) -> [String] {
    var words: [String] = [""]
    for letter in name {
      words[words.count - 1].append(letter)
      if "-, _/=".contains(letter) { words.append("") }
    }
    var wrapped: [String] = []
    for word in words where !word.isEmpty {
      if let last = wrapped.last, last.count + word.count <= length {
        wrapped[wrapped.count - 1] += word
      } else {
        wrapped.append(word)
      }
    }
    let kept = wrapped.count <= lines ? wrapped : wrapped.prefix(lines - 1) + [wrapped.dropFirst(lines - 1).joined()]
    return kept.map { shortened($0.hasSuffix(" ") ? String($0.dropLast()) : $0, to: length) }
  }
}
