import CKernels

/// The instructions that the vector kernels are made of.
///
/// The program holds every kernel once per path. The widest path of the machine is chosen when the program is loaded, or
/// the one that the environment variable `METAPLAST_VECTORS` names. Results have the same bits on all paths that multiply
/// and add in one rounding: avx512, avx2, and plain on ARM. On x86-64 the plain path rounds twice; a kernel's result then
/// differs in the last places.
public enum VectorPath: String, Sendable, CaseIterable, CustomStringConvertible {
  /// Vectors of 64 bytes: x86-64-v4.
  case avx512
  /// Vectors of 32 bytes: x86-64-v3.
  case avx2
  /// What every machine of the architecture has: 16 bytes on x86-64 and ARM.
  case plain

  /// The environment variable that forces a path.
  public static let environmentVariable = "METAPLAST_VECTORS"

  /// The name that `METAPLAST_VECTORS` takes.
  public var description: String { rawValue }

  private var number: Int32 {
    switch self {
    case .avx512: Int32(MP_VECTORS_AVX512)
    case .avx2: Int32(MP_VECTORS_AVX2)
    case .plain: Int32(MP_VECTORS_PLAIN)
    }
  }

  /// Whether this machine and this build have the path.
  public var isAvailable: Bool { mp_vectors_available(number) != 0 }

  /// The paths that this machine has, the widest first.
  public static var available: [VectorPath] { allCases.filter(\.isAvailable) }

  /// Whether the path multiplies and adds in one rounding.
  public var fuses: Bool { mp_vectors_fuse(number) != 0 }

  /// The paths of this machine whose results have the bits of the current one, which is among them.
  public static var interchangeable: [VectorPath] {
    let fuses = current.fuses
    return available.filter { $0.fuses == fuses }
  }

  /// The path that kernels take now.
  public static var current: VectorPath {
    let chosen = mp_vectors_chosen()
    return allCases.first { $0.number == chosen }!
  }

  /// Makes all kernels of all threads take `path`, which must be available.
  public static func choose(_ path: VectorPath) {
    precondition(
      mp_vectors_choose(path.number) == 0,
      "this machine has no vector path \(path), only \(available.map(\.rawValue).joined(separator: ", "))")
  }
}
