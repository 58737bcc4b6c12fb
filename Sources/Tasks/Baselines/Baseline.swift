/// Classifiers without a network: the bar that a learning network has to pass.
///
/// They see the raw intensities of the support samples at once and answer the query samples. Nothing in them is random.
public enum Baseline: String, Sendable, CaseIterable {
  /// The class whose mean support sample is nearest (Euclidean).
  case nearestClassMean = "nearest-class-mean"
  /// Linear ridge regression on one-hot labels, its penalty chosen by leave-one-out.
  case ridge = "ridge"

  /// Answers the query samples of an episode.
  public func answer(_ episode: Episode) -> BaselineAnswer {
    let predictions: [Int]
    switch self {
    case .nearestClassMean: predictions = nearestMean(episode)
    case .ridge: predictions = ridgeRegression(episode)
    }
    return BaselineAnswer(predictions: predictions, labels: episode.query.labels)
  }
}

/// What a baseline answered.
public struct BaselineAnswer: Sendable, Hashable {
  /// The predicted label of each query sample.
  public let predictions: [Int]
  /// The share of query samples whose label was predicted.
  public let accuracy: Double

  /// Compares predictions with the true labels.
  /// - Precondition: as many predictions as labels, at least one.
  public init(predictions: [Int], labels: [Int]) {
    precondition(
      predictions.count == labels.count && !labels.isEmpty, "\(predictions.count) predictions, \(labels.count) labels")
    self.predictions = predictions
    accuracy = Double(zip(predictions, labels).count { $0 == $1 }) / Double(labels.count)
  }
}

/// The label of the nearest class mean for each query sample; the lowest label among equals.
private func nearestMean(_ episode: Episode) -> [Int] {
  let width = episode.inputCount
  let labels = Set(episode.support.labels).sorted()
  var means = [[Double]](repeating: [Double](repeating: 0, count: width), count: labels.count)
  for (row, label) in labels.enumerated() {
    let members = episode.support.labels.indices.filter { episode.support.labels[$0] == label }
    for member in members {
      for i in 0..<width { means[row][i] += Double(episode.support.inputs[member * width + i]) }
    }
    for i in 0..<width { means[row][i] /= Double(members.count) }
  }
  return (0..<episode.query.count).map { sample in
    let distances = means.map { mean in
      (0..<width).reduce(0.0) { sum, i in
        let difference = Double(episode.query.inputs[sample * width + i]) - mean[i]
        return sum + difference * difference
      }
    }
    return labels[distances.indices.min { distances[$0] < distances[$1] }!]
  }
}
