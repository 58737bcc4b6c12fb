import Foundation

/// The two streams: results on standard output, everything else on standard error.
enum Output {
  /// Writes a line of results.
  static func line(_ text: String) { write(text + "\n", to: STDOUT_FILENO) }

  /// Writes a line for people.
  static func note(_ text: String) { write(text + "\n", to: STDERR_FILENO) }

  /// Writes bytes as they are; a reader that went away is no error.
  static func write(_ text: String, to descriptor: Int32) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress!, $0.count) }
      if written > 0 {
        rest = rest.dropFirst(written)
      } else if errno != EINTR {
        return
      }
    }
  }

  /// Ends the program.
  static func exit(_ status: Status) -> Never { Foundation.exit(status.rawValue) }

  /// Whether standard error is a terminal that can redraw a line.
  static var isTerminal: Bool {
    isatty(STDERR_FILENO) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"
  }

  /// Columns of the terminal, 80 where it does not say.
  static var width: Int {
    var size = winsize()
    guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }
}

/// Whether output is coloured. The flag wins, then `NO_COLOR`, then `CLICOLOR_FORCE`, then the terminal.
enum ColorChoice: String, CaseIterable {
  case auto, always, never

  func isOn(descriptor: Int32) -> Bool {
    let environment = ProcessInfo.processInfo.environment
    switch self {
    case .always: return true
    case .never: return false
    case .auto:
      if let no = environment["NO_COLOR"], !no.isEmpty { return false }
      if environment["CLICOLOR_FORCE"] == "1" { return true }
      return isatty(descriptor) == 1 && environment["TERM"] != "dumb"
    }
  }
}
