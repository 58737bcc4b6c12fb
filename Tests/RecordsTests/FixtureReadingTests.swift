import Records
import TestSupport
import Testing

@Suite("Fixture files of other groups are read")
struct FixtureReadingTests {
  private func open(_ name: String) throws -> HDF5File? {
    guard Fixtures.isAvailable(name) else { return nil }
    return try HDF5File(readingFrom: Fixtures.path(name))
  }

  @Test("an old-style group lists its members by name, and fixed-length text attributes are text")
  func oldStyle() throws {
    guard let file = try open("lif.h5") else { return }
    #expect(try file.list() == ["norse", "snntorch", "surrogate"])
    #expect(try file.text("system") == "LIF reference traces")
    #expect(try file.attributeNames().contains("packages"))
    #expect(try file.text("desc", of: "snntorch/beta")?.isEmpty == false)
    #expect(try file.attribute("no such attribute") == nil)
    #expect(file.exists("snntorch/beta") == true)
    #expect(file.exists("snntorch/beta/deeper") == false)
    #expect(file.exists("nowhere/at/all") == false)
  }

  @Test("doubles and integers come with their shapes, and a wrong type is refused by name")
  func numbers() throws {
    guard let file = try open("cma_es.h5") else { return }
    let runs = try file.readDoubles("sphere/popsize10/x0")
    #expect(runs.shape == [20, 10])
    #expect(runs.values.count == 200)
    #expect(try file.dataset("sphere/popsize10/x0").readDoubles(rows: 3..<5) == Array(runs.values[30..<50]))
    let success = try file.readIntegers("/sphere/popsize10/success")
    #expect(success.shape == [20])
    #expect(success.values.allSatisfy { $0 == 0 || $0 == 1 })
    let refusal = try #require(throws: HDF5Error.self) { try file.readIntegers("sphere/popsize10/x0") }
    #expect(refusal.reason == .wrongType)
    #expect(refusal.description.hasSuffix("cma_es.h5: /sphere/popsize10/x0: it holds floats, not integers"))
    let absence = try #require(throws: HDF5Error.self) { try file.readDoubles("sphere/popsize11/x0") }
    #expect(absence.reason == .missingObject)
  }

  @Test("every dataset of every fixture can be read")
  func everything() throws {
    for name in ["alignment.h5", "stdp.h5", "emstdp.h5", "weight_mirror.h5"] {
      guard let file = try open(name) else { return }
      var datasets = 0
      func walk(_ path: String) throws {
        let group = try file.group(path)
        for child in try group.list() {
          let inside = "\(path == "/" ? "" : path)/\(child)"
          switch try group.kind(of: child) {
          case .group: try walk(inside)
          case .dataset:
            let (values, shape) = try file.readDoubles(inside)
            #expect(values.count == shape.reduce(1, *))
            datasets += 1
          case .other: Issue.record("\(inside) is neither group nor dataset")
          }
        }
      }
      try walk("/")
      #expect(datasets > 10)
      #expect(file.openHandles() == 1)
    }
  }
}
