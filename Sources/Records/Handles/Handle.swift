import CHDF5

/// The default property list.
let defaultProperties = hid_t(H5P_DEFAULT)

/// One open identifier of the library, closed when it goes out of scope.
///
/// Closing goes through the reference count, which serves every kind of identifier alike.
struct Handle: ~Copyable, Sendable {
  let id: hid_t

  init(_ id: hid_t) {
    self.id = id
  }

  deinit {
    let id = id
    _ = Library.quietly { H5Idec_ref(id) }
  }
}
