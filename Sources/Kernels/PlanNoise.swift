import Arithmetic
import Rules

/// The white noise that a projection's rule reads: allocated and drawn only where something reads it.
final class PlanNoise<Scalar: KernelScalar> {
  private let projection: Int
  private let view: ProjectionView<Scalar>
  private let arena: Arena
  private var draws = NoiseDraws(seed: 0, lane: 0, episode: 0)
  private var read: [Part] = []

  /// What is drawn for one owner, in `lines` lines of `length` numbers each, `stride` apart.
  private struct Part {
    let place: NoiseDraws.Place
    let values: UnsafeMutablePointer<Scalar>
    let lines: Int, length: Int, stride: Int
    var sample: WhiteNoise?
    var mirror: WhiteNoise?
  }

  init(projection: Int, _ view: ProjectionView<Scalar>, _ arena: Arena) {
    self.projection = projection
    self.view = view
    self.arena = arena
  }

  /// The numbers of one owner: vectors, or a pre-major matrix like the weights. Beyond the neurons they stay 0.
  func values(_ place: NoiseDraws.Place) -> UnsafeMutablePointer<Scalar> {
    if let known = read.first(where: { $0.place == place }) { return known.values }
    let (lines, length, stride) =
      switch place {
      case .pre: (1, view.preCount, view.preCount)
      case .post: (1, view.postCount, view.columns)
      case .synapse: (view.preCount, view.postCount, view.columns)
      }
    let part = Part(
      place: place, values: arena.allocate(lines * stride, of: Scalar.self), lines: lines, length: length,
      stride: stride)
    read.append(part)
    return part.values
  }

  /// Takes the names of an episode's draws.
  func begin(_ draws: NoiseDraws) {
    for k in read.indices {
      read[k].sample = draws.noise(projection: projection, read[k].place, mirror: false)
      read[k].mirror = draws.noise(projection: projection, read[k].place, mirror: true)
    }
  }

  /// Draws the noise of this sample and step.
  @inline(__always)
  func draw() {
    if read.isEmpty { return }
    let (sample, step) = (UInt32(view.scalars.sample[0]), UInt32(view.scalars.step[0]))
    for part in read { fill(part, part.sample, sample, step) }
  }

  /// Draws the noise of a step of the mirror phases.
  func draw(mirrorStep index: Int) {
    for part in read { fill(part, part.mirror, UInt32(index), 0) }
  }

  private func fill(_ part: Part, _ noise: WhiteNoise?, _ sample: UInt32, _ step: UInt32) {
    guard let noise else { preconditionFailure("a plan that reads noise is not bound") }
    noise.fill(part.values, lines: part.lines, length: part.length, stride: part.stride, sample: sample, step: step)
  }
}
