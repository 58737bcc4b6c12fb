import Export
import Records

/// The report and the notebook of a finished run.
enum ReportFiles {
  /// Writes them to a folder of the run's own under `notebooks-export`; returns where they are. The record is safe
  /// already, so trouble here is a warning.
  static func write(for record: String, voice: DiscoveryVoice) -> [String] {
    do {
      return try Exports.write([.html, .notebook, .csv], of: record)
    } catch {
      voice.warn("\(error)")
      return []
    }
  }
}
