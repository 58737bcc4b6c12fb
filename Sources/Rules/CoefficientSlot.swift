/// One number of a rule's flat coefficient vector: a network-wide coefficient, or one layer's value of a per-layer one.
public struct CoefficientSlot: Sendable, Hashable {
  /// The coefficient's name.
  public var name: String
  /// The layer it belongs to, counted from 1 at the input; nil when it belongs to the whole network.
  public var layer: Int?
  /// Value that search begins with.
  public var start: Double
  /// Values allowed.
  public var range: ClosedRange<Double>
  /// Axis and first step of search.
  public var scale: Coefficient.Scale

  /// Makes a slot.
  public init(name: String, layer: Int?, start: Double, range: ClosedRange<Double>, scale: Coefficient.Scale) {
    self.name = name
    self.layer = layer
    self.start = start
    self.range = range
    self.scale = scale
  }

  /// `eta`, or `eta[2]` for one layer's value.
  public var label: String { layer.map { "\(name)[\($0)]" } ?? name }
}

extension Rule {
  /// The layout of the flat coefficient vector: in the order of the page, one slot for a network-wide coefficient and
  /// `layerCount` slots, from the input up, for a per-layer one.
  public func coefficientSlots(layerCount: Int) -> [CoefficientSlot] {
    coefficients.flatMap { coefficient in
      let layers: [Int?] = coefficient.perLayer ? (0..<layerCount).map { $0 + 1 } : [nil]
      return layers.map { layer in
        CoefficientSlot(
          name: coefficient.name, layer: layer, start: coefficient.start, range: coefficient.range,
          scale: coefficient.scale)
      }
    }
  }

  /// The flat coefficient vector that the page gives, laid out as `coefficientSlots(layerCount:)`.
  public func startCoefficients(layerCount: Int) -> [Double] {
    coefficientSlots(layerCount: layerCount).map(\.start)
  }

  /// The coefficients as one layer sees them, by name.
  /// - Parameters:
  ///   - coefficients: flat vector, laid out as `coefficientSlots(layerCount:)`.
  ///   - layer: projection counted from 1 at the input.
  ///   - layerCount: number of projections.
  public func coefficientValues(_ coefficients: [Double], layer: Int, layerCount: Int) -> [String: Double] {
    let slots = coefficientSlots(layerCount: layerCount)
    precondition(
      slots.count == coefficients.count,
      "rule \(name) has \(slots.count) coefficient values for \(layerCount) layers, not \(coefficients.count)")
    var values: [String: Double] = [:]
    for (slot, value) in zip(slots, coefficients) where slot.layer == nil || slot.layer == layer {
      values[slot.name] = value
    }
    return values
  }
}
