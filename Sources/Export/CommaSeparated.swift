import Records

/// A record's numbers as comma-separated values (RFC 4180, lines ended by LF), a header line first.
///
/// Doubles are written so that they read back with the same bits; what is missing is `nan`.
public enum CommaSeparated {
  /// Every candidate of the search: generation, candidate, status, fitness, attempts, seconds, and its coefficients.
  public static func candidates(_ header: DiscoveryHeader, _ rows: [GenerationRow]) -> String {
    var lines = [
      [header.outerStep, "candidate", "status", "fitness", "evaluation_time_s"] + header.parameters.map(\.name)
    ]
    for row in rows {
      for candidate in row.fitness.indices {
        lines.append(
          [
            "\(row.generation)", "\(candidate)", row.status[candidate].word, NumberForm.exact(row.fitness[candidate]),
            NumberForm.exact(row.evaluationTime[candidate]),
          ] + row.population[candidate].map(NumberForm.exact))
      }
    }
    return text(lines)
  }

  /// Every generation of the search: median and best fitness, evaluations, seconds, step size, mean and best coefficients.
  public static func generations(_ header: DiscoveryHeader, _ rows: [GenerationRow]) -> String {
    let singles = [DiscoveryHeader.Measure.stepSize, .axisRatio].filter(header.measures.contains)
    let hasMean = header.measures.contains(.searchMean)
    var lines = [
      [header.outerStep, "median_fitness", "incumbent_fitness", "evaluations", "wall_time_s", "restart"]
        + singles.map(\.rawValue) + header.parameters.map { "incumbent \($0.name)" }
        + (hasMean ? header.parameters.map { "mean \($0.name)" } : [])
    ]
    for row in rows {
      let numbers =
        singles.map { row.measures[$0]?.first ?? .nan } + row.incumbentParameter
        + (hasMean ? row.measures[.searchMean] ?? header.parameters.map { _ in .nan } : [])
      lines.append(
        [
          "\(row.generation)", NumberForm.exact(row.medianFitness), NumberForm.exact(row.incumbentFitness),
          "\(row.evaluations)", NumberForm.exact(row.wallTime), "\(row.restart)",
        ] + numbers.map(NumberForm.exact))
    }
    return text(lines)
  }

  /// Every score: rule, task, shots, episode, examples seen, status, accuracy, loss.
  /// - Returns: nil when the record holds no evaluation.
  public static func evaluation(_ contents: RunContents) -> String? {
    guard let table = contents.evaluation else { return nil }
    var lines = [["rule", "task", "shot", "seed", "step", "status", "accuracy", "loss"]]
    for rule in table.rules.indices {
      for task in table.tasks.indices {
        for shot in table.shots.indices {
          for seed in table.seeds.indices {
            let run = table.index(rule: rule, task: task, shot: shot, seed: seed)
            for step in table.steps.indices {
              let place = run * table.steps.count + step
              lines.append([
                table.rules[rule], table.tasks[task], "\(table.shots[shot])", "\(table.seeds[seed])",
                "\(table.steps[step])", table.status[run].word, single(table.accuracy[place]),
                single(table.loss[place]),
              ])
            }
          }
        }
      }
    }
    return text(lines)
  }

  private static func single(_ value: Float) -> String {
    value.isNaN ? "nan" : value.isInfinite ? (value > 0 ? "inf" : "-inf") : "\(value)"
  }

  private static func text(_ lines: [[String]]) -> String {
    lines.map { $0.map(field).joined(separator: ",") + "\n" }.joined()
  }

  /// A field, quoted where it has to be. A text that a spreadsheet would take for a formula gets an apostrophe in front.
  private static func field(_ text: String) -> String {
    let isNumber = Double(text) != nil
    let safe = !isNumber && text.first.map { "=+-@\t\r".contains($0) } == true ? "'" + text : text
    guard safe.unicodeScalars.contains(where: { ",\"\n\r".unicodeScalars.contains($0) }) else { return safe }
    return "\"\(safe.replacing("\"", with: "\"\""))\""
  }
}
