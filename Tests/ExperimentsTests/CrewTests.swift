import Experiments
import Rules
import Tasks
import Testing

@Suite("Crew")
struct CrewTests {
  @Test("scores come back in the order of contenders and episodes, whatever the number of workers")
  func order() throws {
    let plan = try SmallPlan.plan()
    let contenders = [0.0, 0.01, 0.3].map { plan.start.with(coefficients: [$0, 0]) }
    func losses(_ workers: Int) throws -> [[Double]] {
      let scores = try #require(
        Crew(workers: workers).score(contenders, plan.source, .search, 3..<14, worstLoss: 5))
      return scores.map { $0.map(\.score.loss) }
    }
    let one = try losses(1)
    #expect(one.map(\.count) == [11, 11, 11])
    #expect(try losses(3) == one)
    // Without learning every episode has its own chance loss; with learning another one.
    #expect(one[0] != one[1])
  }

  @Test("work that is not wanted is dropped")
  func dropped() throws {
    let plan = try SmallPlan.plan()
    let scores = Crew(workers: 2).score(
      [plan.start], plan.source, .search, 0..<2, worstLoss: 5, isWanted: { false })
    #expect(scores.map(\.count) == nil)
  }

  @Test("a network that blows up gets the worst loss and never a NaN")
  func failures() throws {
    let plan = try SmallPlan.plan()
    let scores = try #require(
      Crew(workers: 1).score(
        [plan.start.with(coefficients: [1, -1])], plan.source, .search, 0..<4, worstLoss: 5))
    for score in scores[0].map(\.score) {
      #expect(score.loss.isFinite && score.loss <= 5)
      #expect(score.accuracy >= 0 && score.accuracy <= 1)
      if score.outcome != .ok { #expect(score.loss == 5) }
    }
  }
}
