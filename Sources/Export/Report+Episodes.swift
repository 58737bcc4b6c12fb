import Records

extension Report {
  /// What happens within the episodes of the only task.
  static func episodes(_ contents: RunContents, _ place: Place) -> Section? {
    let parts = episodeParts(contents, place)
    return parts.isEmpty ? nil : Section(id: "episodes", title: "Within an episode", parts: parts)
  }

  /// Learning curves and what the layers are like on the way, or else at the end.
  static func episodeParts(_ contents: RunContents, _ place: Place) -> [Markup] {
    guard let table = contents.evaluation else { return [] }
    let (task, shot) = (place.task, place.shot)
    let course = EpisodeCourse(table, task: task, shot: shot, seed: contents.provenance.masterSeed)
    var found = course.map { figures($0, suffix: place.suffix, place: place.words) } ?? []
    if course == nil, let angles = LayerMeans(table, table.alignmentAngle, task: task, shot: shot, skipping: 0) {
      found.append(
        Figure.finalAlignment(
          angles, id: "final-alignment\(place.suffix)", title: "Alignment of the teaching signal\(place.words)"))
    }
    if let rates = LayerMeans(table, table.firingRate, task: task, shot: shot) {
      found.append(
        Figure.firingRates(
          rates, id: "firing-rates\(place.suffix)", title: "Firing rates in the hidden groups\(place.words)"))
    }
    return found.map(\.markup)
  }

  private static func figures(_ course: EpisodeCourse, suffix: String, place: String) -> [Figure] {
    let table = course.table
    return [
      Figure.learningCurves(course, id: "learning-curves\(suffix)", title: "Learning curves\(place)"),
      Figure.lossCurves(course, id: "loss-curves\(suffix)", title: "Loss over the examples\(place)"),
      Figure.onlineAccuracy(course, id: "online-accuracy\(suffix)", title: "Accuracy while learning\(place)"),
      Figure.layers(
        course, table.alignmentAngle, id: "episode-alignment\(suffix)",
        title: "Alignment of the teaching signal\(place)",
        caption: "Angle between the error that the pathway delivers to a group and the one that backprop would, both "
          + "summed over the queries; at 90 degrees they have nothing in common.",
        label: "degrees", limits: 0...180, reference: 90, skipping: 0, decimals: 1),
      Figure.layers(
        course, table.sampleAngle, id: "sample-alignment\(suffix)",
        title: "Alignment of the teaching signal, query by query\(place)",
        caption: "The same angle for each query alone, then the mean over the queries.", label: "degrees",
        reference: 90, skipping: 0, decimals: 1),
      Figure.layers(
        course, table.feedbackAngle, id: "feedback-angle\(suffix)", title: "Angle of weights and feedback\(place)",
        caption: "Angle between the forward weights into a group and the feedback that takes their place on the way "
          + "back.",
        label: "degrees", reference: 90, decimals: 1),
      Figure.layers(
        course, table.firingRate, id: "episode-rates\(suffix)", title: "Firing rates over the examples\(place)",
        caption: "Spikes per second and neuron, one step being a millisecond, while the queries are answered.",
        label: "Hz", decimals: 1),
      Figure.layers(
        course, table.silentShare, id: "silent\(suffix)", title: "Silent neurons\(place)",
        caption: "Share of the neurons of a group that stay silent through all queries.", label: "share",
        limits: 0...1),
      Figure.layers(
        course, table.saturatedShare, id: "saturated\(suffix)", title: "Saturated neurons\(place)",
        caption: "Share of the neurons of a group that spike in more than 95 % of the steps of all queries.",
        label: "share", limits: 0...1),
      Figure.layers(
        course, table.weightNorm, id: "weight-norm\(suffix)", title: "Size of the weights\(place)",
        caption: "Frobenius norm of the weights into a group; every panel has its own scale.", label: "norm",
        isShared: false),
      Figure.layers(
        course, table.orthonormality, id: "episode-orthonormality\(suffix)",
        title: "Distance from orthonormal weights\(place)",
        caption:
          "‖y W′ − z W W′‖² over the queries, for the weights into a group whose activity is z; y is that of the "
          + "group before.",
        label: "residual", isLogarithmic: true),
    ].compactMap { $0 }
  }
}
