import Credit
import Systems

extension BadPage {
  /// One page for each rule of the table, and for each check of several keys together.
  static let all: [BadPage] = [
    BadPage(
      "schema: 2\nexperiment: x",
      "schema must be 1 (got 2)"),
    BadPage(
      "experiment: x",
      "missing key \"schema\""),
    BadPage(
      "schema: 1",
      "missing key \"experiment\""),
    BadPage(
      "schema: 1\nexperiment: 12",
      "experiment must be text; put it in quotes (got 12)"),
    BadPage(
      "schema: 1\nexperiment: a/b",
      "experiment must be letters, digits, -, _ and . (got \"a/b\")"),
    BadPage(
      "extends: [a]",
      "extends must be the path of a page (got a list)"),
    BadPage(
      "about: 3",
      "about must be text; put it in quotes (got 3)"),
    BadPage(
      "seed: -1",
      "seed must be at least 0 (got -1)"),
    BadPage(
      "seed: 1.5",
      "seed must be an integer (got 1.5)"),
    BadPage(
      "rule: {}",
      "rule must be text (got a mapping)"),
    BadPage(
      "credit: randon",
      "credit must be \((creditNames + systemCards.map(\.name)).joined(separator: ", ")), or a mapping with kind and the "
        + "settings of a learning system (got \"randon\") (did you mean \"random\"?)"
    ),
    BadPage(
      "network: [1]",
      "network must be a mapping (got a list)"),
    BadPage(
      "network: {neuron: liff}",
      "network.neuron must be lif, adaptive-lif, softplus, tanh, relu, sigmoid, signum or "
        + "integrate-and-fire, not \"liff\" (did you mean \"lif\"?)"),
    BadPage(
      "network: {neuron: softplus, steps: 20}",
      "network.steps must be 1, for a sample is one step of softplus neurons (got 20)"),
    BadPage(
      "network: {neuron: relu, learn_from: 3}",
      "network.learn_from must be 1, for a sample is one step of relu neurons (got 3)"),
    BadPage(
      "network: {neuron: tanh}\nencoder: {kind: bernoulli, rate: 0.5}",
      "encoder.kind must be current, for tanh neurons take intensities, not spikes"),
    BadPage(
      "network: {bias: true}",
      "network.bias must be false, for lif neurons have no bias units; rate neurons have: softplus, tanh, relu, sigmoid"
    ),
    BadPage(
      "network: {bias: 1}",
      "network.bias must be true or false (got 1)"),
    BadPage(
      "network: {sharpness: 0}",
      "network.sharpness must be greater than 0 (got 0)"),
    BadPage(
      "network: {hidden: [0]}",
      "network.hidden[0] must be at least 1 (got 0)"),
    BadPage(
      "network: {hidden: 12}",
      "network.hidden must be a list (got 12)"),
    BadPage(
      "network: {hidden: [4096, 4096, 4096, 4096, 4096, 4096]}",
      "network.hidden has 83886080 weights between its groups; at most 67108864 are allowed"),
    BadPage(
      "network: {steps: 0}",
      "network.steps must be at least 1 (got 0)"),
    BadPage(
      "network: {leak: 1.1}",
      "network.leak must be at most 1 (got 1.1)"),
    BadPage(
      "network: {threshold: 0}",
      "network.threshold must be greater than 0 (got 0)"),
    BadPage(
      "network: {reset: soft}",
      "network.reset must be zero, subtract or none, not \"soft\""),
    BadPage(
      "network: {activity_decay: 1}",
      "network.activity_decay must be less than 1 (got 1)"),
    BadPage(
      "network: {surrogate: 2}",
      "network.surrogate must be a mapping (got 2)"),
    BadPage(
      "network: {surrogate: {kind: box}}",
      "network.surrogate.kind must be fast-sigmoid, arctan, sigmoid, boxcar or straight-through, not \"box\" (did you mean \"boxcar\"?)"
    ),
    BadPage(
      "network: {surrogate: {kind: fast-sigmoid, slope: 0}}",
      "network.surrogate.slope must be greater than 0 (got 0)"),
    BadPage(
      "network: {surrogate: {kind: arctan, alpha: -1}}",
      "network.surrogate.alpha must be greater than 0 (got -1)"),
    BadPage(
      "network: {surrogate: {kind: boxcar, width: 0}}",
      "network.surrogate.width must be greater than 0 (got 0)"),
    BadPage(
      "network: {surrogate: {kind: boxcar, slope: 1}}",
      "unknown key \"slope\" in network.surrogate"),
    BadPage(
      "network: {synapse_decay: 1}",
      "network.synapse_decay must be less than 1 (got 1)"),
    BadPage(
      "network: {adaptation_decay: -0.1}",
      "network.adaptation_decay must be at least 0 (got -0.1)"),
    BadPage(
      "network: {adaptation_strength: -1}",
      "network.adaptation_strength must be at least 0 (got -1)"),
    BadPage(
      "network: {readout_leak: 1}",
      "network.readout_leak must be less than 1 (got 1)"),
    BadPage(
      "network: {weight_scale: .inf}",
      "network.weight_scale must be finite (got .inf)"),
    BadPage(
      "network: {feedback_scale: much}",
      "network.feedback_scale must be a number (got \"much\")"),
    BadPage(
      "network: {learn_from: 0}",
      "network.learn_from must be at least 1 (got 0)"),
    BadPage(
      "network: {steps: 5, learn_from: 6}",
      "network.learn_from must be at most network.steps, 5 (got 6)"),
    BadPage(
      "encoder: bernoulli",
      "encoder must be a mapping (got \"bernoulli\")"),
    BadPage(
      "encoder: {kind: poisson}",
      "encoder.kind must be bernoulli, current, first-spike or events, not \"poisson\""),
    BadPage(
      "encoder: {kind: events}",
      "encoder.kind events needs recorded spikes, and fashion-mnist has none; there are n-mnist, shd, fsdd-spikes, "
        + "stemnist"),
    BadPage(
      "network: {neuron: tanh}\nencoder: {kind: events}\ntask: {data: n-mnist}",
      "encoder.kind must be current, for tanh neurons take intensities, not spikes"),
    BadPage(
      "encoder: {kind: events, merge: 0}\ntask: {data: n-mnist}",
      "encoder.merge must be at least 1 (got 0)"),
    BadPage(
      "encoder: {kind: bernoulli, rate: 2}",
      "encoder.rate must be at most 1 (got 2)"),
    BadPage(
      "encoder: {kind: current, gain: 0}",
      "encoder.gain must be greater than 0 (got 0)"),
    BadPage(
      "encoder: {kind: first-spike, rate: 1}",
      "unknown key \"rate\" in encoder"),
    BadPage(
      "task: 5",
      "task must be a mapping (got 5)"),
    BadPage(
      "task: {data: fashion-minst}",
      "task.data must be fashion-mnist, mnist, emnist, digits, omniglot, cifar-10, "
        + "cifar-10-grey, n-mnist, shd, fsdd-spikes, stemnist, gaussian-prototypes, yin-yang, random-manifolds or templates-1d, not \"fashion-minst\" (did you mean \"fashion-mnist\"?)"
    ),
    BadPage(
      "task: {ways: 1}",
      "task.ways must be at least 2 (got 1)"),
    BadPage(
      "task: {shots: 0}",
      "task.shots must be at least 1 (got 0)"),
    BadPage(
      "task: {query: 0}",
      "task.query must be at least 1 (got 0)"),
    BadPage(
      "task: {labels: drop}",
      "task.labels must be remap or keep, not \"drop\""),
    BadPage(
      "task: {pools: even}",
      "task.pools must be standard or equal, not \"even\""),
    BadPage(
      "task: {passes: 0}",
      "task.passes must be at least 1 (got 0)"),
    BadPage(
      "task: {passes: 100000}",
      "task.passes must be at most 67108, for an episode presents at most 16777216 samples (got 100000 passes of 250)"),
    BadPage(
      "task: {passes: 2}\noptimizer: {kind: meta-gradient}",
      "task.passes must be 1 with optimizer.kind meta-gradient, which follows one pass (got 2)"),
    BadPage(
      "task: {support: all}",
      "task.support must be own or search, not \"all\""),
    BadPage(
      "task: {replacement: maybe}",
      "task.replacement must be true or false (got \"maybe\")"),
    BadPage(
      "task: {ways: 1000, shots: 5000}",
      "an episode has 5020000 samples; at most 1000000 fit (ways · (shots + query))"),
    BadPage(
      "optimizer: cma-es",
      "optimizer must be a mapping (got \"cma-es\")"),
    BadPage(
      "optimizer: {kind: cmaes}",
      "optimizer.kind must be cma-es, random, grid or meta-gradient, not \"cmaes\" (did you mean \"cma-es\"?)"),
    BadPage(
      "optimizer: {generations: -1}",
      "optimizer.generations must be at least 0 (got -1)"),
    BadPage(
      "optimizer: {population: 1}",
      "optimizer.population must be at least 2 (got 1)"),
    BadPage(
      "optimizer: {sigma: -1}",
      "optimizer.sigma must be at least 1.0e-6 (got -1)"),
    BadPage(
      "optimizer: {episodes: 0}",
      "optimizer.episodes must be at least 1 (got 0)"),
    BadPage(
      "optimizer: {l1: -1}",
      "optimizer.l1 must be at least 0 (got -1)"),
    BadPage(
      "optimizer: {parsimony: -1}",
      "optimizer.parsimony must be at least 0 (got -1)"),
    BadPage(
      "optimizer: {points: 0}",
      "optimizer.points must be at least 1 (got 0)"),
    BadPage(
      "optimizer: {start: 3}",
      "optimizer.start must be a mapping (got 3)"),
    BadPage(
      "optimizer: {start: {eta: fast}}",
      "optimizer.start.eta must be a number (got \"fast\")"),
    BadPage(
      "optimizer: {learning_rate: 0}",
      "optimizer.learning_rate must be greater than 0 (got 0)"),
    BadPage(
      "optimizer: {beta1: 1}",
      "optimizer.beta1 must be less than 1 (got 1)"),
    BadPage(
      "optimizer: {beta2: -0.5}",
      "optimizer.beta2 must be at least 0 (got -0.5)"),
    BadPage(
      "optimizer: {clip: 0}",
      "optimizer.clip must be greater than 0 (got 0)"),
    BadPage(
      "optimizer: {restart_every: 0}",
      "optimizer.restart_every must be at least 1 (got 0)"),
    BadPage(
      "optimizer: {axes: scale}",
      "optimizer.axes must be plain or scaled, not \"scale\" (did you mean \"scaled\"?)"),
    BadPage(
      "optimizer: {warm_up: -1}",
      "optimizer.warm_up must be at least 0 (got -1)"),
    BadPage(
      "optimizer: {restart_factor: 0.5}",
      "optimizer.restart_factor must be at least 1 (got 0.5)"),
    BadPage(
      "optimizer: {hurdle: 2}",
      "optimizer.hurdle must be a mapping (got 2)"),
    BadPage(
      "optimizer: {hurdle: {after: -1}}",
      "optimizer.hurdle.after must be at least 0 (got -1)"),
    BadPage(
      "optimizer: {hurdle: {quantile: 1.5}}",
      "optimizer.hurdle.quantile must be at most 1 (got 1.5)"),
    BadPage(
      "optimizer: {hurdle: {margin: -0.1}}",
      "optimizer.hurdle.margin must be at least 0 (got -0.1)"),
    BadPage(
      "optimizer: {popultion: 3}",
      "unknown key \"popultion\" in optimizer (did you mean \"population\"?)"),
    BadPage(
      "optimizer: {generations: 1000000, episodes: 10000}",
      "optimizer.generations · optimizer.episodes must be below 2³² (got 1000000 · 10000)"),
    BadPage(
      "worst_loss: 0",
      "worst_loss must be at least 0.01 (got 0)"),
    BadPage(
      "selection: 3",
      "selection must be a mapping (got 3)"),
    BadPage(
      "selection: {episodes: 0}",
      "selection.episodes must be at least 1 (got 0)"),
    BadPage(
      "selection: {candidates: 33}",
      "selection.candidates must be at most 32 (got 33)"),
    BadPage(
      "selection: {criterion: beauty}",
      "selection.criterion must be accuracy or loss, not \"beauty\""),
    BadPage(
      "test: 3",
      "test must be a mapping (got 3)"),
    BadPage(
      "test: {episodes: 1}",
      "test.episodes must be at least 2 (got 1)"),
    BadPage(
      "baselines: 3",
      "baselines must be a mapping (got 3)"),
    BadPage(
      "baselines: {generations: -1}",
      "baselines.generations must be at least 0 (got -1)"),
    BadPage(
      "baselines: {population: 1}",
      "baselines.population must be at least 2 (got 1)"),
    BadPage(
      "baselines: {episodes: 0}",
      "baselines.episodes must be at least 1 (got 0)"),
    BadPage(
      "sed: 1\noptimiser: {}",
      "unknown key \"sed\" (did you mean \"seed\"?)\nunknown key \"optimiser\" (did you mean \"optimizer\"?)"),
    BadPage(
      "references: {bptt: {rate: 0.01}}",
      "unknown key \"bptt\" in references (did you mean \"bptt-adam\"?)"),
    BadPage(
      "references: {bptt-adam: {passes: 2}}",
      "missing key \"rate\" in references.bptt-adam"),
    BadPage(
      "references: {bptt-adam: {rate: 0}}",
      "references.bptt-adam.rate must be greater than 0 (got 0)"),
    BadPage(
      "references: {bptt-adam: {rate: 0.01, passes: 0}}",
      "references.bptt-adam.passes must be at least 1 (got 0)"),
    BadPage(
      "references: {bptt-adam: {rate: 0.01, loss_at: first-step}}",
      "references.bptt-adam.loss_at must be last-step or every-step, not \"first-step\" (did you mean \"last-step\"?)"
    ),
    BadPage(
      "references: [bptt-adam]",
      "references must be a mapping (got a list)"),
    BadPage(
      "references: {bptt-adam: 0.01}",
      "references.bptt-adam must be a mapping (got 0.01)"),
    BadPage(
      "references: {bptt-adam: {rate: 0.01, batch: 0}}",
      "references.bptt-adam.batch must be at least 1 (got 0)"),
    BadPage(
      "references: {bptt-adam: {rate: 0.01, through_reset: 2}}",
      "references.bptt-adam.through_reset must be true or false (got 2)"),
    BadPage(
      "references: {bptt-adam: {rate: 0.01, beta1: 1}}",
      "references.bptt-adam.beta1 must be less than 1 (got 1)"),
    BadPage(
      "references: {bptt-adam: {rate: 0.01, beta2: 1}}",
      "references.bptt-adam.beta2 must be less than 1 (got 1)"),
    BadPage(
      "references: {bptt-adam: {rate: 0.01, epsilon: 0}}",
      "references.bptt-adam.epsilon must be greater than 0 (got 0)"),
    BadPage(
      "seed: 1\nseed: 2",
      "duplicate key \"seed\""),
  ]
}
