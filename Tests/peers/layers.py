"""Dense layers, convolutions and pools by PyTorch, for LayersPeerTests.

usage: layers.py WORK.json ANSWERS.json
Each item of the work is one layer with its inputs, weights and what comes back; each answer holds what the layer and its
pool send up, and the derivatives by inputs and weights.
"""
import json
import sys

import torch
import torch.nn.functional as functional


def answer(item):
    height, width, channels = item["shape"]
    rows = item["rows"]
    x = torch.tensor(item["x"], dtype=torch.float64).reshape(rows, height, width, channels).requires_grad_()
    w = torch.tensor(item["weights"], dtype=torch.float64).requires_grad_()
    bias = torch.tensor(item["bias"], dtype=torch.float64).requires_grad_()
    if item["kernel"]:
        kernel_height, kernel_width = item["kernel"]
        kernels = w.reshape(kernel_height, kernel_width, channels, -1).permute(3, 2, 0, 1)
        images = x.permute(0, 3, 1, 2)
        if item["padding"] == "same" and item["stride"] == 1:
            z = functional.conv2d(images, kernels, bias, padding="same")
        else:
            zeros = item["padding"]
            if zeros == "same":
                zeros = [(kernel_width - 1) // 2, kernel_width // 2, (kernel_height - 1) // 2, kernel_height // 2]
            else:
                zeros = [zeros] * 4
            z = functional.conv2d(functional.pad(images, zeros), kernels, bias, stride=item["stride"])
    else:
        z = functional.linear(x.reshape(rows, -1), w.reshape(channels * height * width, -1).T, bias)[:, :, None, None]
    window = item["window"]
    if item["pool"] == "max":
        z = functional.max_pool2d(z, window)
    elif item["pool"] == "average":
        z = functional.avg_pool2d(z, window)
    elif item["pool"] == "sum":
        z = functional.avg_pool2d(z, window, divisor_override=1) * item["scale"]
    up = z.permute(0, 2, 3, 1)
    error = torch.tensor(item["error"], dtype=torch.float64).reshape(up.shape)
    up.backward(error)
    return {"up": up.flatten().tolist(), "x": x.grad.flatten().tolist(), "weights": w.grad.flatten().tolist(),
            "bias": bias.grad.flatten().tolist()}


def main():
    with open(sys.argv[1]) as file:
        work = json.load(file)
    with open(sys.argv[2], "w") as file:
        json.dump([answer(item) for item in work], file)


main()
