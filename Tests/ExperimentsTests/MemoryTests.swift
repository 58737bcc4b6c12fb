import Experiments
import Networks
import Tasks
import Testing

@Suite("Memory")
struct MemoryTests {
  @Test("the need is that of the weights and their feedback, and grows with workers and episodes")
  func need() throws {
    var network = NetworkParameters()
    network.hidden = [1000, 1000]
    let rule = SmallPlan.searched
    let learner = MemoryNeed.learner(network, rule, inputCount: 784, outputCount: 10)
    let matrices = 18 * (784 * 1008 + 1000 * 1008 + 1000 * 16)
    #expect(learner > matrices && learner < matrices + matrices / 4)

    let plan = try SmallPlan.plan()
    let one = plan.memory(workers: 1)
    let four = plan.memory(workers: 4)
    #expect(one.learner == four.learner && one.episodes == four.episodes)
    #expect(four.total == one.total + 3 * one.learner)
    #expect(MemoryNeed.machine > 0)
  }

  @Test("an encoded episode takes no more than is said")
  func episodes() throws {
    for encoder in [SpikeEncoder.bernoulli(rate: 0.5), .current(gain: 1), .firstSpike] {
      let plan = try SmallPlan.plan { $0.encoder = encoder }
      let encoded = try #require(plan.source.encoded(.search, 0..<3, by: Crew(workers: 1)))
      for episode in encoded {
        let bytes = [episode.support, episode.query].reduce(0) { sum, samples in
          sum + samples.indices.count * 2 + samples.active.count * 2 + samples.offsets.count * 4
            + samples.activeOffsets.count * 4 + samples.currents.count * 4 + samples.labels.count * 8
        }
        #expect(bytes <= plan.source.episodeBytes + 64)
      }
    }
  }

  @Test("workers that do not fit are refused, and the sentence says how many would")
  func refused() throws {
    let need = try SmallPlan.plan().memory(workers: 3)
    #expect(throws: Never.self) { try need.check(machine: need.total) }
    do {
      try need.check(machine: need.total - 1)
      Issue.record("more than there is was accepted")
    } catch {
      #expect(error.description.hasPrefix("scoring needs "))
      #expect(error.description.contains("3 workers of "))
      #expect(error.description.hasSuffix("(at most 2 workers fit)"))
    }
    do {
      try need.check(machine: 1000)
      Issue.record("more than there is was accepted")
    } catch {
      #expect(
        error.description.hasSuffix("this process may use 1.0 kB (make the network, the task or task.data smaller)"))
    }
  }

  @Test("a plan of absurd size is refused before anything is allocated")
  func absurd() throws {
    let plan = try SmallPlan.plan { $0.network.hidden = [4096, 4096, 4096, 4096] }
    #expect(throws: MemoryShortage.self) { try Discovery(plan, crew: Crew(workers: 4096)) }
  }

  @Test("learners come and go within a bench's room, and scores stay the same")
  func manyLearners() throws {
    let plan = try SmallPlan.plan()
    let contenders = (1...12).map { width -> Contender in
      var contender = plan.start
      contender.network.hidden = [4 + width, 6]
      return contender
    }
    let crew = Crew(workers: 2)
    let together = try #require(crew.score(contenders, plan.source, .search, 0..<3, worstLoss: 5))
    for (contender, scores) in zip(contenders, together) {
      let alone = try #require(Crew(workers: 1).score([contender], plan.source, .search, 0..<3, worstLoss: 5))
      #expect(alone[0].map(\.score) == scores.map(\.score))
    }
  }
}
