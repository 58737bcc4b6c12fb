import Foundation

/// What is to be measured within an episode, and when.
public struct DiagnosisPlan: Sendable, Hashable {
  /// Numbers of support samples seen at which the network is looked at; the end of the episode is always one more.
  public var points: [Int]
  /// Whether the layers are measured too, not the queries' answers alone.
  public var measuresLayers: Bool

  /// Makes a plan.
  /// - Precondition: no point is negative.
  public init(points: [Int], measuresLayers: Bool) {
    precondition(points.allSatisfy { $0 >= 0 }, "a negative number of samples in \(points)")
    self.points = points
    self.measuresLayers = measuresLayers
  }

  /// Points for an episode of so many samples: 0, then six evenly spread in their logarithm and rounded to one digit,
  /// equal ones once. For 250 samples 0, 2, 5, 10, 20, 50, 100; the end makes it eight.
  public static func standardPoints(samples: Int) -> [Int] {
    let spread = (1...6).map { k -> Int in
      let number = pow(Double(max(1, samples)), Double(k) / 7)
      let digit = pow(10, floor(log10(number)))
      return Int((number / digit).rounded() * digit)
    }
    return Set([0] + spread).filter { $0 < samples }.sorted()
  }

  /// The points of an episode of so many samples, ascending, the end included; points beyond it are left out.
  public func stops(samples: Int) -> [Int] { Set(points.filter { $0 < samples } + [samples]).sorted() }
}

/// What is to be measured within the episodes of any experiment.
public struct DiagnosisWish: Sendable, Hashable {
  /// Numbers of support samples seen; nil for the standard points of each experiment.
  public var points: [Int]?
  /// Whether the layers are measured too, not the queries' answers alone.
  public var measuresLayers: Bool

  /// Makes a wish.
  public init(points: [Int]?, measuresLayers: Bool) {
    self.points = points
    self.measuresLayers = measuresLayers
  }

  /// The plan for the episodes of an experiment.
  public func plan(_ experiment: Experiment) -> DiagnosisPlan {
    DiagnosisPlan(
      points: points ?? DiagnosisPlan.standardPoints(samples: experiment.examplesSeen), measuresLayers: measuresLayers)
  }
}

/// What was measured within an episode.
public struct EpisodeDiagnosis: Sendable, Hashable {
  /// The score of the episode, the same bits as without a diagnosis.
  public var score: EpisodeScore
  /// One entry per stop of the plan, the end last.
  public var points: [DiagnosisPoint]
}

/// What a network is like after some of an episode's support samples.
public struct DiagnosisPoint: Sendable, Hashable {
  /// Support samples seen.
  public var seen: Int
  /// How the queries are answered: the score that the episode would have if it ended here. After a failure the worst loss
  /// and the accuracy of guessing.
  public var score: EpisodeScore
  /// Share of the support samples since the point before that were answered right while they were learnt. A rate network
  /// answers before it learns from the sample; a spiking one at the sample's last step, when its weights have moved since
  /// step `learnFrom`. NaN at 0, and once the network failed.
  public var onlineAccuracy: Double
  /// The projections and the groups they lead into, from the input's projection upwards; empty where the plan asks for
  /// answers alone.
  public var layers: [LayerDiagnosis]
}

/// What one projection and the group it leads into are like; the last one leads into the readout.
///
/// All are of the weights at the point, measured while the queries are answered; every number is NaN once the network has
/// failed. `e_l` is the teaching signal that the credit pathway delivers to group `l`, `ê_l` what backprop through `ψ`
/// would: `ê_l = ψ_l ∘ W_{l+1}ᵀ ê_{l+1}` from the same error of the readout. In a spiking network both are summed over
/// the steps of a query at which it would learn.
public struct LayerDiagnosis: Sendable, Hashable {
  /// The angle of `Σ e_l` and `Σ ê_l` over the queries, in degrees; 0 for the readout, NaN where a sum is 0.
  public var alignmentAngle = Double.nan
  /// The mean over the queries of each query's own angle of `e_l` and `ê_l`, in degrees; queries without one are left out.
  public var sampleAngle = Double.nan
  /// The angle of the forward weights `W_l` and the feedback that takes their place on the way back, in degrees, bias
  /// units left out. For sign-concordant pathways the feedback with its signs; NaN where there is none between the same
  /// two groups, and for the input's projection unless the rule reads the input's error.
  public var feedbackAngle = Double.nan
  /// The Frobenius norm of `W_l`, bias included.
  public var weightNorm = Double.nan
  /// `‖y_{l−1} W_lᵀ − y_l W_l W_lᵀ‖²` summed over the queries, at a query's last step.
  public var orthonormality = Double.nan
  /// Spikes per neuron and step while answering; of a rate network the mean activity. NaN for the readout.
  public var firingRate = Double.nan
  /// Share of the neurons that never spike while answering; of a rate network, whose activity is 0 for every query. NaN
  /// for the readout.
  public var silentShare = Double.nan
  /// Share of the neurons that spike in more than 95 % of all steps while answering; of a tanh network, whose mean |y| is
  /// above 0.95. NaN for the readout and for rates without an upper end (softplus, relu).
  public var saturatedShare = Double.nan

  /// Nothing measured.
  public init() {}
}
