import RealModule
import Records
import Rules
import TestSupport
import Testing

/// Pair and triplet STDP against Brian2 and NEST. Traces decay by `exp(-dt/τ)` each step; tolerances are those of the
/// fixtures' own page, 1e-12 in double precision; in single precision 1e-4, because the simulators jump from event to
/// event while a decay rounded to 24 bits and applied at each of `k` steps is wrong by up to `k · 2⁻²⁵`.
///
/// What coincident spikes mean is in the equation. A trace read in `dw` already holds this step's spike: `x_pre` is the
/// trace with it, `x_pre - s_pre` the trace of strictly earlier spikes. Both simulators clip after every event, so the
/// event that comes first within a step is written inside a `clip` and the second is added to its result.
@Suite("StdpFixture: STDP rules agree with Brian2 and NEST")
struct StdpFixtureTests {
  /// Weights of one synapse over time.
  struct Course<Scalar: Real & BinaryFloatingPoint & Sendable> {
    let rule: Rule
    let start: Double

    /// The weight after each of `samples`, which ascend.
    func weights(pre: Set<Int>, post: Set<Int>, samples: [Int]) -> [Scalar] {
      var synapse = InterpretedProjection<Scalar>(
        rule: rule, layer: 1, layerCount: 1, coefficients: [], preCount: 1, postCount: 1, weights: [Scalar(start)])
      var q = ProjectionQuantities<Scalar>(preCount: 1, postCount: 1)
      var result: [Scalar] = []
      for step in 0...(samples.last ?? 0) {
        q.sPre = [pre.contains(step) ? 1 : 0]
        q.sPost = [post.contains(step) ? 1 : 0]
        synapse.advance(q)
        // Every term has a spike of this step as a factor.
        if q.sPre[0] + q.sPost[0] > 0 { synapse.learn(q) }
        if result.count < samples.count, samples[result.count] == step { result.append(synapse.weights[0]) }
      }
      return result
    }
  }

  static func trace(_ name: String, _ spike: Expression, _ tau: Double, nearest: Bool = false) -> Trace {
    let decay = Double.exp(-1 / tau)
    // A trace that is set rather than incremented takes away what is left of itself when its spike comes.
    let of = nearest ? spike * (1 - .number(decay) * .trace(name)) : spike
    return Trace(name: name, of: of, owner: spike == sPre ? .pre : .post, decay: decay)
  }

  /// What a trace that is set was before this step's spike: it decays from the value of the step before. Declared above
  /// its trace, which it therefore reads as the last step left it. (A page may not do this: it would read a trace
  /// declared below.)
  static func before(_ trace: Trace) -> Trace {
    Trace(name: "before_\(trace.name)", of: .number(trace.decay) * .trace(trace.name), owner: trace.owner, decay: 0)
  }

  // MARK: Brian2: within a step the pre spike acts first

  @Test("Brian2 pair STDP", arguments: ["all_to_all", "nearest", "multiplicative"])
  func brianPair(kind: String) throws {
    try brian("pair/\(kind)/w", "pair/params") { p, dt in
      let (potentiation, depression) = (Expression.number(p[2]), Expression.number(p[3]))
      let soft = kind == "multiplicative"
      let nearest = kind == "nearest"
      let post = Self.trace("x_post", sPost, p[1] / dt, nearest: nearest)
      let earlier: Expression = nearest ? .trace("before_x_post") : .trace("x_post") - sPost
      let depressed = call(.clip, w + depression * sPre * earlier * (soft ? w : 1), .number(p[4]), .number(p[5]))
      let room: Expression = soft ? .number(p[5]) - depressed : 1
      return Rule(
        name: "pair-stdp",
        traces: [
          Self.before(post), post, Self.trace("x_pre", sPre, p[0] / dt, nearest: nearest),
        ],
        dw: depressed - w + potentiation * sPost * .trace("x_pre") * room, weightBounds: p[4]...p[5])
    }
  }

