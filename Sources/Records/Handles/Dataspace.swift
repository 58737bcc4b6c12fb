import CHDF5

/// The extent of a dataset or attribute: scalar, empty, or axes with lengths and largest lengths.
struct Dataspace: ~Copyable {
  let handle: Handle
  let place: Place

  /// Axes beyond this are refused: the library's own limit.
  static let largestRank = 32

  init(adopting id: hid_t, _ place: Place) {
    handle = Handle(id)
    self.place = place
  }

  /// One value, no axes.
  init(scalarAt place: Place) throws(HDF5Error) {
    let id = try Library.call("H5Screate", place, "a dataspace cannot be made") { H5Screate(H5S_SCALAR) }
    self.init(adopting: id, place)
  }

  /// Axes of the given lengths; an axis in `unlimited` may grow.
  init(shape: [Int], unlimited: Set<Int> = [], at place: Place) throws(HDF5Error) {
    if shape.isEmpty {
      try self.init(scalarAt: place)
      return
    }
    let now = shape.map { hsize_t($0) }
    let most = shape.indices.map { unlimited.contains($0) ? h5_unlimited() : hsize_t(shape[$0]) }
    let id = try Library.call("H5Screate_simple", place, "a dataspace cannot be made") {
      H5Screate_simple(Int32(now.count), now, most)
    }
    self.init(adopting: id, place)
  }

  /// Lengths of the axes; empty for a scalar, `[0]` for a space without values.
  func shape() throws(HDF5Error) -> (now: [Int], unlimited: Set<Int>) {
    let id = handle.id
    switch Library.quietly({ H5Sget_simple_extent_type(id) }) {
    case H5S_SCALAR: return ([], [])
    case H5S_NULL: return ([0], [])
    default: break
    }
    let rank = try Library.call("H5Sget_simple_extent_ndims", place, "its shape cannot be read") {
      H5Sget_simple_extent_ndims(id)
    }
    guard rank <= Self.largestRank else { throw place.error(.tooLarge, "it has \(rank) axes") }
    var now = [hsize_t](repeating: 0, count: Int(rank))
    var most = now
    _ = try Library.call("H5Sget_simple_extent_dims", place, "its shape cannot be read") {
      H5Sget_simple_extent_dims(id, &now, &most)
    }
    var shape: [Int] = []
    for length in now {
      guard let length = Int(exactly: length) else { throw place.error(.tooLarge, "an axis has \(length) entries") }
      shape.append(length)
    }
    return (shape, Set(most.indices.filter { most[$0] == h5_unlimited() }))
  }

  /// Selects the box that begins at `start`.
  func select(start: [Int], count: [Int]) throws(HDF5Error) {
    let id = handle.id
    let first = start.map { hsize_t($0) }
    let lengths = count.map { hsize_t($0) }
    _ = try Library.call("H5Sselect_hyperslab", place, "a part of it cannot be selected") {
      H5Sselect_hyperslab(id, H5S_SELECT_SET, first, nil, lengths, nil)
    }
  }
}

/// The number of values in `shape`, checked against overflow and against `limit` bytes of `size` each.
func valueCount(_ shape: [Int], size: Int, limit: Int, _ place: Place) throws(HDF5Error) -> Int {
  var count = 1
  for length in shape {
    let (product, overflow) = count.multipliedReportingOverflow(by: length)
    guard !overflow, product >= 0 else { throw place.error(.tooLarge, "its shape \(shape) has too many values") }
    count = product
  }
  let (bytes, overflow) = count.multipliedReportingOverflow(by: max(1, size))
  guard !overflow, bytes <= limit else {
    throw place.error(.tooLarge, "its shape \(shape) takes more than the \(limit >> 20) MiB a reader accepts")
  }
  return count
}
