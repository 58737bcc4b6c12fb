import Layers
import Pages

/// The field's shorthand of layers: `400` neurons; `15C5`, 15 channels seen through kernels of 5 by 5, `64C3-same` with
/// zeros beyond the edges, `96C3-pad1`, `32C5/2` at every second place, `8C5x3`; above a layer a pool over windows that do
/// not overlap, `P2` the sum times a factor, `maxP2`, `meanP2`.
enum LayerWord: Hashable {
  case layer(LayerForm)
  case pool(LayerForm.Pool.Kind, window: Int)

  /// Reads a word; nil where it is none.
  init?(_ word: String) {
    if let neurons = Self.number(word) {
      self = .layer(.dense(neurons))
      return
    }
    for (prefix, kind) in [("maxP", LayerForm.Pool.Kind.max), ("meanP", .average), ("P", .sum)] {
      guard word.hasPrefix(prefix) else { continue }
      guard let window = Self.number(word.dropFirst(prefix.count)), (2...64).contains(window) else { return nil }
      self = .pool(kind, window: window)
      return
    }
    let halves = word.split(separator: "C", omittingEmptySubsequences: false)
    guard halves.count == 2, let channels = Self.number(halves[0]) else { return nil }
    var rest = halves[1]
    var stride = 1
    if let slash = rest.firstIndex(of: "/") {
      guard let places = Self.number(rest[rest.index(after: slash)...]), places <= 64 else { return nil }
      (stride, rest) = (places, rest[..<slash])
    }
    var padding = LayerForm.Padding.valid
    if let dash = rest.firstIndex(of: "-") {
      let word = rest[rest.index(after: dash)...]
      if word == "same" {
        padding = .same
      } else if word.hasPrefix("pad"), let zeros = Self.number(word.dropFirst(3)), zeros <= 64 {
        padding = .zeros(zeros)
      } else {
        return nil
      }
      rest = rest[..<dash]
    }
    let sizes = rest.split(separator: "x", omittingEmptySubsequences: false).map { Self.number($0) }
    guard (1...2).contains(sizes.count), let height = sizes[0], let width = sizes.last!, height <= 64, width <= 64
    else {
      return nil
    }
    self = .layer(
      LayerForm(
        .convolution(
          .init(channels: channels, height: height, width: width, stride: stride, padding: padding))))
  }

  private static func number(_ text: some StringProtocol) -> Int? {
    guard let number = Int(text), number >= 1, number <= 65_536, text.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }) else {
      return nil
    }
    return number
  }

  /// The rule for such words in pages.
  static let rule = NameRule(
    pattern:
      "^([0-9]+|[0-9]+C[0-9]+(x[0-9]+)?(-same|-pad[0-9]+)?(/[0-9]+)?|(max|mean)?P[0-9]+)$",
    description: "neurons (400), a convolution (15C5, 64C3-same, 32C5/2) or a pool (P2, maxP2, meanP2)"
  ) { LayerWord($0) != nil }
}

extension LayerForm {
  /// Its words with dashes between them: `15C5-P2`.
  public var words: String {
    var text: String
    switch synapses {
    case .dense(let neurons): text = "\(neurons)"
    case .convolution(let kernel):
      text = "\(kernel.channels)C\(kernel.height)" + (kernel.width == kernel.height ? "" : "x\(kernel.width)")
      switch kernel.padding {
      case .valid: break
      case .same: text += "-same"
      case .zeros(let count): text += "-pad\(count)"
      }
      if kernel.stride > 1 { text += "/\(kernel.stride)" }
    }
    guard let pool else { return text }
    let prefix =
      switch pool.kind {
      case .sum: "P"
      case .max: "maxP"
      case .average: "meanP"
      }
    return text + "-\(prefix)\(pool.window)"
  }
}