  @Test("Brian2 triplet STDP", arguments: ["all_to_all", "nearest"])
  func brianTriplet(kind: String) throws {
    let nearest = kind == "nearest"
    try brian("triplet/\(kind)/w", "triplet/params") { p, dt in
      let number = p.map { Expression.number($0) }
      func earlier(_ name: String, _ spike: Expression) -> Expression {
        nearest ? .trace("before_\(name)") : .trace(name) - spike
      }
      let depression = sPre * earlier("o1", sPost) * (number[6] + number[7] * earlier("r2", sPre))
      let potentiation = sPost * .trace("r1") * (number[4] + number[5] * earlier("o2", sPost))
      let r2 = Self.trace("r2", sPre, p[1] / dt, nearest: nearest)
      let o1 = Self.trace("o1", sPost, p[2] / dt, nearest: nearest)
      let o2 = Self.trace("o2", sPost, p[3] / dt, nearest: nearest)
      return Rule(
        name: "triplet-stdp",
        traces: [
          Self.before(r2), Self.before(o1), Self.before(o2), r2, o1, o2,
          Self.trace("r1", sPre, p[0] / dt, nearest: nearest),
        ],
        dw: call(.clip, w - depression, number[8], number[9]) - w + potentiation, weightBounds: p[8]...p[9])
    }
  }

  @Test("the folder's pair rule is Brian2's until a bound is met between two spikes of one step")
  func pairPage() throws {
    let page = try RuleCatalogue(folder: packageRoot.appendingPathComponent("rules").path).load("pair-stdp")
    try brian("pair/all_to_all/w", "pair/params", clipsOnce: true) { p, dt in
      var rule = page
      rule.dw = rule.dw.binding(["a_plus": p[2], "a_minus": -p[3]])
      rule.coefficients = []
      rule.weightBounds = p[4]...p[5]
      for index in rule.traces.indices {
        rule.traces[index].decay = Double.exp(-dt / p[rule.traces[index].owner == .pre ? 0 : 1])
      }
      return rule
    }
  }

  @Test("the folder's triplet rule is Brian2's until a bound is met between two spikes of one step")
  func tripletPage() throws {
    let page = try RuleCatalogue(folder: packageRoot.appendingPathComponent("rules").path).load("triplet-stdp")
    try brian("triplet/all_to_all/w", "triplet/params", clipsOnce: true) { p, dt in
      var rule = page
      rule.dw = rule.dw.binding(["a2_plus": p[4], "a3_plus": p[5], "a2_minus": p[6], "a3_minus": p[7]])
      rule.coefficients = []
      rule.weightBounds = p[8]...p[9]
      let tau = ["r1_pre": p[0], "r2_pre": p[1], "o1_post": p[2], "o2_post": p[3]]
      for index in rule.traces.indices {
        rule.traces[index].decay = Double.exp(-dt / (tau[rule.traces[index].name] ?? .nan))
      }
      return rule
    }
  }

  private func brian(
    _ path: String, _ parameters: String, clipsOnce: Bool = false,
    rule: (_ parameters: [Double], _ dt: Double) -> Rule
  ) throws {
    guard Fixtures.isAvailable("stdp.h5") else { return }
    let file = try HDF5File(readingFrom: Fixtures.path("stdp.h5"))
    let rule = rule(try file.readDoubles(parameters).values, try file.readDoubles("dt_ms").values[0])
    let samples = try file.readIntegers("sample_step").values
    let expected = try file.readDoubles(path).values
    let start = try file.readDoubles("w0").values
    func spikes(_ side: String) throws -> [Set<Int>] {
      var sets = [Set<Int>](repeating: [], count: start.count)
      let neurons = try file.readIntegers("spikes/\(side)_neuron").values
      for (neuron, step) in zip(neurons, try file.readIntegers("spikes/\(side)_step").values) {
        sets[neuron].insert(step)
      }
      return sets
    }
    let (pre, post) = (try spikes("pre"), try spikes("post"))
    #expect(zip(pre, post).contains { !$0.isDisjoint(with: $1) }, "the fixture holds coincident spikes")
    var whole = 0
    for synapse in start.indices {
      let theirs = samples.indices.map { expected[$0 * start.count + synapse] }
      let place = "\(path) synapse \(synapse)"
      guard clipsOnce else {
        compare(rule, start[synapse], pre[synapse], post[synapse], samples, theirs, place)
        continue
      }
      // Brian2 clips after each of two coincident spikes, a plain sum once after both.
      let ours = Course<Double>(rule: rule, start: start[synapse])
        .weights(pre: pre[synapse], post: post[synapse], samples: samples)
      if let parting = zip(ours, theirs).enumerated().first(where: { ($1.0 - $1.1).magnitude > 1e-12 })?.offset {
        #expect(pre[synapse].intersection(post[synapse]).contains(samples[parting]), "\(place)")
      } else {
        whole += 1
      }
    }
    #expect(!clipsOnce || 2 * whole > start.count)
  }

