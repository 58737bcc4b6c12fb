extension RunRecord {
  private static let statePath = "/discovery/state"

  /// The optimiser's state, or nil when there is none.
  public func state() throws(HDF5Error) -> StateArrays? {
    try locked { () throws(HDF5Error) in
      guard file.exists(Self.statePath) else { return nil }
      let group = try file.group(Self.statePath)
      var entries: [StateArrays.Entry] = []
      var next = 0
      for name in try group.list() where try group.kind(of: name) == .dataset {
        let dataset = try group.dataset(name)
        if dataset.scaleName()?.hasPrefix(pureSizeWords) == true { continue }
        if name == "next_generation" {
          next = try dataset.readIntegers().first ?? 0
          continue
        }
        let values: Values
        switch try dataset.elementType() {
        case .f8: values = .doubles(try dataset.readDoubles())
        case .f4: values = .floats(try dataset.readFloats())
        case .u8: values = .words(try dataset.readWords())
        case .str: values = .texts(try dataset.readStrings())
        case .i1, .i4, .i8: values = .integers(try dataset.readIntegers())
        case nil: continue
        }
        var dimensions: [String] = []
        for axis in dataset.shape.indices {
          guard let scale = try dataset.scales(axis: axis).first else { break }
          dimensions.append(lastName(scale))
        }
        entries.append(
          StateArrays.Entry(
            name, shape: dataset.shape, values, dimensions: dimensions.count == dataset.shape.count ? dimensions : nil))
      }
      let version = try file.text("state_version", of: Self.statePath).flatMap { Int($0) }
      return StateArrays(
        optimizer: try file.text("optimizer", of: Self.statePath) ?? "", version: version ?? -1, nextGeneration: next,
        entries: entries)
    }
  }

  /// Replaces the optimiser's state.
  public func setState(_ state: StateArrays) throws(HDF5Error) {
    try locked { () throws(HDF5Error) in
      requireWritable()
      guard let header = try discovery() else { preconditionFailure("\(name): the record has no search") }
      let entries = state.entries.map { $0.named(parameters: header.parameters.count) }
      if try self.state().map({ $0.hasSameLayout(as: entries) }) != true {
        if file.exists(Self.statePath) { try file.removeTable(Self.statePath) }
        try createState(entries)
      }
      try file.setText(state.optimizer, named: "optimizer", of: Self.statePath)
      try file.setText("\(state.version)", named: "state_version", of: Self.statePath)
      try file.setText("true", named: "private", of: Self.statePath)
      try file.write(.integers([state.nextGeneration]), to: "\(Self.statePath)/next_generation")
      for entry in entries { try file.write(entry.values, to: "\(Self.statePath)/\(entry.name)") }
    }
  }

  private func createState(_ entries: [StateArrays.Entry]) throws(HDF5Error) {
    try file.createGroup(Self.statePath)
    let next = try file.createDataset("\(Self.statePath)/next_generation", .i8, shape: [])
    try Column("next_generation", [], .i8, "first generation not yet recorded").describe(next)
    for entry in entries {
      precondition(entry.name != "next_generation", "state: next_generation is written by the record itself")
      let path = "\(Self.statePath)/\(entry.name)"
      let dimensions = entry.dimensions ?? []
      let column = Column(entry.name, dimensions, entry.values.type, "private state of the optimiser")
      let dataset = try file.createDataset(path, column.type, shape: entry.shape)
      try column.describe(dataset)
      for (axis, dimension) in dimensions.enumerated() {
        try requireSize(dimension, entry.shape[axis])
        try dataset.attach(try file.scale(dimension, visibleFrom: Self.statePath), axis: axis)
      }
    }
  }

  /// Makes a size without labels in the state group unless the dimension is there already.
  private func requireSize(_ dimension: String, _ length: Int) throws(HDF5Error) {
    for group in [Self.statePath, "/discovery"] where file.exists("\(group)/\(dimension)") {
      let found = try file.dataset("\(group)/\(dimension)").shape
      precondition(found == [length], "state: dimension \(dimension) has shape \(found), not [\(length)]")
      return
    }
    try file.createSize(dimension, length, in: Self.statePath)
  }
}

extension StateArrays {
  fileprivate func hasSameLayout(as other: [Entry]) -> Bool {
    guard entries.count == other.count else { return false }
    return zip(entries.sorted { $0.name < $1.name }, other.sorted { $0.name < $1.name }).allSatisfy {
      $0.name == $1.name && $0.shape == $1.shape && $0.values.type == $1.values.type
        && ($0.dimensions ?? []) == ($1.dimensions ?? [])
    }
  }
}

extension StateArrays.Entry {
  /// The same entry with every axis named.
  fileprivate func named(parameters: Int) -> Self {
    guard dimensions == nil else { return self }
    var copy = self
    var names: [String] = []
    for (axis, length) in shape.enumerated() {
      if length == parameters, !names.contains("parameter") {
        names.append("parameter")
      } else if length == parameters, !names.contains("parameter_col") {
        names.append("parameter_col")
      } else {
        names.append(shape.count == 1 ? "\(name)_size" : "\(name)_size_\(axis)")
      }
    }
    copy.dimensions = names
    return copy
  }
}

extension Values {
  /// The type these values are stored as.
  var type: ElementType {
    switch self {
    case .doubles: .f8
    case .floats: .f4
    case .integers: .i8
    case .words: .u8
    case .texts: .str
    }
  }
}

/// The last component of a path.
func lastName(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? "" }
