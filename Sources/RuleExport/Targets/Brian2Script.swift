import Rules

/// The parts of the script that do not depend on the rule's equations.
enum Brian2Script {
  /// Imports, the network's numbers, the order of a step.
  static func opening(_ exported: ExportedRule, levels: Int) -> String {
    let network = exported.network
    func number(_ value: Double) -> String { Printer.text(value) }
    func bounds(_ range: ClosedRange<Double>?) -> String {
      range.map {
        "(\(Brian2Projection.literal($0.lowerBound)), \(Brian2Projection.literal($0.upperBound)))"
      } ?? "None"
    }
    return """
      # usage: python THIS_FILE [EXPECTED.csv]      with the expected weights it compares, and fails above 1e-12
      # needs: brian2 (2.9 with numpy below 2.3)
      import sys

      import numpy as np
      from brian2 import (Network, NeuronGroup, SpikeGeneratorGroup, StateMonitor, Synapses, TimedArray, defaultclock,
                          ms, prefs)

      prefs.codegen.target = "numpy"  # "cython" runs large networks faster and compiles for a minute first
      defaultclock.dt = 1 * ms

      SIZES = [\(network.sizes.map(String.init).joined(separator: ", "))]  # neurons, from the input to the readout
      SAMPLES, STEPS, LEARN_FROM = \(network.samples), \(network.steps), \(network.learnFrom)  # weights move from that step of a sample on
      LEAK, THRESHOLD, SLOPE = \(number(network.leak)), \(number(network.threshold)), \(number(network.slope))
      ACTIVITY_DECAY, READOUT_LEAK = \(number(network.activityDecay)), \(number(network.readoutLeak))
      RATE, WEIGHT_SCALE = \(number(network.rate)), \(number(network.weightScale))
      W_BOUNDS, B_BOUNDS = \(bounds(exported.rule.weightBounds)), \(bounds(exported.rule.feedbackBounds))
      PER_SAMPLE = \(exported.rule.every == .sample ? "True" : "False")  # whether dw is summed and applied at the end of a sample
      TOP = len(SIZES) - 1
      CONSTANTS = dict(STEPS=STEPS, LEARN_FROM=LEARN_FROM, LEAK=LEAK, THRESHOLD=THRESHOLD, SLOPE=SLOPE,
                       ACTIVITY_DECAY=ACTIVITY_DECAY, READOUT_LEAK=READOUT_LEAK)
      SUM_LEVELS = \(levels)  # sums of sums come one after the other

      # The step contract as slots, in the order in which they run.
      SCHEDULE = (["start", "groups", "thresholds", "synapses", "resets",  # Brian2's own, for what has no slot here
                    "begin", "clear", "input", "spike0"]
                  + [slot + str(l) for l in range(1, TOP + 1) for slot in ("carry", "integrate", "spike")]
                  + ["activity", "softmax", "error", "score", "modulate", "tell"]
                  + [slot + str(l) for l in reversed(range(TOP)) for slot in ("back", "deliver")]
                  + ["traces"] + [f"sums{k + 1}" for k in range(SUM_LEVELS)] + ["eligibility", "learn", "end"])

      """
  }

