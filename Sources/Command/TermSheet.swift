import Experiments
import Pages

/// What terms are worth, in words and as JSON.
enum TermSheet {
  /// A table for each rule with more than one term.
  static func lines(_ terms: TermAblation) -> [String] {
    terms.rows.flatMap { row -> [String] in
      let names = row.ablations.map(\.summand.description)
      let cells = row.ablations.map { ablation in
        [
          TableText.signed(ablation.difference.mean), TableText.interval(ablation.difference.interval),
          TableText.chance(ablation.adjustedP),
        ]
      }
      let heads = ["lost without", "95 % interval", "Holm p"]
      let widths = heads.indices.map { column in ([heads[column]] + cells.map { $0[column] }).map(\.count).max() ?? 0 }
      let longest = names.map(\.count).max() ?? 0
      let table = zip([""] + names, [heads] + cells).map { name, cells in
        ([name.padding(to: longest)] + zip(cells, widths).map { $0.leading(to: $1) }).joined(separator: "  ")
      }
      return ["", "accuracy that \(row.name) loses without a term, nothing tuned again:"] + table
    }
  }

  /// One object for each term of each rule.
  static func json(_ terms: TermAblation) -> JSON {
    .list(
      terms.rows.flatMap { row in
        row.ablations.map { ablation in
          .object([
            .init("rule", .text(row.name)), .init("term", .text(ablation.summand.description)),
            .init("importance", .number(ablation.difference.mean)),
            .init("interval", .list(ablation.difference.interval)), .init("p_holm", .number(ablation.adjustedP)),
          ])
        }
      })
  }
}
