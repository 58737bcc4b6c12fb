import Pages
import Records

/// A record's numbers as comma-separated values (RFC 4180, lines ended by LF), a header line first.
///
/// Doubles are written so that they read back with the same bits; what is missing is `nan`. A record is read in blocks, so
/// that one of any size needs little memory.
public struct CommaSeparated {
  /// The files that may be made of a record.
  public enum Sheet: String, Sendable, CaseIterable {
    /// Every generation: median and best fitness, evaluations, seconds, step size, mean and best coefficients.
    case generations
    /// Every candidate: generation, candidate, status, fitness, seconds, and its coefficients.
    case candidates
    /// Every score: rule, task, shots, episode, examples seen, status, accuracy, loss.
    case evaluation
    /// What was measured in layers: rule, task, shots, episode, examples seen, layer, and the measures.
    case layers
    /// What was concluded: rule, task, shots, episodes, means, differences, tests.
    case findings
    /// What terms are worth: rule, term, accuracy lost without it.
    case terms
    /// Every epoch of learning systems: system, seed, epoch, status, losses, accuracies, seconds, rates of the layers.
    case training

    /// `generations.csv`, …
    public var fileName: String { "\(rawValue).csv" }
  }

  private let record: RunRecord
  private let header: DiscoveryHeader?
  private let generations: Int

  /// Sheets of a record.
  public init(_ record: RunRecord) throws(HDF5Error) {
    self.record = record
    header = try record.discovery()
    generations = try record.generationCount()
  }

  /// Writes a sheet, line by line.
  /// - Parameter write: takes a piece of text, whole lines.
  /// - Returns: false when the record does not hold it; nothing was written then.
  public func write(_ sheet: Sheet, to write: (String) throws -> Void) throws -> Bool {
    switch sheet {
    case .generations: try writeGenerations(write)
    case .candidates: try writeCandidates(write)
    case .evaluation: try writeEvaluation(write)
    case .layers: try writeLayers(write)
    case .findings: try writeFindings(write)
    case .terms: try writeTerms(write)
    case .training: try writeTraining(write)
    }
  }

  /// A sheet as one text; nil when the record does not hold it.
  public func text(_ sheet: Sheet) throws -> String? {
    var text = ""
    return try write(sheet) { text += $0 } ? text : nil
  }

  /// Writes every sheet that the record has, each whole.
  /// - Parameter place: where a file of that name goes.
  /// - Returns: the paths written.
  /// - Throws: ``ExportError``, `HDF5Error`.
  func write(to place: (String) -> String) throws -> [String] {
    try Sheet.allCases.compactMap { sheet in
      let path = place(sheet.fileName)
      let file = try StreamedFile(path)
      guard try write(sheet, to: { try file.write($0) }) else { return nil }
      try file.commit()
      return path
    }
  }

  // MARK: The search

  /// Generations of about a mebibyte at a time.
  private func forEachBlock(_ body: ([GenerationRow]) throws -> Void) throws {
    guard let header else { return }
    let bytes = 8 * max(1, header.candidates) * (header.parameters.count + 4)
    let block = max(1, (1 << 20) / bytes)
    for first in stride(from: 0, to: generations, by: block) {
      try body(try record.generations(first..<min(first + block, generations)))
    }
  }

  private func writeCandidates(_ write: (String) throws -> Void) throws -> Bool {
    guard let header else { return false }
    try write(
      Self.line(
        [header.outerStep, "candidate", "status", "fitness", "evaluation_time_s"] + header.parameters.map(\.name)))
    try forEachBlock { rows in
      for row in rows {
        for candidate in row.fitness.indices {
          try write(
            Self.line(
              ["\(row.generation)", "\(candidate)", row.status[candidate].word],
              [row.fitness[candidate], row.evaluationTime[candidate]] + row.population[candidate]))
        }
      }
    }
    return true
  }

  private func writeGenerations(_ write: (String) throws -> Void) throws -> Bool {
    guard let header else { return false }
    let singles = [DiscoveryHeader.Measure.stepSize, .axisRatio].filter(header.measures.contains)
    let hasMean = header.measures.contains(.searchMean)
    try write(
      Self.line(
        [header.outerStep, "median_fitness", "incumbent_fitness", "evaluations", "wall_time_s", "restart"]
          + singles.map(\.rawValue) + header.parameters.map { "incumbent \($0.name)" }
          + (hasMean ? header.parameters.map { "mean \($0.name)" } : [])))
    try forEachBlock { rows in
      for row in rows {
        let numbers =
          singles.map { row.measures[$0]?.first ?? .nan } + row.incumbentParameter
          + (hasMean ? row.measures[.searchMean] ?? header.parameters.map { _ in .nan } : [])
        try write(
          Self.line(
            [
              "\(row.generation)", Self.number(row.medianFitness), Self.number(row.incumbentFitness),
              "\(row.evaluations)", Self.number(row.wallTime), "\(row.restart)",
            ], numbers))
      }
    }
    return true
  }

  // MARK: Trainings

