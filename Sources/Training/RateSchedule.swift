import RealModule

/// How the learning rate changes while a network learns.
public struct RateSchedule: Sendable, Hashable, Codable {
  /// The shape of the change.
  public enum Shape: Sendable, Hashable, Codable {
    /// Always the same.
    case constant
    /// Times `factor` after every `every` epochs.
    case step(every: Int, factor: Double)
    /// Along half a cosine to `to` times the rate, which it would reach after the last epoch.
    case cosine(to: Double)
  }

  /// The shape of the change.
  public var shape: Shape
  /// Epochs at the beginning in which the rate rises in equal parts, batch by batch.
  public var warmUp: Int

  /// Makes a schedule.
  public init(_ shape: Shape = .constant, warmUp: Int = 0) { (self.shape, self.warmUp) = (shape, warmUp) }

  /// What the rate is multiplied by in a batch.
  /// - Parameters:
  ///   - epoch: its number, from 0, of `epochs`.
  ///   - batch: the batch's number in the epoch, from 0, of `batches`.
  public func factor(epoch: Int, of epochs: Int, batch: Int, of batches: Int) -> Double {
    let shaped: Double
    switch shape {
    case .constant: shaped = 1
    case .step(let every, let factor): shaped = Double.pow(factor, epoch / every)
    case .cosine(let end): shaped = end + (1 - end) * (1 + Double.cos(.pi * Double(epoch) / Double(epochs))) / 2
    }
    guard epoch < warmUp else { return shaped }
    return shaped * Double(epoch * batches + batch + 1) / Double(warmUp * batches)
  }
}
