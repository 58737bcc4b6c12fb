/// What the outside world refused: which call, in which file, at which path in it, and why.
public struct HDF5Error: Error, Hashable, Sendable, CustomStringConvertible {
  /// What kind of trouble it is; decides the exit code of the command line.
  public enum Reason: String, Hashable, Sendable, CaseIterable {
    /// The input file is missing or may not be read (exit code 66).
    case noInput
    /// Not an HDF5 file, truncated or damaged (exit code 65).
    case damaged
    /// The object or attribute is not in the file (exit code 65).
    case missingObject
    /// The object is there but is of another kind, type or shape than asked for (exit code 65).
    case wrongType
    /// More data than a reader accepts (exit code 65).
    case tooLarge
    /// Not a record of this product, or one of another major schema version (exit code 65).
    case otherSchema
    /// The output cannot be created (exit code 73).
    case cannotCreate
    /// The output is already there and was not to be replaced (exit code 73).
    case outputExists
    /// A read or write failed; the disk may be full (exit code 74).
    case inputOutput
  }

  /// The kind of trouble.
  public var reason: Reason
  /// The function of the library or of the system that refused, such as `H5Dread` or `rename`.
  public var call: String
  /// The file as the caller named it.
  public var file: String
  /// The path inside the file, empty when the file itself is meant.
  public var path: String
  /// What is wrong, in words, without a full stop.
  public var detail: String
  /// The library's error stack, root cause first, one line a frame.
  public var stack: [String]

  /// Makes an error from its parts.
  public init(
    _ reason: Reason, call: String, file: String, path: String = "", detail: String, stack: [String] = []
  ) {
    self.reason = reason
    self.call = call
    self.file = file
    self.path = path
    self.detail = detail
    self.stack = stack
  }

  /// One clear sentence: file, path, what is wrong, and the root cause the library named.
  public var description: String {
    var text = file
    if !path.isEmpty { text += ": \(path)" }
    text += ": \(detail)"
    if let cause = stack.first { text += " (\(cause))" }
    return text
  }
}
