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
  /// Inputs with a spike, ordered by their first.
  let order: UnsafeMutablePointer<UInt32>
  /// Inputs that spike first at step `t` are `order[starts[t] ..< starts[t + 1]]`.
  let starts: UnsafeMutablePointer<Int>
  private let preCount: Int
  private let ordersByFirst: Bool
  private let fill: UnsafeMutablePointer<Int>

  /// Inputs with a spike.
  @exclusivity(unchecked) private(set) var activeCount = 0

  /// - Parameter ordersByFirst: whether `order` and `starts` are wanted.
  init(preCount: Int, steps: Int, ordersByFirst: Bool, in arena: Arena) {
    self.preCount = preCount
    self.ordersByFirst = ordersByFirst
    self.steps = steps
    stepColumns = Scalar.padded(steps)
    raster = arena.allocate(preCount * stepColumns, of: Scalar.self)
    bits = arena.allocate(preCount, of: UInt64.self)
    list = arena.allocate(preCount * steps, of: UInt32.self)
    offsets = arena.allocate(steps + 1, of: Int.self)
    active = arena.allocate(preCount, of: UInt32.self)
    order = arena.allocate(preCount, of: UInt32.self)
    starts = arena.allocate(steps + 1, of: Int.self)
    fill = arena.allocate(steps + 1, of: Int.self)
  }

  /// Takes in a sample.
  func read(_ input: InputSpikes) {
    precondition(input.steps == steps, "\(input.steps) steps of input spikes for \(steps)")
    for t in 0..<steps {
      for k in offsets[t]..<offsets[t + 1] { raster[Int(list[k]) * stepColumns + t] = 0 }
    }
    for j in 0..<preCount { bits[j] = 0 }
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
    var spiking = 0
    for j in 0..<preCount {
      // Written always, kept on a hit: no branch to guess wrong.
      active[spiking] = UInt32(j)
      spiking += bits[j] != 0 ? 1 : 0
    }
    activeCount = spiking
    for j in 0..<preCount where bits[j] == 0 {
      active[spiking] = UInt32(j)
      spiking += 1
    }
    if ordersByFirst { orderByFirst() }
  }

  /// Orders the active inputs by their first spike, by counting.
  private func orderByFirst() {
    for t in 0...steps { fill[t] = 0 }
    for k in 0..<activeCount { fill[bits[Int(active[k])].trailingZeroBitCount] += 1 }
    var position = 0
    for t in 0..<steps {
      starts[t] = position
      position += fill[t]
      fill[t] = starts[t]
    }
    starts[steps] = position
    for k in 0..<activeCount {
      let t = bits[Int(active[k])].trailingZeroBitCount
      order[fill[t]] = active[k]
      fill[t] += 1
    }
  }
}
