import CHDF5

/// Which HDF5 is in use.
public enum HDF5Library {
  /// The version of the library that is loaded, such as `1.10.8`.
  public static var version: String {
    var (major, minor, release): (UInt32, UInt32, UInt32) = (0, 0, 0)
    _ = Library.quietly { H5get_libversion(&major, &minor, &release) }
    return "\(major).\(minor).\(release)"
  }

  /// The version of the headers that the program was built with; the two must agree.
  public static let headerVersion = "\(H5_VERS_MAJOR).\(H5_VERS_MINOR).\(H5_VERS_RELEASE)"
}
