// swift-tools-version: 6.1
import PackageDescription

// Rooms and doors: arrows go one way, from `Command` down. `scripts/check-doors.sh` compares every import with this file.
let package = Package(
  name: "metaplast",
  products: [
    .executable(name: "metaplast", targets: ["Command"])
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
    .package(url: "https://github.com/apple/swift-numerics", from: "1.0.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.0.0"),
  ],
  targets: [
    // C: two system libraries, and the vector kernels.
    .systemLibrary(name: "CHDF5", pkgConfig: "hdf5", providers: [.apt(["libhdf5-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .target(
      name: "CKernels",
      exclude: [
        "README.md", "kernels.inc", "deferred.inc", "panels.inc", "machine.inc", "rates.inc", "matrices.inc",
        "traces.inc", "entries.inc",
      ]),

    // The rooms, lowest first.
    .target(
      name: "Arithmetic", dependencies: [.product(name: "RealModule", package: "swift-numerics")],
      exclude: ["README.md"]),
    .target(name: "Pages", dependencies: ["Yams"], exclude: ["README.md"]),
    .target(
      name: "Rules", dependencies: ["Pages", .product(name: "RealModule", package: "swift-numerics")],
      exclude: ["README.md"]),
    .target(
      name: "Kernels",
      dependencies: ["CKernels", "Rules", "Arithmetic", .product(name: "RealModule", package: "swift-numerics")],
      exclude: ["README.md"]),
    .target(name: "Networks", dependencies: ["Kernels", "CKernels", "Arithmetic"], exclude: ["README.md"]),
    .target(name: "Credit", dependencies: ["Networks", "Kernels", "Arithmetic"], exclude: ["README.md"]),
    .target(
      name: "Tasks", dependencies: ["CZlib", "Arithmetic", .product(name: "RealModule", package: "swift-numerics")],
      exclude: ["README.md"]),
    .target(
      name: "Search", dependencies: ["Arithmetic", .product(name: "RealModule", package: "swift-numerics")],
      exclude: ["README.md"]),
    .target(
      name: "Unrolled",
      dependencies: [
        "Rules", "Kernels", "CKernels", "Networks", "Credit", "Tasks",
        .product(name: "RealModule", package: "swift-numerics"),
      ], exclude: ["README.md"]),
    .target(
      name: "ThroughTime", dependencies: ["Networks", "Kernels", "Tasks", "Arithmetic"], exclude: ["README.md"]),
    .target(
      name: "Layers",
      dependencies: [
        "Kernels", "Networks", "Arithmetic", .product(name: "RealModule", package: "swift-numerics"),
      ], exclude: ["README.md"]),
    .target(
      name: "Systems",
      dependencies: [
        "Layers", "Networks", "Kernels", "Rules", "Pages", "Arithmetic",
        .product(name: "RealModule", package: "swift-numerics"),
      ], exclude: ["README.md"]),
    .target(
      name: "Training",
      dependencies: [
        "Systems", "Layers", "Networks", "Kernels", "Rules", "Tasks", "Arithmetic",
        .product(name: "RealModule", package: "swift-numerics"),
      ], exclude: ["README.md"]),
    .target(name: "Records", dependencies: ["CHDF5"], exclude: ["README.md"]),
    .target(
      name: "Experiments",
      dependencies: [
        "Pages", "Rules", "Kernels", "Networks", "Credit", "Unrolled", "ThroughTime", "Layers", "Systems", "Training",
        "Tasks", "Search", "Records", "Arithmetic",
      ],
      exclude: ["README.md"]),
    .target(name: "NeuralIR", dependencies: ["Networks", "Records"], exclude: ["README.md"]),
    .target(name: "Export", dependencies: ["Records", "Rules", "Pages", "Arithmetic"], exclude: ["README.md"]),
    .target(name: "RuleExport", dependencies: ["Rules", "Pages"], exclude: ["README.md"]),
    .executableTarget(
      name: "Command",
      dependencies: [
        "Experiments", "Export", "RuleExport", "NeuralIR", "Pages", "Rules", "Kernels", "Tasks", "Search", "Records",
        "Training", "Arithmetic",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      exclude: ["README.md"]),

    // Tests, one target a room.
    .target(name: "TestSupport", dependencies: ["Records", "Kernels"], path: "Tests/TestSupport"),
    .testTarget(name: "ArithmeticTests", dependencies: ["Arithmetic", "TestSupport"]),
    .testTarget(name: "PagesTests", dependencies: ["Pages", "TestSupport"]),
    .testTarget(
      name: "RulesTests",
      dependencies: [
        "Rules", "Pages", "Arithmetic", "Records", "TestSupport",
        .product(name: "RealModule", package: "swift-numerics"),
      ],
      exclude: ["valid", "invalid"]),
    .target(name: "CAllocations", path: "Tests/CAllocations"),
    .testTarget(
      name: "NetworksTests",
      dependencies: [
        "Networks", "Kernels", "Credit", "Rules", "Records", "Arithmetic", "TestSupport",
        .product(name: "RealModule", package: "swift-numerics"),
      ]),
    .testTarget(
      name: "UnrolledTests",
      dependencies: [
        "Unrolled", "Experiments", "Credit", "Networks", "Kernels", "Rules", "Tasks", "Arithmetic", "Records",
        "CAllocations", "TestSupport", .product(name: "RealModule", package: "swift-numerics"),
      ]),
    .testTarget(
      name: "ThroughTimeTests",
      dependencies: [
        "ThroughTime", "Networks", "Kernels", "Tasks", "Arithmetic", "CAllocations", "TestSupport",
        .product(name: "RealModule", package: "swift-numerics"),
      ]),
    .testTarget(
      name: "LayersTests",
      dependencies: [
        "Layers", "Kernels", "Networks", "Arithmetic", "Records", "TestSupport",
        .product(name: "RealModule", package: "swift-numerics"),
      ]),
    .testTarget(
      name: "SystemsTests",
      dependencies: [
        "Systems", "Layers", "Kernels", "Networks", "Rules", "Pages", "Arithmetic", "Records", "Tasks", "ThroughTime",
        "CAllocations", "TestSupport", .product(name: "RealModule", package: "swift-numerics"),
      ]),
    .testTarget(
      name: "TrainingTests",
      dependencies: [
        "Training", "Systems", "Layers", "Kernels", "Networks", "Rules", "Tasks", "Arithmetic", "TestSupport",
        .product(name: "RealModule", package: "swift-numerics"),
      ]),
    .testTarget(name: "TasksTests", dependencies: ["Tasks", "Arithmetic", "CZlib", "TestSupport"]),
    .testTarget(
      name: "SearchTests",
      dependencies: [
        "Search", "Arithmetic", "Records", "TestSupport", .product(name: "RealModule", package: "swift-numerics"),
      ]),
    .testTarget(name: "RecordsTests", dependencies: ["Records", "TestSupport"], exclude: ["reference.cdl", "golden"]),
    .testTarget(
      name: "ExperimentsTests",
      dependencies: [
        "Experiments", "Pages", "Kernels", "Networks", "Credit", "Rules", "Tasks", "Search", "Records", "Arithmetic",
        "CAllocations", "ThroughTime", "Systems", "Layers", "Training",
        "TestSupport",
        .product(name: "RealModule", package: "swift-numerics"),
      ]),
    .testTarget(name: "NeuralIRTests", dependencies: ["NeuralIR", "Networks", "Records", "TestSupport"]),
    .testTarget(
      name: "ExportTests", dependencies: ["Export", "Records", "TestSupport"]),
    .testTarget(
      name: "RuleExportTests",
      dependencies: ["RuleExport", "Rules", "Networks", "Credit", "Kernels", "Arithmetic", "TestSupport"]),
    .testTarget(
      name: "CommandTests", dependencies: ["Command", "Experiments", "Records", "Arithmetic", "TestSupport"]),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .c17
)
