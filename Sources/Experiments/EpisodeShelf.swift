import Tasks

/// Where an episode is found in its source.
struct EpisodeAddress: Hashable, Sendable {
  var split: Split
  var index: Int
}

/// Encoded episodes of one source: those in use, and those that will be next and were encoded while workers would have
/// waited. Encoding is a function of the address, so what is encoded ahead changes no result.
final class EpisodeShelf {
  let source: EpisodeSource
  private var kept: [EpisodeAddress: EncodedEpisode] = [:]

  init(_ source: EpisodeSource) { self.source = source }

  /// Episodes that are scored between two barriers, at most.
  static func portion(workers: Int) -> Int { max(8, 2 * workers) }

  /// Encoded episodes that are held at a time, at most.
  static func capacity(workers: Int) -> Int { 2 * portion(workers: workers) }

  /// The episodes, in order, encoded on all threads of `crew` where they are not there yet. Keeps these and `upcoming`
  /// alone. Nil when dropped.
  func episodes(
    _ addresses: [EpisodeAddress], upcoming: [EpisodeAddress], by crew: Crew, isWanted: () -> Bool
  ) -> [EncodedEpisode]? {
    let wanted = Set(addresses + upcoming)
    kept = kept.filter { wanted.contains($0.key) }
    let missing = missing(addresses)
    let source = source
    guard let made = crew.map(missing.count, isWanted: isWanted, { source.encoded(missing[$0]) }) else { return nil }
    put(missing, made)
    return addresses.map { kept[$0]! }
  }

  /// Those that are not there yet.
  func missing(_ addresses: [EpisodeAddress]) -> [EpisodeAddress] { addresses.filter { kept[$0] == nil } }

  func put(_ addresses: [EpisodeAddress], _ episodes: [EncodedEpisode]) {
    for (address, episode) in zip(addresses, episodes) { kept[address] = episode }
  }
}

extension EpisodeSource {
  /// One episode, encoded.
  func encoded(_ address: EpisodeAddress) -> EncodedEpisode {
    var encoded = encoder.encode(episode(address.split, address.index), steps: steps, seed: seed)
    encoded.passes = passes
    return encoded
  }
}
