import Foundation
import Pages

/// The folders in which rules are looked up by name.
public struct RuleCatalogue: Sendable {
  /// Folders that exist, in the order in which they are asked.
  public let folders: [String]

  /// Looks for folders of rules: the one given, the one that the environment variable `METAPLAST_RULES` names, `rules` in
  /// the current folder, `../share/metaplast/rules` beside the executable, and `rules` of the package it was built in.
  ///
  /// - Parameters:
  ///   - folder: asked first.
  ///   - environment: environment variables.
  ///   - executable: path of the running program.
  public init(
    folder: String? = nil, environment: [String: String] = ProcessInfo.processInfo.environment,
    executable: String? = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
  ) {
    var candidates = [folder, environment["METAPLAST_RULES"], "rules"].compactMap { $0 }.filter { !$0.isEmpty }
    if let executable {
      let place = URL(fileURLWithPath: executable).deletingLastPathComponent()
      candidates.append(place.appendingPathComponent("../share/metaplast/rules").standardizedFileURL.path)
      // <package>/.build/<triple>/<configuration>/metaplast
      candidates.append(place.appendingPathComponent("../../../rules").standardizedFileURL.path)
    }
    var found: [String] = []
    var seen: Set<String> = []
    for candidate in candidates {
      var isFolder: ObjCBool = false
      if FileManager.default.fileExists(atPath: candidate, isDirectory: &isFolder), isFolder.boolValue,
        seen.insert(URL(fileURLWithPath: candidate).resolvingSymlinksInPath().standardizedFileURL.path).inserted
      {
        found.append(candidate)
      }
    }
    folders = found
  }

  /// Path of every rule by name; a folder that is asked earlier hides the same name in later ones.
  public var paths: [String: String] {
    var paths: [String: String] = [:]
    for folder in folders {
      for file in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] where file.hasSuffix(".yaml") {
        let name = String(file.dropLast(5))
        if paths[name] == nil, !name.isEmpty, !name.hasPrefix(".") {
          paths[name] = URL(fileURLWithPath: folder).relativePath + "/" + file
        }
      }
    }
    return paths
  }

  /// Names of all rules, sorted.
  public var names: [String] { paths.keys.sorted() }

  /// The path of a rule given by name or by path: anything with a `/` or ending in `.yaml` or `.yml` is a path.
  /// - Throws: `PageFileError.missing` with the nearest name.
  public func path(of rule: String) throws(PageFileError) -> String {
    if rule.contains("/") || rule.hasSuffix(".yaml") || rule.hasSuffix(".yml") {
      guard FileManager.default.fileExists(atPath: rule) else { throw .missing(path: rule, hint: "") }
      return rule
    }
    let paths = self.paths
    if let path = paths[rule] { return path }
    let places = folders.isEmpty ? "no folder of rules found; set METAPLAST_RULES" : folders.joined(separator: ", ")
    let hint = suggestion(for: rule, among: paths.keys.sorted())
    throw .missing(path: rule, hint: "; no rule of this name in \(places)\(hint)")
  }

  /// Reads and checks a rule given by name or by path.
  public func load(_ rule: String) throws(PageFileError) -> Rule { try Rule.load(path: path(of: rule)) }
}
