#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""DSN beside others: the same work for all, everybody in turn, in several rounds (tools/bench).

One process a node, all on the loopback of a network namespace that this makes.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../integration"))
import lan  # noqa: E402
import measures  # noqa: E402
import plot  # noqa: E402
import report  # noqa: E402
import systems  # noqa: E402

BEGIN, END = "<!-- tools/bench: from here -->", "<!-- tools/bench: to here -->"
# Of each number of nodes: updates, and the pause between two of them. Our mail is limited to 1000
# frames a second, and what is measured is how long an update takes, not how many there can be.
STREAMS = {2: (400, 2500), 10: (150, 12000), 50: (40, 60000)}


def arguments():
    parser = argparse.ArgumentParser(prog="tools/bench", description=__doc__)
    parser.add_argument("folder", help=argparse.SUPPRESS)
    parser.add_argument("--full", action="store_true",
                        help="all systems, up to 50 nodes, and joins (some 15 minutes)")
    parser.add_argument("--rounds", type=int, help="how often (3; with --full 5)")
    parser.add_argument("--only", action="append", metavar="WORD",
                        help="only systems whose name contains this; may be given again")
    parser.add_argument("--nodes", action="append", type=int, metavar="N", choices=sorted(STREAMS),
                        help="only updates among so many nodes; may be given again")
    parser.add_argument("--join", action="append", metavar="NODESxKEYS",
                        help="only joins into so many nodes; may be given again")
    parser.add_argument("--mail-rate", type=int, help="`mail_rate` of our nodes")
    parser.add_argument("--json", metavar="FILE", help="write what each round found")
    parser.add_argument("--docs", metavar="FOLDER",
                        help="write tables into FOLDER/benchmarks.md, and plots beside it")
    given = parser.parse_args()
    given.rounds = given.rounds or (5 if given.full else 3)
    if not given.nodes and not given.join:
        given.nodes = [2, 10, 50] if given.full else [2, 10]
        given.join = ["10x10", "50x10", "50x20"] if given.full else ["10x10"]
    return given


def chosen(given):
    """The systems that can be measured; says which cannot, and why."""
    able = []
    for system in systems.ALL:
        wanted = (any(word in system.name for word in given.only) if given.only
                  else given.full or system.name in systems.QUICK)
        if not wanted:
            continue
        missing = system.missing(given.folder)
        if missing:
            print(f"left out: {system.name}, without {', '.join(missing)}")
            continue
        if given.mail_rate and isinstance(system, systems.Dsn):
            system.mail_rate = given.mail_rate
        able.append(system)
    return able


def works(given):
    """What is done in each round: a prefix of the measures, and the work for one system."""
    for nodes in given.nodes or []:
        updates, pause_us = STREAMS[nodes]
        flood_ms = 0 if nodes > 10 else 700

        def stream(system, nodes=nodes, updates=updates, pause_us=pause_us, flood_ms=flood_ms):
            if nodes <= system.most:
                return measures.stream(system, given.folder, nodes, updates, pause_us, flood_ms)
            return None
        yield str(nodes), stream
    for join in given.join or []:
        nodes, keys = (int(word) for word in join.split("x"))

        def newcomer(system, nodes=nodes, keys=keys):
            if system.keeps_state and nodes <= system.most:
                return measures.join(system, given.folder, nodes, keys, 3)
            return None
        yield join, newcomer


def measure(given, able):
    found = report.Found()
    for number in range(given.rounds):
        for prefix, work in works(given):
            for system in able:
                try:
                    values = work(system)
                except (TimeoutError, RuntimeError, OSError) as error:
                    print(f"round {number + 1}, {prefix}, {system.name}: {error}", flush=True)
                    values = None
                if values is None:
                    continue
                found.add(system.name, prefix, values)
                words = ", ".join(f"{key} {value:.4g}" for key, value in values.items()
                                  if value is not None)
                print(f"round {number + 1}, {prefix}, {system.name}: {words}", flush=True)
    return found


def versions():
    packages = ["mosquitto", "cyclonedds-dev", "nats-server"]
    query = subprocess.run(["dpkg-query", "-W", "-f", "${Package} ${Version}, ", *packages],
                           capture_output=True, text=True)
    return query.stdout.rstrip(", ")


def where(given, load):
    return (f"{os.cpu_count()} cores ({platform.machine()}), Linux {platform.release()}, "
            f"{given.rounds} rounds, load before the run {load:.1f}; {versions()}.")


def write_docs(folder, lines, found, names):
    path = os.path.join(folder, "benchmarks.md")
    with open(path, encoding="utf-8") as file:
        text = file.read()
    before, _, rest = text.partition(BEGIN)
    after = rest.partition(END)[2]
    with open(path, "w", encoding="utf-8") as file:
        file.write(before + BEGIN + "\n" + "\n".join(lines) + "\n" + END + after)
    shown = [m for m in report.MEASURES if not m.key.endswith("p99_us")]
    times = [m for m in shown if m.unit in ("us", "ms")]
    plot.write(found, times, names, os.path.join(folder, "bench-times.svg"))
    plot.write(found, [m for m in shown if m not in times], names,
               os.path.join(folder, "bench-amounts.svg"))


def main():
    given = arguments()
    load = os.getloadavg()[0]
    subprocess.run(["ip", "link", "set", "lo", "up", "multicast", "on"], check=True)
    able = chosen(given)
    begun = time.monotonic()
    found = measure(given, able)
    names = [system.name for system in able]
    lines = [where(given, load), "", *report.table(found, names), "", *report.ratios(found, names)]
    print("\n".join(["", *lines, "", f"{time.monotonic() - begun:.0f} s"]))
    if given.json:
        with open(given.json, "w", encoding="utf-8") as file:
            json.dump({"where": where(given, load), "found": found.rounds}, file, indent=1)
    if given.docs:
        write_docs(given.docs, lines, found, names)


if __name__ == "__main__":
    if not any(word in ("-h", "--help") for word in sys.argv):
        lan.enter()
    main()
