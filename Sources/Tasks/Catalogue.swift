/// All families that experiments can name. A new family is a file in `Families/` and an entry here.
public enum TaskCatalogue {
  static let entries: [TaskEntry] = [
    TaskEntry(
      "fashion-mnist", "28x28 grey images of clothes, 10 classes",
      .images(
        DataFiles(
          family: "fashion-mnist",
          variants: [
            .mnist(
              trainImages: "b0564c3eedabfbf835052cff8503ea422014ce006caf5b757f851416ee8300c7",
              trainLabels: "0ae29f65d86684f32d1b9c85147786c547b9c6aebcaf235f0400a0cce308b056",
              testImages: "cc1d090a38ace84dfa1aa66e3ada7c336ef481a96936906477e6dd344da56eaa",
              testLabels: "8d3605d196f4be44669e46906da9733c8131fef761fdbfec72c424d5222f1a05")
          ],
          packageFolders: ["/usr/share/datasets/fashion-mnist"], otherFolders: ["FashionMNIST/raw"],
          command: "apt-get install dataset-fashion-mnist"),
        classCount: 10, transposed: false)),
    TaskEntry(
      "mnist", "28x28 grey images of handwritten digits, 10 classes",
      .images(
        DataFiles(
          family: "mnist",
          variants: [
            .mnist(
              trainImages: "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
              trainLabels: "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
              testImages: "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
              testLabels: "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6")
          ],
          packageFolders: ["/usr/share/datasets/mnist"], otherFolders: ["MNIST/raw"]),
        classCount: 10, transposed: false)),
    // EMNIST's own files hold every image with rows and columns swapped.
    TaskEntry(
      "emnist", "28x28 grey images of handwritten digits and letters, 47 classes (balanced, or by merge)",
      .images(
        DataFiles(
          family: "emnist",
          variants: [
            .emnist("balanced"),
            .emnist(
              "bymerge",
              testImages: "5e5815ec1b522089134435f7c55e75a00960b58414793593ffff23efc0821683",
              testLabels: "8bda1516255683ba9071e141947ca0c91a911176065cdd6259b0b4d8dc5b5f35"),
          ],
          otherFolders: ["EMNIST/raw"]),
        classCount: 47, transposed: true)),
    TaskEntry(
      "digits", "8x8 grey images of handwritten digits, 10 classes",
      .digits(
        DataFiles(
          family: "digits",
          variants: [
            DataVariant(required: [
              DataFile(
                role: .table, names: ["digits.csv.gz", "digits.csv"],
                known: "09f66e6debdee2cd2b5ae59e0d6abbb73fc2b0e0185d2e1957e9ebb51e23aa22")
            ])
          ],
          packageFolders: ["/usr/lib/python3/dist-packages/sklearn/datasets/data"],
          command: "apt-get install python3-sklearn"))),
    TaskEntry(
      "gaussian-prototypes", "noisy copies of random prototypes, made in code", .made { .gaussianPrototypes() }),
    TaskEntry("yin-yang", "points of the yin-yang sign: yin, yang and dots, made in code", .made { .yinYang() }),
    TaskEntry(
      "random-manifolds", "spike latencies on smooth random manifolds, made in code", .made { .randomManifolds() }),
    TaskEntry("templates-1d", "shifted, stretched and noisy random templates, made in code", .made { .templates() }),
  ]

  /// The names, in the order in which they are listed.
  public static var names: [String] { entries.map(\.name) }

  /// Loads a family.
  ///
  /// Files are looked for in `directory`, in the folder that the environment variable `METAPLAST_DATA` names, and where
  /// packages put them; the first place that has any of them is taken. Of the first two, D, the places are D/name and D.
  /// - Parameters:
  ///   - name: one of `names`.
  ///   - directory: where to look first, or nil.
  ///   - environment: the environment variables.
  /// - Throws: `TaskError` when there is no such family, or when its files are missing or bad.
  public static func load(
    _ name: String, directory: String? = nil, environment: [String: String] = processEnvironment()
  ) throws(TaskError) -> TaskFamily {
    let entry = try entry(name)
    switch entry.origin {
    case .made(let make): return make()
    case .images(let files, let classCount, let transposed):
      let found = try files.find(directory: directory, environment: environment)
      return try .images(
        name: name, about: entry.about, found, classCount: classCount, transposed: transposed)
    case .digits(let files):
      return try .digits(
        name: name, about: entry.about, files.find(directory: directory, environment: environment))
    }
  }

  static func entry(_ name: String) throws(TaskError) -> TaskEntry {
    guard let entry = entries.first(where: { $0.name == name }) else {
      throw TaskError(.unknownFamily, "there is no task \"\(name)\"; there are \(names.joined(separator: ", "))")
    }
    return entry
  }
}

/// One line of the catalogue.
struct TaskEntry: Sendable {
  /// Where the samples come from.
  enum Origin: Sendable {
    case made(@Sendable () -> TaskFamily)
    case images(DataFiles, classCount: Int, transposed: Bool)
    case digits(DataFiles)
  }

  let name: String
  let about: String
  let origin: Origin

  init(_ name: String, _ about: String, _ origin: Origin) {
    self.name = name
    self.about = about
    self.origin = origin
  }

  /// The files behind the family, or nil for one made in code.
  var files: DataFiles? {
    switch origin {
    case .made: nil
    case .images(let files, _, _), .digits(let files): files
    }
  }
}

extension DataVariant {
  /// The four files of MNIST and of the sets that took its layout, with the SHA-256 of good copies.
  static func mnist(
    trainImages: String, trainLabels: String, testImages: String, testLabels: String
  ) -> DataVariant {
    DataVariant(required: [
      .idx(.trainImages, "train-images", known: trainImages),
      .idx(.trainLabels, "train-labels", known: trainLabels),
      .idx(.testImages, "t10k-images", known: testImages),
      .idx(.testLabels, "t10k-labels", known: testLabels),
    ])
  }

  /// The files of one EMNIST division; the training pair may be absent.
  static func emnist(_ division: String, testImages: String? = nil, testLabels: String? = nil) -> DataVariant {
    DataVariant(
      required: [
        .idx(.testImages, "emnist-\(division)-test-images", known: testImages),
        .idx(.testLabels, "emnist-\(division)-test-labels", known: testLabels),
      ],
      optional: [
        .idx(.trainImages, "emnist-\(division)-train-images"), .idx(.trainLabels, "emnist-\(division)-train-labels"),
      ])
  }
}
