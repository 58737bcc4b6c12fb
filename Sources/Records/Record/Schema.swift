/// The schema `plasticity-log`: what a record holds, in one table that writers and checkers share.
public enum Schema {
  /// The name every record carries.
  public static let name = "plasticity-log"
  /// The version written.
  public static let version = "1.5.0"
  /// The value of the attribute `Conventions`.
  static let conventions = "plasticity-log-1.5 ACDD-1.3"
  /// The version of the arrangement of root attributes, groups and columns that readers accept.
  static let major = 1

  /// Datasets whose values may differ between two runs of one seed: they hold times or counts of accidents.
  public static let irreproducible: Set<String> = ["attempts", "evaluation_time", "run_time", "wall_time"]
  /// Groups that may differ between two runs of one seed.
  public static let irreproducibleGroups: Set<String> = ["provenance"]

  /// Root attributes every record has.
  static let rootAttributes = [
    "Conventions", "schema_name", "schema_version", "kind", "status", "uuid", "title", "date_created", "date_modified",
    "software", "software_version", "history",
  ]

  static let provenance = Table(
    "provenance", growing: ["session"],
    [
      .coordinate("session", .i4, "session, one per start or resume"),
      .coordinate("library", .str, "linked library"),
      .coordinate("input", .str, "input file"),
      Column("config_text", [], .str, "configuration file, verbatim"),
      Column("config_resolved", [], .str, "configuration with every default filled in, JSON"),
      Column("master_seed", [], .u8, "master seed"),
      Column("started", ["session"], .str, "start of the session, UTC"),
      Column("ended", ["session"], .str, "end of the session, UTC; empty while it runs"),
      Column("host", ["session"], .str, "host name"),
      Column("command_line", ["session"], .str, "command line"),
      Column("software_version", ["session"], .str, "version of the software"),
      Column("git_revision", ["session"], .str, "revision of the source, -dirty when changed"),
      Column("compiler", ["session"], .str, "compiler"),
      Column("os", ["session"], .str, "operating system"),
      Column("cpu", ["session"], .str, "processor"),
      Column("engine", ["session"], .str, "engine that evaluated candidates"),
      Column("exit_reason", ["session"], .str, "why the session ended"),
      Column("n_threads", ["session"], .i4, "number of workers"),
      Column("first_generation", ["session"], .i8, "first generation of the session", comment: "-1 when there is none"),
      Column("last_generation", ["session"], .i8, "last generation of the session", comment: "-1 when there is none"),
      Column("library_version", ["library"], .str, "version of the linked library"),
      Column("input_role", ["input"], .str, "role of the input"),
      Column("input_sha256", ["input"], .str, "SHA-256 of the input"),
      Column("input_bytes", ["input"], .i8, "size of the input", units: "byte"),
    ])

  static let discovery = Table(
    "discovery", growing: ["generation", "pool"], attributes: ["search", "direction", "outer_step"],
    [
      .coordinate("generation", .i8, "outer step, from 0"),
      .coordinate("candidate", .i4, "slot in the population"),
      .coordinate("parameter", .str, "searched coefficient"),
      .coordinate("task", .str, "task family", optional: true),
      .coordinate("layer", .str, "layer", optional: true),
      Column("parameter_label", ["parameter"], .str, "label of the coefficient, LaTeX"),
      Column("parameter_units", ["parameter"], .str, "units of the coefficient"),
      Column("parameter_lower", ["parameter"], .f8, "lower bound"),
      Column("parameter_upper", ["parameter"], .f8, "upper bound"),
      Column("parameter_initial", ["parameter"], .f8, "initial value"),
      Column("parameter_fixed", ["parameter"], .i1, "not searched", meaning: .boolean),
      Column("population", ["generation", "candidate", "parameter"], .f8, "coefficients evaluated"),
      Column("fitness", ["generation", "candidate"], .f8, "fitness, penalties included"),
      Column("task_score", ["generation", "candidate", "task"], .f8, "score per task family", optional: true),
      Column("complexity", ["generation", "candidate"], .f8, "complexity of the rule", optional: true),
      Column("penalty", ["generation", "candidate"], .f8, "penalty contained in the fitness", optional: true),
      Column("candidate_status", ["generation", "candidate"], .i1, "how the evaluation ended", meaning: .status),
      Column(
        "episodes_scored", ["generation", "candidate"], .f8, "episodes the candidate was scored on", optional: true),
      Column(
        "query_loss", ["generation", "candidate"], .f8, "mean query cross-entropy, without penalties", optional: true),
      Column(
        "episodes_skipped", ["generation", "candidate"], .f8, "episodes left out of the gradient", optional: true),
      Column("attempts", ["generation", "candidate"], .i1, "evaluations tried", units: "1"),
      Column("evaluation_time", ["generation", "candidate"], .f4, "time of the evaluation", units: "s"),
      .coordinate("pool", .i4, "distinct expression", optional: true),
      Column("expression", ["pool"], .str, "expression", optional: true),
      Column(
        "expression_id", ["generation", "candidate"], .i4, "index into pool", optional: true,
        comment: "-1 when missing"),
      Column("incumbent_fitness", ["generation"], .f8, "best fitness so far"),
      Column("median_fitness", ["generation"], .f8, "median fitness of the generation"),
      Column("evaluations", ["generation"], .i8, "evaluations so far"),
      Column("wall_time", ["generation"], .f8, "time since the start of the search", units: "s"),
      Column("evaluation_seed", ["generation"], .u8, "seed of the generation's episodes"),
      Column("restart", ["generation"], .i4, "restarts of the search so far"),
      Column("incumbent_parameter", ["generation", "parameter"], .f8, "coefficients of the best so far"),
      Column("search_mean", ["generation", "parameter"], .f8, "mean of the search distribution", optional: true),
      Column("meta_gradient", ["generation", "parameter"], .f8, "gradient of the meta-loss", optional: true),
      Column("step_size", ["generation"], .f8, "step size of the search", optional: true),
      Column("axis_ratio", ["generation"], .f8, "axis ratio of the search distribution", optional: true),
      Column(
        "alignment_angle", ["generation", "layer"], .f8, "angle of the delivered error to the transported one",
        units: "degree", optional: true),
      Column("orthonormality", ["generation", "layer"], .f8, "distance from orthonormal weights", optional: true),
      Column("validation_score", ["generation", "task"], .f8, "score on the selection pool", optional: true),
    ])

