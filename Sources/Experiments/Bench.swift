import Networks
import Rules

/// What one thread keeps from item to item. Only the thread that works at the bench touches it.
final class Bench: @unchecked Sendable {
  /// Bytes that the learners kept may take together; the one in use is kept in any case.
  private let room: Int
  /// The learners, the last used one last.
  private var kept: [(number: Int, bytes: Int, learner: any EpisodeScorer)] = []
  /// What differentiates episodes of the kind last asked for.
  private var grading: (number: Int, grader: any EpisodeGrader)?

  /// The most learners kept.
  static let most = 8

  init(room: Int) { self.room = room }

  /// The learner of a kind, made once.
  func learner(_ kind: LearnerKind) -> any EpisodeScorer {
    if let last = kept.last, last.number == kind.number { return last.learner }
    if let place = kept.firstIndex(where: { $0.number == kind.number }) {
      let found = kept.remove(at: place)
      kept.append(found)
      return found.learner
    }
    while !kept.isEmpty, kept.count >= Self.most || kept.reduce(kind.bytes, { $0 + $1.bytes }) > room {
      kept.removeFirst()
    }
    let key = kind.key
    do {
      let made = try episodeScorer(
        network: key.network, inputCount: key.inputCount, outputCount: key.outputCount, rule: key.rule,
        credit: key.credit, worstLoss: key.worstLoss)
      kept.append((kind.number, kind.bytes, made))
      return made
    } catch {
      preconditionFailure("a contender that was not checked: \(error)")
    }
  }
}

extension Bench {
  /// The grader of a kind, made once; only the last one used is kept.
  func grader(_ kind: LearnerKind) -> any EpisodeGrader {
    if let grading, grading.number == kind.number { return grading.grader }
    grading = nil
    let key = kind.key
    let contender = Contender(name: key.rule.name, rule: key.rule, network: key.network, credit: key.credit)
    do {
      let made = try episodeGrader(
        for: contender, inputCount: key.inputCount, outputCount: key.outputCount, worstLoss: key.worstLoss)
      grading = (kind.number, made)
      return made
    } catch {
      preconditionFailure("a contender that was not checked: \(error)")
    }
  }
}

/// What makes two learners interchangeable.
struct LearnerKey: Hashable, Sendable {
  var network: NetworkParameters
  var rule: Rule
  var credit: CreditChoice
  var inputCount: Int
  var outputCount: Int
  var worstLoss: Double

  init(_ contender: Contender, inputCount: Int, outputCount: Int, worstLoss: Double) {
    network = contender.network
    rule = contender.rule
    credit = contender.credit
    self.inputCount = inputCount
    self.outputCount = outputCount
    self.worstLoss = worstLoss
  }
}

/// A key with a number of its own, which is quicker to compare.
struct LearnerKind: Sendable {
  var number: Int
  var key: LearnerKey
  var bytes: Int
}

/// What a crew knows of the learners it used.
struct Experience {
  private var numbers: [LearnerKey: Int] = [:]
  /// Seconds for an episode, by number.
  private var costs: [Int: Double] = [:]
  private var next = 0

  /// Keys remembered at a time.
  private static let most = 10_000

  /// The kind of a key; the same number for equal keys as long as they are remembered.
  mutating func kind(_ key: LearnerKey) -> LearnerKind {
    if numbers[key] == nil {
      if numbers.count >= Self.most { (numbers, costs) = ([:], [:]) }
      numbers[key] = next
      next += 1
    }
    let number = numbers[key]!
    return LearnerKind(
      number: number, key: key,
      bytes: MemoryNeed.learner(key.network, key.rule, inputCount: key.inputCount, outputCount: key.outputCount))
  }

  /// Seconds that an episode is expected to take; nil before any was measured.
  func cost(_ kind: LearnerKind) -> Double? { costs[kind.number] }

  /// Takes down how long episodes took; later ones count more.
  mutating func note(_ kind: LearnerKind, seconds: Double) {
    costs[kind.number] = costs[kind.number].map { ($0 + seconds) / 2 } ?? seconds
  }
}
