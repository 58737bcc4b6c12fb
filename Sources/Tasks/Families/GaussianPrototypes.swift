import Arithmetic

extension TaskFamily {
  /// Noisy copies of random prototypes: the plainest few-shot problem there is.
  ///
  /// The prototype of a class is `p = 0.5 + 0.15·z` and a sample `p + noise·z'`, each input kept in `0 ... 1`, with z
  /// and z' standard normal. Nearest class mean is close to the best that can be done.
  /// - Parameters:
  ///   - units: inputs per sample, in `1 ... 65536`.
  ///   - noise: standard deviation of a sample around its prototype.
  ///   - classes: classes in each pool.
  public static func gaussianPrototypes(units: Int = 64, noise: Double = 0.3, classes: Int = 100) -> TaskFamily {
    let seed: UInt64 = 0x6761_7573_7369_616E
    let prototypes = MadePools.perClass(seed: seed, classCount: classes) { stream in
      (0..<units).map { _ in 0.5 + 0.15 * stream.nextNormal() }
    }
    let pools = MadePools(classCount: classes, seed: seed) { split, classIndex, stream, inputs in
      for (i, centre) in prototypes[Int(split.rawValue)][classIndex].enumerated() {
        inputs[i] = Float(min(1, max(0, centre + noise * stream.nextNormal())))
      }
    }
    return TaskFamily(
      name: "gaussian-prototypes", about: "noisy copies of random prototypes, made in code", inputShape: [units],
      classCount: classes, files: [], partition: ownClasses, pools: pools)
  }
}
