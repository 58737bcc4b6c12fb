import Experiments
import Pages
import Records

/// What `--version` prints.
enum Versions {
  /// Libraries linked into the program.
  static var libraries: [Provenance.Library] {
    [Provenance.Library(name: "hdf5", version: HDF5Library.version)]
  }

  static var json: JSON {
    let facts = SessionFacts.current(workers: 1)
    return .object([
      .init("metaplast", .text(SessionFacts.softwareVersion)), .init("schema_version", .text(Schema.version)),
      .init("compiler", .text(facts.compiler)), .init("git_revision", .text(facts.gitRevision)),
      .init("os", .text(facts.os)), .init("cpu", .text(facts.cpu)),
      .init("libraries", .object(libraries.map { JSON.Member($0.name, .text($0.version)) })),
    ])
  }
}
