import Foundation
import Networks
import Rules
import Tasks
import Unrolled

/// The memory that scoring takes, from sizes alone: nothing is allocated to find out.
public struct MemoryNeed: Sendable, Hashable {
  /// Threads that score.
  public var workers: Int
  /// Bytes of the largest learner; each worker has one in use.
  public var learner: Int
  /// Bytes of the encoded episodes that are held at a time.
  public var episodes: Int

  /// The need of scoring contenders on episodes of a source.
  /// - Parameters:
  ///   - graded: the contender whose episodes are differentiated too, if any.
  ///   - references: learners that are no rules, and the network they learn with.
  ///   - episodesHeld: encoded episodes in memory at a time.
  public init(
    _ contenders: [Contender], graded: Contender? = nil,
    references: (learners: [ReferenceLearner], network: NetworkParameters)? = nil, _ source: EpisodeSource,
    episodesHeld: Int, workers: Int
  ) {
    self.workers = workers
    let (inputs, outputs) = (source.family.inputCount, source.outputCount)
    var learners = contenders.map { Self.learner($0.network, $0.rule, inputCount: inputs, outputCount: outputs) }
    if let references {
      learners += references.learners.map { $0.bytes(references.network, inputCount: inputs, outputCount: outputs) }
    }
    // A worker keeps its grader while it scores selection and test.
    learner =
      (learners.max() ?? 0)
      + (graded.map {
        Self.grader(
          $0.network, $0.rule, inputCount: inputs, outputCount: outputs, samples: source.shape.ways * source.shape.shots
        )
      } ?? 0)
    episodes = episodesHeld * source.episodeBytes
  }

  /// Bytes in all.
  public var total: Int { workers * learner + episodes }

  /// Fails when the need is beyond the memory that this process may use.
  public func check(machine: Int = Self.machine) throws(MemoryShortage) {
    if total > machine { throw MemoryShortage(need: self, machine: machine) }
  }

  /// Bytes that this process may use: the machine's memory, or less where a control group says so.
  public static let machine: Int = {
    let physical = Int(clamping: ProcessInfo.processInfo.physicalMemory)
    let limits = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"].compactMap { path in
      (try? String(contentsOfFile: path, encoding: .utf8)).flatMap {
        Int($0.trimmingCharacters(in: .whitespacesAndNewlines))
      }
    }
    return limits.filter { $0 > 0 }.reduce(physical, min)
  }()

  /// Bytes of a learner of single precision: weights, feedback weights, what the rule keeps per synapse, and the vectors
  /// of every group; an estimate that is meant to be too high.
  public static func learner(_ network: NetworkParameters, _ rule: Rule, inputCount: Int, outputCount: Int) -> Int {
    let sizes = [inputCount] + network.hidden + [outputCount]
    let padded = sizes.map { ($0 + 15) / 16 * 16 }
    let synapses = zip(sizes, padded.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 }
    // Weights, a transposed copy of them and one that changes are held back from, and feedback weights, in single
    // precision; feedback weights in half precision.
    var perSynapse = 18
    if rule.eligibility != nil { perSynapse += 4 }
    if rule.db != nil { perSynapse += 4 }
    if rule.reads(.noise) { perSynapse += 4 }
    if rule.every == .sample { perSynapse += 4 }
    // A rule's values are vectors, a few per quantity, trace and intermediate value; changes that are held back are
    // pairs of vectors, and what is put off to the end of a sample is kept for every step.
    let vectors = 160 + 2 * rule.traces.count + 10 * network.steps
    return perSynapse * synapses + 4 * vectors * padded.reduce(0, +) + 65_536
  }
}

extension MemoryNeed {
  /// Bytes of what differentiates episodes of `samples` samples: a learner, the derivatives of its weights, a block of
  /// samples, and the weights before every block; an estimate that is meant to be too high.
  public static func grader(
    _ network: NetworkParameters, _ rule: Rule, inputCount: Int, outputCount: Int, samples: Int
  ) -> Int {
    let sizes = [inputCount] + network.hidden + [outputCount]
    let padded = sizes.map { ($0 + 1 + 15) / 16 * 16 }
    let weights = 4 * zip(padded, padded.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 }
    let steps = network.rateFunction == nil ? network.steps : 1
    // Values of a step, some tens of vectors of every group, and at worst a matrix of weights for each update.
    let sample = steps * (weights + 4 * 60 * padded.reduce(0, +))
    let block = max(sample, UnrolledLearner<Float>.standardBlockBytes)
    let blocks = samples * sample / block + 1
    return learner(network, rule, inputCount: inputCount, outputCount: outputCount) + 2 * sample + block
      + (blocks + 2) * weights
  }
}

/// More memory would be needed than there is.
public struct MemoryShortage: Error, Hashable, Sendable, CustomStringConvertible {
  /// What would be needed.
  public var need: MemoryNeed
  /// Bytes there are.
  public var machine: Int

  /// One sentence.
  public var description: String {
    let advice =
      need.learner > 0 && need.episodes + need.learner <= machine
      ? "at most \((machine - need.episodes) / need.learner) workers fit"
      : "make the network, the task or task.data smaller"
    return "scoring needs \(byteText(need.total)): \(need.workers) workers of \(byteText(need.learner)) each and "
      + "\(byteText(need.episodes)) of encoded episodes; this process may use \(byteText(machine)) (\(advice))"
  }
}

/// `1.5 GB` for 1 500 000 000 bytes.
public func byteText(_ bytes: Int) -> String {
  let units: [(name: String, size: Double)] = [("GB", 1e9), ("MB", 1e6), ("kB", 1e3)]
  guard let unit = units.first(where: { Double(bytes) >= $0.size }) else { return "\(bytes) B" }
  return String(format: "%.1f %@", Double(bytes) / unit.size, unit.name)
}

extension EpisodeSource {
  /// Bytes of an encoded episode, at most: as if every intensity were 1, or every recording as long as the longest.
  public var episodeBytes: Int {
    let samples = shape.ways * (shape.shots + shape.query)
    let drawn = samples * family.inputCount
    let events: Int
    switch encoder {
    case .bernoulli(let rate): events = Int((Double(drawn * steps) * rate).rounded(.up)) * 2
    case .current: events = drawn * 4
    case .firstSpike: events = drawn * 2
    case .events: events = samples * min(family.greatestEventCount, family.inputCount * steps) * 2
    }
    return events + drawn * 2 + samples * (steps * 4 + 12)
  }
}

extension Crew {
  /// The memory that scoring contenders on episodes of a source takes.
  public func memory(
    _ contenders: [Contender], references: (learners: [ReferenceLearner], network: NetworkParameters)? = nil,
    _ source: EpisodeSource
  ) -> MemoryNeed {
    MemoryNeed(
      contenders, references: references, source, episodesHeld: EpisodeShelf.capacity(workers: workers),
      workers: workers)
  }
}
