import Pages

/// A Jupyter notebook, nbformat 4.5, without outputs; equal notebooks give equal bytes.
///
/// - SeeAlso: the Notebook file format, https://nbformat.readthedocs.io.
public struct Notebook: Sendable, Equatable {
  /// One cell.
  public struct Cell: Sendable, Equatable {
    /// What a cell holds.
    public enum Kind: String, Sendable {
      /// Python.
      case code
      /// Text.
      case markdown
    }

    /// A word that names it, `[a-zA-Z0-9_-]{1,64}`, unique in its notebook.
    public var id: String
    /// What it holds.
    public var kind: Kind
    /// Its text.
    public var source: String
    /// Its tags.
    public var tags: [String]

    /// Makes a cell.
    public init(_ id: String, _ kind: Kind, _ source: String, tags: [String] = []) {
      self.id = id
      self.kind = kind
      self.source = source
      self.tags = tags
    }
  }

  /// Its cells, from the top.
  public var cells: [Cell]

  /// Makes a notebook.
  public init(cells: [Cell]) { self.cells = cells }

  /// The file: keys sorted, indented by 1, a newline at the end.
  public var json: String {
    let kernel: [JSON.Member] = [
      .init("display_name", .text("Python 3 (ipykernel)")), .init("language", .text("python")),
      .init("name", .text("python3")),
    ]
    let notebook = JSON.object([
      .init("cells", .list(cells.map(\.json))),
      .init(
        "metadata",
        .object([
          .init("kernelspec", .object(kernel)), .init("language_info", .object([.init("name", .text("python"))])),
        ])),
      .init("nbformat", .integer(4)), .init("nbformat_minor", .integer(5)),
    ])
    return notebook.text(sorted: true, indent: 1) + "\n"
  }
}

extension Notebook.Cell {
  var json: JSON {
    var members: [JSON.Member] = [
      .init("cell_type", .text(kind.rawValue)), .init("id", .text(id)),
      .init("metadata", .object(tags.isEmpty ? [] : [.init("tags", .list(tags.map(JSON.text)))])),
      .init("source", .list(lines.map(JSON.text))),
    ]
    if kind == .code { members += [.init("execution_count", .null), .init("outputs", .list([]))] }
    return .object(members)
  }

  /// The lines of the text, each but the last with its newline.
  private var lines: [String] {
    let lines = source.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    return lines.enumerated().map { $0.offset < lines.count - 1 ? $0.element + "\n" : $0.element }
  }
}
