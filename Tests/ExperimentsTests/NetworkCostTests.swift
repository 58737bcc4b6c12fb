import Experiments
import Kernels
import Networks
import Rules
import Testing

@Suite("Cost of a network")
struct NetworkCostTests {
  @Test(
    "the forms that are foretold are those that plans take",
    arguments: ["random", "transport", "direct", "usf", "brsf", "frsf", "none"])
  func formsAgree(credit: String) throws {
    let catalogue = RuleCatalogue()
    var network = NetworkParameters()
    for hidden in [[170, 130, 100, 70], [40], []] {
      network.hidden = hidden
      for name in catalogue.names {
        let rule = try LoadedRule.load(name).rule
        guard rule.db == nil, rule.layers.allSatisfy({ abs($0.layer) <= hidden.count + 1 }) else { continue }
        guard
          let learner = try? InnerLoop(
            network: network, inputCount: 64, outputCount: 5, rule: rule, credit: credit, worstLoss: 5)
        else { continue }
        var contender = Contender(name: name, rule: rule, network: network, credit: CreditChoice(credit))
        for pattern in [{ _ in true }, { $0 % 2 == 0 }] as [(Int) -> Bool] {
          contender = contender.with(coefficients: contender.slots.indices.map { pattern($0) ? 0.1 : 0 })
          for foresees in [true, false] {
            let cost = NetworkCost(contender, inputCount: 64, outputCount: 5, foresees: foresees)
            let forms = learner.planForms(coefficients: contender.coefficients, foresees: foresees)
            #expect(cost.plans.map(\.form) == forms, "\(name), \(hidden), \(foresees)")
          }
        }
      }
    }
  }

  @Test("random numbers are one a synapse and feedback synapse, and one a drawn input and step")
  func draws() throws {
    let rule = try LoadedRule.load("feedback-alignment").rule
    var network = NetworkParameters()
    network.hidden = [30]
    let contender = Contender(name: "fa", rule: rule, network: network, credit: "random")
    let cost = NetworkCost(contender, inputCount: 64, outputCount: 5)
    #expect(cost.drawsPerEpisode == 2 * (64 * 30 + 30 * 5))
    #expect(cost.drawsPerSample == 20 * 64)
    // Errors are delivered to the hidden group alone: 16-bit weights, one row of 32 for each of 5 outputs.
    #expect(cost.lowestError == 1)
    #expect(cost.credit.total.step == Double(18 * 2 * 32 * 5))
  }

  @Test("a rule without teaching signal asks for no delivery")
  func noCredit() throws {
    let contender = Contender(
      name: "oja", rule: try LoadedRule.load("oja-classic").rule, network: NetworkParameters(), credit: "random")
    let cost = NetworkCost(contender, inputCount: 784, outputCount: 5)
    #expect(cost.plans.count == 5)
    #expect(cost.lowestError == nil)
    #expect(cost.credit == .none)
    #expect(cost.learning.total.multiplyAdds > cost.answering.total.multiplyAdds)
  }
}
