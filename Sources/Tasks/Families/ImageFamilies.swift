extension TaskFamily {
  /// A data set of 28x28 grey images in IDX files.
  /// - Parameters:
  ///   - name: the family's name.
  ///   - about: one line on the samples.
  ///   - found: its files, the training pair optional.
  ///   - classCount: classes; every label must be below it.
  ///   - transposed: rows and columns are swapped in the file.
  static func images(
    name: String, about: String, _ found: FoundFiles, classCount: Int, transposed: Bool
  ) throws(TaskError) -> TaskFamily {
    var pixels: [UInt8] = []
    var labels: [UInt8] = []
    var trainCount = 0
    for (imageRole, labelRole) in [(DataFile.Role.trainImages, DataFile.Role.trainLabels), (.testImages, .testLabels)] {
      guard let imagePath = found.paths[imageRole], let labelPath = found.paths[labelRole] else { continue }
      let part = try readPair(imagePath, labelPath, classCount: classCount)
      pixels = pixels.isEmpty ? part.pixels : pixels + part.pixels
      labels += part.labels
      if imageRole == .trainImages { trainCount = part.labels.count }
    }
    if transposed { transposeImages(&pixels) }
    return .stored(
      name: name, about: about, inputShape: [imageSide, imageSide], classCount: classCount, files: found.allPaths,
      pixels: pixels, labels: labels, greatest: 255, trainCount: trainCount)
  }

  /// The 8x8 digits.
  static func digits(name: String, about: String, _ found: FoundFiles) throws(TaskError) -> TaskFamily {
    guard let path = found.paths[.table] else { preconditionFailure("no table among \(found.paths)") }
    let file = try DigitsFile.read(path)
    return .stored(
      name: name, about: about, inputShape: [8, 8], classCount: 10, files: found.allPaths, pixels: file.pixels,
      labels: file.labels, greatest: 16, trainCount: 0)
  }

  /// CIFAR-10, in colour or in grey.
  static func cifar(name: String, about: String, _ found: FoundFiles, grey: Bool) throws(TaskError) -> TaskFamily {
    var pixels: [UInt8] = []
    var labels: [UInt8] = []
    var trainCount = 0
    for role in DataFile.Role.allCases {
      guard let path = found.paths[role] else { continue }
      let file = try CIFARFile.read(path)
      pixels += grey ? file.grey : file.pixels
      labels += file.labels
      if role != .test { trainCount = labels.count }
    }
    return .stored(
      name: name, about: about, inputShape: grey ? [32, 32] : [3, 32, 32], classCount: 10, files: found.allPaths,
      pixels: pixels, labels: labels, greatest: 255, trainCount: trainCount)
  }

  /// A data set held as bytes, its pools divided class by class.
  private static func stored(
    name: String, about: String, inputShape: [Int], classCount: Int, files: [String], pixels: [UInt8], labels: [UInt8],
    greatest: Int, trainCount: Int
  ) -> TaskFamily {
    let members = PoolMembers(labels: labels, classCount: classCount, trainCount: trainCount)
    return TaskFamily(
      name: name, about: about, inputShape: inputShape, classCount: classCount, files: files,
      partition: members.partition,
      pools: StoredPools(pixels: pixels, sampleCount: labels.count, greatest: greatest, members: members))
  }
}

private let imageSide = 28

/// Images and their labels, checked against each other.
private func readPair(
  _ imagePath: String, _ labelPath: String, classCount: Int
) throws(TaskError) -> (pixels: [UInt8], labels: [UInt8]) {
  let labels = try IDXFile.read(labelPath, .labels)
  let images = try IDXFile.read(imagePath, .images)
  guard images.dimensions[1] == imageSide, images.dimensions[2] == imageSide else {
    throw TaskError(
      .badData,
      "\(imagePath): images of \(images.dimensions[1]) x \(images.dimensions[2]) pixels where "
        + "\(imageSide) x \(imageSide) were expected")
  }
  guard images.dimensions[0] == labels.dimensions[0] else {
    throw TaskError(
      .badData, "\(labelPath): \(labels.dimensions[0]) labels for the \(images.dimensions[0]) images of \(imagePath)")
  }
  if let wrong = labels.bytes.firstIndex(where: { Int($0) >= classCount }) {
    throw TaskError(
      .badData, "\(labelPath): label \(labels.bytes[wrong]) of sample \(wrong + 1) is outside 0 ... \(classCount - 1)")
  }
  return (images.bytes, labels.bytes)
}

/// Swaps rows and columns of every image, in place.
private func transposeImages(_ pixels: inout [UInt8]) {
  pixels.withUnsafeMutableBufferPointer { pixels in
    for start in stride(from: 0, to: pixels.count, by: imageSide * imageSide) {
      for row in 1..<imageSide {
        for column in 0..<row { pixels.swapAt(start + row * imageSide + column, start + column * imageSide + row) }
      }
    }
  }
}
