import Records

/// Names of the layers of records.
enum LayerName {
  /// The hidden groups from the input upwards.
  static func hidden(_ count: Int) -> [String] { (0..<count).map { "hidden_\($0 + 1)" } }
  /// The readout, which is a layer where projections are measured.
  static let readout = "readout"
}

extension [[DiagnosisPoint]] {
  /// Whether layers were measured, not answers alone.
  var measuresLayers: Bool { contains { $0.contains { !$0.layers.isEmpty } } }
}

extension EvaluationTable {
  /// Makes room for what a diagnosis measures; the table's steps and layers must be there.
  /// - Parameter measuresLayers: whether layers are measured, not answers alone.
  mutating func prepare(measuresLayers: Bool) {
    if onlineAccuracy == nil { onlineAccuracy = [Float](repeating: .nan, count: accuracy.count) }
    guard measuresLayers, !layers.isEmpty else { return }
    for column in LayerColumn.all {
      if self[keyPath: column.values] == nil {
        self[keyPath: column.values] = [Float](repeating: .nan, count: accuracy.count * layers.count)
      }
    }
  }

  /// Puts what was measured within an episode into the place of its run. Points that are no step of the table are left
  /// out, and so are layers that it does not name; the projection into the readout belongs to the layer `readout`.
  mutating func put(_ points: [DiagnosisPoint], run: Int) {
    let readout = layers.firstIndex(of: LayerName.readout)
    for point in points {
      guard let step = steps.firstIndex(of: point.seen) else { continue }
      let place = run * steps.count + step
      accuracy[place] = Float(point.score.accuracy)
      loss[place] = Float(point.score.loss)
      onlineAccuracy?[place] = Float(point.onlineAccuracy)
      for (l, layer) in point.layers.enumerated() {
        guard let position = l + 1 == point.layers.count ? readout : l, position < layers.count else { continue }
        let entry = place * layers.count + position
        for column in LayerColumn.all { self[keyPath: column.values]?[entry] = Float(column.read(layer)) }
      }
    }
  }
}

/// A column with layers, and where its numbers come from.
private struct LayerColumn: Sendable {
  let values: WritableKeyPath<EvaluationTable, [Float]?> & Sendable
  let read: @Sendable (LayerDiagnosis) -> Double

  static let all = [
    LayerColumn(values: \.alignmentAngle) { $0.alignmentAngle },
    LayerColumn(values: \.sampleAngle) { $0.sampleAngle },
    LayerColumn(values: \.feedbackAngle) { $0.feedbackAngle },
    LayerColumn(values: \.weightNorm) { $0.weightNorm },
    LayerColumn(values: \.orthonormality) { $0.orthonormality },
    // A step stands for a millisecond.
    LayerColumn(values: \.firingRate) { $0.firingRate * 1000 },
    LayerColumn(values: \.silentShare) { $0.silentShare },
    LayerColumn(values: \.saturatedShare) { $0.saturatedShare },
  ]
}
