import Foundation
import Records

/// A search as curves of TensorBoard: `fitness/best`, `fitness/median`, `theta/<coefficient>` (the search mean, or the
/// best so far where the search has none) and `angle/<group>` in degrees. What is not finite is left out.
public final class TensorBoard {
  private let file: EventFile
  private let header: DiscoveryHeader
  private let created: Double

  /// The events of a record so far, in a file that may have been begun before; a step is never there twice.
  /// - Parameters:
  ///   - record: the record; its generations are read in blocks.
  ///   - folder: where the file lies, made when missing.
  /// - Throws: `HDF5Error` when the record cannot be read or holds no search, ``ExportError`` when the file cannot be
  ///   written.
  public init(_ record: RunRecord, in folder: String) throws {
    guard let header = try record.discovery() else {
      throw ExportError(path: folder, detail: "\(record.name) holds no search, and only a search has curves over steps")
    }
    let identity = try record.identity()
    self.header = header
    created = TensorBoard.seconds(identity.created)
    let count = try record.generationCount()
    file = try EventFile("\(folder)/\(TensorBoard.name(identity))", keeping: count, wallTime: created)
    let block = SearchCourse.blockLength(header)
    while file.steps < count {
      for row in try record.generations(file.steps..<min(file.steps + block, count), includingPopulation: false) {
        try file.append(TensorBoard.scalars(row, header), wallTime: time(of: row))
      }
    }
  }

  /// Where the file lies.
  public var path: String { file.path }

  /// Appends a generation; one that is there already is passed over.
  /// - Throws: ``ExportError`` when the file cannot be written.
  public func append(_ row: GenerationRow) throws(ExportError) {
    guard row.generation >= file.steps else { return }
    try file.append(TensorBoard.scalars(row, header), wallTime: time(of: row))
  }

  /// When a generation was done: the time that the search had taken, counted from when the record was made.
  private func time(of row: GenerationRow) -> Double { created + (row.wallTime.isFinite ? row.wallTime : 0) }

  /// The numbers of a generation, in a fixed order.
  public static func scalars(_ row: GenerationRow, _ header: DiscoveryHeader) -> [EventFile.Scalar] {
    let theta = row.measures[.searchMean].flatMap { mean in mean.contains { $0.isFinite } ? mean : nil }
    var all = [EventFile.Scalar("fitness/best", row.incumbentFitness), .init("fitness/median", row.medianFitness)]
    all += zip(header.parameters, theta ?? row.incumbentParameter).map { .init("theta/\($0.name)", $1) }
    all += zip(header.layers, row.measures[.alignmentAngle] ?? []).map { .init("angle/\($0)", $1) }
    return all.filter(\.value.isFinite)
  }

  /// The file of a record has one name for ever, so a resumed run goes on with it.
  static func name(_ identity: RecordIdentity) -> String {
    let word = identity.uuid.filter { $0.isASCII && $0.isHexDigit }.prefix(8)
    return "events.out.tfevents.\(Int(seconds(identity.created))).metaplast.\(word).0"
  }

  /// Seconds since 1970 of a time in UTC as records write it; 0 where it is none.
  private static func seconds(_ time: String) -> Double {
    (try? Date(time, strategy: .iso8601))?.timeIntervalSince1970 ?? 0
  }
}

extension Exports {
  /// Writes the curves of a record's search as TensorBoard's event file; a file of this record that is there already is
  /// brought up to date.
  /// - Parameters:
  ///   - record: the record's path.
  ///   - folder: where to write, made when missing; nil takes ``folder(for:under:)``.
  /// - Returns: the path written.
  /// - Throws: as `TensorBoard.init`.
  public static func writeEvents(of record: String, to folder: String? = nil) throws -> String {
    let opened = try RunRecord.open(record)
    let folder = try folder ?? self.folder(for: opened.identity())
    return try TensorBoard(opened, in: folder).path
  }
}
