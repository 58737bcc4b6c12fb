import Foundation
import Kernels

/// Held while a test has chosen the vector path of the process.
private let choice = NSLock()

/// Does `body` with every kernel on `path`, alone among the tests that choose a path; then takes the old path again.
public func onVectorPath<Value>(_ path: VectorPath, _ body: () throws -> Value) rethrows -> Value {
  choice.lock()
  let before = VectorPath.current
  VectorPath.choose(path)
  defer {
    VectorPath.choose(before)
    choice.unlock()
  }
  return try body()
}
