import Foundation
import Kernels
import Pages

extension NetworkCost {
  /// `12.3 M`, `4.5 k`, `17` for people.
  public static func text(_ count: Double) -> String {
    switch abs(count) {
    case 1e9...: String(format: "%.1f G", count / 1e9)
    case 1e6...: String(format: "%.1f M", count / 1e6)
    case 1e3...: String(format: "%.1f k", count / 1e3)
    default: String(format: "%.0f", count)
    }
  }

  /// `L1`, `L2`, … `memory` of a machine.
  public static func levels(of peaks: MachinePeaks) -> [String] {
    peaks.caches.indices.map { "L\($0 + 1)" } + ["memory"]
  }

  /// Work as JSON: multiply-adds, bytes by level, kernels called.
  public func json(_ phases: Phases, peaks: MachinePeaks = .reference, in other: Footprint? = nil) -> JSON {
    let work = phases.total
    let bytes = zip(Self.levels(of: peaks), peaks.bytes(of: work, in: other ?? footprint)).map {
      JSON.Member($0.lowercased(), .number($1))
    }
    return .object([
      .init("multiply_adds", .number(work.multiplyAdds)), .init("bytes", .object(bytes)),
      .init("calls", .number(work.calls)),
    ])
  }
}
