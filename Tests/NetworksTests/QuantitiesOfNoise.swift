import Arithmetic
import Rules

extension ProjectionQuantities {
  /// Takes the noise that a plan of `projection`, counted from 0, draws for the rule.
  mutating func takeNoise(_ rule: Rule, _ draws: NoiseDraws, projection: Int, sample: Int, step: Int, mirror: Bool) {
    func values(_ place: NoiseDraws.Place, _ count: Int) -> [Scalar] {
      draws.noise(projection: projection, place, mirror: mirror).values(count, sample: sample, step: step).map {
        Scalar($0)
      }
    }
    if rule.reads(.noisePre) { noisePre = values(.pre, preCount) }
    if rule.reads(.noisePost) { noisePost = values(.post, postCount) }
    if rule.reads(.noise) {
      let drawn = values(.synapse, preCount * postCount)
      noise = (0..<postCount).flatMap { i in (0..<preCount).map { drawn[$0 * postCount + i] } }
    }
  }
}
