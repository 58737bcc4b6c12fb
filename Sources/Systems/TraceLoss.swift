import Kernels
import Layers
import Pages

/// Losses of a readout that spikes and is trained on its trace; Zhang & Li 2020.
final class TraceLoss<Scalar: KernelScalar> {
  /// Which loss.
  enum Choice: Sendable, Hashable {
    /// `½ Σ_t Σ_i (a_i[t] − d_i[t])²`; `d` of the true class is the train 0, 1, 1, … (0, 1, 0, 1, … from ten steps on)
    /// filtered so many times by the kernel of the traces, `d` of the others 0.
    case kernel(filters: Int)
    /// `½ Σ_t Σ_i δ_i²`, `δ_i = (Σ_t a_i[t] − target_i) / T`, of true classes below `desired` and others above `undesired`
    /// alone.
    case count(desired: Double, undesired: Double)
  }

  /// The settings with which people choose; `standard` is one of the words of `loss`.
  static func keys(default standard: String) -> [PageKey] {
    [
      PageKey(
        "loss", .choice(["kernel", "kernel-once", "count"]), default: .text(standard),
        doc: "Distance of traces from a target train filtered twice (as released) or once, or of summed traces."),
      PageKey(
        "desired_count", .number(.positive), default: .number(4),
        doc: "count: what the true class's trace should sum to."),
      PageKey(
        "undesired_count", .number(.between(0, upTo: 1e9)), default: .number(1),
        doc: "count: what the others' may sum to."),
    ]
  }

  /// The loss that settings name.
  static func choice(_ settings: SystemSettings) -> Choice {
    switch settings.text("loss") {
    case "kernel": .kernel(filters: 2)
    case "kernel-once": .kernel(filters: 1)
    default:
      .count(desired: settings.number("desired_count"), undesired: settings.number("undesired_count"))
    }
  }

  /// What was chosen.
  let choice: Choice
  /// Summed traces, `[sample][class]`.
  let scores: UnsafeMutablePointer<Scalar>
  /// The loss of each sample.
  let losses: UnsafeMutablePointer<Scalar>
  /// `d[t]` of the true class.
  let target: UnsafeMutablePointer<Scalar>
  private let classes: Int
  private let steps: Int
  private let arena = Arena()

  init(_ choice: Choice, classes: Int, steps: Int, decay: Double, capacity: Int) {
    self.choice = choice
    (self.classes, self.steps) = (classes, steps)
    scores = arena.allocate(capacity * classes, of: Scalar.self)
    losses = arena.allocate(capacity, of: Scalar.self)
    target = arena.allocate(steps, of: Scalar.self)
    guard case .kernel(let filters) = choice else { return }
    for t in 0..<steps { target[t] = (steps < 10 ? t > 0 : t % 2 == 1) ? 1 : 0 }
    for _ in 0..<filters {
      Scalar.traceFilter(1, steps: steps, UnsafePointer(target), decay: Scalar(decay), into: target)
    }
  }

  /// Sums the readout's traces, measures the losses and writes derivatives with respect to the traces where `error` is given.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func measure(_ batch: SampleBatch<Scalar>, trace: UnsafePointer<Scalar>, error: UnsafeMutablePointer<Scalar>?) {
    let (classes, steps, target) = (classes, steps, target)
    let step = batch.count * classes
    for sample in 0..<batch.count {
      let label = Int(batch.labels[sample])
      var loss = Scalar(0)
      for i in 0..<classes {
        let k = sample * classes + i
        var sum = Scalar(0)
        for t in 0..<steps { sum += trace[t * step + k] }
        scores[k] = sum
        switch choice {
        case .kernel:
          for t in 0..<steps {
            let difference = trace[t * step + k] - (i == label ? target[t] : 0)
            loss += difference * difference
            error?[t * step + k] = difference
          }
        case .count(let desired, let undesired):
          var difference = (sum - Scalar(i == label ? desired : undesired)) / Scalar(steps)
          if i == label ? difference > 0 : difference < 0 { difference = 0 }
          loss += difference * difference * Scalar(steps)
          guard let error else { continue }
          for t in 0..<steps { error[t * step + k] = difference }
        }
      }
      losses[sample] = loss / 2
    }
  }
}
