/// The report and the notebook of a finished run.
enum ReportFiles {
  /// Writes them beside the record's findings; returns where they are.
  static func write(for record: String, voice: DiscoveryVoice) -> [String] { [] }
}
