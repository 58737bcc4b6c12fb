extension Schema {
  /// Where kept weights lie.
  static let weights = "/evaluation/weights"
  /// The label of a kept run: the same as along `seed`.
  static let kept = Column.coordinate("kept", .i8, "test episode whose weights are kept")

  /// The two columns of projection `k`, counted from 1.
  static func weights(of k: Int) -> [Column] {
    let axes = ["rule", "task", "shot", "kept", "post_\(k)", "pre_\(k)"]
    return [
      Column("initial_\(k)", axes, .f4, "weights before learning"),
      Column("final_\(k)", axes, .f4, "weights after learning"),
    ]
  }
}

extension RunRecord {
  /// Keeps weights beside the scores of an evaluation.
  /// - Precondition: `/evaluation` is there, holds no weights, and its axes are those of `weights`.
  public func setWeights(_ weights: KeptWeights) throws(HDF5Error) {
    try locked { () throws(HDF5Error) in
      requireWritable()
      guard let table = try evaluation() else { preconditionFailure("\(name): weights without an evaluation") }
      let (rules, group) = (table.rules.count, Schema.weights)
      let cells = table.tasks.count * table.shots.count * weights.kept.count
      precondition(weights.runs.count == rules * cells, "\(weights.runs.count) runs, not \(rules * cells)")
      precondition(weights.kept.allSatisfy(table.seeds.contains), "weights of episodes that were not scored")
      try file.createGroup(group)
      let kept = try file.createDataset("\(group)/kept", .i8, shape: [weights.kept.count], fill: false)
      try Schema.kept.describe(kept)
      try kept.makeScale(named: "kept")
      try kept.write(.integers(weights.kept))
      for (l, shape) in weights.shapes.enumerated() {
        try file.createSize("post_\(l + 1)", shape.post, in: group)
        try file.createSize("pre_\(l + 1)", shape.pre, in: group)
        for (column, matrix) in zip(Schema.weights(of: l + 1), [\EpisodeWeights.initial, \EpisodeWeights.final]) {
          let dataset = try file.createDataset(
            "\(group)/\(column.name)", column.type,
            shape: [rules, table.tasks.count, table.shots.count, weights.kept.count, shape.post, shape.pre])
          try column.describe(dataset)
          for (axis, dimension) in column.dimensions.enumerated() {
            try dataset.attach(try file.scale(dimension, visibleFrom: group), axis: axis)
          }
          // A rule at a time; what nobody writes is NaN and takes no room.
          for rule in 0..<rules {
            let row = weights.runs[rule * cells..<(rule + 1) * cells]
            guard row.contains(where: { $0 != nil }) else { continue }
            var values: [Float] = []
            values.reserveCapacity(cells * shape.count)
            for run in row {
              let found = run.map { $0[keyPath: matrix][l] } ?? [Float](repeating: .nan, count: shape.count)
              precondition(found.count == shape.count, "\(found.count) weights for \(shape)")
              values += found
            }
            try dataset.write(.floats(values), atRow: rule)
          }
        }
      }
    }
  }

  /// Labels along `seed` of the runs whose weights are kept; nil where the record keeps none.
  public func keptRuns() throws(HDF5Error) -> [Int]? {
    try locked { () throws(HDF5Error) in
      guard file.exists(Schema.weights) else { return nil }
      return try file.readIntegers("\(Schema.weights)/kept").values
    }
  }

  /// The weights of one run; nil where it has none.
  /// - Parameters:
  ///   - rule: its place along `rule`; likewise `task` and `shot`.
  ///   - kept: its place along `kept`.
  /// - Throws: `wrongType` when matrices do not fit the evaluation or each other.
  public func weights(
    rule: Int, task: Int, shot: Int, kept: Int
  ) throws(HDF5Error) -> (shapes: [KeptWeights.Shape], weights: EpisodeWeights)? {
    try locked { () throws(HDF5Error) in
      var shapes: [KeptWeights.Shape] = []
      var weights = EpisodeWeights(initial: [], final: [])
      while file.exists("\(Schema.weights)/final_\(shapes.count + 1)") {
        let k = shapes.count + 1
        for (column, matrix) in zip(Schema.weights(of: k), [\EpisodeWeights.initial, \EpisodeWeights.final]) {
          let dataset = try file.dataset("\(Schema.weights)/\(column.name)")
          let shape = dataset.shape
          guard shape.count == 6, zip(shape, [rule, task, shot, kept]).allSatisfy({ $0 > $1 }) else {
            throw dataset.place.error(.wrongType, "its shape \(shape) does not hold the run")
          }
          let found = KeptWeights.Shape(post: shape[4], pre: shape[5])
          if shapes.count < k { shapes.append(found) }
          guard shapes[k - 1] == found else {
            throw dataset.place.error(.wrongType, "its shape \(shape) is not that of initial_\(k)")
          }
          let row = try dataset.readFloats(rows: rule..<rule + 1)
          let place = ((task * shape[2] + shot) * shape[3] + kept) * found.count
          weights[keyPath: matrix].append(Array(row[place..<place + found.count]))
        }
      }
      guard !shapes.isEmpty else {
        throw file.place.at(Schema.weights).error(.missingObject, "it holds no final_1")
      }
      let isWhole = (weights.initial + weights.final).allSatisfy { $0.allSatisfy(\.isFinite) }
      return isWhole ? (shapes, weights) : nil
    }
  }
}

extension HDF5File {
  /// Makes a dimension without labels.
  func createSize(_ dimension: String, _ length: Int, in group: String) throws(HDF5Error) {
    let scale = try createDataset("\(group)/\(dimension)", .i1, shape: [length])
    try scale.makeScale(named: pureSizeName(length))
  }
}
