/// Something that two records do not have in common.
public struct Difference: Sendable, Hashable, Codable, CustomStringConvertible {
  /// The path of the object, with `@name` when an attribute is meant.
  public var path: String
  /// What differs, in words.
  public var what: String

  /// Makes a difference.
  public init(path: String, what: String) {
    self.path = path
    self.what = what
  }

  /// Path and words in one line.
  public var description: String { "\(path): \(what)" }
}

/// Compares two records to the bit.
public enum RecordDiff {
  /// All differences between two records, in the order of the first.
  ///
  /// Compared are which objects there are, their types, shapes, dimension names, values (all NaNs are equal) and
  /// attributes. Left out is what two runs of one seed may differ in: `/provenance`, the attributes of the root, and
  /// the datasets ``Schema/irreproducible``.
  /// - Throws: when either is no readable record.
  public static func diff(_ a: String, _ b: String) throws(HDF5Error) -> [Difference] {
    let left = try HDF5File(readingFrom: a)
    let right = try HDF5File(readingFrom: b)
    try left.requireSchema()
    try right.requireSchema()
    var differences: [Difference] = []
    let ours = try left.walk().filter(isCompared)
    let theirs = Dictionary(
      try right.walk().filter(isCompared).map { ($0.path, $0.kind) }, uniquingKeysWith: { first, _ in first })
    for object in ours {
      guard let kind = theirs[object.path] else {
        differences.append(Difference(path: object.path, what: "only in \(a)"))
        continue
      }
      guard kind == object.kind else {
        differences.append(Difference(path: object.path, what: "\(object.kind) against \(kind)"))
        continue
      }
      if object.kind == .dataset {
        differences += try compareDatasets(try left.dataset(object.path), try right.dataset(object.path))
      }
      if object.kind != .other { differences += try compareAttributes(object.path, left, right) }
    }
    let known = Set(ours.map(\.path))
    for path in theirs.keys.sorted() where !known.contains(path) {
      differences.append(Difference(path: path, what: "only in \(b)"))
    }
    return differences
  }

  private static func isCompared(_ object: WalkedObject) -> Bool {
    guard let first = object.path.split(separator: "/").first else { return true }
    return !Schema.irreproducibleGroups.contains(String(first))
      && !Schema.irreproducible.contains(lastName(object.path))
  }

  private static func compareDatasets(
    _ left: borrowing Dataset, _ right: borrowing Dataset
  ) throws(HDF5Error) -> [Difference] {
    let path = left.path
    func difference(_ what: String) -> [Difference] { [Difference(path: path, what: what)] }
    let (ours, theirs) = (try left.elementType(), try right.elementType())
    guard ours == theirs else { return difference("type \(ours.words) against \(theirs.words)") }
    let (shape, other) = (left.shape, right.shape)
    guard shape == other else { return difference("shape \(shape) against \(other)") }
    for axis in shape.indices {
      let names = (try left.scales(axis: axis).map(lastName), try right.scales(axis: axis).map(lastName))
      guard names.0 == names.1 else { return difference("axis \(axis) named \(names.0) against \(names.1)") }
    }
    if left.scaleName()?.hasPrefix(pureSizeWords) == true { return [] }
    switch ours {
    case .i1, .i4, .i8: return compare(path, shape, try left.readIntegers(), try right.readIntegers(), ==)
    case .u8: return compare(path, shape, try left.readWords(), try right.readWords(), ==)
    case .f4, .f8: return compare(path, shape, try left.readDoubles(), try right.readDoubles(), sameBits)
    case .str: return compare(path, shape, try left.readStrings(), try right.readStrings(), ==)
    case nil: return []
    }
  }

  private static func sameBits(_ a: Double, _ b: Double) -> Bool {
    a.bitPattern == b.bitPattern || (a.isNaN && b.isNaN)
  }

  private static func compare<Value>(
    _ path: String, _ shape: [Int], _ a: [Value], _ b: [Value], _ same: (Value, Value) -> Bool
  ) -> [Difference] {
    let places = a.indices.filter { !same(a[$0], b[$0]) }
    guard let first = places.first else { return [] }
    let detail = "\(quoted(a[first])) against \(quoted(b[first]))"
    guard !shape.isEmpty else { return [Difference(path: path, what: detail)] }
    var place: [Int] = []
    var rest = first
    for length in shape.reversed() {
      place.insert(rest % length, at: 0)
      rest /= length
    }
    return [
      Difference(path: path, what: "\(places.count) of \(a.count) values differ, first at \(place): \(detail)")
    ]
  }

  private static func quoted(_ value: some Any) -> String {
    guard let text = value as? String else { return "\(value)" }
    return text.count > 60 ? "\"\(text.prefix(60))…\"" : "\"\(text)\""
  }

  private static func compareAttributes(
    _ path: String, _ left: borrowing HDF5File, _ right: borrowing HDF5File
  ) throws(HDF5Error) -> [Difference] {
    let names = Set(try left.attributeNames(of: path)).union(try right.attributeNames(of: path))
    var differences: [Difference] = []
    for name in names.subtracting(foreignAttributes).sorted() {
      let a = try left.attribute(name, of: path)
      let b = try right.attribute(name, of: path)
      if !same(a, b) { differences.append(Difference(path: "\(path)@\(name)", what: "\(a.words) against \(b.words)")) }
    }
    return differences
  }

  private static func same(_ a: AttributeValue?, _ b: AttributeValue?) -> Bool {
    if case .doubles(let ours) = a, case .doubles(let theirs) = b {
      return ours.count == theirs.count && zip(ours, theirs).allSatisfy(sameBits)
    }
    return a == b
  }
}

extension ElementType? {
  fileprivate var words: String { self?.rawValue ?? "unknown" }
}

extension AttributeValue? {
  fileprivate var words: String {
    switch self {
    case nil: "nothing"
    case .text(let text): "\"\(text)\""
    case .texts(let texts): "\(texts)"
    case .integers(let numbers): numbers.count == 1 ? "\(numbers[0])" : "\(numbers)"
    case .doubles(let numbers): numbers.count == 1 ? "\(numbers[0])" : "\(numbers)"
    case .other(let name): "a \(name)"
    }
  }
}
