/// One-dimensional tables of an HDF5 file in memory, read without the C library.
///
/// The library follows whatever addresses and lengths a file states, and the lists of varying length among them are
/// copied into memory whose size another part of the file decides. Data sets come from anywhere, so this reader checks
/// every address, count and size against the bytes that are there. It reads the earliest form of the format, which
/// h5py, PyTables and the library itself write unless told otherwise: superblock 0 or 1, groups as B-trees, layouts
/// compact, contiguous or chunked, with deflate, shuffle and checksum filters.
/// - SeeAlso: HDF5 File Format Specification 3.0, sections II to IV.
struct HDF5Tables {
  let view: ByteView
  /// What may still be visited: nodes and messages together, so that a file whose parts name each other comes to an end.
  private(set) var visits = 1 << 20

  init(_ bytes: [UInt8], name: String) throws(TaskError) {
    view = ByteView(bytes: bytes, name: name)
    guard bytes.starts(with: [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]) else {
      throw TaskError(.badData, "\(name): is not an HDF5 file")
    }
    let version = try view.number(8, size: 1)
    guard version <= 1, try view.number(13, size: 1) == 8, try view.number(14, size: 1) == 8,
      try view.number(version == 0 ? 24 : 28, size: 8) == 0
    else {
      throw TaskError(
        .badData,
        "\(name): is in a form of HDF5 that is not read (superblock \(version)); h5repack --high=0 makes one that is")
    }
    let end = try view.number(version == 0 ? 40 : 44, size: 8)
    guard end <= bytes.count else {
      throw TaskError(.badData, "\(name): is cut off: \(bytes.count) of \(end) bytes are there")
    }
    root = try view.number(version == 0 ? 64 : 68, size: 8)
  }

  private var root = 0

  /// The table at a path such as `spikes/times`.
  mutating func table(_ path: String) throws(TaskError) -> HDF5Table {
    var header = root
    for part in path.split(separator: "/") { header = try child(String(part), of: header, path: path) }
    return try HDF5Table(messages(header), path: path, view)
  }

  mutating func visit() throws(TaskError) {
    visits -= 1
    guard visits > 0 else { throw TaskError(.badData, "\(view.name): its parts refer to each other without end") }
  }

  /// The messages of an object: their kind, flags and bytes.
  private mutating func messages(_ header: Int) throws(TaskError) -> [(kind: Int, flags: Int, bytes: ByteView)] {
    guard try view.number(header, size: 1) == 1 else {
      throw TaskError(
        .badData, "\(view.name): has an object header that is not read; h5repack --high=0 makes one that is")
    }
    let count = try view.number(header + 2, size: 2)
    var blocks = [(start: header + 16, count: try view.number(header + 8, size: 4))]
    var messages: [(kind: Int, flags: Int, bytes: ByteView)] = []
    while let block = blocks.popLast() {
      _ = try view.slice(block.start, block.count)
      var place = block.start
      while place + 8 <= block.start + block.count, messages.count < count {
        try visit()
        let kind = try view.number(place, size: 2)
        let body = ByteView(
          bytes: Array(try view.slice(place + 8, try view.number(place + 2, size: 2))), name: view.name)
        messages.append((kind, try view.number(place + 4, size: 1), body))
        if kind == 0x10 {
          blocks.append((start: try body.number(0, size: 8), count: try body.number(8, size: 8)))
        }
        place += 8 + body.bytes.count
      }
    }
    return messages
  }

  /// The object header of a name in a group.
  private mutating func child(_ name: String, of header: Int, path: String) throws(TaskError) -> Int {
    guard let group = try messages(header).first(where: { $0.kind == 0x11 })?.bytes else {
      throw TaskError(.badData, "\(view.name): has no \(path)")
    }
    let heap = try group.number(8, size: 8)
    guard view.has("HEAP", at: heap) else { throw TaskError(.badData, "\(view.name): a list of names is damaged") }
    let names = try view.number(heap + 24, size: 8)
    for leaf in try leaves(try group.number(0, size: 8), kind: 0, keySize: 8) {
      guard view.has("SNOD", at: leaf.child) else { throw TaskError(.badData, "\(view.name): a group is damaged") }
      for entry in 0..<(try view.number(leaf.child + 6, size: 2)) {
        try visit()
        let place = leaf.child + 8 + 40 * entry
        let (start, overflow) = names.addingReportingOverflow(try view.number(place, size: 8))
        guard !overflow else { throw TaskError(.badData, "\(view.name): a list of names is damaged") }
        if view.has(name + "\0", at: start) { return try view.number(place + 8, size: 8) }
      }
    }
    throw TaskError(.badData, "\(view.name): has no \(path)")
  }

  /// The lowest entries of a B-tree: where each one's key begins, and its child.
  mutating func leaves(_ node: Int, kind: Int, keySize: Int, above: Int? = nil) throws(TaskError) -> [(
    key: Int, child: Int
  )] {
    try visit()
    guard view.has("TREE", at: node), try view.number(node + 4, size: 1) == kind else {
      throw TaskError(.badData, "\(view.name): a tree of addresses is damaged")
    }
    let level = try view.number(node + 5, size: 1)
    // Levels fall by one from node to node, so a tree that contains itself is found out.
    guard above.map({ $0 == level + 1 }) ?? true else {
      throw TaskError(.badData, "\(view.name): a tree of addresses is damaged")
    }
    var found: [(key: Int, child: Int)] = []
    for entry in 0..<(try view.number(node + 6, size: 2)) {
      try visit()
      let key = node + 24 + entry * (keySize + 8)
      let child = try view.number(key + keySize, size: 8)
      if level == 0 {
        found.append((key, child))
      } else {
        found += try leaves(child, kind: kind, keySize: keySize, above: level)
      }
    }
    return found
  }
}