  static let archive = Table(
    "discovery/archive",
    [
      .coordinate("rank", .i4, "rank, best first"),
      Column("archive_fitness", ["rank"], .f8, "fitness"),
      Column("archive_complexity", ["rank"], .f8, "complexity of the rule"),
      Column("archive_expression", ["rank"], .str, "expression"),
      Column("found_at", ["rank"], .i8, "generation that found it", comment: "-1 when unknown"),
      Column("archive_parameter", ["rank", "parameter"], .f8, "coefficients"),
    ])

  static let rules = Table(
    "rules",
    [
      .coordinate("rule", .str, "rule"),
      .coordinate("term", .str, "term in canonical text"),
      Column(
        "coefficient", ["rule", "term"], .f8, "coefficient of the term", comment: "NaN when the rule lacks the term"),
      Column("expression", ["rule"], .str, "equation as text"),
      Column("latex", ["rule"], .str, "equation in LaTeX"),
      Column("rule_text", ["rule"], .str, "rule page, verbatim"),
      Column("origin", ["rule"], .str, "discovered, baseline or user"),
      Column("sha256", ["rule"], .str, "SHA-256 of the rule page"),
      Column("complexity", ["rule"], .f8, "operators and operands after simplification"),
    ])

  static let evaluation = Table(
    "evaluation", attributes: ["alignment_reference"],
    [
      .coordinate("rule", .str, "rule"),
      .coordinate("task", .str, "task family"),
      .coordinate("shot", .i4, "training examples per class"),
      .coordinate("seed", .i8, "test episode"),
      .coordinate("step", .i8, "training examples seen"),
      .coordinate("axis", .str, "axis that tasks differ in", optional: true),
      .coordinate("layer", .str, "layer"),
      Column("accuracy", run + ["step"], .f4, "query accuracy"),
      Column("loss", run + ["step"], .f4, "query cross-entropy"),
      Column("online_accuracy", run + ["step"], .f4, "accuracy while learning", optional: true),
      Column("alignment_angle", run + ["step", "layer"], .f4, "angle to the gradient", units: "degree"),
      Column("firing_rate", run + ["step", "layer"], .f4, "firing rate", units: "Hz", optional: true),
      Column("weight_norm", run + ["step", "layer"], .f4, "Frobenius norm of the weights"),
      Column("orthonormality", run + ["step", "layer"], .f4, "distance from orthonormal weights", optional: true),
      Column(
        "sample_angle", run + ["step", "layer"], .f4, "mean over queries of the angle to the gradient",
        units: "degree", optional: true),
      Column(
        "feedback_angle", run + ["step", "layer"], .f4, "angle between weights and feedback", units: "degree",
        optional: true),
      Column("silent_share", run + ["step", "layer"], .f4, "share of silent neurons", optional: true),
      Column("saturated_share", run + ["step", "layer"], .f4, "share of saturated neurons", optional: true),
      Column("run_status", run, .i1, "how the run ended", meaning: .status),
      Column("run_time", run, .f4, "time of the run", units: "s"),
      Column("n_outputs", ["task"], .i4, "number of outputs"),
      Column("chance_level", ["task"], .f4, "accuracy of guessing"),
      Column("data", ["task"], .str, "data set", optional: true),
      Column("ways", ["task"], .i4, "classes per episode", optional: true),
      Column("queries", ["task"], .i4, "queries per class", optional: true),
      Column("neuron", ["task"], .str, "neuron", optional: true),
      Column("hidden", ["task"], .str, "neurons of each hidden group", optional: true),
      Column("credit", ["task"], .str, "credit pathway, unless the rule names its own", optional: true),
      Column("axis_value", ["task", "axis"], .str, "where the task lies on the axis", optional: true),
      Column("run_seed", ["seed"], .i8, "seed of the run", optional: true),
      Column("episode", ["seed"], .i8, "number of the episode", optional: true),
      Column("reason", cell, .str, "why the rule was not scored; empty where it was", optional: true),
    ])

