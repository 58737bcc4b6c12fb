import Arithmetic

extension TaskFamily {
  /// Signals of 40 points that hide a random template: shifted, stretched, scaled and noisy, in the manner of MNIST-1D.
  ///
  /// A class is a template of 12 heights. A sample stretches it to 14 … 20 points, scales it by 0.75 … 1.25, puts it at a
  /// random place and adds smooth and white noise; values from −2 to 2 become intensities.
  /// - SeeAlso: Greydanus & Kobak 2024, *Scaling down deep learning with MNIST-1D* (ICML 2024).
  /// - Parameter classes: classes in each pool.
  public static func templates(classes: Int = 50) -> TaskFamily {
    let seed: UInt64 = 0x7465_6D70_6C61_7465
    let length = 40
    let knots = 12
    let templates = MadePools.perClass(seed: seed, classCount: classes) { stream in
      (0..<knots).map { _ in stream.uniform(in: -1.5...1.5) }
    }
    let pools = MadePools(classCount: classes, seed: seed) { split, classIndex, stream, inputs in
      let template = templates[Int(split.rawValue)][classIndex]
      let width = 14 + stream.below(7)
      let start = stream.below(length - width + 1)
      let scale = stream.uniform(in: 0.75...1.25)
      var drift = 0.0
      for i in 0..<length {
        drift = 0.9 * drift + 0.08 * stream.nextNormal()
        var height = drift + 0.02 * stream.nextNormal()
        if i >= start, i < start + width {
          let place = Double(i - start) * Double(knots - 1) / Double(width - 1)
          let left = min(knots - 2, Int(place))
          let part = place - Double(left)
          height += scale * (template[left] * (1 - part) + template[left + 1] * part)
        }
        inputs[i] = Float(min(1, max(0, (height + 2) / 4)))
      }
    }
    return TaskFamily(
      name: "templates-1d", about: "shifted, stretched and noisy random templates, made in code", inputShape: [length],
      classCount: classes, files: [], partition: ownClasses, pools: pools)
  }
}
