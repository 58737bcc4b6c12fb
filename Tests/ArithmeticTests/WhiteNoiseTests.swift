import Arithmetic
import Testing

@Suite("White noise")
struct WhiteNoiseTests {
  private func noise(
    seed: UInt64 = 1, episode: UInt32 = 0, projection: Int = 0, _ place: NoiseDraws.Place = .pre, mirror: Bool = false
  ) -> WhiteNoise {
    NoiseDraws(seed: seed, lane: 0, episode: episode).noise(projection: projection, place, mirror: mirror)
  }

  @Test("mean 0, variance 1, kurtosis 3, within four standard errors of 200000 numbers")
  func moments() {
    let values = noise().values(200_000, sample: 3, step: 2).map { Double($0) }
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
    let fourth = values.reduce(0) { $0 + $1 * $1 * $1 * $1 } / count
    #expect(abs(mean) < 4 / count.squareRoot())
    #expect(abs(variance - 1) < 4 * (2 / count).squareRoot())
    #expect(abs(fourth - 3) < 4 * (96 / count).squareRoot())
  }

  @Test("the same name gives the same numbers; any other name gives numbers that do not go with them")
  func names() {
    let values = noise().values(4000, sample: 3, step: 2)
    #expect(values == noise().values(4000, sample: 3, step: 2))
    let others = [
      noise(seed: 2).values(4000, sample: 3, step: 2), noise(episode: 1).values(4000, sample: 3, step: 2),
      noise(projection: 1).values(4000, sample: 3, step: 2), noise(.post).values(4000, sample: 3, step: 2),
      noise(.synapse).values(4000, sample: 3, step: 2), noise(mirror: true).values(4000, sample: 3, step: 2),
      noise().values(4000, sample: 4, step: 2), noise().values(4000, sample: 3, step: 3),
      noise().values(4000, sample: 2, step: 3),
    ]
    for other in others {
      let correlation = zip(values, other).reduce(0.0) { $0 + Double($1.0 * $1.1) } / 4000
      #expect(abs(correlation) < 4.5 / 4000.0.squareRoot())
    }
  }

  @Test("a matrix with gaps between its lines holds the numbers of the stream in order")
  func lines() {
    let values = noise(.synapse).values(35, sample: 1, step: 0)
    var matrix = [Double](repeating: 7, count: 5 * 9)
    matrix.withUnsafeMutableBufferPointer {
      noise(.synapse).fill($0.baseAddress!, lines: 5, length: 7, stride: 9, sample: 1, step: 0)
    }
    for j in 0..<5 {
      for i in 0..<9 { #expect(matrix[j * 9 + i] == (i < 7 ? Double(values[j * 7 + i]) : 7)) }
    }
  }
}
