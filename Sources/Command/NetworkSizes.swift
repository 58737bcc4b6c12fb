import Foundation

/// `--network`: the neurons of each group, from the input to the readout.
enum NetworkSizes {
  /// Reads `784,170,5`.
  static func read(_ text: String) throws -> [Int] {
    let sizes = text.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
    guard sizes.count >= 2, sizes.count <= 64, sizes.allSatisfy({ $0.map { (1...65_536).contains($0) } ?? false })
    else {
      throw Failure(
        .usage, "--network takes two to 64 numbers of neurons from 1 to 65536, such as 784,170,5 (got \(text))")
    }
    return sizes.map { $0! }
  }
}
