import Records

extension NIRGraph {
  /// The version of `nir` whose layout files have; readers do not check it.
  public static let layoutVersion = "1.0.8"

  /// Writes the graph for `nir.read`: whole or not at all.
  /// - Throws: `HDF5Error` when the file cannot be made, or is there and may not be replaced.
  public func write(to path: String, replacing: Bool) throws(HDF5Error) {
    let file = try HDF5File(inMemory: path)
    try file.put(.texts([Self.layoutVersion]), .str, [], at: "/version")
    try file.createGroup("/node")
    try file.put(.texts(["NIRGraph"]), .str, [], at: "/node/type")
    try file.put(.texts(edges.flatMap { [$0.from, $0.to] }), .str, [edges.count, 2], at: "/node/edges")
    try file.createGroup("/node/nodes")
    for named in nodes {
      let group = "/node/nodes/\(named.name)"
      try file.createGroup(group)
      try file.put(.texts([named.node.type]), .str, [], at: "\(group)/type")
      switch named.node {
      case .input(let count), .output(let count): try file.put(.integers([count]), .i8, [1], at: "\(group)/shape")
      default: break
      }
      for parameter in named.node.parameters {
        try file.put(.floats(parameter.values), .f4, parameter.shape, at: "\(group)/\(parameter.name)")
      }
    }
    if !metadata.isEmpty {
      try file.createGroup("/node/metadata")
      for (name, remark) in metadata.sorted(by: { $0.key < $1.key }) {
        let path = "/node/metadata/\(name)"
        switch remark {
        case .number(let number): try file.put(.doubles([number]), .f8, [], at: path)
        case .integer(let number): try file.put(.integers([number]), .i8, [], at: path)
        case .text(let text): try file.put(.texts([text]), .str, [], at: path)
        }
      }
    }
    try Publication(file.image(), to: path, replacing: replacing).commit()
  }
}

extension HDF5File {
  /// Makes a dataset and writes it.
  func put(_ values: Values, _ type: ElementType, _ shape: [Int], at path: String) throws(HDF5Error) {
    try createDataset(path, type, shape: shape, fill: false).write(values)
  }
}
