import Arithmetic
import Kernels
import Layers
import Tasks

/// All samples of a data set in memory with their classes: intensities, or recorded spikes binned to steps.
public struct TrainingData: Sendable {
  /// The family's name.
  public let name: String
  /// The shape of a sample, channels last.
  public let shape: SignalShape
  /// Classes.
  public let classCount: Int
  /// The class of each sample.
  public let labels: [Int32]
  /// Samples of the training file, which come before those of the test file; nil where there is one file alone.
  public let trainingFileCount: Int?
  /// Steps that a sample holds: 1 of intensities.
  public private(set) var steps: Int
  /// The identity of each sample within its family.
  public let sources: [Int]
  /// `[sample][input]`; empty where there are recordings.
  private let values: [Float]
  private let recordings: Recordings?

  /// Takes samples as they are.
  /// - Parameters:
  ///   - inputShape: see `TaskFamily.inputShape`; channels come first where there are any.
  ///   - steps: steps of recordings, which divide their window equally; intensities have one step.
  public init(
    name: String, inputShape: [Int], classCount: Int, samples: Samples, trainingFileCount: Int?, steps: Int
  ) {
    self.name = name
    self.classCount = classCount
    self.trainingFileCount = trainingFileCount
    labels = samples.labels.map(Int32.init)
    sources = samples.sources
    (shape, self.steps) = (Self.shape(of: inputShape), samples.recorded == nil ? 1 : steps)
    let (channels, places) = (shape.channels, shape.places)
    let moves = inputShape.count == 3
    if let recorded = samples.recorded {
      var renamed = Recordings(window: recorded.window)
      for k in 0..<recorded.count {
        let events = recorded.events(k)
        renamed.append(
          units: recorded.units[events].lazy.map { unit in
            moves ? UInt16(Int(unit) % places * channels + Int(unit) / places) : unit
          }, times: recorded.times[events])
      }
      (recordings, values) = (renamed, [])
    } else {
      recordings = nil
      let (inputs, count) = (samples.inputs, shape.count)
      values =
        moves
        ? [Float](unsafeUninitializedCapacity: inputs.count) { buffer, filled in
          for sample in stride(from: 0, to: inputs.count, by: count) {
            for c in 0..<channels {
              for place in 0..<places { buffer[sample + place * channels + c] = inputs[sample + c * places + place] }
            }
          }
          filled = inputs.count
        } : inputs
    }
  }

  /// The shape of samples of a family: rows and columns, channels before them where there are any, or units alone.
  public static func shape(of inputShape: [Int]) -> SignalShape {
    switch inputShape.count {
    case 3: SignalShape(height: inputShape[1], width: inputShape[2], channels: inputShape[0])
    case 2: SignalShape(height: inputShape[0], width: inputShape[1], channels: 1)
    default: SignalShape(inputShape.reduce(1, *))
    }
  }

  /// Loads a family whole; of one that is made in code, `madeCount` samples of its search pool.
  /// - Parameters:
  ///   - directory: where to look first, see `TaskCatalogue.load`.
  ///   - steps: steps of recordings.
  ///   - merging: neighbouring units of recordings that become one, along each axis.
  ///   - division: which of a data set's samples are wanted; decides how many are made where they are made in code.
  /// - Throws: `TaskError` when its files are missing or bad.
  public static func load(
    _ name: String, directory: String? = nil, steps: Int = 1, merging: Int = 1, _ division: DivisionChoice
  ) throws(TaskError) -> TrainingData {
    var family = try TaskCatalogue.load(name, directory: directory)
    if merging > 1, family.isRecorded { family = family.merged(merging) }
    let (samples, trained): (Samples, Int?)
    if family.hasTestFile {
      trained = [Split.search, .selection].reduce(0) { $0 + family.poolSizes($1).reduce(0, +) }
      samples = family.allSamples([.search, .selection, .test])
    } else if family.files.isEmpty {
      let wanted = (division.train ?? 0) + (division.test ?? 0)
      guard wanted > 0 else {
        throw TaskError(.impossibleShape, "\(name): is made in code, so both train and test have to be stated")
      }
      trained = nil
      // Some more of each class, so that the shuffled division is no exact balance.
      samples = family.allSamples([.search], perClass: (wanted + family.classCount - 1) / family.classCount)
    } else {
      trained = nil
      samples = family.allSamples(Split.allCases)
    }
    return TrainingData(
      name: name, inputShape: family.inputShape, classCount: family.classCount, samples: samples,
      trainingFileCount: trained, steps: steps)
  }

