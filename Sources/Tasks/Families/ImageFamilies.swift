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
    return TaskFamily(
      name: name, about: about, inputShape: [imageSide, imageSide], classCount: classCount, files: found.allPaths,
      partition: trainCount > 0
        ? "test is the test file; search and selection divide the training file 5 : 1, class by class"
        : "one file, divided 2 : 1 : 1 into search, selection and test, class by class",
      pools: StoredPools(
        pixels: pixels, labels: labels, classCount: classCount, greatest: 255, trainCount: trainCount))
  }

  /// The 8x8 digits.
  static func digits(name: String, about: String, _ found: FoundFiles) throws(TaskError) -> TaskFamily {
    guard let path = found.paths[.table] else { preconditionFailure("no table among \(found.paths)") }
    let file = try DigitsFile.read(path)
    return TaskFamily(
      name: name, about: about, inputShape: [8, 8], classCount: 10, files: found.allPaths,
      partition: "one file, divided 2 : 1 : 1 into search, selection and test, class by class",
      pools: StoredPools(pixels: file.pixels, labels: file.labels, classCount: 10, greatest: 16, trainCount: 0))
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
