import Kernels
import Layers
import Rules

/// One equation of a rule on one connection: its terms over all rows of a batch, summed.
final class TermSum<Scalar: KernelScalar> {
  /// Whether the equation is a number times `e_post ⊗ y_pre`, of which a system may have a short form.
  let isDescent: Bool

  private struct Summed {
    let number: Scalar
    /// Coefficients and reductions; nil for 1.
    let scalar: BatchValue?
    let post: BatchValue?
    let pre: BatchValue?
    /// The pre factor of a bias.
    let biasPre: BatchValue?
    let weightPower: Int
    let timesFeedback: Bool

    /// Whether both are sums of post factors times the same pre factor, and nothing of the synapse.
    func joins(_ other: Summed) -> Bool {
      guard weightPower == 0, other.weightPower == 0, !timesFeedback, !other.timesFeedback else { return false }
      return pre != nil && pre?.number == other.pre?.number
    }
  }

  private let connection: Connection<Scalar>
  private let program: BatchProgram<Scalar>
  private var terms: [Summed] = []
  /// Terms one by one, those of the same pre factor together: their post factors are added before the product.
  private var groups: [[Summed]] = []
  private let names: [String]
  /// Products of one term, where the weights multiply them.
  private var products: UnsafeMutablePointer<Scalar>?
  private let arena = Arena()

  init(_ equation: Expression, _ rule: Rule, _ l: Int, _ network: LayeredNetwork<Scalar>) {
    connection = network.connections[l]
    let form = NormalForm(of: equation, traces: rule.traceOwners)
    program = BatchProgram(rule, connection, isFirst: l == 0)
    names = rule.coefficients.map(\.name)
    isDescent = form.terms.count == 1 && form.terms.allSatisfy(\.isDescent)
    for term in form.terms {
      func product(_ factors: [Factor], _ bias: Bool = false) -> BatchValue? {
        factors.map { program.value($0.raised, ofBias: bias) }.reduce(nil) { program.product($0, $1) }
      }
      let hasBias = connection.bias != nil
      terms.append(
        Summed(
          number: Scalar(term.number), scalar: product(term.scalar), post: product(term.post), pre: product(term.pre),
          biasPre: hasBias ? product(term.pre, true) : nil, weightPower: term.weightPower,
          timesFeedback: !term.synapse.isEmpty))
    }
    for term in terms {
      if let place = groups.firstIndex(where: { $0[0].joins(term) }) {
        groups[place].append(term)
      } else {
        groups.append([term])
      }
    }
    if terms.contains(where: { $0.weightPower != 0 || $0.timesFeedback }) {
      products = arena.allocate(connection.weightCount + connection.kinds, of: Scalar.self)
    }
  }

  func bind(_ values: [String: Double]) { for name in names { program.bind(name, Scalar(values[name]!)) } }

  /// The number of the first sample of the batch at hand, which rules may read.
  var firstSample: Int {
    get { program.firstSample }
    set { program.firstSample = newValue }
  }

  /// Writes the sum over all rows.
  func write(
    _ signals: SynapseSignals<Scalar>, feedback: UnsafePointer<Scalar>?, to change: UnsafeMutablePointer<Scalar>,
    bias: UnsafeMutablePointer<Scalar>?, _ workspace: LayerWorkspace<Scalar>
  ) {
    let count = connection.weightCount
    Scalar.fill(count, change, with: 0)
    bias?.update(repeating: 0, count: connection.kinds)
    if isDescent {
      connection.addProducts(
        pre: signals.preActivity, post: signals.postError, rows: signals.rows, to: change, bias: bias, workspace)
      let factor = terms[0].number * (terms[0].scalar.map { program.scalar($0) } ?? 1)
      Scalar.multiply(count, change, by: factor)
      if let bias { for k in 0..<connection.kinds { bias[k] *= factor } }
      return
    }
    program.run(signals, feedback: feedback, workspace)
    for group in groups { add(group, rows: signals.rows, feedback: feedback, to: change, bias: bias, workspace) }
  }

  private func add(
    _ group: [Summed], rows: Int, feedback: UnsafePointer<Scalar>?, to change: UnsafeMutablePointer<Scalar>,
    bias: UnsafeMutablePointer<Scalar>?, _ workspace: LayerWorkspace<Scalar>
  ) {
    let term = group[0]
    let count = connection.weightCount
    let onSynapses = term.weightPower != 0 || term.timesFeedback
    let target = onSynapses ? products! : change
    let biasTarget = onSynapses ? bias.map { _ in products! + count } : bias
    if onSynapses { Scalar.fill(count + connection.kinds, target, with: 0) }
    if term.post == nil, term.pre == nil {
      let total = term.number * program.total(term.scalar, rows: rows)
      for k in 0..<count { target[k] += total }
      if let biasTarget { for k in 0..<connection.kinds { biasTarget[k] += total } }
    } else {
      for (place, term) in group.enumerated() {
        program.addPost(term.number, term.scalar, term.post, rows: rows, isFirst: place == 0)
      }
      let post = program.postRows
      connection.addProducts(
        pre: program.rowsOfPre(term.pre, rows: rows), post: post, rows: rows, to: target, workspace)
      if let biasTarget { program.addBias(term.biasPre, post, rows: rows, to: biasTarget) }
    }
    guard onSynapses else { return }
    let weights = UnsafePointer(connection.weights)
    for _ in 0..<max(0, term.weightPower) { Scalar.multiply(count, target, by: weights) }
    for _ in 0..<max(0, -term.weightPower) { for k in 0..<count { target[k] /= weights[k] } }
    if term.timesFeedback, let feedback { Scalar.multiply(count, target, by: feedback) }
    for k in 0..<count { change[k] += target[k] }
    guard let bias, let biasTarget, let own = connection.bias else { return }
    for k in 0..<connection.kinds {
      var value = biasTarget[k]
      for _ in 0..<max(0, term.weightPower) { value *= own[k] }
      for _ in 0..<max(0, -term.weightPower) { value /= own[k] }
      bias[k] += term.timesFeedback ? 0 : value
    }
  }
}

extension Term {
  /// A number, perhaps with coefficients, times `e_post ⊗ y_pre`.
  fileprivate var isDescent: Bool {
    post == [Factor(.quantity(.ePost))] && pre == [Factor(.quantity(.yPre))] && weightPower == 0 && synapse.isEmpty
      && scalar.allSatisfy { if case .coefficient = $0.base { true } else { false } }
  }
}
