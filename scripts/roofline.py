#!/usr/bin/env python3
"""Draws what each part of an episode attains against the peaks of the machine, as SVG on standard output.

    metaplast bench --rule error-hebb-oja --explain --json > three-term.json
    scripts/roofline.py three-term.json feedback-alignment.json > docs/roofline.svg

A point is a part: multiply-adds per byte to the right, multiply-adds per second upwards, both counted by the cost model;
the time is measured. Lines are bytes per second from each level times multiply-adds per byte, and the multiply-adds.
"""
import json
import math
import sys

WIDTH, HEIGHT, LEFT, BOTTOM, RIGHT, TOP = 760, 440, 70, 50, 110, 20
X, Y = (0.02, 32.0), (1e9, 3e11)
COLOURS = ["#0b62a4", "#c2410c", "#15803d", "#7e22ce"]


def place(x, y):
    right = (math.log(x / X[0]) / math.log(X[1] / X[0])) * (WIDTH - LEFT - RIGHT)
    up = (math.log(y / Y[0]) / math.log(Y[1] / Y[0])) * (HEIGHT - TOP - BOTTOM)
    return round(LEFT + right, 1), round(HEIGHT - BOTTOM - up, 1)


def text(x, y, words, anchor="start", size=11, colour="#333"):
    return f'<text x="{x}" y="{y}" font-size="{size}" text-anchor="{anchor}" fill="{colour}">{words}</text>'


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__.strip())
    runs = []
    for path in sys.argv[1:]:
        with open(path, encoding="utf-8") as file:
            runs.append(json.load(file))
    peaks = runs[0]["peaks"]
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" font-family="sans-serif">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
    ]
    for power in range(9, 12):
        x, y = place(X[0], 10.0**power)
        out.append(f'<path d="M{x} {y}H{WIDTH - RIGHT}" stroke="#eee"/>')
        out.append(text(LEFT - 6, y + 4, f"{10 ** (power - 9)} G", "end"))
    for exponent in range(-5, 6):
        x, y = place(2.0**exponent, Y[0])
        out.append(text(x, y + 16, f"1/{2 ** -exponent}" if exponent < 0 else str(2**exponent), "middle"))
    out.append(text((WIDTH - RIGHT + LEFT) / 2, HEIGHT - 12, "multiply-adds per byte", "middle"))
    out.append(text(12, 14, "multiply-adds per second"))
    top = peaks["multiply_adds_per_second"]
    for level in ["l1", "l2", "l3", "memory"]:
        rate = peaks.get(f"{level}_bytes_per_second")
        if rate is None:
            continue
        start, corner = max(X[0], Y[0] / rate), top / rate
        (x0, y0), (x1, y1) = place(start, start * rate), place(corner, top)
        out.append(f'<path d="M{x0} {y0}L{x1} {y1}" stroke="#888" fill="none"/>')
        out.append(text(x0 + 4, y0 - 6, level.upper() if level != "memory" else level, colour="#666"))
    (x0, y0), (x1, _) = place(top / peaks["l1_bytes_per_second"], top), place(X[1], top)
    out.append(f'<path d="M{x0} {y0}H{x1}" stroke="#888"/>')
    for number, run in enumerate(runs):
        colour = COLOURS[number % len(COLOURS)]
        out.append(text(WIDTH - RIGHT + 8, TOP + 14 + 16 * number, run["rule"], size=11, colour=colour))
        for part in run["parts"]:
            work, seconds = part["work"], part["measured_seconds"]
            if not work or not seconds or seconds <= 0:
                continue
            count = sum(work["bytes"].values())
            if count <= 0 or work["multiply_adds"] <= 0:
                continue
            density, rate = work["multiply_adds"] / count, work["multiply_adds"] / seconds
            if not (X[0] < density < X[1] and Y[0] < rate < Y[1]):
                continue
            x, y = place(density, rate)
            size = 6 if part["part"] == "whole episode" else 3.5
            out.append(f'<circle cx="{x}" cy="{y}" r="{size}" fill="{colour}"><title>{part["part"]}</title></circle>')
            out.append(text(x + 7, y + 4, part["part"].replace("learning in ", ""), size=8, colour=colour))
    print("\n".join(out + ["</svg>"]))


if __name__ == "__main__":
    main()
