/// Every optimiser there is. A new one is listed here; the contract tests do the rest.
public let optimiserCatalogue: [any Optimiser.Type] = [
  CMAES.self,
  RandomSearch.self,
  GridSearch.self,
  MetaGradient.self,
]

/// The optimiser of this name.
/// - Throws: ``SearchError/unknownOptimiser(_:known:)``.
public func optimiser(named name: String) throws(SearchError) -> any Optimiser.Type {
  guard let found = optimiserCatalogue.first(where: { $0.name == name }) else {
    throw .unknownOptimiser(name, known: optimiserCatalogue.map { $0.name })
  }
  return found
}
