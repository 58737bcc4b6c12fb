import Pages
import Records

extension Notebook {
  /// The notebook of a run: opens its record and draws what it holds, with numpy, xarray, h5py and matplotlib alone.
  /// - Parameters:
  ///   - contents: the record.
  ///   - path: the record as seen from the notebook's folder.
  public init(_ contents: RunContents, path: String) {
    var cells = [
      Cell("title", .markdown, Notebook.summary(contents)),
      Cell("parameters", .code, "path = \(JSON.text(path).text())", tags: ["parameters"]),
      Cell("open", .code, PythonCells.open), Cell("provenance", .code, PythonCells.provenance),
    ]
    if !contents.rules.isEmpty { cells.append(Cell("rule", .code, PythonCells.rule)) }
    if !contents.scoreTables().isEmpty {
      cells += [
        Cell("table", .code, PythonCells.table), Cell("accuracy", .code, PythonCells.accuracy),
        Cell("differences", .code, PythonCells.differences),
      ]
    }
    if let evaluation = contents.evaluation {
      if evaluation.steps.count > 1 { cells.append(Cell("learning-curves", .code, PythonCells.learningCurves)) }
      if evaluation.shots.count > 1 { cells.append(Cell("low-data", .code, PythonCells.lowData)) }
      if evaluation.tasks.count > 1 { cells.append(Cell("transfer", .code, PythonCells.transfer)) }
      if evaluation.alignmentAngle != nil || evaluation.weightNorm != nil {
        cells.append(Cell("layers", .code, PythonCells.layers))
      }
    }
    if let course = contents.course, course.count > 0, course.isDescent {
      cells.append(Cell("descent", .code, PythonCells.descent))
      cells.append(Cell("theta", .code, PythonCells.theta))
      if Figure.alignment(course) != nil { cells.append(Cell("alignment", .code, PythonCells.alignment)) }
      if Figure.orthonormality(course) != nil {
        cells.append(Cell("orthonormality", .code, PythonCells.orthonormality))
      }
    } else if let course = contents.course, course.count > 0 {
      cells += [Cell("fitness", .code, PythonCells.fitness), Cell("coefficients", .code, PythonCells.coefficients)]
      if course.single(.stepSize) != nil { cells.append(Cell("step-size", .code, PythonCells.stepSize)) }
    }
    if contents.evaluation?.firingRate != nil { cells.append(Cell("rates", .code, PythonCells.rates)) }
    self.init(cells: cells)
  }

  /// Title, what the record is, and the commands that made it.
  private static func summary(_ contents: RunContents) -> String {
    let identity = contents.identity
    var lines = [
      "# \(plain(identity.title.isEmpty ? "Untitled run" : identity.title))", "",
      "\(identity.kind.rawValue), \(identity.status.rawValue), seed \(contents.provenance.masterSeed), "
        + "record `\(identity.uuid.filter { $0.isHexDigit || $0 == "-" })`, written by "
        + "\(plain("\(identity.software) \(identity.softwareVersion)")).",
    ]
    let commands = contents.sessions.map(\.commandLine).filter { !$0.isEmpty }
    if !commands.isEmpty {
      lines += ["", "Made by", ""]
      lines += commands.flatMap { $0.split(separator: "\n").map { "    \($0)" } }
    }
    lines += [
      "", "Needs numpy, xarray, h5netcdf, h5py and matplotlib; figures are also saved as SVG beside the notebook.",
    ]
    return lines.joined(separator: "\n")
  }

  /// Text that Markdown shows as it is, on one line.
  private static func plain(_ text: String) -> String {
    var plain = ""
    for character in text {
      switch character {
      case "<": plain += "&lt;"
      case ">": plain += "&gt;"
      case "&": plain += "&amp;"
      case _ where character.isNewline: plain += " "
      case _ where "\\`*_{}[]()#+!|$~".contains(character): plain += "\\\(character)"
      default: plain.append(character)
      }
    }
    return plain
  }
}
