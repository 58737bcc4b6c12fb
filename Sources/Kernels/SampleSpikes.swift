/// The input spikes of one sample in the orders that an `AheadProgram` reads them in.
final class SampleSpikes<Scalar: KernelScalar> {
  /// Steps of a sample.
  let steps: Int
  /// `steps` padded to 64 bytes.
  let stepColumns: Int
  /// Spikes pre-major: `raster[pre · stepColumns + t]` is 0 or 1.
  let raster: UnsafeMutablePointer<Scalar>
  /// Bit `t` of `bits[pre]` is set when the input spikes at step `t`.
  let bits: UnsafeMutablePointer<UInt64>
  /// The inputs that spike at step `t`, ascending: `list[offsets[t] ..< offsets[t + 1]]`.
  let list: UnsafeMutablePointer<UInt32>
  let offsets: UnsafeMutablePointer<Int>
  /// Inputs with a spike, ascending, then those without.
  let active: UnsafeMutablePointer<UInt32>
  /// Inputs with a spike, ordered by their first, then those without.
  let order: UnsafeMutablePointer<UInt32>
  /// Inputs that spike first at step `t` are `order[starts[t] ..< starts[t + 1]]`.
  let starts: UnsafeMutablePointer<Int>
  private let preCount: Int
  private let fill: UnsafeMutablePointer<Int>

  /// Inputs with a spike.
  var activeCount: Int { starts[steps] }

  init(preCount: Int, steps: Int, in arena: Arena) {
    self.preCount = preCount
    self.steps = steps
    stepColumns = Scalar.padded(steps)
    raster = arena.allocate(preCount * stepColumns, of: Scalar.self)
    bits = arena.allocate(preCount, of: UInt64.self)
    list = arena.allocate(preCount * steps, of: UInt32.self)
    offsets = arena.allocate(steps + 1, of: Int.self)
    active = arena.allocate(preCount, of: UInt32.self)
    order = arena.allocate(preCount, of: UInt32.self)
    starts = arena.allocate(steps + 2, of: Int.self)
    fill = arena.allocate(65, of: Int.self)
  }

  /// Takes in a sample.
  func read(_ input: InputSpikes) {
    precondition(input.steps == steps, "\(input.steps) steps of input spikes for \(steps)")
    for k in 0..<activeCount {
      Scalar.fill(stepColumns, raster + Int(order[k]) * stepColumns, with: 0)
      bits[Int(order[k])] = 0
    }
    let origin = Int(input.offsets[0])
    for t in 0..<steps {
      let mask = UInt64(1) << UInt64(t)
      let first = Int(input.offsets[t]) - origin
      let end = Int(input.offsets[t + 1]) - origin
      precondition(end - first <= preCount, "\(end - first) spikes of \(preCount) inputs")
      offsets[t + 1] = end
      for k in first..<end {
        let j = Int(input.indices[origin + k])
        list[k] = UInt32(j)
        bits[j] |= mask
        raster[j * stepColumns + t] = 1
      }
    }
    // Ordered by counting; the first spike of a silent input comes after the last step.
    for t in 0...64 { fill[t] = 0 }
    for j in 0..<preCount { fill[bits[j].trailingZeroBitCount] += 1 }
    var position = 0
    for t in 0...64 {
      let count = fill[t]
      if t < steps { starts[t] = position }
      fill[t] = position
      position += count
    }
    starts[steps] = fill[64]
    starts[steps + 1] = preCount
    var spiking = 0
    var silent = starts[steps]
    for j in 0..<preCount {
      let t = bits[j].trailingZeroBitCount
      order[fill[t]] = UInt32(j)
      fill[t] += 1
      // Written always, kept at one of two ends: no branch to guess wrong.
      active[t < 64 ? spiking : silent] = UInt32(j)
      spiking += t < 64 ? 1 : 0
      silent += t < 64 ? 0 : 1
    }
  }
}
