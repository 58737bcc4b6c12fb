/// The changes of one sample as an `AheadProgram` keeps them: post vectors and scalar factors of every learning step.
///
/// The change of group `g` at learning step `k` is `a_gk ⊗ p_gk` with a post vector `a` and
///
///     p_gk = Σ_x traceFactor[x][g][k] · x_k + errorFactor[g][k] · ψ ∘ Bᵀe_k + Σ_b backFactor[b][g][k] · W_kᵀ z_bk
final class SampleChanges<Scalar: KernelScalar> {
  /// What a summand of a pre factor is made of.
  enum Source: Hashable {
    /// A trace of the input's spikes.
    case trace(AheadTerms.Trace)
    /// The input's error, formed from the post vectors of a series.
    case error(series: Int)
    /// `Wᵀz` of the post vectors `z` of a series.
    case back(series: Int)
  }

  /// One array of numbers, one per learning step, for each source and group that have any.
  struct Factors {
    fileprivate(set) var arrays: [(source: Source, group: Int, numbers: UnsafeMutablePointer<Scalar>)] = []

    /// The array of a source and group, made when it is asked for first.
    mutating func array(
      for source: Source, group: Int, make: () -> UnsafeMutablePointer<Scalar>
    ) -> UnsafeMutablePointer<Scalar> {
      if let known = arrays.first(where: { $0.source == source && $0.group == group }) { return known.numbers }
      arrays.append((source, group, make()))
      return arrays[arrays.count - 1].numbers
    }
  }

  let takesEffect: Bool
  let groups: Int
  /// Post vectors, `[learning step][series][columns]`; the groups' post factors come first.
  let series: UnsafeMutablePointer<Scalar>
  let seriesCount: Int
  let traces: [AheadTerms.Trace]
  /// Series of the error, nil when no term reads the input's error.
  let errorSeries: Int?
  /// Series of the distinct arguments of `back`.
  let backSeries: [Int]
  /// Numbers per learning step, or nil: [trace][group], [group], [back][group].
  let traceFactors: UnsafeMutablePointer<UnsafePointer<Scalar>?>
  let errorFactors: UnsafeMutablePointer<UnsafePointer<Scalar>?>
  let backFactors: UnsafeMutablePointer<UnsafePointer<Scalar>?>
  /// `history[b][k · historyStride + i · groups + g]`: dot product of group `g`'s post factor at learning step `i` with
  /// the `b`-th argument of `back` at step `k > i`.
  let history: UnsafeMutablePointer<UnsafePointer<Scalar>?>
  let historyStride: Int
  /// The input's spikes.
  let spikes: SampleSpikes<Scalar>
  /// The share by which all weights grow at each learning step, besides; nil when they never do.
  let growth: UnsafeMutablePointer<Scalar>?
  /// The steps at which weights moved.
  let steps: UnsafeMutablePointer<UInt32>
  /// How many those are.
  @exclusivity(unchecked) var count = 0

  init(
    groups: Int, series: Int, factors: Factors, grows: Bool, takesEffect: Bool, view: ProjectionView<Scalar>,
    in arena: Arena
  ) {
    self.groups = groups
    self.takesEffect = takesEffect
    seriesCount = series
    var traces: [AheadTerms.Trace] = []
    var backs: [Int] = []
    var error: Int?
    for entry in factors.arrays {
      switch entry.source {
      case .trace(let trace): if !traces.contains(trace) { traces.append(trace) }
      case .error(let series): error = series
      case .back(let series): if !backs.contains(series) { backs.append(series) }
      }
    }
    func table(_ sources: [Source]) -> UnsafeMutablePointer<UnsafePointer<Scalar>?> {
      let table = arena.allocate(max(1, sources.count * groups), pointersTo: Scalar.self)
      for (row, source) in sources.enumerated() {
        for entry in factors.arrays where entry.source == source {
          table[row * groups + entry.group] = UnsafePointer(entry.numbers)
        }
      }
      return table
    }
    self.traces = traces
    backSeries = backs
    errorSeries = error
    traceFactors = table(traces.map { .trace($0) })
    errorFactors = table(error.map { [.error(series: $0)] } ?? [])
    backFactors = table(backs.map { .back(series: $0) })
    self.series = arena.allocate(view.steps * series * view.columns, of: Scalar.self)
    spikes = SampleSpikes(
      preCount: view.preCount, steps: view.steps, ordersByFirst: takesEffect && error != nil, in: arena)
    steps = arena.allocate(view.steps, of: UInt32.self)
    growth = grows ? arena.allocate(view.steps, of: Scalar.self) : nil
    historyStride = Scalar.padded(view.steps * groups)
    history = arena.allocate(max(1, backs.count), pointersTo: Scalar.self)
    for b in backs.indices {
      history[b] = UnsafePointer(arena.allocate(view.steps * historyStride, of: Scalar.self))
    }
  }

  /// Whether `back` takes part in group `g`.
  func hasBack(_ g: Int) -> Bool { backSeries.indices.contains { backFactors[$0 * groups + g] != nil } }

  /// Whether only traces take part in group `g`.
  func hasOnlyTraces(_ g: Int) -> Bool { errorFactors[errorSeries == nil ? 0 : g] == nil && !hasBack(g) }
}
