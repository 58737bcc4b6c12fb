import Foundation
import Tasks
import Testing

@Suite("The catalogue")
struct CatalogueTests {
  /// The four files of a small set in MNIST's layout, 12 images of each of 10 classes in both files.
  static func writeSmallSet(_ folder: String, stems: (train: String, test: String) = ("train", "t10k")) throws {
    for (number, stem) in [stems.train, stems.test].enumerated() {
      let labels = (0..<120).map { UInt8($0 % 10) }
      // The first row is bright, the first pixel of the second row tells the file.
      let image = [UInt8](repeating: 255, count: 28) + [UInt8(number + 1)] + [UInt8](repeating: 0, count: 755)
      let images = DataForTests.images(120, 28, 28, Array(repeating: image, count: 120).flatMap { $0 })
      try DataForTests.write(DataForTests.gzip(images), "\(folder)/\(stem)-images-idx3-ubyte.gz")
      try DataForTests.write(DataForTests.labels(labels), "\(folder)/\(stem)-labels-idx1-ubyte")
    }
  }

  @Test("has unique names and says which there are")
  func names() throws {
    #expect(Set(TaskCatalogue.names).count == TaskCatalogue.names.count)
    let error = DataForTests.error { _ = try TaskCatalogue.load("fashion") }
    #expect(
      error
        == TaskError(
          .unknownFamily, "there is no task \"fashion\"; there are \(TaskCatalogue.names.joined(separator: ", "))"))
  }

  @Test("finds a set in each of its places: D/name, D, and the folder of the environment")
  func places() throws {
    try DataForTests.withFolder { root in
      let own = "\(root)/mnist"
      try FileManager.default.createDirectory(atPath: own, withIntermediateDirectories: true)
      try Self.writeSmallSet(own)
      for (directory, environment) in [(root, [:]), (own, [:]), (nil, ["METAPLAST_DATA": root])]
        as [(String?, [String: String])]
      {
        let location = try TaskCatalogue.locate("mnist", directory: directory, environment: environment)
        #expect(location.state == .found(folder: own))
        #expect(location.files.map(\.path).allSatisfy { $0.hasPrefix(own + "/") } && location.files.count == 4)
        let family = try TaskCatalogue.load("mnist", directory: directory, environment: environment)
        // Search and selection divide the training file 5 : 1; test is the test file.
        #expect(Split.allCases.map { family.poolSizes($0)[3] } == [10, 2, 12])
        let shape = EpisodeShape(ways: 10, shots: 1, query: 1)
        #expect(family.episode(seed: 1, split: .test, index: 0, shape: shape).query.inputs[28] == 2.0 / 255)
        #expect(family.episode(seed: 1, split: .search, index: 0, shape: shape).query.inputs[28] == 1.0 / 255)
        #expect(family.episode(seed: 1, split: .search, index: 0, shape: shape).query.inputs[0] == 1)
      }
      // A folder that bears another family's name is not taken for this one, though its files are called the same.
      let other = try TaskCatalogue.locate("fashion-mnist", directory: own, environment: [:])
      #expect(!other.searched.contains(own) && other.state != .found(folder: own))
    }
  }

  @Test("turns EMNIST's images upright and divides a lone test file into three pools")
  func emnist() throws {
    try DataForTests.withFolder { root in
      let labels = (0..<47 * 12).map { UInt8($0 % 47) }
      let image = [UInt8](repeating: 255, count: 28) + [UInt8](repeating: 0, count: 756)
      let images = DataForTests.images(
        labels.count, 28, 28, Array(repeating: image, count: labels.count).flatMap { $0 })
      try DataForTests.write(DataForTests.gzip(images), "\(root)/emnist-balanced-test-images-idx3-ubyte.gz")
      try DataForTests.write(
        DataForTests.gzip(DataForTests.labels(labels)), "\(root)/emnist-balanced-test-labels-idx1-ubyte.gz")
      let family = try TaskCatalogue.load("emnist", directory: root, environment: [:])
      #expect(Split.allCases.map { family.poolSizes($0)[46] } == [6, 3, 3])
      let shape = EpisodeShape(ways: 5, shots: 1, query: 1)
      let inputs = family.episode(seed: 1, split: .test, index: 0, shape: shape).query.inputs.prefix(784)
      // The bright first row of the file is the left column of the upright image.
      #expect(inputs.enumerated().allSatisfy { $0.element == ($0.offset % 28 == 0 ? 1 : 0) })

      try DataForTests.write([], "\(root)/emnist-balanced-train-images-idx3-ubyte.gz")
      #expect(
        DataForTests.error { _ = try TaskCatalogue.load("emnist", directory: root, environment: [:]) }
          == TaskError(
            .missing,
            "\(root)/emnist-balanced-train-labels-idx1-ubyte.gz: no such file, though its counterpart is there"))
    }
  }

  @Test("says how to get data that are missing, and where it looked")
  func missing() throws {
    try DataForTests.withFolder { root in
      let error = DataForTests.error { _ = try TaskCatalogue.load("emnist", directory: root, environment: [:]) }
      #expect(
        error
          == TaskError(
            .missing,
            "emnist: no data found; put emnist-balanced-test-images-idx3-ubyte.gz, "
              + "emnist-balanced-test-labels-idx1-ubyte.gz in DIR/emnist and pass --data DIR or set METAPLAST_DATA=DIR; "
              + "looked in \(root)/emnist, \(root)/EMNIST/raw, \(root)"))
      let location = try TaskCatalogue.locate("emnist", directory: root, environment: [:])
      #expect(location.state == .missing(error!) && location.files.isEmpty)
      #expect(location.searched == ["\(root)/emnist", "\(root)/EMNIST/raw", root])

      try Self.writeSmallSet(root)
      try FileManager.default.removeItem(atPath: "\(root)/t10k-labels-idx1-ubyte")
      #expect(
        DataForTests.error { _ = try TaskCatalogue.load("fashion-mnist", directory: root, environment: [:]) }
          == TaskError(
            .missing,
            "\(root)/t10k-labels-idx1-ubyte.gz: no such file; run \"apt-get install dataset-fashion-mnist\", or put "
              + "train-images-idx3-ubyte.gz, train-labels-idx1-ubyte.gz, t10k-images-idx3-ubyte.gz, "
              + "t10k-labels-idx1-ubyte.gz in DIR/fashion-mnist and pass --data DIR or set METAPLAST_DATA=DIR"))
      #expect(
        DataForTests.error { _ = try TaskCatalogue.load("mnist", directory: "\(root)/none", environment: [:]) }
          == TaskError(.missing, "\(root)/none: is not a folder, so it has no data set mnist"))
    }
  }

  @Test("refuses images and labels that do not belong together")
  func mismatches() throws {
    func message(_ name: String, _ bytes: [UInt8]) throws -> String? {
      try DataForTests.withFolder { root in
        try Self.writeSmallSet(root)
        let path = "\(root)/\(name)"
        try? FileManager.default.removeItem(atPath: path + ".gz")
        try DataForTests.write(bytes, path)
        let error = DataForTests.error { _ = try TaskCatalogue.load("mnist", directory: root, environment: [:]) }
        #expect(error?.kind == .badData)
        return error?.message.replacingOccurrences(of: root, with: "D")
      }
    }
    #expect(
      try message("t10k-labels-idx1-ubyte", DataForTests.labels([1, 2, 3]))
        == "D/t10k-labels-idx1-ubyte: 3 labels for the 120 images of D/t10k-images-idx3-ubyte.gz")
    #expect(
      try message("train-labels-idx1-ubyte", DataForTests.labels([UInt8](repeating: 1, count: 119) + [10]))
        == "D/train-labels-idx1-ubyte: label 10 of sample 120 is outside 0 ... 9")
    #expect(
      try message("train-images-idx3-ubyte", DataForTests.images(120, 8, 8, [UInt8](repeating: 0, count: 7680)))
        == "D/train-images-idx3-ubyte: images of 8 x 8 pixels where 28 x 28 were expected")
  }

  @Test("states sizes and digests of the files it found")
  func digests() throws {
    try DataForTests.withFolder { root in
      try Self.writeSmallSet(root)
      let location = try TaskCatalogue.locate("mnist", directory: root, digests: true, environment: [:])
      for file in location.files {
        let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: file.path)))
        #expect(file.byteCount == bytes.count && file.sha256 == SHA256.digest(bytes))
        // Only a file under its usual, packed name is compared with the digest of a good copy.
        #expect(file.isKnown == (file.path.hasSuffix(".gz") ? false : nil))
      }
    }
  }
}

