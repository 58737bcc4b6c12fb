import ArgumentParser
import Experiments
import Export
import Foundation

/// When `evaluate` looks into episodes, at what, and the report that shows it.
struct DiagnosisOptions: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp(
      "Also answer the queries after so many support samples: 0,10,50. The end is always there.",
      valueName: "samples"))
  var curve: String?

  @Flag(
    name: .long,
    help: "Also measure the layers on the way: alignment angles, feedback angles, rates, silent neurons, weights.")
  var diagnose = false

  @Option(
    name: .long,
    help: ArgumentHelp("Write a page with pictures of the record of --out.", valueName: "file.html"))
  var report: String?

  func validate() throws { _ = try points() }

  /// The points of `--curve`, or nil without it.
  private func points() throws -> [Int]? {
    try curve.map { text in
      try text.split(separator: ",", omittingEmptySubsequences: false).map { part in
        guard let number = Int(part.trimmingCharacters(in: .whitespaces)), (0...1_000_000_000).contains(number) else {
          throw ValidationError("--curve takes whole numbers from 0 on with commas between them (got \"\(text)\")")
        }
        return number
      }
    }
  }

  /// What was asked for; nil where nothing but the end of an episode was.
  func wish() throws -> DiagnosisWish? {
    let points = try points()
    return points != nil || diagnose ? DiagnosisWish(points: points, measuresLayers: diagnose) : nil
  }

  /// What to measure in the episodes of an experiment.
  func plan(_ experiment: Experiment) throws -> DiagnosisPlan? { try wish()?.plan(experiment) }

  /// Writes the report of a record, where one is wanted; returns its path.
  func writeReport(of record: String?) throws -> [String] {
    guard let report, let record else { return [] }
    do {
      try Data(Report.html(record: record).utf8).write(to: URL(fileURLWithPath: report), options: .atomic)
    } catch let error as CocoaError {
      throw Failure(.ioError, "cannot write \(report): \(error.localizedDescription)")
    }
    return [report]
  }
}
