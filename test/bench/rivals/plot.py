# SPDX-License-Identifier: Apache-2.0
"""Bars of what tools/bench found, one picture of several measures."""

import math

WIDTH, LEFT, RIGHT, ROW, HEAD = 720, 210, 70, 18, 34
INK, OURS, OTHERS, FLOOR_INK = "#333333", "#1f5fa8", "#b8c4d0", "#888888"


def text(x, y, words, anchor="start", weight="normal"):
    return (f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}" font-family="sans-serif" '
            f'font-size="12" font-weight="{weight}" fill="{INK}">{words}</text>')


def colour(system):
    if system.startswith("DSN"):
        return OURS
    return FLOOR_INK if system.startswith("raw") else OTHERS


def panel(found, measure, systems, top):
    """The bars of one measure on a logarithmic axis that begins at half of the smallest."""
    values = [(s, found.median(s, measure.key)) for s in systems]
    values = [(s, v) for s, v in values if v]
    better = "more" if measure.more_is_better else "less"
    out = [text(10, top + 20, f"{measure.title} ({measure.unit}; {better} is better)", weight="bold")]
    if not values:
        return [], top
    least, most = min(v for _, v in values) / 2, max(v for _, v in values)
    y = top + HEAD
    for system, value in values:
        width = (WIDTH - LEFT - RIGHT) * math.log(value / least) / math.log(most / least)
        out.append(text(LEFT - 8, y + 12, system, "end"))
        out.append(f'<rect x="{LEFT}" y="{y}" width="{width:.0f}" height="{ROW - 4}" '
                   f'fill="{colour(system)}"/>')
        out.append(text(LEFT + width + 6, y + 12, measure.text(value)))
        y += ROW
    return out, y + 8


def write(found, measures, systems, path):
    top, out = 0, []
    for measure in measures:
        lines, top = panel(found, measure, systems, top)
        out += lines
    with open(path, "w", encoding="utf-8") as file:
        file.write(f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{top + 6}">\n'
                   f'<rect width="{WIDTH}" height="{top + 6}" fill="white"/>\n'
                   + "\n".join(out) + "\n</svg>\n")
