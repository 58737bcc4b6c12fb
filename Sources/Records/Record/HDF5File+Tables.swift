extension HDF5File {
  /// Makes the group of a table with its columns, empty, named on every axis.
  /// - Parameters:
  ///   - lengths: lengths of the dimensions that do not grow.
  ///   - optional: the optional columns to make.
  func create(_ table: Table, lengths: [String: Int], including optional: Set<String> = []) throws(HDF5Error) {
    try createGroup(table.path)
    for column in table.columns where !column.optional || optional.contains(column.name) {
      var shape: [Int] = []
      for dimension in column.dimensions {
        guard !table.growing.contains(dimension) else {
          shape.append(0)
          continue
        }
        guard let length = lengths[dimension] else { preconditionFailure("\(table.path): no length for \(dimension)") }
        shape.append(length)
      }
      let growing = column.dimensions.first.map(table.growing.contains) ?? false
      let dataset = try createDataset(
        table.path(of: column), column.type, shape: shape, unlimited: growing, fill: !column.isCoordinate)
      try column.describe(dataset)
      if column.isCoordinate {
        try dataset.makeScale(named: column.name)
      } else {
        for (axis, dimension) in column.dimensions.enumerated() {
          try dataset.attach(try scale(dimension, visibleFrom: table.path), axis: axis)
        }
      }
    }
  }

  /// The scale of that name in the group at `path` or the nearest group above.
  func scale(_ name: String, visibleFrom path: String) throws(HDF5Error) -> Dataset {
    var folder = path.split(separator: "/")
    while true {
      let candidate = "/" + (folder + [Substring(name)]).joined(separator: "/")
      if exists(candidate) { return try dataset(candidate) }
      guard !folder.isEmpty else {
        throw place.at("/\(path)").error(.missingObject, "there is no dimension \(name)")
      }
      folder.removeLast()
    }
  }

  /// Removes a group after taking off its datasets the scales that lie outside it.
  func removeTable(_ path: String) throws(HDF5Error) {
    let inside = absolute(path) + "/"
    let group = try group(path)
    for name in try group.list() where try group.kind(of: name) == .dataset {
      let dataset = try group.dataset(name)
      guard !dataset.isScale() else { continue }
      for axis in dataset.shape.indices {
        for scale in try dataset.scales(axis: axis) where !scale.hasPrefix(inside) {
          try dataset.detach(try self.dataset(scale), axis: axis)
        }
      }
    }
    try remove(path)
  }

  /// Writes the whole of a column.
  func write(_ values: Values, to path: String) throws(HDF5Error) {
    try dataset(path).write(values)
  }
}

extension Column {
  /// Writes the attributes that tell readers what the dataset holds.
  func describe(_ dataset: borrowing Dataset) throws(HDF5Error) {
    try dataset.setText(longName, named: "long_name")
    if let units { try dataset.setText(units, named: "units") }
    if let comment { try dataset.setText(comment, named: "comment") }
    switch meaning {
    case .plain: break
    case .boolean: try dataset.setText("bool", named: "dtype")
    case .status:
      let codes = CandidateStatus.allCases.map { Int($0.rawValue) }
      try dataset.setAttribute(.integers(codes), as: .i1, named: "flag_values")
      try dataset.setText(CandidateStatus.meanings, named: "flag_meanings")
    }
    if type.isFloat, !isCoordinate {
      try dataset.setAttribute(.doubles([.nan]), as: type, named: "_FillValue")
    }
  }
}
