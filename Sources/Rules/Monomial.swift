/// A factor while it is being simplified, with what comparing and sorting it takes.
struct Atom {
  var base: Expression
  var owner: Owner
  var power = 1
  /// A product behind a matrix.
  struct Inside {
    var factors: [Atom]
    /// `w` or `b`.
    var matrix: Quantity
  }

  /// For `back` and `ahead` of a product through either matrix: the product's factors.
  var inside: Inside?
  let text: String
  /// Where the factor stands in a term: scalars, post, pre, `w`, the rest.
  let rank: Int

  init(_ base: Expression, owner: Owner, inside: Inside? = nil) {
    self.base = base
    self.owner = owner
    self.inside = inside
    text = Printer.text(base)
    rank =
      switch owner {
      case .scalar: 0
      case .post: 1
      case .pre: 2
      case .synapse: base == .quantity(.weight) ? 3 : 4
      }
  }

  var factor: Factor { Factor(base, power: power) }

  static func precedes(_ x: Atom, _ y: Atom) -> Bool { (x.rank, x.text) < (y.rank, y.text) }
}

/// A number times factors: one term while it is being simplified.
struct Monomial {
  var number: Double
  /// In canonical order, no base twice, no power 0.
  var atoms: [Atom]

  init(_ number: Double, _ atoms: [Atom] = []) {
    self.number = number
    self.atoms = atoms
  }

  /// What must agree for two monomials to be added; also their order.
  var key: String { Printer.text(Term.product(1, atoms.map(\.factor))) }

  /// About as many characters as the monomial takes to write.
  var size: Int { atoms.reduce(1) { $0 + $1.text.utf8.count + 1 } }

  var owner: Owner { atoms.reduce(.scalar) { $0.joined(with: $1.owner) } }

  static func * (x: Monomial, y: Monomial) -> Monomial {
    Monomial(x.number * y.number, merged(x.atoms, y.atoms))
  }

  /// Both lists in one, powers of equal bases added.
  static func merged(_ x: [Atom], _ y: [Atom]) -> [Atom] {
    var result: [Atom] = []
    result.reserveCapacity(x.count + y.count)
    var (i, j) = (0, 0)
    while i < x.count || j < y.count {
      if j == y.count || (i < x.count && Atom.precedes(x[i], y[j])) {
        result.append(x[i])
        i += 1
      } else if i == x.count || Atom.precedes(y[j], x[i]) {
        result.append(y[j])
        j += 1
      } else {
        var both = x[i]
        both.power += y[j].power
        if both.power != 0 { result.append(both) }
        i += 1
        j += 1
      }
    }
    return result
  }

  /// Equal products added, zeros dropped, in order of their text.
  static func collected(_ monomials: [Monomial]) -> [Monomial] {
    if monomials.count == 1 { return monomials[0].number == 0 ? [] : monomials }
    var place: [String: Int] = [:]
    var sums: [(key: String, monomial: Monomial)] = []
    for monomial in monomials {
      let key = monomial.key
      if let index = place[key] {
        sums[index].monomial.number += monomial.number
      } else {
        place[key] = sums.count
        sums.append((key, monomial))
      }
    }
    return sums.filter { $0.monomial.number != 0 }.sorted { $0.key < $1.key }.map(\.monomial)
  }
}
