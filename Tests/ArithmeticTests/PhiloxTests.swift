import Arithmetic
import Testing

@Suite("Philox 4x32-10")
struct PhiloxTests {
  struct KnownAnswer: Sendable {
    let counter: [UInt32]
    let key: [UInt32]
    let words: [UInt32]
  }

  // The vectors published with Random123 (Salmon et al. 2011), file kat_vectors.
  static let knownAnswers = [
    KnownAnswer(
      counter: [0, 0, 0, 0], key: [0, 0], words: [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]),
    KnownAnswer(
      counter: [.max, .max, .max, .max], key: [.max, .max],
      words: [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]),
    KnownAnswer(
      counter: [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], key: [0xa409_3822, 0x299f_31d0],
      words: [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]),
  ]

  @Test("gives the published words", arguments: 0..<3)
  func published(index: Int) {
    let answer = Self.knownAnswers[index]
    let block = Philox4x32.block(
      (answer.counter[0], answer.counter[1], answer.counter[2], answer.counter[3]),
      key: (answer.key[0], answer.key[1]))
    #expect([block.0, block.1, block.2, block.3] == answer.words)
  }

  @Test("a stream reads the blocks of its own counter in order")
  func streamLayout() {
    var stream = RandomStream(seed: 0x0123_4567_89ab_cdef, purpose: .search, lane: 7, 11, 13)
    for index in 0..<3 as Range<UInt32> {
      let block = Philox4x32.block(
        (index, 13, 11, RandomPurpose.search.rawValue << 8 | 7), key: (0x89ab_cdef, 0x0123_4567))
      #expect([block.0, block.1, block.2, block.3] == (0..<4).map { _ in stream.nextWord() })
    }
  }
}
