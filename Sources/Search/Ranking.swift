import Arithmetic

/// The indices of `fitness` from best to worst: higher is better, equal values keep their order, and values that are
/// not finite come last.
public func ranking(_ fitness: [Double]) -> [Int] {
  fitness.indices.sorted { a, b in
    switch (fitness[a].isFinite, fitness[b].isFinite) {
    case (true, true): return fitness[a] != fitness[b] ? fitness[a] > fitness[b] : a < b
    case (true, false): return true
    case (false, true): return false
    case (false, false): return a < b
    }
  }
}

/// The distance between the quartiles of the finite values of `fitness`; nil when there are fewer than two.
func spread(_ fitness: [Double]) -> Double? {
  let finite = fitness.filter(\.isFinite)
  guard finite.count > 1 else { return nil }
  let width = Statistics.quantile(finite, 0.75) - Statistics.quantile(finite, 0.25)
  return width.isFinite ? width : nil
}