  /// The same recordings binned to other steps; intensities stay as they are.
  public func binned(_ steps: Int) -> TrainingData {
    var data = self
    if isRecorded { data.steps = steps }
    return data
  }

  /// Samples in all.
  public var count: Int { labels.count }

  /// Whether samples are recorded spikes.
  public var isRecorded: Bool { recordings != nil }

  /// Writes samples as a batch holds them, `[step][sample][input]`: intensities scaled, a 1 wherever a unit has an event.
  @specialized(where Scalar == Float)
  public func write<Scalar: KernelScalar>(
    _ samples: UnsafeBufferPointer<Int32>, _ scaling: InputScaling, into batch: UnsafeMutablePointer<Scalar>
  ) {
    let width = shape.count
    if let recordings {
      batch.update(repeating: 0, count: steps * samples.count * width)
      for (k, sample) in samples.enumerated() {
        for i in recordings.events(Int(sample)) {
          batch[(recordings.step(i, of: steps) * samples.count + k) * width + Int(recordings.units[i])] = 1
        }
      }
      return
    }
    if !scaling.ofInputs.isEmpty {
      precondition(scaling.ofInputs.count == width, "\(scaling.ofInputs.count) scalings for \(width) inputs")
      for (k, sample) in samples.enumerated() {
        for (i, own) in scaling.ofInputs.enumerated() {
          batch[k * width + i] = Scalar((Double(values[Int(sample) * width + i]) - own.mean) / own.deviation)
        }
      }
      return
    }
    let (mean, factor) = (Scalar(scaling.mean), Scalar(1 / scaling.deviation))
    values.withUnsafeBufferPointer { values in
      for (k, sample) in samples.enumerated() {
        let (source, target) = (values.baseAddress! + Int(sample) * width, batch + k * width)
        for i in 0..<width { target[i] = (Scalar(source[i]) - mean) * factor }
      }
    }
  }

  /// Mean and standard deviation of all intensities of some samples.
  public func scaling(of samples: [Int32]) -> InputScaling {
    guard !values.isEmpty, !samples.isEmpty else { return InputScaling() }
    var (sum, squares) = (0.0, 0.0)
    for sample in samples {
      for value in values[Int(sample) * shape.count..<(Int(sample) + 1) * shape.count] {
        sum += Double(value)
        squares += Double(value) * Double(value)
      }
    }
    return InputScaling(sum, squares, count: samples.count * shape.count)
  }

  /// Mean and standard deviation of every input over some samples.
  public func scalingOfInputs(_ samples: [Int32]) -> InputScaling {
    guard !values.isEmpty, !samples.isEmpty else { return InputScaling() }
    var scaling = InputScaling()
    scaling.ofInputs = (0..<shape.count).map { i in
      let own = samples.map { Double(values[Int($0) * shape.count + i]) }
      let found = InputScaling(own.reduce(0, +), own.reduce(0) { $0 + $1 * $1 }, count: own.count)
      return InputScaling.Input(mean: found.mean, deviation: found.deviation)
    }
    return scaling
  }
}

/// How intensities become inputs: `(x − mean) / deviation`.
public struct InputScaling: Sendable, Hashable, Codable {
  /// What is subtracted.
  public var mean: Double
  /// What the rest is divided by, not 0.
  public var deviation: Double

  /// One input's own.
  public struct Input: Sendable, Hashable, Codable {
    /// What is subtracted.
    public var mean: Double
    /// What the rest is divided by, not 0.
    public var deviation: Double
  }

  /// The scaling of every input; empty where all share one.
  public var ofInputs: [Input] = []

  /// Makes a scaling; by default intensities stay as they are.
  public init(mean: Double = 0, deviation: Double = 1) { (self.mean, self.deviation) = (mean, deviation) }

  /// From sums of numbers and of their squares; numbers that are all alike are divided by 1.
  fileprivate init(_ sum: Double, _ squares: Double, count: Int) {
    let mean = sum / Double(count)
    let variance = max(0, squares / Double(count) - mean * mean)
    self.init(mean: mean, deviation: variance > 1e-12 ? variance.squareRoot() : 1)
  }
}
