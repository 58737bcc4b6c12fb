import CHDF5

/// One object met on a walk through a file.
struct WalkedObject: Sendable, Hashable {
  let path: String
  let kind: ObjectKind

  /// The path of the group it lies in.
  var group: String { "/" + path.split(separator: "/").dropLast().joined(separator: "/") }
}

extension HDF5File {
  private static let deepest = 32
  private static let mostObjects = 100_000

  /// All objects below the root, groups before what they hold, in order of creation. A group met again through another
  /// link is not entered twice.
  /// - Throws: `tooLarge` when the file is deeper or fuller than any record.
  func walk() throws(HDF5Error) -> [WalkedObject] {
    var found: [WalkedObject] = []
    var entered: Set<UInt64> = []
    try walk("/", depth: 0, &found, &entered)
    return found
  }

  private func walk(
    _ path: String, depth: Int, _ found: inout [WalkedObject], _ entered: inout Set<UInt64>
  ) throws(HDF5Error) {
    guard depth < Self.deepest else {
      throw place.at(path).error(.tooLarge, "groups are nested deeper than \(Self.deepest)")
    }
    let group = try group(path)
    let id = group.handle.id
    var info = H5O_info_t()
    _ = try Library.call("H5Oget_info2", place.at(path), "it cannot be read") {
      H5Oget_info2(id, &info, h5_o_info_basic())
    }
    guard entered.insert(UInt64(info.addr)).inserted else { return }
    for name in try group.list() {
      let child = "\(path == "/" ? "" : path)/\(name)"
      let kind = try group.kind(of: name)
      found.append(WalkedObject(path: child, kind: kind))
      guard found.count <= Self.mostObjects else {
        throw place.error(.tooLarge, "it holds more than \(Self.mostObjects) objects")
      }
      if kind == .group { try walk(child, depth: depth + 1, &found, &entered) }
    }
  }
}

/// Attributes the library and netCDF keep for themselves.
let foreignAttributes: Set<String> = [
  "CLASS", "NAME", "REFERENCE_LIST", "DIMENSION_LIST", "DIMENSION_LABELS", "_Netcdf4Dimid", "_Netcdf4Coordinates",
  "_nc3_strict", "_NCProperties",
]
