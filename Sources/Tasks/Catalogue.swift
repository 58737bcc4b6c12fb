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
      "omniglot", "28x28 images of handwritten characters, each a class of 20 drawings, in pools of their own",
      .omniglot(
        DataFiles(
          family: "omniglot",
          variants: [
            DataVariant(required: [
              .archive(
                .archive, "images_background", known: "3b8b694193bc10600b2dc0b43d1fc9fd41470f18e2b8b172c9cfa71cce7ff6dc"
              )
            ]),
            DataVariant(required: [
              .archive(
                .archive, "images_background_small1",
                known: "f38eb80f801274ac2b4dff5b24289016bfaba4a7d5bb50deebf27104ad6cb8a4")
            ]),
          ]))),
    TaskEntry("cifar-10", "32x32 colour images of animals and vehicles, 10 classes", .cifar(.cifar, grey: false)),
    TaskEntry(
      "cifar-10-grey", "32x32 grey images of animals and vehicles, 10 classes", .cifar(.cifar, grey: true)),
    // 0.34 s holds a recording's three saccades of about 0.1 s and what follows them.
    TaskEntry(
      "n-mnist",
      "spikes of a silicon retina that looks at handwritten digits, 2 polarities of 34x34 pixels, 10 classes",
      .addressEvents(
        DataFiles(
          family: "n-mnist",
          variants: [
            DataVariant(required: [.archive(.train, "Train"), .archive(.test, "Test")]),
            DataVariant(required: [
              .archive(
                .archive, "n-mnist_first1000train_first100test",
                known: "8cccd97d89b051b3b3550922986a53a2cdd1d183e214a21660e9b2f079dee0b6")
            ]),
          ], otherFolders: ["N-MNIST", "NMNIST"]), window: 340_000)),
    TaskEntry(
      "shd", "spikes of a model of the ear that hears spoken digits, 700 channels, 20 classes",
      .spikeLists(.spikeLists("shd", ("shd", nil), ("shd", nil)), [700], classCount: 20, window: 1_400_000)),
    TaskEntry(
      "fsdd-spikes", "spikes of spoken digits, 64 channels of frequency, 10 classes",
      .spikeLists(
        .spikeLists(
          "fsdd-spikes", ("fsdd", "8a3c47d73a1e345fabca3f4643295b33e7761e62a4a2151b333d3f9cd0d8b7df"),
          ("fsdd", "18e1fde5cac9612276747dc5e5de3f5e5e156d664a3125ce3f8384448bebb503")), [64], classCount: 10,
        window: 750_000)),
    TaskEntry(
      "stemnist", "spikes of 16x16 pressure sensors on which letters from A to T are written, 20 classes",
      .spikeLists(
        .spikeLists(
          "stemnist", ("stemnist_A-T", "a51db7e941d7c3623fd683cca1b9b158546fd863d3a4b15bc8117a5028451fde"),
          ("stemnist_A-T", "d82da68b1fb240620888b6d4dfa5a7e47bcc3bddf53b38ac16e58387b8622a73")), [16, 16],
        classCount: 20, window: 2_000_000)),
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
    case .omniglot(let files):
      return try .omniglot(
        name: name, about: entry.about, files.find(directory: directory, environment: environment))
    case .cifar(let files, let grey):
      return try .cifar(
        name: name, about: entry.about, files.find(directory: directory, environment: environment), grey: grey)
    case .addressEvents(let files, let window):
      return try .addressEvents(
        name: name, about: entry.about, files.find(directory: directory, environment: environment), window: window)
    case .spikeLists(let files, let inputShape, let classCount, let window):
      return try .spikeLists(
        name: name, about: entry.about, files.find(directory: directory, environment: environment),
        inputShape: inputShape, classCount: classCount, window: window)
    }
  }

  /// The names of the families whose samples are recorded spikes.
  public static var recordedNames: [String] {
    entries.filter { entry in
      switch entry.origin {
      case .addressEvents, .spikeLists: true
      default: false
      }
    }.map(\.name)
  }

  /// The shape of one sample of a family, without its files: see `TaskFamily.inputShape`.
  /// - Parameter merging: neighbouring units of recordings that become one.
  /// - Precondition: there is a family of that name.
  public static func inputShape(_ name: String, merging: Int = 1) -> [Int] {
    guard let entry = entries.first(where: { $0.name == name }) else { preconditionFailure("no family \(name)") }
    func merged(_ shape: [Int]) -> [Int] {
      shape.indices.map { shape.count == 3 && $0 == 0 ? shape[$0] : (shape[$0] + merging - 1) / merging }
    }
    switch entry.origin {
    case .made(let make): return make().inputShape
    case .images, .omniglot: return [28, 28]
    case .digits: return [8, 8]
    case .cifar(_, let grey): return grey ? [32, 32] : [3, 32, 32]
    case .addressEvents: return merged([2, AddressEvents.side, AddressEvents.side])
    case .spikeLists(_, let shape, _, _): return merged(shape)
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
    case omniglot(DataFiles)
    case cifar(DataFiles, grey: Bool)
    /// `window`: microseconds of a recording that are looked at.
    case addressEvents(DataFiles, window: UInt32)
    case spikeLists(DataFiles, _ inputShape: [Int], classCount: Int, window: UInt32)
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
    case .images(let files, _, _), .digits(let files), .omniglot(let files), .cifar(let files, _),
      .addressEvents(let files, _), .spikeLists(let files, _, _, _):
      files
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

extension DataFiles {
  /// The files of CIFAR-10's binary version: the training batches may be absent.
  static let cifar = DataFiles(
    family: "cifar-10",
    variants: [
      DataVariant(
        required: [DataFile(role: .test, names: ["test_batch.bin"])],
        optional: zip([DataFile.Role.batch1, .batch2, .batch3, .batch4, .batch5], 1...).map {
          DataFile(role: $0, names: ["data_batch_\($1).bin"])
        }),
      DataVariant(required: [
        DataFile(
          role: .test, names: ["test_batch_jpeg75_2000.bin"],
          known: "e6fc4f84915540c6312a37f11e1e8229484a5540fe83715ae5ab89b1a51692be")
      ]),
    ], otherFolders: ["cifar-10-batches-bin"])

  /// A training and a test file in the layout of the Spiking Heidelberg Digits, plain or packed with gzip, with the
  /// SHA-256 of good plain copies.
  static func spikeLists(
    _ family: String, _ train: (stem: String, known: String?), _ test: (stem: String, known: String?)
  ) -> DataFiles {
    func names(_ stem: String, _ part: String) -> [String] { ["\(stem)_\(part).h5", "\(stem)_\(part).h5.gz"] }
    return DataFiles(
      family: family,
      variants: [
        DataVariant(required: [
          DataFile(role: .train, names: names(train.stem, "train"), known: train.known),
          DataFile(role: .test, names: names(test.stem, "test"), known: test.known),
        ])
      ])
  }
}
