// What is linear is taken apart: `back`, `ahead`, and the reductions over one side.
extension Simplifier {
  /// `back` (or `ahead`) of a sum: one for each term, with everything that is one number for the projection outside.
  func through(_ argument: Expression, from side: Owner, _ matrix: Quantity) -> [Monomial] {
    let inner = sum(argument)
    guard inner.allSatisfy({ $0.owner.spreads(to: side) }), Self.size(inner) <= NormalForm.sizeLimit else {
      return [opaque(Self.wrapped(canonical(inner), to: side == .post ? .pre : .post, matrix))]
    }
    return Monomial.collected(
      inner.map { monomial in
        let (scalars, vector) = split(monomial)
        return Monomial(monomial.number, scalars)
          * Monomial(1, [Self.passing(vector, to: side == .post ? .pre : .post, matrix)])
      })
  }

  func reduce(_ reduction: Reduction, _ arguments: [Expression]) -> [Monomial] {
    let side = arguments.reduce(Owner.scalar) { $0.joined(with: $1.owner(traces: traces)) }
    let sums = arguments.map(sum)
    let wanted = reduction == .dot ? 2 : 1
    let fits = sums.allSatisfy { Self.size($0) <= NormalForm.sizeLimit }
    guard side != .synapse, sums.count == wanted, fits else { return [opaque(.reduce(reduction, sums.map(canonical)))] }
    switch reduction {
    case .sum: return total(sums[0], over: side)
    case .dot: return total(multiply(sums[0], sums[1]), over: side)
    case .mean:
      guard let count = Self.count(of: side) else { return sums[0] }
      var divisor = count
      divisor.power = -1
      return multiply(total(sums[0], over: side), [Monomial(1, [divisor])])
    case .norm: return norm(sums[0])
    }
  }

  /// The sum over the neurons of one side; over nothing but a scalar, the scalar itself.
  private func total(_ sum: [Monomial], over side: Owner) -> [Monomial] {
    guard side != .scalar else { return sum }
    return Monomial.collected(
      sum.map { monomial in
        let (scalars, vector) = split(monomial)
        return Monomial(monomial.number, scalars) * Monomial(1, [Contraction.total(vector, over: side)])
      })
  }

  private func norm(_ sum: [Monomial]) -> [Monomial] {
    if sum.isEmpty { return [] }
    let lead = sum[0].number
    let whole = sum.count == 1 && lead.isFinite
    let inner = sum.map { Monomial(whole ? 1 : (lead < 0 ? -$0.number : $0.number), $0.atoms) }
    return [Monomial(whole ? lead.magnitude : 1) * opaque(.reduce(.norm, [canonical(inner)]))]
  }

  private func split(_ monomial: Monomial) -> (scalars: [Atom], vector: [Atom]) {
    (monomial.atoms.filter { $0.owner == .scalar }, monomial.atoms.filter { $0.owner != .scalar })
  }

  /// `back` or `ahead` of a product through `w` or `b`, arriving at `side`.
  static func passing(_ product: [Atom], to side: Owner, _ matrix: Quantity) -> Atom {
    let inner = Term.product(1, product.map(\.factor))
    return Atom(wrapped(inner, to: side, matrix), owner: side, inside: Atom.Inside(factors: product, matrix: matrix))
  }

  private static func wrapped(_ inner: Expression, to side: Owner, _ matrix: Quantity) -> Expression {
    switch (side == .pre, matrix == .weight) {
    case (true, true): .back(inner)
    case (false, true): .ahead(inner)
    case (true, false): .backB(inner)
    case (false, false): .aheadB(inner)
    }
  }

  /// `n_in` or `n_out`.
  static func count(of side: Owner) -> Atom? {
    switch side {
    case .pre: Atom(.quantity(.fanIn), owner: .scalar)
    case .post: Atom(.quantity(.fanOut), owner: .scalar)
    case .scalar, .synapse: nil
    }
  }

  /// The finished term; a sum divided by its count becomes a mean.
  func term(_ monomial: Monomial) -> Term {
    var atoms = monomial.atoms
    for side in [Owner.pre, .post] {
      guard let count = Self.count(of: side) else { continue }
      guard let divisor = atoms.firstIndex(where: { $0.base == count.base && $0.power < 0 }),
        let (place, mean) = atoms.indices.lazy.compactMap({ index in
          self.mean(atoms[index], over: side).map { (index, $0) }
        })
        .first
      else { continue }
      atoms.remove(at: place)
      let at = divisor > place ? divisor - 1 : divisor
      atoms[at].power += 1
      if atoms[at].power == 0 { atoms.remove(at: at) }
      atoms = Monomial.merged(atoms, [mean])
    }
    var term = Term(number: monomial.number)
    for atom in atoms {
      switch atom.owner {
      case .scalar: term.scalar.append(atom.factor)
      case .post: term.post.append(atom.factor)
      case .pre: term.pre.append(atom.factor)
      case .synapse where atom.base == .quantity(.weight): term.weightPower = atom.power
      case .synapse: term.synapse.append(atom.factor)
      }
    }
    return term
  }

