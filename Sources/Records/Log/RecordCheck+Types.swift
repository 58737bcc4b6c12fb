import CHDF5

extension RecordCheck {
  /// Units that xarray turns into time spans.
  private static let spans: Set<String> = [
    "days", "hours", "minutes", "seconds", "milliseconds", "microseconds", "nanoseconds",
  ]

  /// Rules 6 to 13.
  static func checkType(_ dataset: borrowing Dataset, _ report: Report) throws(HDF5Error) {
    let path = dataset.path
    let type = try dataset.elementType()
    switch try dataset.valueClass() {
    case .text:
      if type == nil { report.add(6, path, "its text is not of variable length in UTF-8") }
      return
    case .other("enum"):
      report.add(7, path, "a boolean is an int8 with the attribute dtype=\"bool\", not an enum")
      return
    case .other(let name):
      report.add(8, path, "it holds values of class \(name)")
      return
    case .integer, .float: break
    }
    guard let type else {
      report.add(8, path, "its number type is none of i1, i4, i8, u8, f4, f8 in little-endian order")
      return
    }
    let isCoordinate = dataset.isScale()
    if type.isFloat, !isCoordinate {
      try checkMissing(dataset, type, report)
    } else if try dataset.attribute("_FillValue") != nil {
      report.add(isCoordinate ? 10 : 11, path, "\(isCoordinate ? "a coordinate" : "an integer") has no _FillValue")
    }
    try checkFlags(dataset, type, report)
    try checkWords(dataset, isQuantity: type.isFloat, report)
  }

  private static func checkMissing(
    _ dataset: borrowing Dataset, _ type: ElementType, _ report: Report
  ) throws(HDF5Error) {
    let list = try dataset.creationProperties()
    let id = list.id
    var defined = H5D_FILL_VALUE_UNDEFINED
    var value = 0.0
    let known = Library.quietly {
      H5Pfill_value_defined(id, &defined) >= 0 && H5Pget_fill_value(id, h5_native_double(), &value) >= 0
    }
    if !known || defined != H5D_FILL_VALUE_USER_DEFINED || !value.isNaN {
      report.add(10, dataset.path, "its HDF5 fill value is not NaN")
    }
    guard case .doubles(let fill) = try dataset.attribute("_FillValue") else {
      report.add(10, dataset.path, "it has no attribute _FillValue")
      return
    }
    let attribute = try Attribute(opening: "_FillValue", of: dataset.handle.id, dataset.place)
    let stored = try attribute.datatype().elementType
    if attribute.shape != [1] || fill.count != 1 || !fill[0].isNaN || stored != type {
      report.add(10, "\(dataset.path)@_FillValue", "it is not one NaN of the dataset's type")
    }
  }

  /// Rules 7 and 9.
  private static func checkFlags(
    _ dataset: borrowing Dataset, _ type: ElementType, _ report: Report
  ) throws(HDF5Error) {
    let path = dataset.path
    if case .text("bool") = try dataset.attribute("dtype") {
      if type != .i1 {
        report.add(7, path, "a boolean is an int8")
      } else if try !dataset.readIntegers().allSatisfy({ $0 == 0 || $0 == 1 }) {
        report.add(7, path, "a boolean has a value beside 0 and 1")
      }
    }
    let values = try dataset.attribute("flag_values")
    let meanings = try dataset.attribute("flag_meanings")
    guard values != nil || meanings != nil else { return }
    guard case .integers(let codes) = values, case .text(let words) = meanings else {
      report.add(9, path, "flag_values and flag_meanings do not come together as integers and text")
      return
    }
    let attribute = try Attribute(opening: "flag_values", of: dataset.handle.id, dataset.place)
    let stored = try attribute.datatype().elementType
    if type != .i1 || stored != .i1 || attribute.shape.count != 1 {
      report.add(9, path, "codes and their flag_values are int8, the latter with one axis")
    }
    let count = words.split(separator: " ").count
    if count != codes.count { report.add(9, path, "\(codes.count) flag_values have \(count) flag_meanings") }
    guard type != .f4, type != .f8, type != .u8 else { return }
    if let stray = try dataset.readIntegers().first(where: { !codes.contains($0) }) {
      report.add(9, path, "it holds the code \(stray), which is not in flag_values")
    }
  }

  /// Rules 12 and 13.
  private static func checkWords(
    _ dataset: borrowing Dataset, isQuantity: Bool, _ report: Report
  ) throws(HDF5Error) {
    let path = dataset.path
    let units = try dataset.attribute("units")
    if case .text(let text) = units {
      if spans.contains(text.lowercased()) || text.contains(" since ") {
        report.add(12, "\(path)@units", "\"\(text)\" becomes a time in xarray; write s or ms")
      }
    } else if units != nil {
      report.add(12, "\(path)@units", "it is no text")
    } else if isQuantity {
      report.add(12, path, "it has no units")
    }
    if isQuantity, try dataset.attribute("long_name") == nil { report.add(13, path, "it has no long_name") }
  }
}
