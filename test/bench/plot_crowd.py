#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""plot_crowd.py CSV SVG: how a crowd boots, from what `crowd --csv` wrote.

Above, the share of all pairs that have met; below, the frames that each node sends, by second.
"""

import csv
import sys

WIDTH, HEIGHT, LEFT, RIGHT = 720, 480, 70, 20
UPPER, LOWER = (30, 240), (280, 430)  # top and bottom of the two plots
INK, GRID, LINE = "#333333", "#dddddd", "#1f5fa8"


def read(path):
    with open(path, newline="", encoding="ascii") as file:
        return [{key: float(value) for key, value in row.items()} for row in csv.DictReader(file)]


def frame_rates(rows):
    """Frames sent per second, over the ten samples before each."""
    return [
        (row["seconds"], (row["frames"] - before["frames"]) / (row["seconds"] - before["seconds"]))
        for before, row in zip(rows, rows[10:])
    ]


def text(x, y, words, anchor="middle"):
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-family="sans-serif" '
        f'font-size="12" fill="{INK}">{words}</text>'
    )


def plot(points, span, top, area, title, label):
    """One curve with its axes: `span` seconds wide, `top` high."""
    upper, lower = area
    right = WIDTH - RIGHT

    def at_x(seconds):
        return LEFT + (right - LEFT) * seconds / span

    def at_y(value):
        return lower - (lower - upper) * value / top

    out = [text(LEFT, upper - 10, title, "start")]
    for part in range(5):
        value = top * part / 4
        y = at_y(value)
        out.append(f'<path d="M{LEFT} {y:.1f}H{right}" stroke="{GRID}"/>')
        out.append(text(LEFT - 8, y + 4, label(value), "end"))
    step = max(1, round(span / 10))
    for second in range(0, int(span) + 1, step):
        x = at_x(second)
        out.append(f'<path d="M{x:.1f} {upper}V{lower}" stroke="{GRID}"/>')
        out.append(text(x, lower + 16, f"{second} s"))
    path = "L".join(f"{at_x(x):.1f} {at_y(y):.1f}" for x, y in points)
    out.append(f'<path d="M{path}" fill="none" stroke="{LINE}" stroke-width="2"/>')
    return out


def main(csv_path, svg_path):
    rows = read(csv_path)
    span = rows[-1]["seconds"]
    met = [(row["seconds"], row["share_met"]) for row in rows]
    rates = frame_rates(rows)
    top = max(rate for _, rate in rates) * 1.1
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
        *plot(met, span, 1, UPPER, "Pairs of nodes that have met", lambda v: f"{v:.0%}"),
        *plot(rates, span, top, LOWER, "Frames sent by all nodes, a second",
              lambda v: f"{v / 1000:.0f}k"),
        "</svg>",
    ]
    with open(svg_path, "w", encoding="ascii") as file:
        file.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2])
