import Pages
import Records

extension Notebook {
  /// The notebook of a record: opens it and draws what it holds, with numpy, xarray, h5py and matplotlib alone.
  /// - Parameters:
  ///   - contents: the record.
  ///   - path: the record as seen from the notebook's folder.
  public init(_ contents: RunContents, path: String) {
    var cells = [
      Cell("title", .markdown, Notebook.summary(contents)),
      Cell("parameters", .code, "path = \(JSON.text(path).text())", tags: ["parameters"]),
      Cell("open", .code, PythonCells.open), Cell("provenance", .code, PythonCells.provenance),
    ]
    if let findings = contents.findings, contents.identity.kind == .findings {
      cells += Notebook.cells(findings, hasRules: !contents.rules.isEmpty)
    }
    if let course = contents.course, course.count > 0 { cells += Notebook.cells(course, contents) }
    if !contents.rules.isEmpty, contents.identity.kind != .findings {
      cells += [Cell("about-rule", .markdown, "## Rules"), Cell("rule", .code, PythonCells.rule)]
    }
    if !contents.scoreTables().isEmpty, let evaluation = contents.evaluation {
      cells += Notebook.cells(evaluation, keepsWeights: contents.keepsWeights)
    }
    if let training = contents.training, training.epochsDone.contains(where: { $0 > 0 }) {
      cells += [
        Cell("about-training", .markdown, "## Learning systems"),
        Cell("training-table", .code, PythonCells.trainingTable),
        Cell("training", .code, PythonCells.trainingCourse),
      ]
    }
    self.init(cells: cells)
  }

  /// What the notebook of a record is called: `findings`, `training`, `discovery` when it holds a search, else `evaluation`.
  public static func name(_ contents: RunContents) -> String {
    if [.findings, .training].contains(contents.identity.kind) { return contents.identity.kind.rawValue }
    return (contents.header == nil ? RecordIdentity.Kind.evaluation : .discovery).rawValue
  }

  /// The cells of a search.
  private static func cells(_ course: SearchCourse, _ contents: RunContents) -> [Cell] {
    var cells = [Cell("about-search", .markdown, "## Search"), Cell("search", .code, PythonCells.search)]
    if course.isDescent {
      cells += [Cell("fitness", .code, PythonCells.descent), Cell("coefficients", .code, PythonCells.theta)]
    } else {
      cells += [Cell("fitness", .code, PythonCells.fitness), Cell("coefficients", .code, PythonCells.coefficients)]
    }
    cells.append(Cell("final", .code, PythonCells.final))
    if Figure.alignment(course) != nil { cells.append(Cell("search-alignment", .code, PythonCells.searchAlignment)) }
    if Figure.orthonormality(course) != nil {
      cells.append(Cell("search-orthonormality", .code, PythonCells.searchOrthonormality))
    }
    if course.single(.stepSize) != nil { cells.append(Cell("step-size", .code, PythonCells.stepSize)) }
    if contents.archive.contains(where: { $0.fitness.isFinite && $0.complexity.isFinite }) {
      cells.append(Cell("front", .code, PythonCells.front))
    }
    return cells
  }

  /// The cells of an evaluation.
  private static func cells(_ evaluation: EvaluationTable, keepsWeights: Bool) -> [Cell] {
    var cells = [
      Cell("about-scores", .markdown, "## Scores on held-out episodes"),
      Cell("table", .code, PythonCells.table), Cell("accuracy", .code, PythonCells.accuracy),
    ]
    if evaluation.rules.count > 1 { cells.append(Cell("differences", .code, PythonCells.differences)) }
    if evaluation.steps.count > 1 { cells.append(Cell("learning-curves", .code, PythonCells.learningCurves)) }
    if evaluation.shots.count > 1 { cells.append(Cell("low-data", .code, PythonCells.lowData)) }
    if evaluation.tasks.count > 1 { cells.append(Cell("transfer", .code, PythonCells.transfer)) }
    func knows(_ columns: [Float]?...) -> Bool { columns.contains { $0?.contains(where: \.isFinite) == true } }
    let angles = knows(evaluation.alignmentAngle, evaluation.sampleAngle, evaluation.feedbackAngle)
    let rates = knows(evaluation.firingRate, evaluation.silentShare, evaluation.saturatedShare)
    if angles || rates || knows(evaluation.weightNorm, evaluation.orthonormality) {
      cells += [Cell("about-layers", .markdown, "## Within the network"), Cell("layers", .code, PythonCells.layers)]
    }
    if angles { cells.append(Cell("alignment", .code, PythonCells.alignment)) }
    if rates { cells.append(Cell("rates", .code, PythonCells.rates)) }
    if keepsWeights { cells.append(Cell("weights", .code, PythonCells.weights)) }
    return cells
  }

  /// The cells of findings.
  private static func cells(_ findings: Findings, hasRules: Bool) -> [Cell] {
    var cells = [Cell("findings", .code, PythonCells.findings)]
    if !findings.sources.isEmpty { cells.append(Cell("sources", .code, PythonCells.sources)) }
    if hasRules { cells += [Cell("about-rule", .markdown, "## Rules"), Cell("rule", .code, PythonCells.rule)] }
    func knows(_ measure: Findings.Measure) -> Bool { findings.measures[measure]?.contains(where: \.isFinite) == true }
    cells.append(Cell("about-findings", .markdown, "## What the scores say"))
    if knows(.accuracyMean) {
      cells.append(Cell("findings-accuracy", .code, PythonCells.findingsAccuracy))
      if findings.shots.count > 1 { cells.append(Cell("findings-low-data", .code, PythonCells.findingsLowData)) }
    }
    if knows(.gapToBaseline) { cells.append(Cell("gaps", .code, PythonCells.gaps)) }
    if let terms = findings.terms, terms.drop.contains(where: \.isFinite) {
      cells.append(Cell("importance", .code, PythonCells.importance))
    }
    cells.append(Cell("findings-table", .code, PythonCells.findingsTable))
    return cells
  }

  /// Title, what the record is, and the commands that made it.
  private static func summary(_ contents: RunContents) -> String {
    let identity = contents.identity
    var lines = [
      "# \(MarkdownText.plain(identity.title.isEmpty ? "Untitled run" : identity.title))", "",
      "\(identity.kind.rawValue), \(identity.status.rawValue), seed \(contents.provenance.masterSeed), "
        + "record `\(identity.uuid.filter { $0.isHexDigit || $0 == "-" })`, written by "
        + "\(MarkdownText.plain("\(identity.software) \(identity.softwareVersion)")).",
    ]
    let commands = contents.sessions.map(\.commandLine).filter { !$0.isEmpty }
    if !commands.isEmpty {
      lines += ["", "Made by", ""]
      lines += commands.flatMap { $0.split(separator: "\n").map { "    \($0)" } }
    }
    lines += [
      "",
      "Needs numpy, xarray, h5netcdf, h5py and matplotlib. Figures and tables are also saved beside the notebook, in "
        + "`\(identity.kind.rawValue)-output/`.",
    ]
    return lines.joined(separator: "\n")
  }
}
