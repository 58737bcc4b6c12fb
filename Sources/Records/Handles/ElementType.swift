import CHDF5

/// The seven types a record uses, named as the schema names them.
public enum ElementType: String, Sendable, Hashable, CaseIterable, Codable {
  /// 8-bit signed integer; also flags and booleans.
  case i1
  /// 32-bit signed integer.
  case i4
  /// 64-bit signed integer.
  case i8
  /// 64-bit unsigned integer.
  case u8
  /// Single precision.
  case f4
  /// Double precision.
  case f8
  /// Variable-length UTF-8 text.
  case str

  /// Bytes of one value in memory; 16 for text (a heap reference on disk).
  public var size: Int {
    switch self {
    case .i1: 1
    case .i4, .f4: 4
    case .i8, .u8, .f8: 8
    case .str: 16
    }
  }

  /// True for `f4` and `f8`.
  public var isFloat: Bool { self == .f4 || self == .f8 }
}

/// The class of values an existing dataset or attribute holds.
public enum ValueClass: Sendable, Hashable {
  /// Integers of any width.
  case integer
  /// Floating point of any width.
  case float
  /// Text, of fixed or variable length.
  case text
  /// Anything else, named as the library names it.
  case other(String)
}

/// A datatype of the library.
struct Datatype: ~Copyable {
  let handle: Handle
  let place: Place

  init(adopting id: hid_t, _ place: Place) {
    handle = Handle(id)
    self.place = place
  }

  /// A copy of the type used on disk for `type`; text has variable length in UTF-8.
  init(stored type: ElementType, _ place: Place) throws(HDF5Error) {
    let trouble = "a datatype cannot be made"
    let handle = Handle(
      try Library.call("H5Tcopy", place, trouble) {
        let source =
          switch type {
          case .i1: h5_std_i8le()
          case .i4: h5_std_i32le()
          case .i8: h5_std_i64le()
          case .u8: h5_std_u64le()
          case .f4: h5_ieee_f32le()
          case .f8: h5_ieee_f64le()
          case .str: h5_c_s1()
          }
        return H5Tcopy(source)
      })
    if type == .str {
      let id = handle.id
      _ = try Library.call("H5Tset_size", place, trouble) { H5Tset_size(id, h5_variable()) }
      _ = try Library.call("H5Tset_cset", place, trouble) { H5Tset_cset(id, H5T_CSET_UTF8) }
    }
    self.handle = handle
    self.place = place
  }

  /// Text of variable length in UTF-8.
  static func variableText(_ place: Place) throws(HDF5Error) -> Datatype { try Datatype(stored: .str, place) }

  var valueClass: ValueClass {
    let id = handle.id
    switch Library.quietly({ H5Tget_class(id) }) {
    case H5T_INTEGER: return .integer
    case H5T_FLOAT: return .float
    case H5T_STRING: return .text
    case H5T_TIME: return .other("time")
    case H5T_BITFIELD: return .other("bit field")
    case H5T_OPAQUE: return .other("opaque")
    case H5T_COMPOUND: return .other("compound")
    case H5T_REFERENCE: return .other("reference")
    case H5T_ENUM: return .other("enum")
    case H5T_VLEN: return .other("sequence")
    case H5T_ARRAY: return .other("array")
    default: return .other("unknown class")
    }
  }

  /// Bytes of one value as stored.
  var size: Int {
    let id = handle.id
    return Library.quietly { H5Tget_size(id) }
  }

  /// True when this is text of variable length.
  var isVariableText: Bool {
    let id = handle.id
    return Library.quietly { H5Tis_variable_str(id) } > 0
  }

  /// True when text is marked as UTF-8.
  var isUTF8: Bool {
    let id = handle.id
    return Library.quietly { H5Tget_cset(id) } == H5T_CSET_UTF8
  }

  /// The schema's name for this type, or nil when the schema has none.
  var elementType: ElementType? {
    let id = handle.id
    let size = size
    switch valueClass {
    case .integer:
      let signed = Library.quietly { H5Tget_sign(id) } == H5T_SGN_2
      let little = Library.quietly { H5Tget_order(id) } == H5T_ORDER_LE
      switch (size, signed, little) {
      case (1, true, _): return .i1
      case (4, true, true): return .i4
      case (8, true, true): return .i8
      case (8, false, true): return .u8
      default: return nil
      }
    case .float:
      let little = Library.quietly { H5Tget_order(id) } == H5T_ORDER_LE
      return little ? (size == 4 ? .f4 : size == 8 ? .f8 : nil) : nil
    case .text: return isVariableText && isUTF8 ? .str : nil
    case .other: return nil
    }
  }
}

/// The types numbers have in memory.
func nativeType(_ type: ElementType) -> hid_t {
  switch type {
  case .i1: h5_native_int8()
  case .i4: h5_native_int32()
  case .i8: h5_native_int64()
  case .u8: h5_native_uint64()
  case .f4: h5_native_float()
  case .f8: h5_native_double()
  case .str: preconditionFailure("text has no native number type")
  }
}