  private func mean(_ atom: Atom, over side: Owner) -> Atom? {
    guard case .reduce(.sum, let arguments) = atom.base, atom.power == 1, arguments.count == 1,
      arguments[0].owner(traces: traces) == side
    else { return nil }
    return Atom(.reduce(.mean, arguments), owner: .scalar)
  }
}

/// A sum over neurons as a tree: each node is one side's index with its own factors, each edge one `w` or `b`.
///
/// `Σ_i u_i Σ_j w_ij q_j` can be begun at either end, `dot(u, ahead(q))` or `dot(q, back(u))`: the same tree with another
/// root. The canonical root is on the pre side if that is no deeper.
private struct Contraction {
  var side: Owner
  var local: [Atom]
  /// Other sides, each with the matrix that leads there.
  var children: [(matrix: Quantity, node: Contraction)] = []

  /// Largest number of nodes for which other roots are tried.
  static let largestTree = 16

  /// The canonical sum over `side` of a product of factors.
  static func total(_ product: [Atom], over side: Owner) -> Atom {
    var room = largestTree
    guard fits(product, &room) else { return reduction(product, over: side) }
    let tree = Contraction(product, side)
    guard tree.size > 1 else { return reduction(product, over: side) }
    var best: (key: (Int, Int, String), atom: Atom)?
    for root in tree.roots() {
      let atom = reduction(root.product, over: root.side)
      let key = (root.depth, root.ahead, atom.text)
      if best == nil || key < best!.key { best = (key, atom) }
    }
    return best?.atom ?? reduction(product, over: side)
  }

  /// Whether the tree of a product has no more nodes than there is room for.
  private static func fits(_ product: [Atom], _ room: inout Int) -> Bool {
    room -= 1
    for atom in product {
      guard let inside = atom.inside, atom.power >= 1, atom.power <= 4 else { continue }
      for _ in 0..<atom.power where !fits(inside.factors, &room) { return false }
    }
    return room >= 0
  }

  init(_ product: [Atom], _ side: Owner) {
    self.side = side
    local = []
    for atom in product {
      if let inside = atom.inside, atom.power >= 1, atom.power <= 4 {
        let child = Contraction(inside.factors, side == .pre ? .post : .pre)
        children += Array(repeating: (inside.matrix, child), count: atom.power)
      } else {
        local.append(atom)
      }
    }
  }

  var size: Int { children.reduce(1) { $0 + $1.node.size } }
  var depth: Int { 1 + (children.map(\.node.depth).max() ?? 0) }
  var ahead: Int { children.reduce(0) { $0 + $1.node.ahead + (side == .post ? 1 : 0) } }

  /// The node's factors, its children as `back` or `ahead`.
  var product: [Atom] {
    children.reduce(local) { Monomial.merged($0, [Simplifier.passing($1.node.product, to: side, $1.matrix)]) }
  }

  /// The same tree begun at each of its nodes.
  func roots() -> [Contraction] {
    var found: [Contraction] = []
    func visit(_ node: Contraction, parent: (matrix: Quantity, node: Contraction)?) {
      var whole = node
      if let parent { whole.children.append(parent) }
      found.append(whole)
      for index in node.children.indices {
        var rest = whole
        rest.children.remove(at: index)
        visit(node.children[index].node, parent: (node.children[index].matrix, rest))
      }
    }
    visit(self, parent: nil)
    return found
  }

  /// `sum(v)`, `dot(u, v)` of the first factor and the rest, or the count for no factor.
  private static func reduction(_ product: [Atom], over side: Owner) -> Atom {
    if product.isEmpty, let count = Simplifier.count(of: side) { return count }
    let first = product[0]
    if product.count > 1 {
      let rest = Term.product(1, product.dropFirst().map(\.factor))
      return Atom(.reduce(.dot, [Term.product(1, [first.factor]), rest]), owner: .scalar)
    }
    if first.power == 2 { return Atom(.reduce(.dot, [first.base, first.base]), owner: .scalar) }
    return Atom(.reduce(.sum, [Term.product(1, [first.factor])]), owner: .scalar)
  }
}