  static let findings = Table(
    "findings", attributes: ["ci_method", "baseline"],
    [
      .coordinate("rule", .str, "rule"),
      .coordinate("task", .str, "task family"),
      .coordinate("shot", .i4, "training examples per class"),
      .coordinate("term", .str, "term of an equation", optional: true),
      .coordinate("source", .str, "record that the findings are from", optional: true),
      Column("n_seeds", cell, .i4, "number of test episodes"),
      Column("rank", ["rule"], .i4, "rank of the mean accuracy, best first, from 1"),
      Column("summary", [], .str, "what was found, Markdown", optional: true),
      Column("source_uuid", ["source"], .str, "uuid of the record", optional: true),
      Column("source_kind", ["source"], .str, "kind of the record", optional: true),
      Column("source_sha256", ["source"], .str, "SHA-256 of the record", optional: true),
      Column("rule_source", ["rule"], .str, "records that scored the rule", optional: true),
    ] + Findings.Measure.allCases.map { Column($0.rawValue, cell, .f8, $0.longName) }
      + TermImportance.columns.map { Column($0.name, ["rule", "term"], .f8, $0.longName, optional: true) })

  static let training = Table(
    "training", attributes: ["data", "baseline"],
    [
      .coordinate("system", .str, "learning system, by the page's name"),
      .coordinate("seed", .i8, "seed of the run"),
      .coordinate("epoch", .i8, "epoch, from 1"),
      .coordinate("sample", .i8, "sample held out, in the order of the run"),
      .coordinate("layer", .i8, "hidden layer, from 1 at the input"),
      Column("train_loss", epoch, .f8, "mean loss of the epoch's batches"),
      Column("train_accuracy", epoch, .f8, "accuracy on the epoch's batches"),
      Column("test_loss", epoch, .f8, "mean loss of the samples held out"),
      Column("test_accuracy", epoch, .f8, "accuracy on the samples held out"),
      Column("epoch_status", epoch, .i1, "how the network was after the epoch", meaning: .status),
      Column("wall_time", epoch, .f8, "time of the epoch", units: "s"),
      Column("hidden_rate", epoch + ["layer"], .f8, "spikes per neuron and step, or mean activity of rate neurons"),
      Column("run_status", ["system", "seed"], .i1, "how the run ended", meaning: .status),
      Column("epochs_done", ["system", "seed"], .i8, "epochs that are done"),
      Column(
        "answer", ["system", "seed", "sample"], .i4, "answer after the last epoch",
        comment: "-1 where no score was a number, -2 where there is no answer yet"),
      Column("label", ["seed", "sample"], .i4, "class of the sample"),
      Column("source", ["seed", "sample"], .i8, "identity of the sample within its data set"),
      Column("epochs_planned", ["system"], .i8, "epochs planned"),
      Column("batch", ["system"], .i8, "samples of a batch"),
      Column("credit", ["system"], .str, "learning system"),
      Column("rule", ["system"], .str, "rule of the synapses"),
      Column("neuron", ["system"], .str, "hidden neurons"),
      Column("hidden", ["system"], .str, "hidden layers"),
      Column("optimizer", ["system"], .str, "optimiser of the weights"),
      Column("parameters", ["system"], .i8, "number of weights and biases"),
    ])

  private static let epoch = ["system", "seed", "epoch"]
  private static let run = ["rule", "task", "shot", "seed"]
  private static let cell = ["rule", "task", "shot"]

  /// The tables a record may hold, in the order of the schema.
  static let tables = [provenance, discovery, archive, rules, evaluation, training, findings]
}
