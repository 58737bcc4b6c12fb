import ArgumentParser

/// A length of time as people write it: `90`, `90s`, `45m`, `23h30m`, `2d`.
struct TimeSpan: ExpressibleByArgument {
  /// Seconds, above 0.
  var seconds: Double

  init?(argument: String) {
    if let seconds = Double(argument), seconds > 0, seconds.isFinite {
      self.seconds = seconds
      return
    }
    var total = 0.0
    var digits = ""
    for letter in argument {
      if letter.isNumber || letter == "." {
        digits.append(letter)
        continue
      }
      guard let unit = ["s": 1.0, "m": 60, "h": 3600, "d": 86_400][letter], let count = Double(digits) else {
        return nil
      }
      total += count * unit
      digits = ""
    }
    guard digits.isEmpty, total > 0, total.isFinite else { return nil }
    seconds = total
  }
}