  /// The network itself: groups, projections, credit, learning, and the comparison.
  static func network(_ exported: ExportedRule) -> String {
    let rule = exported.rule
    let scalars = [Quantity.modulator, .reward, .loss].filter { rule.reads($0) }.map { "\"\($0.rawValue)\"" }
    let credit = Credit(exported)
    return """


      def draw(part, count, first=0):
          \"\"\"Uniform numbers in [0, 1), the same on every machine: splitmix64 of (part << 32) + k + 1.\"\"\"
          z = np.arange(first + 1, first + count + 1, dtype=np.uint64) + np.uint64(part << 32)
          z *= np.uint64(0x9E3779B97F4A7C15)
          z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
          z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
          return ((z ^ (z >> np.uint64(31))) >> np.uint64(11)) / 2.0**53


      def weights(part, n_in, n_out, bounds=None, first=0):
          \"\"\"A matrix [n_out, n_in], uniform within the scale and the bounds.\"\"\"
          size = WEIGHT_SCALE * np.sqrt(6 / (n_in + n_out))
          low, high = (-size, size) if bounds is None else (max(-size, bounds[0]), min(size, bounds[1]))
          return (low + (high - low) * draw(part, n_in * n_out, first)).reshape(n_out, n_in)


      # Input spikes [sample, step, neuron]; the first input spikes twice in a row in every sample.
      SPIKES = draw(1, SAMPLES * STEPS * SIZES[0]).reshape(SAMPLES, STEPS, SIZES[0]) < RATE
      SPIKES[:, 1:3, 0] = True
      LABELS = np.floor(draw(2, SAMPLES) * SIZES[-1])
      label = TimedArray(LABELS, dt=STEPS * ms)  # the label of the sample that runs
      SCALARS = [\(scalars.joined(separator: ", "))]  # numbers of the whole network that the rule reads


      def neurons(l):
          \"\"\"Group l: its variables, those of the rule's traces and sums included.\"\"\"
          own = ["v", "s", "y", "psi", "err", "current", "feedback", "total", "rank"] + SCALARS
          for side, rule in (("pre", RULE[l] if l < TOP else None), ("post", RULE[l - 1] if l > 0 else None)):
              if rule:
                  own += [name for name, _ in rule[side + "_traces"]]
                  own += [name for _, at, name, _ in rule["sums"] if at == side]
          group = NeuronGroup(SIZES[l], "\\n".join(f"{name} : 1" for name in own), threshold=None if l == TOP else "s > 0.5",
                              reset=None if l == TOP else "", name=f"group{l}", namespace=dict(CONSTANTS, label=label))
          if l < TOP:
              group.thresholder["spike"].when = f"spike{l}"
          group.run_regularly("\\n".join(f"{name} = 0" for name in own), when="begin", dt=STEPS * ms)
          if l == 0:
              group.run_regularly("s = 0", when="clear")
              low = "v = s\\ny = ACTIVITY_DECAY * y + (1 - ACTIVITY_DECAY) * s\\npsi = int(y > 0)"
          elif l < TOP:
              # A spike resets at the next step, so that v stays the potential before the reset.
              group.run_regularly("v = LEAK * v * (1 - s) + current\\ns = int(v > THRESHOLD)\\ncurrent = 0",
                                  when=f"integrate{l}")
              low = ("y = ACTIVITY_DECAY * y + (1 - ACTIVITY_DECAY) * s\\n"
                     "psi = 1 / (1 + SLOPE * abs(v - THRESHOLD))**2")
          else:
              group.run_regularly("v = READOUT_LEAK * v + (1 - READOUT_LEAK) * current\\ncurrent = 0",
                                  when=f"integrate{l}")
              low = "psi = 1"
          group.run_regularly(low, when="activity")
          for side, rule in (("pre", RULE[l] if l < TOP else None), ("post", RULE[l - 1] if l > 0 else None)):
              if rule and rule[side + "_traces"]:
                  group.run_regularly("\\n".join(f"{name} = {code}" for name, code in rule[side + "_traces"]), when="traces")
          return group


      def all_to_all(source, target, model, **options):
          synapses = Synapses(source, target, model, **options)
          synapses.connect()
          return synapses


      def projection(l, groups):
          \"\"\"The synapses of group l onto group l + 1: they carry spikes and learn by the rule.\"\"\"
          rule = RULE[l]
          # The first sums of two numbers of one neuron are both its own: names say which group holds them.
          model = ["w : 1", "b : 1", "elig : 1", "kept_w : 1", "kept_b : 1"]
          model += [f"{name}_{side} = {code} : 1 (summed)" for _, side, name, code in rule["sums"]]
      \(credit.model)
          synapses = all_to_all(groups[l], groups[l + 1], "\\n".join(model), on_pre="current_post += w",
                                name=f"projection{l + 1}",
                                namespace=dict(CONSTANTS, \(credit.namespace)**rule["coefficients"]))
          synapses.pre.when = f"carry{l + 1}"
          for level, side, name, _ in rule["sums"]:
              synapses.summed_updaters[f"{name}_{side}"].when = f"sums{level}"
          synapses.w = weights(100 + l, SIZES[l], SIZES[l + 1], W_BOUNDS)[synapses.j, synapses.i]
      \(credit.setup)
          if "elig" in rule:
              synapses.run_regularly("elig = 0", when="begin", dt=STEPS * ms)
              synapses.run_regularly("elig = " + rule["elig"], when="eligibility")
          letters = ["w", "b"] if "db" in rule else ["w"]
          code = [f"change_{x} = " + rule["d" + x] for x in letters]  # all from the old weights
          for x in letters:
              bounds = {"w": W_BOUNDS, "b": B_BOUNDS}[x]
              moved = f"{x} + int(t_in_timesteps % STEPS >= LEARN_FROM - 1) * change_{x}"
              if PER_SAMPLE:
                  code.append(f"kept_{x} += int(t_in_timesteps % STEPS >= LEARN_FROM - 1) * change_{x}")
                  moved = f"{x} + int(t_in_timesteps % STEPS == STEPS - 1) * kept_{x}"
              code.append(f"{x} = {moved}" if bounds is None else f"{x} = clip({moved}, {bounds[0]!r}, {bounds[1]!r})")
              if PER_SAMPLE:
                  code.append(f"kept_{x} = kept_{x} * int(t_in_timesteps % STEPS != STEPS - 1)")
          synapses.run_regularly("\\n".join(code), when="learn")
          return synapses


      def readout(groups):
          \"\"\"The readout's softmax and error, and the numbers of the whole network.\"\"\"
          top = groups[TOP]
          # rank counts the outputs that are larger, the first of equals winning.
          softmax = all_to_all(top, top, \"\"\"total_post = exp(v_pre - v_post) : 1 (summed)
              rank_post = int(v_pre > v_post) + int(v_pre == v_post) * int(i < j) : 1 (summed)\"\"\", name="softmax")
          for updater in softmax.summed_updaters.values():
              updater.when = "softmax"
          top.run_regularly("y = 1 / total\\nerr = y - int(i == label(t))", when="error")
          if not SCALARS:
              return [softmax]
          whole = NeuronGroup(1, "loss : 1\\nreward : 1\\nmod : 1\\nhit : 1\\nexpected : 1", name="whole",
                              namespace=CONSTANTS)
          score = all_to_all(top, whole, \"\"\"loss_post = int(i == label(t)) * log(total_pre) : 1 (summed)
              hit_post = int(i == label(t)) * int(rank_pre < 0.5) : 1 (summed)\"\"\", name="score",
                             namespace=dict(label=label))
          for updater in score.summed_updaters.values():
              updater.when = "score"
          whole.run_regularly("reward = 2 * hit - 1\\nmod = reward - expected", when="modulate")
          # The running mean of the reward takes in a sample's last step.
          whole.run_regularly("expected += int(t_in_timesteps % STEPS == STEPS - 1) * (reward - expected) / 10", when="end")
          # A sum over one neuron tells every other one.
          told = "\\n".join(f"{name}_post = {name}_pre : 1 (summed)" for name in SCALARS)
          tellers = [all_to_all(whole, group, told, name=f"tell{l}") for l, group in enumerate(groups)]
          for teller in tellers:
              for updater in teller.summed_updaters.values():
                  updater.when = "tell"
          return [softmax, score, whole] + tellers

      \(credit.pathway)

      def run():
          \"\"\"Learns all samples; weights and feedback weights [step, projection's synapses], and spikes of every step.\"\"\"
          sample, step, neuron = np.nonzero(SPIKES)
          source = SpikeGeneratorGroup(SIZES[0], neuron, (sample * STEPS + step) * ms, when="clear", order=1, name="input")
          groups = [neurons(l) for l in range(TOP + 1)]
          feed = Synapses(source, groups[0], on_pre="s_post = 1", name="feed")
          feed.connect(j="i")
          feed.pre.when = "input"
          projections = [projection(l, groups) for l in range(TOP)]
          parts = [source, feed] + groups + projections + readout(groups) + credit(groups, projections)
          letters = ["w", "b"] if "db" in RULE[0] else ["w"]
          monitors = [StateMonitor(p, letters, record=True, when="end", name=f"weights{l}") for l, p in enumerate(projections)]
          spikes = [StateMonitor(g, "s", record=True, when="end", name=f"spikes{l}") for l, g in enumerate(groups[:-1])]
          net = Network(parts + monitors + spikes)
          net.schedule = SCHEDULE
          net.run(SAMPLES * STEPS * ms)
          table = {}
          for x in letters:
              for l, (p, monitor) in enumerate(zip(projections, monitors)):
                  for i, j, values in zip(p.i[:], p.j[:], getattr(monitor, x)):
                      table[f"{x}{l + 1}_{j + 1}_{i + 1}"] = values
          table["spikes"] = sum(monitor.s.sum(axis=0) for monitor in spikes)
          return table


      def compare(table, path):
          \"\"\"The largest difference from the expected weights, relative to the largest weight where that is above 1.\"\"\"
          with open(path, encoding="utf-8") as file:
              lines = [line.rstrip("\\n").split(",") for line in file if not line.startswith("#")]
          expected = dict(zip(lines[0], np.array(lines[1:], dtype=float).T))
          missing = set(expected) - set(table) - {"sample", "t"}
          if missing or len(expected["t"]) != SAMPLES * STEPS:
              sys.exit(f"{path} belongs to another network")
          assert np.array_equal(expected.pop("spikes"), table["spikes"]), "other spikes than expected"
          names = [name for name in expected if name not in ("sample", "t")]
          largest = max(1.0, max(np.abs(expected[name]).max() for name in names))
          return max(np.abs(table[name] - expected[name]).max() for name in names) / largest


      if __name__ == "__main__":
          result = run()
          moved = max(np.abs(values[-1] - values[0]).max() for name, values in result.items() if name != "spikes")
          print(f"{SAMPLES * STEPS} steps, {int(result['spikes'].sum())} spikes, weights moved by at most {moved:.6g}")
          if len(sys.argv) > 1:
              difference = compare(result, sys.argv[1])
              print(f"largest difference from {sys.argv[1]}: {difference:.3g}")
              sys.exit(0 if difference <= 1e-12 else 1)

      """
  }

