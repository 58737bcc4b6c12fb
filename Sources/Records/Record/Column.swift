/// One dataset of the schema: where it lies, what its axes and values are.
struct Column: Sendable, Hashable {
  /// What its integers stand for.
  enum Meaning: Sendable, Hashable {
    /// Themselves.
    case plain
    /// False and true.
    case boolean
    /// ``CandidateStatus``.
    case status
  }

  let name: String
  /// Names of its axes, outermost first.
  let dimensions: [String]
  let type: ElementType
  let units: String?
  let longName: String
  let optional: Bool
  let meaning: Meaning
  let comment: String?

  init(
    _ name: String, _ dimensions: [String], _ type: ElementType, _ longName: String, units: String? = nil,
    optional: Bool = false, meaning: Meaning = .plain, comment: String? = nil
  ) {
    self.name = name
    self.dimensions = dimensions
    self.type = type
    self.longName = longName
    self.units = units ?? (type.isFloat || (type != .str && type != .i1) ? "1" : nil)
    self.optional = optional
    self.meaning = meaning
    self.comment = comment
  }

  /// The column that gives its dimension its labels.
  static func coordinate(
    _ name: String, _ type: ElementType, _ longName: String, optional: Bool = false
  ) -> Column {
    Column(name, [name], type, longName, optional: optional)
  }

  /// True when it labels its own axis.
  var isCoordinate: Bool { dimensions == [name] }
}

/// A group of the schema: its columns, coordinates first.
struct Table: Sendable, Hashable {
  /// The group's path, without a leading slash.
  let path: String
  let columns: [Column]
  /// Dimensions that may grow.
  let growing: Set<String>
  /// Text attributes the group must have.
  let attributes: [String]

  init(_ path: String, growing: Set<String> = [], attributes: [String] = [], _ columns: [Column]) {
    self.path = path
    self.columns = columns
    self.growing = growing
    self.attributes = attributes
  }

  /// The column of that name.
  subscript(_ name: String) -> Column? { columns.first { $0.name == name } }

  /// The path of a column.
  func path(of column: Column) -> String { "/\(path)/\(column.name)" }
}
