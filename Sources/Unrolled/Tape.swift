import Kernels
import Networks

/// What is kept of an episode on the way forth: the values of every step of one block of samples, the weights at every
/// update of it, and the weights before each block.
final class Tape<Scalar: KernelScalar> {
  let samples: Int
  let blocks: Int
  let histories: [WeightHistory<Scalar>]
  /// The running mean of the reward before each block.
  var expectedReward: [Scalar]
  private let perBlock: Int
  private let steps: Int
  private let updatesPerSample: Int
  private let frameSize: Int
  private let frames: UnsafeMutablePointer<Scalar>
  private let checkpoints: [UnsafeMutablePointer<Scalar>]
  private let arena = Arena()

  /// Updates between two written matrices, where changes are products of vectors and take effect at once.
  static var span: Int { 12 }

  /// - Parameters:
  ///   - delays: whether changes take effect at the end of a sample.
  ///   - bytes: what a block may take.
  init(
    _ program: StepProgram<Scalar>, _ network: Network<Scalar>, samples: Int, steps: Int, updatesPerSample: Int,
    delays: Bool, bytes: Int
  ) {
    self.samples = samples
    self.steps = steps
    self.updatesPerSample = updatesPerSample
    frameSize = program.frameSize
    let width = MemoryLayout<Scalar>.stride
    let spans = network.projections.indices.map { l in
      delays ? max(1, updatesPerSample) : program.isDense[l] ? 1 : Self.span
    }
    var perSample = steps * program.frameSize * width
    for (l, projection) in network.projections.enumerated() {
      let base = projection.preCount * projection.columns
      let products = program.products[l] * (Scalar.padded(projection.preCount) + projection.columns)
      perSample += updatesPerSample * (base / spans[l] + products) * width
    }
    perBlock = max(1, min(samples, bytes / max(1, perSample)))
    blocks = max(1, (samples + perBlock - 1) / perBlock)
    let updates = perBlock * updatesPerSample
    histories = network.projections.enumerated().map { l, projection in
      WeightHistory(
        preCount: projection.preCount, postCount: projection.postCount, groups: program.products[l], span: spans[l],
        takesEffect: !delays, updates: updates)
    }
    frames = arena.allocate(max(1, perBlock * steps * program.frameSize), of: Scalar.self)
    let arena = self.arena
    let count = blocks
    checkpoints = histories.map { arena.allocate(count * $0.size, of: Scalar.self) }
    expectedReward = [Scalar](repeating: 0, count: blocks)
  }

  /// Bytes held.
  var byteCount: Int { arena.byteCount + histories.reduce(0) { $0 + $1.byteCount } }

  /// Zeroes the values of all steps.
  func clear() { Scalar.fill(perBlock * steps * frameSize, frames, with: 0) }

  /// The samples of a block.
  func range(_ block: Int) -> Range<Int> { block * perBlock..<min(samples, (block + 1) * perBlock) }

  /// Updates of a block.
  func updates(_ block: Int) -> Int { range(block).count * updatesPerSample }

  /// The values of step `t` of the block's sample `k`.
  func frame(_ k: Int, _ t: Int) -> UnsafeMutablePointer<Scalar> { frames + (k * steps + t) * frameSize }

  /// The weights of projection `l` before a block.
  func checkpoint(_ block: Int, _ l: Int) -> UnsafeMutablePointer<Scalar> {
    checkpoints[l] + block * histories[l].size
  }
}
