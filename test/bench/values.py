#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What values on demand and patterns cost, beside what the same costs without them.

    values.py PATH_OF_dsn-agent

Three agents on loopback. Each figure stands beside its baseline of the same run, since a busy machine
makes both slower.
"""

import os
import sys
import time

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), folder)
                for folder in ("../integration", "../../src/python")]
import agents  # noqa: E402
import dsn  # noqa: E402
import lan  # noqa: E402

VALUES, BYTES, ROUNDS = 50, 900, 300
HEADERS = 28  # of IP and UDP
PATTERNS, LISTENERS = 1000, 16


def median(act, rounds=ROUNDS):
    took = []
    for number in range(rounds):
        begin = time.perf_counter()
        act(number)
        took.append((time.perf_counter() - begin) * 1e6)
    return sorted(took)[rounds // 2]


def show(what, value, unit, baseline):
    print(f"{what:46} {value:9.1f} {unit:5} ratio {value / baseline:5.2f}")


def held_kib(agent):
    return agent.call("status")["replica_bytes"] / 1024


def sent_bytes(agent):
    counters = agent.counters()
    return counters["bytes_out"] + HEADERS * counters["frames_out"]


def share(owner, readers, database):
    """Sets all values; what that takes of the readers' memory and the owner's traffic."""
    memory, sent = sum(map(held_kib, readers)), sent_bytes(owner)
    for number in range(VALUES):
        owner.set(f"{database}/{number}", f"{database}{number}" + "x" * BYTES)
    lan.wait_until(lambda: all(reader.readings("owner", f"{database}/{VALUES - 1}")
                               for reader in readers), 60)
    return ((sum(map(held_kib, readers)) - memory) / len(readers),
            (sent_bytes(owner) - sent) / 1024)


def values(owner, readers):
    memory, sent = share(owner, readers, "always")
    show(f"{VALUES} values of {BYTES} bytes: memory of a reader", memory, "KiB", memory)
    show("  their traffic", sent, "KiB", sent)
    memory_on_demand, sent_on_demand = share(owner, readers, "demand")
    show("  on demand: memory of a reader", memory_on_demand, "KiB", memory)
    show("  their traffic", sent_on_demand, "KiB", sent)


def fetches(reader):
    agent = dsn.Agent(reader.socket)
    read = median(lambda number: agent.fetch("owner", f"always/{number % VALUES}"))
    show("read of a value that is here", read, "us", read)
    # The first read of each asks the owner; the second finds it here.
    for what in ("  of one on demand, from its owner", "  the same again"):
        show(what, median(lambda number: agent.fetch("owner", f"demand/{number}"), VALUES), "us", read)


def patterns(owner, reader):
    sender = dsn.Agent(owner.socket)
    here = dsn.Agent(reader.socket)
    messages = here.messages("bell", patience=0.2)
    next(messages)
    send = median(lambda _: sender.send("reader", "bell"))
    show("a message to one listener with one pattern", send, "us", send)
    kept = []
    for listener in range(LISTENERS):
        many = here.messages(*(f"door/{listener}/{number}*" for number in range(PATTERNS // LISTENERS)),
                             patience=0.2)
        next(many)
        kept.append(many)
    show(f"  and {PATTERNS} patterns of {LISTENERS} listeners that do not fit",
         median(lambda _: sender.send("reader", "bell")), "us", send)


def main():
    agents.AGENT = os.path.abspath(sys.argv[1])
    with lan.Lan(1, bare=True) as net, agents.Site() as site:
        databases = {"demand": {"replicate": "on_demand"}}
        owner, reader, other = members = [
            site.agent(name, net.hosts[0], interfaces=["lo"], databases=databases)
            for name in ("owner", "reader", "other")]
        lan.wait_until(lambda: agents.all_meet(members), 60)
        values(owner, [reader, other])
        fetches(reader)
        patterns(owner, reader)


if __name__ == "__main__":
    lan.enter()
    main()
