import Records

extension Report {
  /// Over tasks and numbers of shots: accuracy against shots, and rules against tasks.
  static func grid(_ contents: RunContents, _ tables: [ScoreTable]) -> Markup? {
    guard let evaluation = contents.evaluation, tables.count > 1 else { return nil }
    let known = tables.filter { $0.rows.contains { $0.accuracy.isFinite } }
    var figures: [Figure] = []
    for (index, task) in evaluation.tasks.enumerated() {
      let place = evaluation.tasks.count > 1 ? ", \(task)" : ""
      let found = Figure.lowData(
        known.filter { $0.task == task }, id: "low-data-\(index + 1)", title: "Accuracy against examples\(place)")
      if let found { figures.append(found) }
    }
    for (index, shots) in evaluation.shots.enumerated() {
      let place = evaluation.shots.count > 1 ? ", \(shots) examples of each class" : ""
      let found = Figure.transfer(
        known.filter { $0.shots == shots }, id: "transfer-\(index + 1)", title: "Rules and tasks\(place)")
      if let found { figures.append(found) }
    }
    guard !figures.isEmpty else { return nil }
    return Markup(
      "section", ["id": "grid"], [Markup("h2", text: "Over tasks and amounts of data")] + figures.map(\.markup))
  }

  /// What happens within the episodes: learning curves, and what the layers are like on the way.
  static func episodes(_ contents: RunContents) -> Markup? {
    guard let table = contents.evaluation else { return nil }
    var parts: [Markup] = []
    let isAlone = table.tasks.count * table.shots.count == 1
    for task in table.tasks.indices {
      for shot in table.shots.indices {
        guard let course = EpisodeCourse(table, task: task, shot: shot, seed: contents.provenance.masterSeed) else {
          continue
        }
        let figures = self.figures(course, suffix: isAlone ? "" : "-\(task + 1)-\(shot + 1)", isAlone: isAlone)
        parts += figures.map(\.markup)
      }
    }
    guard !parts.isEmpty else { return nil }
    return Markup("section", ["id": "episodes"], [Markup("h2", text: "Within an episode")] + parts)
  }

  private static func figures(_ course: EpisodeCourse, suffix: String, isAlone: Bool) -> [Figure] {
    let table = course.table
    let place = isAlone ? "" : ", \(course.place)"
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
