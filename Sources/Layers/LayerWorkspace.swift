import Kernels

/// Room for products of matrices and for patches; belongs to one thread.
public final class LayerWorkspace<Scalar: KernelScalar> {
  /// Numbers that `patches` holds, unless one sample alone takes more.
  static var patchRoom: Int { 1 << 18 }

  /// Room of a product of matrices (`KernelScalar.product`).
  public let products: UnsafeMutablePointer<Scalar>
  let patches: UnsafeMutablePointer<Scalar>
  let patchCount: Int
  private let arena = Arena()

  /// Room for the connections of a network.
  public init(_ network: LayeredNetwork<Scalar>) {
    let most = network.connections.map { $0.isDense ? 0 : $0.postShape.places * $0.fanIn }.max() ?? 0
    patchCount = most == 0 ? 0 : max(most, Self.patchRoom)
    products = arena.allocate(Scalar.matrixRoom, of: Scalar.self)
    patches = arena.allocate(patchCount, of: Scalar.self)
  }
}
