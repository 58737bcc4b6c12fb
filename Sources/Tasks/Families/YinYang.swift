import Arithmetic

extension TaskFamily {
  /// Points of the yin-yang sign: four inputs x, y, 1 − x, 1 − y and the classes yin, yang and dot.
  ///
  /// The sign fills the unit square's inscribed circle (radius 0.5); its two dots have radius 0.1. Points are uniform
  /// over the region of their class.
  /// - SeeAlso: Kriener, Göltz & Petrovici 2022, *The Yin-Yang dataset* (NICE 2022).
  public static func yinYang() -> TaskFamily {
    let pools = MadePools(classCount: 3, seed: 0x7969_6E2D_7961_6E67) { _, classIndex, stream, inputs in
      while true {
        let x = stream.nextDouble()
        let y = stream.nextDouble()
        guard yinYangClass(x, y) == classIndex else { continue }
        for (i, value) in [x, y, 1 - x, 1 - y].enumerated() { inputs[i] = Float(value) }
        return
      }
    }
    return TaskFamily(
      name: "yin-yang", about: "points of the yin-yang sign: yin, yang and dots, made in code", inputShape: [4],
      classCount: 3, files: [], partition: ownSamples, pools: pools)
  }
}

/// The class of a point: 0 yin, 1 yang, 2 dot, or nil outside the sign.
private func yinYangClass(_ x: Double, _ y: Double) -> Int? {
  let large = 0.5
  let small = 0.1
  func squaredDistance(_ cx: Double, _ cy: Double) -> Double { (x - cx) * (x - cx) + (y - cy) * (y - cy) }
  guard squaredDistance(large, large) <= large * large else { return nil }
  let right = squaredDistance(1.5 * large, large)
  let left = squaredDistance(0.5 * large, large)
  if right <= small * small || left <= small * small { return 2 }
  // Yin is the upper half, with the left lobe added and the right lobe taken away.
  let lobe = 0.25 * large * large
  if left <= lobe { return 0 }
  return y > large && right > lobe ? 0 : 1
}
