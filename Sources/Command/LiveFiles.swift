import Export
import Foundation
import Records

/// What a running search shows of itself beside its record: a report that is rewritten at each publish, and event files
/// for TensorBoard. Both can be made again from the record, so trouble with them is a warning and ends them, not the run.
struct LiveFiles {
  /// Seconds after which a browser loads a running report anew.
  static let refresh = 10
  /// The share of the time that rewriting the report may take.
  static let largestShare = 0.02

  private let record: String
  private let warn: (String) -> Void
  private var report: String?
  private var events: TensorBoard?
  private var spent = 0.0

  /// - Parameters:
  ///   - record: the published record.
  ///   - writesReport: whether the report is wanted while the run goes on.
  ///   - page: the report's file; nil for the run's own folder under `notebooks-export`.
  ///   - tensorBoard: the folder of event files, in which the run gets one of its own; nil for none.
  ///   - warn: told what goes wrong.
  init(
    _ record: String, writesReport: Bool, page: String? = nil, tensorBoard: String? = nil,
    warn: @escaping (String) -> Void
  ) {
    self.record = record
    self.warn = warn
    guard writesReport || tensorBoard != nil else { return }
    do {
      let opened = try RunRecord.open(record)
      let identity = try opened.identity()
      if writesReport {
        let folder = Exports.folder(for: identity)
        if page == nil { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) }
        report = page ?? "\(folder)/report.html"
      }
      if let tensorBoard {
        events = try TensorBoard(opened, in: Exports.folder(for: identity, under: tensorBoard))
      }
    } catch {
      warn("\(error)")
    }
  }

  /// Where they are.
  var paths: [String] { [report, events?.path].compactMap { $0 } }

  /// A generation is done.
  mutating func observe(_ row: GenerationRow?) {
    guard let row else { return }
    do {
      try events?.append(row)
    } catch {
      warn("\(error); TensorBoard gets no more of this run")
      events = nil
    }
  }

  /// The record was published.
  /// - Parameter elapsed: seconds since the session began; nil when it ends, and the page is for good.
  mutating func published(elapsed: Double?) {
    guard let report else { return }
    if let elapsed, spent > Self.largestShare * elapsed { return }
    let clock = ContinuousClock()
    let began = clock.now
    do {
      try OutputFile.write(Report.html(record: record, refresh: elapsed == nil ? nil : Self.refresh), to: report)
    } catch {
      warn("\(error); the report is not written while the run goes on")
      self.report = nil
    }
    spent += (clock.now - began) / .seconds(1)
  }
}
