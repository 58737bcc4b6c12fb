import Records

/// Spikes and potentials at the nodes of a graph, step by step: what `nir.read_data` calls NIRGraphData.
public struct NIRRecording: Sendable {
  /// What was seen at a node, [sample, step, neuron].
  public enum Observable: Sendable, Hashable {
    /// 1 where a neuron spiked, else 0.
    case spikes([UInt8])
    /// Numbers by their name, such as `v` for potentials.
    case numbers(String, [Float])
  }

  /// One node.
  public struct Node: Sendable, Hashable {
    /// Its name in the graph.
    public var name: String
    /// Its neurons.
    public var count: Int
    /// What was seen there.
    public var observables: [Observable]

    /// Makes a node.
    public init(_ name: String, count: Int, _ observables: [Observable]) {
      self.name = name
      self.count = count
      self.observables = observables
    }
  }

  /// Samples that were presented.
  public var samples: Int
  /// Steps of a sample.
  public var steps: Int
  /// Seconds that a step stands for in the graph.
  public var dt: Double
  /// The class of each sample.
  public var labels: [Int]
  /// The nodes, from the input upwards.
  public var nodes: [Node]

  /// Makes a recording.
  public init(samples: Int, steps: Int, dt: Double, labels: [Int], nodes: [Node]) {
    precondition(labels.count == samples, "\(labels.count) labels for \(samples) samples")
    self.samples = samples
    self.steps = steps
    self.dt = dt
    self.labels = labels
    self.nodes = nodes
  }

  /// Writes the recording for `nir.read_data`: whole or not at all. `/labels` is ours; the reader leaves it alone.
  /// - Throws: `HDF5Error` when the file cannot be made, or is there and may not be replaced.
  /// - Precondition: every observable has a number for each sample, step and neuron.
  public func write(to path: String, replacing: Bool) throws(HDF5Error) {
    let file = try HDF5File(inMemory: path)
    try file.setText("NIRGraphData", named: "__type__")
    try file.createGroup("/nodes")
    for node in nodes {
      let group = "/nodes/\(node.name)"
      try file.createGroup(group)
      try file.setText("NIRNodeData", named: "__type__", of: group)
      try file.createGroup("\(group)/observables")
      let shape = [samples, steps, node.count]
      for observable in node.observables {
        let name: String
        switch observable {
        case .spikes: name = "spikes"
        case .numbers(let given, _): name = given
        }
        let place = "\(group)/observables/\(name)"
        try file.createGroup(place)
        try file.setText("TimeGriddedData", named: "__type__", of: place)
        try file.setNumber(dt, named: "dt", of: place)
        switch observable {
        case .spikes(let flags): try file.writeFlags(flags, shape: shape, to: "\(place)/data")
        case .numbers(_, let values): try file.put(.floats(values), .f4, shape, at: "\(place)/data")
        }
      }
    }
    try file.put(.integers(labels), .i8, [samples], at: "/labels")
    try Publication(file.image(), to: path, replacing: replacing).commit()
  }
}
