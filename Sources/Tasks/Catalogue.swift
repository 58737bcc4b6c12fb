/// All families that experiments can name.
public enum TaskCatalogue {
  /// The names, in the order in which they are listed.
  public static var names: [String] { [] }

  /// Loads a family.
  /// - Parameters:
  ///   - name: one of `names`.
  ///   - directory: where to look for its files first, or nil.
  /// - Throws: `TaskError` when there is no such family, or when its files are missing or bad.
  public static func load(_ name: String, directory: String? = nil) throws(TaskError) -> TaskFamily {
    throw TaskError(.unknownFamily, "unknown task \"\(name)\"")
  }
}
