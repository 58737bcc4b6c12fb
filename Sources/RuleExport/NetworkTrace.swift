import Rules

/// Forward and feedback weights of every projection of a whole network after each step of each sample, in double
/// precision: one row a step, projection and matrix would be long, so a row is a step and a column a synapse.
struct NetworkTrace {
  private let exported: ExportedRule
  private var table: TraceTable

  init(of exported: ExportedRule) {
    self.exported = exported
    let network = exported.network
    let changesFeedback = exported.rule.db != nil
    func names(_ letter: String) -> [String] {
      (0..<network.projectionCount).flatMap {
        TraceTable.names("\(letter)\($0 + 1)", [network.sizes[$0 + 1], network.sizes[$0]])
      }
    }
    var table = TraceTable(["sample", "t", "spikes"] + names("w") + (changesFeedback ? names("b") : []))
    var learner = InterpretedNetwork(exported)
    learner.learn { sample, step, network in
      var values = network.projections.flatMap(\.weights)
      if changesFeedback { values += network.projections.flatMap(\.feedback) }
      let spikes = network.groups.flatMap(\.s).reduce(0, +)
      table.append(["\(sample)", "\(step)", "\(Int(spikes))"] + values.map(TraceTable.cell))
    }
    self.table = table
  }

  /// The table with its header.
  var text: String {
    let network = exported.network
    return table.text(
      exported,
      notes: [
        "Expected weights of a network of \(network.sizes.map(String.init).joined(separator: ", ")) neurons after every "
          + "step, in double precision; credit pathway \(exported.credit).",
        "Columns wl_i_j: weight of projection l onto postsynaptic neuron i from presynaptic neuron j, counted from 1.",
        "The column spikes counts the spikes of all groups in that step.",
      ])
  }
}
