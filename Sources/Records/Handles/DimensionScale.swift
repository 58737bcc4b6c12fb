import CHDF5

/// The name of a scale that is a size without labels: netCDF's own words, then the length in nine columns.
func pureSizeName(_ length: Int) -> String {
  let digits = String(length)
  let blanks = String(repeating: " ", count: max(0, 9 - digits.count))
  return "\(pureSizeWords) \(blanks)\(digits)"
}

/// What netCDF writes into a dimension that carries no values.
let pureSizeWords = "This is a netCDF dimension but not a netCDF variable."

extension Dataset {
  /// Makes this one-dimensional dataset the scale of a dimension.
  public func makeScale(named name: String) throws(HDF5Error) {
    let id = handle.id
    _ = try Library.call("H5DSset_scale", place, "it cannot be made a dimension scale", reason: .inputOutput) {
      H5DSset_scale(id, name)
    }
  }

  /// Names an axis by attaching a scale to it.
  public func attach(_ scale: borrowing Dataset, axis: Int) throws(HDF5Error) {
    let (id, other) = (handle.id, scale.handle.id)
    _ = try Library.call("H5DSattach_scale", place, "axis \(axis) cannot be named", reason: .inputOutput) {
      H5DSattach_scale(id, other, UInt32(axis))
    }
  }

  /// Takes a scale off an axis.
  public func detach(_ scale: borrowing Dataset, axis: Int) throws(HDF5Error) {
    let (id, other) = (handle.id, scale.handle.id)
    _ = try Library.call("H5DSdetach_scale", place, "axis \(axis) cannot be freed", reason: .inputOutput) {
      H5DSdetach_scale(id, other, UInt32(axis))
    }
  }

  /// True when this is a dimension scale.
  public func isScale() -> Bool {
    let id = handle.id
    return Library.quietly { H5DSis_scale(id) } > 0
  }

  /// The name the scale was given, or nil when this is none.
  public func scaleName() -> String? {
    guard isScale() else { return nil }
    let id = handle.id
    var text = [CChar](repeating: 0, count: 256)
    let length = Library.quietly { H5DSget_scale_name(id, &text, text.count) }
    guard length >= 0 else { return nil }
    return String(decoding: text.prefix(while: { $0 != 0 }).map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// The paths of the scales attached to an axis.
  public func scales(axis: Int) throws(HDF5Error) -> [String] {
    final class Paths { var all: [String] = [] }
    let paths = Paths()
    let id = handle.id
    _ = try Library.call("H5DSiterate_scales", place, "the names of axis \(axis) cannot be read") {
      H5DSiterate_scales(
        id, UInt32(axis), nil,
        { _, _, scale, context in
          guard let context else { return 0 }
          let paths = Unmanaged<Paths>.fromOpaque(context).takeUnretainedValue()
          var name = [CChar](repeating: 0, count: 1024)
          let length = H5Iget_name(scale, &name, name.count)
          guard length >= 0, paths.all.count < 64 else { return -1 }
          paths.all.append(
            String(decoding: name.prefix(while: { $0 != 0 }).map(UInt8.init(bitPattern:)), as: UTF8.self))
          return 0
        }, Unmanaged.passUnretained(paths).toOpaque())
    }
    return paths.all
  }
}