/// What one table of an HDF5 file is: its length, its elements, and where they lie.
struct HDF5Table {
  /// The elements of a table.
  indirect enum Element {
    case integer(size: Int)
    case float(size: Int)
    case list(Element)

    var size: Int {
      switch self {
      case .integer(let size), .float(let size): size
      case .list: 16
      }
    }
  }

  /// Where the elements lie.
  enum Layout {
    case compact([UInt8])
    case contiguous(start: Int, count: Int)
    case chunked(tree: Int, length: Int)
  }

  let path: String
  let count: Int
  let element: Element
  let layout: Layout
  /// The filters in the order in which they were applied: 1 deflate, 2 shuffle, 3 checksum.
  let filters: [Int]

  init(
    _ messages: [(kind: Int, flags: Int, bytes: ByteView)], path: String, _ view: ByteView
  ) throws(TaskError) {
    func message(_ kind: Int, _ noun: String) throws(TaskError) -> ByteView {
      guard let found = messages.first(where: { $0.kind == kind }) else {
        throw TaskError(.badData, "\(view.name): \(path) has no \(noun)")
      }
      guard found.flags & 2 == 0 else {
        throw TaskError(.badData, "\(view.name): the \(noun) of \(path) lies elsewhere, which is not followed")
      }
      return found.bytes
    }
    self.path = path
    let space = try message(1, "shape")
    let version = try space.number(0, size: 1)
    guard version == 1 || version == 2, try space.number(1, size: 1) == 1 else {
      throw TaskError(.badData, "\(view.name): \(path) is not a table of one dimension")
    }
    count = try space.number(version == 1 ? 8 : 4, size: 8)
    element = try Self.element(try message(3, "type"), at: 0, path)
    layout = try Self.layout(try message(8, "layout"), path)
    filters =
      try messages.first { $0.kind == 0x0B }.map { message throws(TaskError) in
        try Self.filters(message.bytes, path)
      } ?? []
    // Every element takes its size in the file, but for a packed chunk.
    guard count <= view.bytes.count * (filters.isEmpty ? 1 : Gzip.greatestRatio) / element.size else {
      throw TaskError(.badData, "\(view.name): \(path) promises \(count) elements, more than the file can hold")
    }
  }

  private static func element(_ type: ByteView, at start: Int, _ path: String) throws(TaskError) -> Element {
    let bits = try type.number(start + 1, size: 3)
    let size = try type.number(start + 4, size: 4)
    switch try type.number(start, size: 1) & 0x0F {
    case 0 where bits & 1 == 0 && [1, 2, 4, 8].contains(size): return .integer(size: size)
    case 1 where bits & 0x41 == 0 && [2, 4, 8].contains(size):
      let exponent = try type.number(start + 13, size: 1)
      if exponent == [2: 5, 4: 8, 8: 11][size] { return .float(size: size) }
    case 9 where bits & 0x0F == 0 && size == 16 && start == 0:
      return .list(try element(type, at: 8, path))
    default: break
    }
    throw TaskError(
      .badData, "\(type.name): \(path) is neither little-endian numbers nor lists of them, which alone are read")
  }

  private static func layout(_ message: ByteView, _ path: String) throws(TaskError) -> Layout {
    let version = try message.number(0, size: 1)
    switch (version, try message.number(1, size: 1)) {
    case (3, 0): return .compact(Array(try message.slice(4, try message.number(2, size: 2))))
    case (3, 1): return .contiguous(start: try address(message, 2), count: try message.number(10, size: 8))
    case (3, 2) where try message.number(2, size: 1) == 2:
      return .chunked(tree: try address(message, 3), length: try message.number(11, size: 4))
    default:
      throw TaskError(
        .badData, "\(message.name): \(path) lies in a way that is not read; h5repack --high=0 makes one that is")
    }
  }

  /// An address; nothing was ever written where it is all ones.
  private static func address(_ message: ByteView, _ start: Int) throws(TaskError) -> Int {
    try message.slice(start, 8).allSatisfy { $0 == 0xFF } ? 0 : try message.number(start, size: 8)
  }

  private static func filters(_ message: ByteView, _ path: String) throws(TaskError) -> [Int] {
    let version = try message.number(0, size: 1)
    var place = version == 1 ? 8 : 2
    var filters: [Int] = []
    for _ in 0..<(try message.number(1, size: 1)) {
      let filter = try message.number(place, size: 2)
      guard (1...3).contains(filter) else {
        throw TaskError(
          .badData,
          "\(message.name): \(path) is packed by filter \(filter); h5repack -f GZIP=4 makes it one that is read")
      }
      filters.append(filter)
      let nameCount = version == 1 ? try message.number(place + 2, size: 2) : 0
      let values = try message.number(place + (version == 1 ? 6 : 4), size: 2)
      place += (version == 1 ? 8 + (nameCount + 7) / 8 * 8 : 6) + 4 * (version == 1 ? (values + 1) / 2 * 2 : values)
    }
    return filters
  }
}
