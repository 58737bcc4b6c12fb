extension Expression {
  /// Operators plus operands of the tree as it stands. A sign is free: it belongs to a constant.
  public var size: Int {
    if case .negate(let x) = self { return x.size }
    return children.reduce(1) { $0 + $1.size }
  }
}

extension NormalForm {
  /// Operators plus operands after simplification: `2*y_post*y_pre - w` has 4 operands and 3 operators, 7 in all.
  public var complexity: Int { expression.size }
}

extension Rule {
  /// Operators plus operands after simplification, over `dw`, layers' own `dw`, `db`, and the definitions of the
  /// traces and the eligibility that these read.
  public var complexity: Int { Meaning(of: self).complexity }

  /// The same with coefficients replaced by their values, so that a coefficient of 0 takes its term away.
  ///
  /// With per-layer coefficients, that of the most complex layer.
  /// - Parameter coefficients: flat vector, laid out as `coefficientSlots(layerCount:)`.
  public func complexity(coefficients: [Double], layerCount: Int) -> Int {
    bound(to: coefficients, layerCount: layerCount).map(\.complexity).max() ?? 0
  }

  /// What every layer's rule means once the coefficients have values.
  func bound(to coefficients: [Double], layerCount: Int) -> [Meaning] {
    (1...Swift.max(1, layerCount)).map { layer in
      let values = coefficientValues(coefficients, layer: layer, layerCount: layerCount)
      return Meaning(of: self, dw: dw(layer: layer, layerCount: layerCount), values: values)
    }
  }
}
