import CHDF5

extension HDF5File {
  /// Writes truth values as h5py does: an enumeration of 8 bits whose members are FALSE and TRUE.
  ///
  /// For other formats than records, which keep truth values as integers.
  /// - Parameters:
  ///   - flags: 0 or 1 each, in C order.
  ///   - shape: lengths of the axes.
  public func writeFlags(_ flags: [UInt8], shape: [Int], to path: String) throws(HDF5Error) {
    precondition(flags.count == shape.reduce(1, *), "\(path): \(flags.count) flags for shape \(shape)")
    let place = place.at(absolute(path))
    let trouble = "a datatype cannot be made"
    let type = Datatype(
      adopting: try Library.call("H5Tenum_create", place, trouble) { H5Tenum_create(h5_std_i8le()) }, place)
    let typeID = type.handle.id
    for (name, value) in [("FALSE", Int8(0)), ("TRUE", Int8(1))] {
      _ = try Library.call("H5Tenum_insert", place, trouble) {
        withUnsafePointer(to: value) { H5Tenum_insert(typeID, name, $0) }
      }
    }
    let dataset = try createDataset(path, type, size: 1, shape: shape)
    guard !flags.isEmpty else { return }
    let id = dataset.handle.id
    _ = try Library.call("H5Dwrite", place, "it cannot be written", reason: .inputOutput) {
      flags.withUnsafeBytes {
        H5Dwrite(id, typeID, hid_t(H5S_ALL), hid_t(H5S_ALL), defaultProperties, $0.baseAddress)
      }
    }
  }
}
