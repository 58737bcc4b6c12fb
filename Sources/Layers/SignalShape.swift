/// The shape of what one layer sends to the next, channels last: number `(y · width + x) · channels + c` of a sample.
public struct SignalShape: Sendable, Hashable, Codable {
  /// Rows of the grid; 1 without one.
  public var height: Int
  /// Columns of the grid; 1 without one.
  public var width: Int
  /// Numbers at every place; all of them without a grid.
  public var channels: Int

  /// A grid of places with channels.
  public init(height: Int, width: Int, channels: Int) {
    (self.height, self.width, self.channels) = (height, width, channels)
  }

  /// Neurons without a place.
  public init(_ count: Int) { self.init(height: 1, width: 1, channels: count) }

  /// Places of the grid.
  public var places: Int { height * width }

  /// Numbers of a sample.
  public var count: Int { places * channels }
}

extension SignalShape: CustomStringConvertible {
  /// `28×28×1`, or `10`.
  public var description: String { places == 1 ? "\(channels)" : "\(height)×\(width)×\(channels)" }
}
