import Experiments
import Foundation
import Layers
import Pages
import Systems
import TestSupport
import Testing
import Training

@Suite("Pages of trainings")
struct TrainingPageTests {
  static let folder = packageRoot.appendingPathComponent("experiments")

  private static let rule: @Sendable (String) throws -> LoadedRule = { name in
    try LoadedRule.load(packageRoot.appendingPathComponent("rules/\(name).yaml").path)
  }

  private func plan(_ lines: String, data: String = "{name: digits}") throws -> TrainingPlan {
    try TrainingPlan.read(
      text: "schema: 1\ntraining: t\ndata: \(data)\noptimizer: {kind: sgd, rate: 0.1}\n" + lines, file: "t.yaml",
      rule: Self.rule)
  }

  @Test("the shipped pages read, and the schema is that of the table", arguments: ["quick-training", "seed-systems"])
  func shipped(name: String) throws {
    let plan = try TrainingPlan.load(Self.folder.appendingPathComponent("\(name).yaml").path)
    #expect(plan.name == name && plan.systems.count > 1)
    let schema = try String(contentsOf: Self.folder.appendingPathComponent("training.schema.json"), encoding: .utf8)
    #expect(
      schema == TrainingPage.schema.jsonSchema.text(indent: 2) + "\n",
      "run: metaplast config schema training > experiments/training.schema.json")
  }

  @Test("every learning system of the catalogue has a row in the shipped comparison")
  func complete() throws {
    let plan = try TrainingPlan.load(Self.folder.appendingPathComponent("seed-systems.yaml").path)
    let missing = Set(systemCards.map(\.name)).subtracting(plan.systems.map(\.card.name))
    #expect(missing.isEmpty, "no row of \(missing.sorted())")
  }

  @Test("layers in the field's shorthand")
  func words() throws {
    let read = try plan(
      "systems: [{credit: {kind: bptt}, network: {layers: [15C5, P2, 64C3-same/2, maxP2, 8C1x3-pad1, 300, 20]}}]",
      data: "{name: mnist}")
    #expect(
      read.systems[0].network.layers == [
        LayerForm(.convolution(.init(channels: 15, height: 5, width: 5)), pool: .init(.sum, window: 2, scale: 1.1)),
        LayerForm(
          .convolution(.init(channels: 64, height: 3, width: 3, stride: 2, padding: .same)),
          pool: .init(.max, window: 2)),
        LayerForm(.convolution(.init(channels: 8, height: 1, width: 3, padding: .zeros(1)))), .dense(300), .dense(20),
      ])
    #expect(read.systems[0].layerWords == "15C5-P2-64C3-same/2-maxP2-8C1x3-pad1-300-20")
  }

  @Test("a system's keys lie over the page's, an optimiser of its own kind in place of it")
  func defaults() throws {
    let read = try plan(
      """
      epochs: 7
      seed: 5
      seeds: 3
      network: {layers: [30], neuron: tanh, bias: true}
      systems:
        - {credit: {kind: layerwise}}
        - {name: own, credit: {kind: layerwise, feedback: random}, epochs: 2, network: {layers: [9, 8]},
           optimizer: {rate: 0.5}}
        - {name: other, credit: {kind: layerwise}, optimizer: {kind: adamw, rate: 0.01, weight_decay: 0.1},
           coefficients: {eta: 2}, data: {standardise: true}}
      """)
    #expect(read.seeds == [5, 6, 7])
    let (first, own, other) = (read.systems[0], read.systems[1], read.systems[2])
    #expect(first.name == "layerwise" && first.training.epochs == 7 && first.coefficients == [1])
    #expect(own.training.epochs == 2 && own.network.layers == [.dense(9), .dense(8)])
    #expect(own.network.neuron == .tanh && own.network.bias)
    #expect(own.training.optimiser.kind == .sgd && own.training.optimiser.rate == 0.5)
    #expect(other.training.optimiser.kind == .adamw && other.training.optimiser.weightDecay == 0.1)
    #expect(other.coefficients == [2] && other.inputs == .standardised && first.inputs == .stated(InputScaling()))
  }

  @Test("the page that a record keeps says the same")
  func stored() throws {
    let first = try TrainingPlan.load(Self.folder.appendingPathComponent("seed-systems.yaml").path)
    let again = try TrainingPlan.read(text: first.json.text(sorted: true), file: "record", rule: Self.rule)
    #expect(again.json.text(sorted: true) == first.json.text(sorted: true))
    for (a, b) in zip(first.systems, again.systems) {
      #expect(a.network == b.network && a.training == b.training && a.inputs == b.inputs, "\(a.name)")
      #expect(a.coefficients == b.coefficients && a.name == b.name && a.card.name == b.card.name)
    }
  }

  @Test(
    "a mistake is named with its place and what was expected",
    arguments: [
      ("systems: [{credit: {kind: layerwize}}]", "5:27", "(did you mean \"layerwise\"?)"),
      ("systems: [{credit: {kind: layerwise, feedbak: random}}]", "5:38", "(did you mean \"feedback\"?)"),
      ("systems: [{credit: {kind: layerwise}}]", "5:27", "layerwise does not know neurons lif"),
      (
        "systems: [{credit: {kind: bptt}, network: {layers: [9C5, 9C9]}}]", "5:52", "nothing is left above layer 2, 9C9"
      ),
      ("systems: [{credit: {kind: bptt}, network: {layers: [P2, 5]}}]", "5:53", "must stand above a layer"),
      ("systems: [{credit: {kind: bptt}, network: {layers: [5D5]}}]", "5:53", "neurons (400), a convolution (15C5"),
      ("systems: [{credit: {kind: bptt}}, {credit: {kind: bptt}}]", "5:51", "two systems are called \"bptt\""),
      ("systems: [{credit: {kind: bptt}, rule: oyas}]", "5:40", "no such rule"),
      ("systems: [{credit: {kind: bptt}, coefficients: {etta: 1}}]", "5:49", "(did you mean \"eta\"?)"),
      ("systems: [{credit: {kind: bptt}, coefficients: {eta: 100}}]", "5:54", "must lie between"),
      ("systems: [{credit: {kind: bptt}, optimizer: {kind: sgd, beta1: 0.5}}]", "5:57", "unknown key \"beta1\""),
      ("baseline: bpt\nsystems: [{credit: {kind: bptt}}]", "5:11", "(did you mean \"bptt\"?)"),
      ("seeds: [1, 1]\nsystems: [{credit: {kind: bptt}}]", "5:8", "seeds must all be different"),
    ])
  func mistakes(lines: String, place: String, message: String) {
    #expect {
      try plan(lines)
    } throws: { error in
      let text = "\(error)"
      guard text.contains("t.yaml:\(place): "), text.contains(message) else {
        Issue.record("\(text)")
        return false
      }
      return true
    }
  }

  @Test("recorded spikes need neurons that spike, and are seen in their own shape")
  func recorded() throws {
    #expect(throws: Diagnostics.self) {
      try plan("systems: [{credit: {kind: layerwise}, network: {neuron: tanh}}]", data: "{name: n-mnist}")
    }
    let read = try plan(
      "systems: [{credit: {kind: bptt}, network: {layers: [12C5, P2], steps: 30}}]", data: "{name: n-mnist}")
    // 5 · 5 kernels of 2 polarities; 15 · 15 places of 12 channels, 10 classes.
    #expect(
      read.systems[0].parameterCount(
        input: SignalShape(height: 34, width: 34, channels: 2), classCount: 10) == 25 * 2 * 12 + 15 * 15 * 12 * 10)
  }
}
