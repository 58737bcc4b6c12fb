import Experiments
import Export
import Foundation
import NeuralIR
import Pages
import Records
import Search
import Tasks

/// One thing that went wrong: what to say, and how to leave.
struct Failure: Error {
  var code: Status
  var message: String
  /// Whether the message is in compiler form already.
  var isFormatted = false

  init(_ code: Status, _ message: String) {
    self.code = code
    self.message = message
  }

  /// The failure behind an error of one of the rooms; nil for errors of the command line itself.
  init?(knowing error: any Error) {
    switch error {
    case let diagnostics as Diagnostics:
      self.init(.badInput, diagnostics.description)
      isFormatted = true
    case let diagnostic as Diagnostic:
      self.init(.badInput, diagnostic.description)
      isFormatted = true
    case let error as PageFileError:
      switch error {
      case .missing: self.init(.missingInput, error.description)
      case .unreadable(_, let reason):
        self.init(reason.hasPrefix("cannot") ? .missingInput : .badInput, error.description)
      case .wrong: self.init(.badInput, error.description)
      }
      isFormatted = true
    case let error as TaskError: self.init(error.kind == .missing ? .missingInput : .badInput, error.description)
    case let error as HDF5Error:
      switch error.reason {
      case .noInput: self.init(.missingInput, error.description)
      case .damaged, .missingObject, .wrongType, .tooLarge, .otherSchema: self.init(.badInput, error.description)
      case .cannotCreate, .outputExists: self.init(.cannotCreate, error.description)
      case .inputOutput: self.init(.ioError, error.description)
      }
    case let error as ExportError: self.init(.cannotCreate, error.description)
    case let error as RecordMismatch: self.init(.badInput, error.description)
    case let error as RuleMisfit: self.init(.badInput, error.description)
    case let error as SearchError: self.init(.badInput, error.description)
    case let error as TooManyWeights: self.init(.usage, error.description)
    case let error as NoKeptWeights: self.init(.badInput, error.description)
    case let error as NIRRefusal: self.init(.badInput, error.description)
    case let error as MemoryShortage: self.init(.badInput, error.description)
    case let error as InnerLoopError: self.init(.badInput, error.description)
    default: return nil
    }
  }

  /// Says it on standard error.
  func report(color: ColorChoice = .auto) {
    if isFormatted {
      Output.note(message)
    } else {
      let word = color.isOn(descriptor: STDERR_FILENO) ? "\u{1B}[1;31merror:\u{1B}[0m" : "error:"
      Output.note("\(word) \(message)")
    }
    if code == .ourBug {
      Output.note("This is a bug in metaplast: please report it with the command line that led here.")
    }
  }
}
