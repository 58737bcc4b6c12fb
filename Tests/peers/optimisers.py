"""What torch.optim makes of gradients: `optimisers.py WORK.json ANSWERS.json`.

Work is a list of {kind, rate, momentum, beta1, beta2, epsilon, weightDecay, clip, start, gradients}; an answer is the
weights after every step.
"""

import json
import sys

import torch

torch.set_default_dtype(torch.float64)


def course(work):
    weights = torch.nn.Parameter(torch.tensor(work["start"]))
    decay = work["weightDecay"]
    if work["kind"] == "sgd":
        optimiser = torch.optim.SGD([weights], work["rate"], momentum=work["momentum"], weight_decay=decay)
    else:
        choose = torch.optim.Adam if work["kind"] == "adam" else torch.optim.AdamW
        optimiser = choose([weights], work["rate"], betas=(work["beta1"], work["beta2"]), eps=work["epsilon"],
                           weight_decay=decay)
    after = []
    for gradient in work["gradients"]:
        weights.grad = torch.tensor(gradient)
        if work.get("clip") is not None:
            torch.nn.utils.clip_grad_norm_([weights], work["clip"])
        optimiser.step()
        after.append(weights.tolist())
    return after


with open(sys.argv[1]) as file:
    works = json.load(file)
with open(sys.argv[2], "w") as file:
    json.dump([course(work) for work in works], file)
