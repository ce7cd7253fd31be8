# SPDX-License-Identifier: Apache-2.0
"""What a run of tools/bench found: medians, ratios pair by pair, tables."""

import statistics

from systems import FLOOR


class Measure:
    def __init__(self, key, title, unit, digits=0, more_is_better=False):
        self.key, self.title, self.unit, self.digits = key, title, unit, digits
        self.more_is_better = more_is_better

    def text(self, value):
        if value is None:
            return "–"
        if self.unit == "per s":
            return f"{value / 1000:.1f} k"
        return f"{value:.{self.digits}f}"


MEASURES = [
    Measure("2/p50_us", "visible at the other of 2, p50", "us"),
    Measure("2/p99_us", "the same, p99", "us"),
    Measure("10/p50_us", "at the last of 10, p50", "us"),
    Measure("10/p99_us", "the same, p99", "us"),
    Measure("50/p50_us", "at the last of 50, p50", "us"),
    Measure("50/p99_us", "the same, p99", "us"),
    Measure("10/cpu_us", "processor time per delivered update, 10 nodes", "us", 1),
    Measure("2/bytes", "bytes on the wire per update, 2 nodes", "bytes"),
    Measure("10/bytes", "bytes per delivered update, 10 nodes", "bytes"),
    Measure("2/one_key_per_s", "seen by 1 receiver, one key at full speed", "per s", 0, True),
    Measure("2/keys_per_s", "seen by 1 receiver, 200 keys at full speed", "per s", 0, True),
    Measure("10/one_key_per_s", "seen by each of 9, one key", "per s", 0, True),
    Measure("10/keys_per_s", "seen by each of 9, 200 keys", "per s", 0, True),
    Measure("10x10/join_ms", "join into 10 x 10 keys", "ms", 1),
    Measure("50x10/join_ms", "join into 50 x 10 keys", "ms", 1),
    Measure("50x20/resident_mib", "memory of a node at 50 x 20 keys", "MiB", 1),
]
LAST_OF_ALL = [measure for measure in MEASURES if measure.key.endswith("p50_us")]


class Found:
    """By system and measure, a list of what each round found; None where it found nothing."""

    def __init__(self):
        self.rounds = {}

    def add(self, system, prefix, values):
        for key, value in values.items():
            self.rounds.setdefault(system, {}).setdefault(f"{prefix}/{key}", []).append(value)

    def of(self, system, key):
        return [v for v in self.rounds.get(system, {}).get(key, []) if v is not None]

    def median(self, system, key):
        values = self.of(system, key)
        return statistics.median(values) if values else None

    def ratio(self, system, other, key):
        """The median of what the rounds give, each compared with the same round of the other."""
        pairs = zip(self.rounds.get(system, {}).get(key, []), self.rounds.get(other, {}).get(key, []))
        ratios = [one / two for one, two in pairs if one is not None and two]
        return statistics.median(ratios) if ratios else None

    def noise(self, system, key):
        """The largest of the rounds by the smallest."""
        values = self.of(system, key)
        return max(values) / min(values) if len(values) > 1 and min(values) else None


def table(found, systems):
    measured = [m for m in MEASURES if any(found.of(s, m.key) for s in systems)]
    lines = ["| | " + " | ".join(systems) + " |", "|---" * (len(systems) + 1) + "|"]
    for measure in measured:
        unit = f" ({measure.unit})"
        cells = [measure.text(found.median(s, measure.key)) for s in systems]
        lines.append(f"| {measure.title}{unit} | " + " | ".join(cells) + " |")
    return lines


def ratios(found, systems, other=FLOOR):
    """How often the figure of `other` each system's is."""
    measured = [m for m in MEASURES if found.of(other, m.key)]
    shown = [s for s in systems if s != other]
    lines = [f"| as a multiple of {other} | " + " | ".join(shown) + f" | noise of {other} |",
             "|---" * (len(shown) + 2) + "|"]
    for measure in measured:
        cells = []
        for system in shown:
            ratio = found.ratio(system, other, measure.key)
            cells.append("–" if ratio is None else f"{ratio:.2f}")
        noise = found.noise(other, measure.key)
        cells.append("–" if noise is None else f"{noise:.2f}")
        lines.append(f"| {measure.title} | " + " | ".join(cells) + " |")
    return lines