@Suite("Real data")
struct RealDataTests {
  @Test("Fashion-MNIST has 6000 and 1000 images of each class")
  func fashion() throws {
    guard let family = DataForTests.family("fashion-mnist") else { return }
    #expect(family.inputShape == [28, 28] && family.classCount == 10)
    #expect(Split.allCases.map { Set(family.poolSizes($0)) } == [[5000], [1000], [1000]])
  }

  @Test("MNIST, EMNIST and digits have the published numbers of images")
  func others() throws {
    for (name, train, total) in [("mnist", 60_000, 70_000), ("digits", 0, 1797)] {
      guard let family = DataForTests.family(name) else { continue }
      let sizes = Split.allCases.map { family.poolSizes($0).reduce(0, +) }
      #expect(sizes.reduce(0, +) == total)
      if train > 0 { #expect(sizes[2] == total - train) }
    }
    guard let emnist = DataForTests.family("emnist") else { return }
    #expect(emnist.classCount == 47 && emnist.poolSizes(.test).allSatisfy { $0 >= 100 })
  }

  @Test(
    "gives nearest class mean and ridge regression their known accuracy",
    arguments: [
      ("fashion-mnist", 0.76, 0.80), ("mnist", 0.82, 0.81), ("emnist", 0.78, 0.74), ("digits", 0.92, 0.91),
      ("omniglot", 0.79, 0.74), ("cifar-10", 0.36, 0.37), ("n-mnist", 0.75, 0.82), ("fsdd-spikes", 0.69, 0.71),
      ("stemnist", 0.56, 0.52),
    ])
  func knownAccuracy(_ name: String, _ nearestMean: Double, _ ridge: Double) throws {
    guard let family = DataForTests.family(name) else { return }
    var accuracy: [Baseline: Double] = [:]
    for index in UInt32(0)..<100 {
      let least = family.classes(.test).map { family.poolSizes(.test)[$0] }.min()!
      let shape = EpisodeShape(ways: 5, shots: 10, query: min(15, least - 10))
      let episode = family.episode(seed: 1, split: .test, index: index, shape: shape)
      for baseline in Baseline.allCases { accuracy[baseline, default: 0] += baseline.answer(episode).accuracy / 100 }
    }
    // Three hundredths: twice the 95 % half-width of the mean over 100 episodes. Ridge may do better than the known
    // figures, whose penalty was not chosen episode by episode.
    #expect(abs(accuracy[.nearestClassMean]! - nearestMean) < 0.03)
    #expect(accuracy[.ridge]! > ridge - 0.03 && accuracy[.ridge]! < ridge + 0.08)
  }
}
