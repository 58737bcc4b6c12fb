import CHDF5

extension Dataset {
  /// Writes all values.
  /// - Precondition: there are as many values as the shape holds.
  public func write(_ values: Values) throws(HDF5Error) {
    let room = shape.reduce(1, *)
    precondition(values.count == room, "\(path): \(values.count) values for shape \(shape)")
    try write(values, hid_t(H5S_ALL), hid_t(H5S_ALL))
  }

  /// Writes the rows of the first axis that begin at `row`.
  /// - Precondition: the values are whole rows inside the shape.
  public func write(_ values: Values, atRow row: Int) throws(HDF5Error) {
    precondition(!shape.isEmpty, "\(path): a scalar has no rows")
    let width = shape.dropFirst().reduce(1, *)
    guard width > 0, values.count > 0 else { return }
    precondition(values.count % width == 0, "\(path): \(values.count) values in rows of \(width)")
    var part = shape
    part[0] = values.count / width
    precondition(row >= 0 && row + part[0] <= shape[0], "\(path): rows to \(row + part[0]) of \(shape[0])")
    var start = [Int](repeating: 0, count: part.count)
    start[0] = row
    let file = try dataspace()
    try file.select(start: start, count: part)
    let memory = try Dataspace(shape: part, at: place)
    try write(values, memory.handle.id, file.handle.id)
  }

  /// Lets the first axis grow (or shrink) to `rows`.
  /// - Precondition: the first axis is unlimited.
  public mutating func extend(toRows rows: Int) throws(HDF5Error) {
    precondition(unlimitedAxes.contains(0), "\(path): its first axis cannot grow")
    var extent = shape
    extent[0] = rows
    let (id, lengths) = (handle.id, extent.map { hsize_t($0) })
    _ = try Library.call("H5Dset_extent", place, "it cannot be extended", reason: .inputOutput) {
      H5Dset_extent(id, lengths)
    }
    shape = extent
  }

  /// Adds whole rows at the end of the first axis.
  public mutating func append(_ values: Values) throws(HDF5Error) {
    let width = shape.dropFirst().reduce(1, *)
    let row = shape[0]
    guard width > 0 else { return try extend(toRows: row + 1) }
    precondition(values.count % width == 0, "\(path): \(values.count) values in rows of \(width)")
    try extend(toRows: row + values.count / width)
    try write(values, atRow: row)
  }

  private func write(_ values: Values, _ memory: hid_t, _ file: hid_t) throws(HDF5Error) {
    switch values {
    case .doubles(let all): try write(all, .f8, memory, file)
    case .floats(let all): try write(all, .f4, memory, file)
    case .integers(let all): try write(all.map { Int64($0) }, .i8, memory, file)
    case .words(let all): try write(all, .u8, memory, file)
    case .texts(let all):
      guard !all.isEmpty else { return }
      let type = try Datatype.variableText(place)
      let (id, typeID) = (handle.id, type.handle.id)
      let block = TextBlock(all)
      _ = try Library.call("H5Dwrite", place, "it cannot be written", reason: .inputOutput) {
        block.withPointers { H5Dwrite(id, typeID, memory, file, defaultProperties, $0) }
      }
    }
  }

  private func write<Value>(
    _ values: [Value], _ type: ElementType, _ memory: hid_t, _ file: hid_t
  ) throws(HDF5Error) {
    guard !values.isEmpty else { return }
    let id = handle.id
    _ = try Library.call("H5Dwrite", place, "it cannot be written", reason: .inputOutput) {
      values.withUnsafeBytes { H5Dwrite(id, nativeType(type), memory, file, defaultProperties, $0.baseAddress) }
    }
  }
}
