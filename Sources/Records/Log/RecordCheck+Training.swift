extension RecordCheck {
  /// What the columns of `/training` say of one another, and the form of the private state.
  static func checkTraining(_ file: borrowing HDF5File, _ report: Report) throws(HDF5Error) {
    let group = "/\(Schema.training.path)"
    guard file.exists(group) else { return }
    for name in ["epoch", "layer"] where file.exists("\(group)/\(name)") {
      let numbers = try file.readIntegers("\(group)/\(name)").values
      if numbers != numbers.indices.map({ $0 + 1 }) {
        report.add("table", "\(group)/\(name)", "its numbers are not 1, 2, 3 and so on")
      }
    }
    if let baseline = try file.text("baseline", of: group), file.exists("\(group)/system"),
      try !file.readStrings("\(group)/system").values.contains(baseline)
    {
      report.add("table", "\(group)@baseline", "it is \"\(baseline.prefix(80))\", which is no system")
    }
    if file.exists("\(group)/epochs_done"), file.exists("\(group)/epochs_planned"), file.exists("\(group)/seed") {
      let (done, shape) = try file.readIntegers("\(group)/epochs_done")
      let planned = try file.readIntegers("\(group)/epochs_planned").values
      if shape.count == 2, shape[0] == planned.count,
        done.indices.contains(where: { done[$0] < 0 || done[$0] > planned[$0 / max(1, shape[1])] })
      {
        report.add("table", "\(group)/epochs_done", "a run has more epochs than were planned")
      }
    }
    let state = "\(group)/state"
    guard file.exists(state) else { return }
    for name in ["state_version", "private"] where try file.text(name, of: state) == nil {
      report.add("table", "\(state)@\(name)", "the attribute is missing or no text")
    }
    if let word = try file.text("private", of: state), word != "true" {
      report.add("table", "\(state)@private", "it is \"\(word)\", not \"true\"")
    }
  }
}
