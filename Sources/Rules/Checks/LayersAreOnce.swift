/// No layer is named twice under `layers:`.
struct LayersAreOnce {
  static func check(_ draft: inout RuleDraft) {
    var seen: Set<Int> = []
    for layer in draft.layers where !seen.insert(layer.layer).inserted {
      let name = layer.layer == -1 ? "the readout (-1)" : "layer \(layer.layer)"
      draft.report(.layers, layer.keyPlace, "\(name) is listed twice")
    }
  }
}
