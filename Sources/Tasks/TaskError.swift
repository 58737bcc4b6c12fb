/// Why a task could not be had, in one clear sentence.
public struct TaskError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What sort of thing is wrong; it decides a program's exit code.
  public enum Kind: Sendable, Hashable {
    /// A file is not there or cannot be read (exit code 66).
    case missing
    /// A file is there, but is not what it should be (exit code 65).
    case badData
    /// The family cannot give episodes of the shape that was asked for (exit code 65).
    case impossibleShape
    /// There is no family of that name (exit code 65).
    case unknownFamily
  }

  /// What sort of thing is wrong.
  public var kind: Kind
  /// One sentence without a full stop, the file first where there is one.
  public var message: String

  /// Makes an error from its parts.
  public init(_ kind: Kind, _ message: String) {
    self.kind = kind
    self.message = message
  }

  /// The message.
  public var description: String { message }
}
