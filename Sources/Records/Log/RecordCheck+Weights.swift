extension RecordCheck {
  /// Kept weights: matrices of every projection, which follow from each other, of runs that the evaluation has.
  static func checkWeights(_ file: borrowing HDF5File, _ report: Report) throws(HDF5Error) {
    let group = Schema.weights
    guard file.exists(group) else { return }
    let kept = "\(group)/kept"
    if file.exists(kept), file.exists("/evaluation/seed") {
      let seeds = Set(try file.readIntegers("/evaluation/seed").values)
      for label in try file.readIntegers(kept).values where !seeds.contains(label) {
        report.add("table", kept, "it names run \(label), which is not along seed")
      }
    } else {
      report.add("table", kept, "the dataset is missing")
    }
    let names = Set(try file.list(group))
    let projections = names.compactMap { name in
      ["initial_", "final_"].first { name.hasPrefix($0) }.flatMap { Int(name.dropFirst($0.count)) }
    }
    guard let last = projections.max(), last <= 1 << 16, last >= 1 else {
      report.add("table", group, "it holds no weights")
      return
    }
    var below: Int?
    for k in 1...last {
      for column in Schema.weights(of: k) {
        let path = "\(group)/\(column.name)"
        guard names.contains(column.name), try file.group(group).kind(of: column.name) == .dataset else {
          report.add("table", path, "the dataset is missing")
          continue
        }
        let dataset = try file.dataset(path)
        if try dataset.elementType() != .f4 { report.add("table", path, "its type is not f4") }
        var found: [String] = []
        for axis in dataset.shape.indices { found.append(try dataset.scales(axis: axis).first.map(lastName) ?? "?") }
        if found != column.dimensions {
          report.add(
            "table", path,
            "its dimensions are (\(found.joined(separator: ", "))), not (\(column.dimensions.joined(separator: ", ")))")
        }
      }
      let (post, pre) = ("\(group)/post_\(k)", "\(group)/pre_\(k)")
      guard file.exists(post), file.exists(pre) else { continue }
      let (above, under) = (try file.dataset(post).shape.first, try file.dataset(pre).shape.first)
      // One more where networks have a bias unit.
      if let below, let under, under != below, under != below + 1 {
        report.add("table", pre, "it has \(under) units above the \(below) neurons of post_\(k - 1)")
      }
      below = above
    }
  }
}
