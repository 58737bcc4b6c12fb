import Glibc

/// Who a record is: the attributes of its root.
public struct RecordIdentity: Sendable, Hashable {
  /// Why a record was written.
  public enum Kind: String, Sendable, Hashable, CaseIterable, Codable {
    /// A search for rules.
    case discovery
    /// An evaluation of rules.
    case evaluation
    /// Findings distilled from other records.
    case findings
    /// Learning systems that learn the same data.
    case training
  }

  /// How far a run has come.
  public enum Status: String, Sendable, Hashable, CaseIterable, Codable {
    /// It runs, or it was killed.
    case running
    /// It has finished.
    case complete
    /// It was stopped and can be resumed.
    case interrupted
    /// It ended with an error.
    case failed
  }

  /// Why the record was written.
  public var kind: Kind
  /// How far the run has come.
  public var status: Status
  /// A version-4 UUID; see ``uuid(seed:)``.
  public var uuid: String
  /// A title for people.
  public var title: String
  /// When the record was made, UTC.
  public var created: String
  /// When it was last published, UTC.
  public var modified: String
  /// The program that wrote it.
  public var software: String
  /// The program's version.
  public var softwareVersion: String
  /// One line per session.
  public var history: String

  /// Makes an identity; times default to now.
  public init(
    kind: Kind, status: Status = .running, uuid: String, title: String, created: String = timestamp(),
    modified: String? = nil, software: String = "metaplast", softwareVersion: String, history: String = ""
  ) {
    self.kind = kind
    self.status = status
    self.uuid = uuid
    self.title = title
    self.created = created
    self.modified = modified ?? created
    self.software = software
    self.softwareVersion = softwareVersion
    self.history = history
  }

  /// A version-4 UUID that follows from a seed, for reproducible records (SplitMix64 of the seed).
  public static func uuid(seed: UInt64) -> String {
    var state = seed
    func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var word = state
      word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
      word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
      return word ^ (word >> 31)
    }
    return uuid(next(), next())
  }

  /// A version-4 UUID from the system's random numbers; for records that need not be reproducible.
  public static func randomUUID() -> String {
    var words: (UInt64, UInt64) = (0, 0)
    let failed = withUnsafeMutableBytes(of: &words) { getentropy($0.baseAddress!, $0.count) }
    precondition(failed == 0, "getentropy: \(systemMessage(errno))")
    return uuid(words.0, words.1)
  }

  private static func uuid(_ high: UInt64, _ low: UInt64) -> String {
    let versioned = high & ~0xF000 | 0x4000
    let varied = low & ~(0xC0 << 56) | 0x80 << 56
    let digits = Array(hexadecimal(versioned) + hexadecimal(varied))
    return [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(digits[$0]) }.joined(separator: "-")
  }

  private static func hexadecimal(_ word: UInt64) -> String {
    let digits = String(word, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}

/// A time in UTC as records write it: `2026-01-31T12:00:00Z`.
/// - Parameter seconds: seconds since 1970; now by default.
public func timestamp(_ seconds: Int = time(nil)) -> String {
  var moment = seconds
  var parts = tm()
  gmtime_r(&moment, &parts)
  func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
  return "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))T"
    + "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))Z"
}
