import NeuralIR

/// A graph as importers run it: forward Euler, in double precision, all nodes of the chain within a step.
final class EulerNetwork {
  /// Which neurons of each spiking node spiked at the last step.
  private(set) var spikes: [[Int]] = []
  /// The potentials of the node that does not spike.
  private(set) var readout: [Double] = []
  private let graph: NIRGraph
  private let dt: Double
  private var potentials: [String: [Double]] = [:]
  private var currents: [String: [Double]] = [:]

  init(_ graph: NIRGraph, dt: Double) {
    self.graph = graph
    self.dt = dt
  }

  func step(_ active: [Int]) {
    spikes = []
    var signal: [Double] = []
    for (name, node) in graph.nodes.map({ ($0.name, $0.node) }) {
      switch node {
      case .input(let count): signal = (0..<count).map { active.contains($0) ? 1 : 0 }
      case .output: break
      case .affine(let weight, let post, let pre), .linear(let weight, let post, let pre):
        signal = (0..<post).map { i in (0..<pre).reduce(0) { $0 + Double(weight[i * pre + $1]) * signal[$1] } }
      case .lif(let count, let tau, let r, let threshold):
        signal = fire(name, integrate(name, count, Double(tau), Double(r), signal), Double(threshold))
      case .cubaLIF(let count, let tauMembrane, let tauSynapse, let r, let threshold, let input):
        let current = filter(name, count, Double(tauSynapse), Double(input), signal)
        signal = fire(name, integrate(name, count, Double(tauMembrane), Double(r), current), Double(threshold))
      case .li(let count, let tau, let r): readout = integrate(name, count, Double(tau), Double(r), signal)
      case .cubaLI(let count, let tauMembrane, let tauSynapse, let r, let input):
        let current = filter(name, count, Double(tauSynapse), Double(input), signal)
        readout = integrate(name, count, Double(tauMembrane), Double(r), current)
      }
    }
  }

  /// `tau v' = −v + r I`.
  private func integrate(_ name: String, _ count: Int, _ tau: Double, _ r: Double, _ current: [Double]) -> [Double] {
    let before = potentials[name] ?? [Double](repeating: 0, count: count)
    let after = zip(before, current).map { $0 + dt / tau * (-$0 + r * $1) }
    potentials[name] = after
    return after
  }

  /// `tau I' = −I + w S`.
  private func filter(_ name: String, _ count: Int, _ tau: Double, _ weight: Double, _ signal: [Double]) -> [Double] {
    let before = currents[name] ?? [Double](repeating: 0, count: count)
    let after = zip(before, signal).map { $0 + dt / tau * (-$0 + weight * $1) }
    currents[name] = after
    return after
  }

  /// A spike where a potential is above the threshold, and then 0.
  private func fire(_ name: String, _ potential: [Double], _ threshold: Double) -> [Double] {
    spikes.append(potential.indices.filter { potential[$0] > threshold })
    potentials[name] = potential.map { $0 > threshold ? 0 : $0 }
    return potential.map { $0 > threshold ? 1 : 0 }
  }
}