  // MARK: NEST: within a step the post spike acts first, and each sees only strictly earlier spikes

  @Test("NEST pair STDP", arguments: [("additive", 0.0), ("multiplicative", 1.0), ("power0.4", 0.4)])
  func nestPair(kind: String, exponent: Double) throws {
    try nest("pair/\(kind)", "pair/params") { p, dt in
      let number = p.map { Expression.number($0) }
      let (rate, top) = (number[2] * number[4], number[4])
      let potentiation = rate * (1 - w / top) ** .number(exponent) * sPost * (.trace("x_pre") - sPre)
      let potentiated = call(.min, w + potentiation, top)
      let depression = number[3] * rate * (potentiated / top) ** .number(exponent) * sPre * (.trace("x_post") - sPost)
      return Rule(
        name: "pair-stdp-nest",
        traces: [Self.trace("x_pre", sPre, p[0] / dt), Self.trace("x_post", sPost, p[1] / dt)],
        dw: potentiated - w - depression, weightBounds: 0...p[4])
    }
  }

  @Test("NEST triplet STDP")
  func nestTriplet() throws {
    try nest("triplet", "triplet/params") { p, dt in
      let number = p.map { Expression.number($0) }
      let potentiation =
        sPost * (.trace("x_pre") - sPre) * (number[4] + number[5] * (.trace("slow_post") - sPost))
      let depression =
        sPre * (.trace("x_post") - sPost) * (number[6] + number[7] * (.trace("slow_pre") - sPre))
      return Rule(
        name: "triplet-stdp-nest",
        traces: [
          Self.trace("x_pre", sPre, p[0] / dt), Self.trace("slow_post", sPost, p[3] / dt),
          Self.trace("x_post", sPost, p[2] / dt), Self.trace("slow_pre", sPre, p[1] / dt),
        ],
        dw: call(.min, w + potentiation, number[8]) - w - depression, weightBounds: 0...p[8])
    }
  }

  private func nest(_ path: String, _ parameters: String, rule: (_ parameters: [Double], _ dt: Double) -> Rule) throws {
    guard Fixtures.isAvailable("stdp_nest.h5") else { return }
    let file = try HDF5File(readingFrom: Fixtures.path("stdp_nest.h5"))
    let rule = rule(try file.readDoubles(parameters).values, try file.readDoubles("dt_ms").values[0])
    for (synapse, start) in try file.readDoubles("w0").values.enumerated() {
      let pre = try file.readIntegers("spikes/pre_step\(synapse)").values
      let post = try file.readIntegers("spikes/post_step\(synapse)").values
      let theirs = try file.readDoubles("\(path)/w\(synapse)").values
      compare(rule, start, Set(pre), Set(post), pre, theirs, "\(path)/w\(synapse)")
    }
  }

  private func compare(
    _ rule: Rule, _ start: Double, _ pre: Set<Int>, _ post: Set<Int>, _ samples: [Int], _ theirs: [Double],
    _ place: String
  ) {
    let double = Course<Double>(rule: rule, start: start).weights(pre: pre, post: post, samples: samples)
    let single = Course<Float>(rule: rule, start: start).weights(pre: pre, post: post, samples: samples)
    let differences = (relativeDifference(double, theirs), relativeDifference(single, theirs))
    #expect(differences.0 <= 1e-12, "\(place): \(differences.0)")
    #expect(differences.1 <= 1e-4, "\(place): \(differences.1)")
  }
}
