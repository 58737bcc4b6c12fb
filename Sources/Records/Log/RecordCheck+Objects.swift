import CHDF5

extension RecordCheck {
  static func checkObject(
    _ object: WalkedObject, _ file: borrowing HDF5File, _ report: Report
  ) throws(HDF5Error) {
    if !isPlainName(lastName(object.path)) {
      report.add(14, object.path, "its name is not made of a-z, 0-9 and _ with a letter first")
    }
    switch object.kind {
    case .group:
      try checkCreationOrder(try file.group(object.path), report)
      try checkAttributes(of: object.path, file, report)
      try checkTimes(object.path, file, report)
    case .dataset:
      let dataset = try file.dataset(object.path)
      let isPure = dataset.scaleName()?.hasPrefix(pureSizeWords) == true
      try checkAxes(dataset, object, file, report)
      if !isPure { try checkType(dataset, report) }
      try checkStorage(dataset, isPure: isPure, report)
      try checkAttributes(of: object.path, file, report)
      try checkTimes(object.path, file, report)
    case .other:
      report.add(8, object.path, "it is neither group nor dataset")
    }
  }

  static func checkCreationOrder(_ group: borrowing Group, _ report: Report) throws(HDF5Error) {
    let order = try group.creationOrder()
    if !order.tracked || !order.indexed {
      let word = order.tracked ? "indexed" : "tracked"
      report.add(15, group.path, "the order in which its members were made is not \(word)")
    }
  }

  /// Rule 19, and rules 6 and 8 for attributes.
  static func checkAttributes(
    of path: String, _ file: borrowing HDF5File, _ report: Report
  ) throws(HDF5Error) {
    let object = try file.object(path)
    for name in try file.attributeNames(of: path) where !foreignAttributes.contains(name) {
      let attribute = try Attribute(opening: name, of: object.id, file.place.at(path))
      let type = try attribute.datatype()
      if case .other(let kind) = type.valueClass {
        report.add(8, "\(path)@\(name)", "it holds values of class \(kind)")
        continue
      }
      if type.valueClass == .text, type.elementType != .str {
        report.add(6, "\(path)@\(name)", "its text is not of variable length in UTF-8")
      }
      let size: Int =
        switch try attribute.value() {
        case .text(let text): text.utf8.count
        case .texts(let texts): texts.reduce(0) { $0 + $1.utf8.count }
        case .integers(let all): all.count * type.size
        case .doubles(let all): all.count * type.size
        case .other: 0
        }
      if size >= 1024 { report.add(19, "\(path)@\(name)", "the attribute has \(size) bytes; long text is a dataset") }
    }
  }

  /// Rule 16.
  private static func checkTimes(
    _ path: String, _ file: borrowing HDF5File, _ report: Report
  ) throws(HDF5Error) {
    let object = try file.object(path)
    let id = object.id
    var info = H5O_info_t()
    _ = try Library.call("H5Oget_info2", file.place.at(path), "it cannot be read") {
      H5Oget_info2(id, &info, h5_o_info_all())
    }
    if info.atime != 0 || info.mtime != 0 || info.ctime != 0 || info.btime != 0 {
      report.add(16, path, "it keeps the time it was made or changed")
    }
  }

  /// Rules 1 to 5 and 20.
  private static func checkAxes(
    _ dataset: borrowing Dataset, _ object: WalkedObject, _ file: borrowing HDF5File, _ report: Report
  ) throws(HDF5Error) {
    let path = object.path
    let shape = dataset.shape
    if let label = dataset.scaleName() {
      if shape.count != 1 {
        report.add(3, path, "a dimension scale has one axis, this has \(shape.count)")
      } else if label.hasPrefix(pureSizeWords) {
        let wanted = pureSizeName(shape[0])
        if label != wanted { report.add(4, path, "its scale is named \"\(label)\", not \"\(wanted)\"") }
      } else if label != lastName(path) {
        report.add(3, path, "its scale is named \"\(label)\", not \"\(lastName(path))\"")
      }
      return
    }
    var seen: [String] = []
    for axis in shape.indices {
      let scales = try dataset.scales(axis: axis)
      guard scales.count == 1, let scale = scales.first else {
        let found = scales.isEmpty ? "no dimension scale" : "\(scales.count) dimension scales"
        report.add(2, path, "axis \(axis) has \(found)")
        continue
      }
      if seen.contains(scale) { report.add(5, path, "two of its axes have the same dimension \(lastName(scale))") }
      seen.append(scale)
      let home = WalkedObject(path: scale, kind: .dataset).group
      if home != "/", object.group != home, !object.group.hasPrefix(home + "/") {
        report.add(1, path, "axis \(axis) is named by \(scale), which lies in neither its group nor one above")
      }
      guard file.exists(scale) else {
        report.add(2, path, "axis \(axis) is named by \(scale), which is not in the file")
        continue
      }
      let length = try file.dataset(scale).shape
      if length != [shape[axis]] {
        let rule = dataset.unlimitedAxes.contains(axis) ? 20 : 2
        let detail = "axis \(axis) has \(shape[axis]) entries, its dimension \(lastName(scale)) has \(length)"
        report.add(rule, path, detail)
      }
    }
  }

  /// Rule 18.
  private static func checkStorage(
    _ dataset: borrowing Dataset, isPure: Bool, _ report: Report
  ) throws(HDF5Error) {
    let path = dataset.path
    let shape = dataset.shape
    let size = try dataset.datatype().size
    let layout = try dataset.layout()
    if try dataset.valueClass() == .text {
      if !layout.filters.isEmpty { report.add(18, path, "text has no filters") }
    } else if !layout.filters.isEmpty {
      if layout.filters != [H5Z_FILTER_SHUFFLE, H5Z_FILTER_DEFLATE] || layout.deflateLevel != Layout.deflateLevel {
        report.add(18, path, "its filters are not shuffle and deflate \(Layout.deflateLevel)")
      }
    } else if !isPure {
      let bytes = Layout.bytes(shape, size: size)
      if bytes > Double(Layout.smallestCompressed) {
        report.add(18, path, "its numbers take more than \(Layout.smallestCompressed) bytes and are not compressed")
      }
    }
    let bytes = Layout.bytes(layout.chunk, size: size)
    if bytes > Double(Layout.largestChunk) { report.add(18, path, "its chunks \(layout.chunk) are above 1 MiB") }
  }
}

extension Dataset {
  /// The filters in order, the level of deflate, and the chunk's shape (empty when not chunked).
  fileprivate func layout() throws(HDF5Error) -> (filters: [Int32], deflateLevel: UInt32, chunk: [Int]) {
    let list = try creationProperties()
    let id = list.id
    let rank = shape.count
    return Library.quietly {
      var filters: [Int32] = []
      var level: UInt32 = 0
      for index in 0..<UInt32(max(0, H5Pget_nfilters(id))) {
        var flags: UInt32 = 0
        var count = 1
        var values: [UInt32] = [0]
        var name = [CChar](repeating: 0, count: 64)
        var config: UInt32 = 0
        let filter = H5Pget_filter2(id, index, &flags, &count, &values, name.count, &name, &config)
        filters.append(filter)
        if filter == H5Z_FILTER_DEFLATE { level = values[0] }
      }
      guard H5Pget_layout(id) == H5D_CHUNKED, rank > 0 else { return (filters, level, []) }
      var chunk = [hsize_t](repeating: 0, count: rank)
      guard H5Pget_chunk(id, Int32(rank), &chunk) >= 0 else { return (filters, level, []) }
      return (filters, level, chunk.map { Int(clamping: $0) })
    }
  }
}