  private func writeTraining(_ write: (String) throws -> Void) throws -> Bool {
    guard let log = try record.training() else { return false }
    try write(
      Self.line(
        [
          "system", "seed", "epoch", "status", "train_loss", "train_accuracy", "test_loss", "test_accuracy",
          "wall_time_s",
        ] + (0..<log.layerCount).map { "rate \($0 + 1)" }))
    for (s, system) in log.systems.enumerated() {
      for (k, seed) in log.seeds.enumerated() {
        let run = log.index(system: s, seed: k)
        for epoch in 0..<log.epochsDone[run] {
          let place = run * log.epochCount + epoch
          try write(
            Self.line(
              [system.name, "\(seed)", "\(epoch + 1)", log.epochStatus[place].word],
              [
                log.trainLoss[place], log.trainAccuracy[place], log.testLoss[place], log.testAccuracy[place],
                log.wallTime[place],
              ] + log.rates[place * log.layerCount..<(place + 1) * log.layerCount]))
        }
      }
    }
    return true
  }

  // MARK: Scores

  private func writeEvaluation(_ write: (String) throws -> Void) throws -> Bool {
    guard let axes = try record.evaluationAxes() else { return false }
    try write(Self.line(["rule", "task", "shot", "seed", "step", "status", "accuracy", "loss"]))
    try axes.forEachBlock { block in
      let scores = try record.scores(axes, block)
      for (row, seed) in block.seeds.enumerated() {
        for step in axes.steps.indices {
          let place = row * axes.steps.count + step
          try write(
            Self.line(
              [
                axes.rules[block.rule], axes.tasks[block.task], "\(axes.shots[block.shot])", "\(axes.seeds[seed])",
                "\(axes.steps[step])",
                scores.status[row].word,
              ], [scores.accuracy[place], scores.loss[place]]))
        }
      }
    }
    return true
  }

  private func writeLayers(_ write: (String) throws -> Void) throws -> Bool {
    guard let axes = try record.evaluationAxes(), !axes.layerMeasures.isEmpty, !axes.layers.isEmpty else {
      return false
    }
    // The schema has some measures whether they were measured or not, so the head waits for the first number.
    var head: String? = Self.line(
      ["rule", "task", "shot", "seed", "step", "layer"] + axes.layerMeasures.map(\.rawValue))
    try axes.forEachBlock { block in
      let columns = try axes.layerMeasures.map { try record.values($0, axes, block) }
      for (row, seed) in block.seeds.enumerated() {
        for step in axes.steps.indices {
          for layer in axes.layers.indices {
            let place = (row * axes.steps.count + step) * axes.layers.count + layer
            let values = columns.map { $0[place] }
            if values.allSatisfy(\.isNaN) { continue }
            if let found = head { try write(found) }
            head = nil
            try write(
              Self.line(
                [
                  axes.rules[block.rule], axes.tasks[block.task], "\(axes.shots[block.shot])", "\(axes.seeds[seed])",
                  "\(axes.steps[step])", axes.layers[layer],
                ], values))
          }
        }
      }
    }
    return head == nil
  }

  // MARK: Findings

  private func writeFindings(_ write: (String) throws -> Void) throws -> Bool {
    guard let findings = try record.findings() else { return false }
    let measures = Findings.Measure.allCases
    try write(Self.line(["rule", "task", "shot", "n_seeds", "rank", "baseline"] + measures.map(\.rawValue)))
    for rule in findings.rules.indices {
      for task in findings.tasks.indices {
        for shot in findings.shots.indices {
          let place = (rule * findings.tasks.count + task) * findings.shots.count + shot
          try write(
            Self.line(
              [
                findings.rules[rule], findings.tasks[task], "\(findings.shots[shot])", "\(findings.episodes[place])",
                "\(findings.rank[rule])", findings.baseline,
              ], measures.map { findings.measures[$0]?[place] ?? .nan }))
        }
      }
    }
    return true
  }

  private func writeTerms(_ write: (String) throws -> Void) throws -> Bool {
    guard let findings = try record.findings(), let terms = findings.terms else { return false }
    try write(Self.line(["rule", "term", "importance", "lower", "upper"]))
    for (rule, name) in findings.rules.enumerated() {
      for (column, term) in terms.terms.enumerated() {
        let place = rule * terms.terms.count + column
        if terms.drop[place].isNaN { continue }
        try write(
          Self.line([name, term], [terms.drop, terms.low, terms.high].map { $0[place] }))
      }
    }
    return true
  }

  // MARK: Fields

  /// The shortest text that reads back as the same number.
  private static func number(_ value: some BinaryFloatingPoint & CustomStringConvertible) -> String {
    value.isNaN ? "nan" : value.description
  }

  /// A line of texts; `numbers`, which need no quotes, follow them.
  private static func line(_ fields: [String], _ numbers: [some BinaryFloatingPoint & CustomStringConvertible])
    -> String
  {
    var line = fields.map(field).joined(separator: ",")
    for value in numbers {
      line += ","
      line += number(value)
    }
    return line + "\n"
  }

  private static func line(_ fields: [String]) -> String { line(fields, [Double]()) }

  /// A field, quoted where it has to be. A text that a spreadsheet would take for a formula gets an apostrophe in front.
  private static func field(_ text: String) -> String {
    guard let first = text.utf8.first else { return "" }
    let isFormula = "=+-@\t\r".utf8.contains(first) && Double(text) == nil
    return CSVField.quoted(isFormula ? "'" + text : text)
  }
}