  /// The credit pathway's part: what a projection holds for it, and who delivers errors.
  private struct Credit {
    var model = ""
    var namespace = ""
    var setup = ""
    var pathway: String

    init(_ exported: ExportedRule) {
      func summed(_ code: String) -> String {
        "    model.append(\"feedback_pre = \(code) : 1 (summed)\")"
      }
      let when = "    synapses.summed_updaters[\"feedback_pre\"].when = f\"back{l}\""
      let drawn = "    synapses.b = weights(200 + l, SIZES[l], SIZES[l + 1], B_BOUNDS)[synapses.j, synapses.i]"
      var comment = "# Errors go back layer by layer"
      switch exported.credit {
      case "transport":
        (model, setup) = (summed("w * err_post"), when)
        comment += " through the forward weights."
      case "usf":
        (model, setup) = (summed("sign_size * sign(w) * err_post"), when)
        namespace = "sign_size=WEIGHT_SCALE * np.sqrt(2 / (SIZES[l] + SIZES[l + 1])), "
        comment += " through the signs of the forward weights."
      case "frsf":
        (model, setup) = (summed("abs(b) * sign(w) * err_post"), drawn + "\n" + when)
        comment += " through the signs of the forward weights and fixed sizes."
      case "brsf":
        model = summed("abs(b) * sign(w) * err_post")
        namespace = "size=TimedArray(draw_sizes(l), dt=STEPS * ms), "
        setup = when + "\n    synapses.run_regularly(\"b = size(t, j * N_pre + i)\", when=\"begin\", dt=STEPS * ms)"
        comment += " through the signs of the forward weights and sizes that every sample has anew."
      case "direct":
        comment = "# The readout's error goes straight to every group, through fixed random weights."
      case "none":
        comment = "# No errors are delivered; every group below the readout has 0."
      default:
        (model, setup) = (summed("b * err_post"), drawn + "\n" + when)
        comment +=
          exported.credit == "learned" ? " through weights that learn by db." : " through fixed random weights."
      }
      // Lines that a pathway does not need are empty comments' worth: nothing.
      if model.isEmpty { model = "    # Errors do not come back through these synapses." }
      if setup.isEmpty { setup = "    # The pathway below brings the errors." }
      switch exported.credit {
      case "none":
        pathway = """

          \(comment)
          def credit(groups, projections):
              return []

          """
      case "direct":
        pathway = """

          \(comment)
          def credit(groups, projections):
              parts = []
              for l in range(TOP):
                  direct = all_to_all(groups[TOP], groups[l], "d : 1\\nfeedback_post = d * err_pre : 1 (summed)",
                                      name=f"direct{l}")
                  direct.d = weights(200 + l, SIZES[l], SIZES[TOP])[direct.i, direct.j]
                  direct.summed_updaters["feedback_post"].when = f"back{l}"
                  groups[l].run_regularly("err = feedback * psi", when=f"deliver{l}")
                  parts.append(direct)
              return parts

          """
      default:
        pathway = """

          \(comment)
          def credit(groups, projections):
              for l in range(TOP):
                  groups[l].run_regularly("err = feedback * psi", when=f"deliver{l}")
              return []

          """
      }
      if exported.credit == "brsf" {
        pathway = """

          def draw_sizes(l):
              \"\"\"[sample, synapse], postsynaptic neurons in the outer order.\"\"\"
              count = SIZES[l] * SIZES[l + 1]
              return np.array([weights(200 + l, SIZES[l], SIZES[l + 1], first=k * count).ravel() for k in range(SAMPLES)])

          """ + pathway
      }
    }
  }
}
