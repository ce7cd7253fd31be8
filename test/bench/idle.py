#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What agents cost when nothing happens: memory, CPU, traffic.

    idle.py PATH_OF_dsn-agent [NODES [KEYS [SECONDS [REST]]]]

All on loopback, in network namespaces of their own; each node holds KEYS of its own. Looked at for
SECONDS after so many of REST: rounds and HELLOs slow down first, and pairs that never met make
their sessions, which takes 50 nodes two or three minutes. Traffic is what the agents count, plus 28 bytes of IP and UDP per datagram; a multicast counts once.
"""

import os
import statistics
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../integration"))
import agents  # noqa: E402
import lan  # noqa: E402

HEADERS = 28


def resident_kib(agent):
    with open(f"/proc/{agent.process.pid}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))


def cpu_seconds(agent):
    with open(f"/proc/{agent.process.pid}/stat") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def switches(agent):
    with open(f"/proc/{agent.process.pid}/status") as status:
        return next(int(l.split()[1]) for l in status if l.startswith("voluntary_ctxt_switches"))


def disk_bytes(agent):
    with open(f"/proc/{agent.process.pid}/io") as io:
        return next(int(line.split()[1]) for line in io if line.startswith("write_bytes"))


def traffic(agent):
    counters = agent.counters()
    return (counters["bytes_out"] + HEADERS * counters["frames_out"],
            counters["bytes_in"] + HEADERS * counters["frames_in"])


def main():
    agents.AGENT = os.path.abspath(sys.argv[1])
    given = [int(argument) for argument in sys.argv[2:]]
    nodes, keys, seconds, rest = given + [10, 20, 60, 30][len(given):]
    with lan.Lan(1, bare=True) as net, agents.Site() as site:
        started = time.monotonic()
        members = [site.agent(f"node{i}", net.hosts[0], interfaces=["lo"]) for i in range(nodes)]
        for agent in members:
            agent.set_many({f"key{i}": i * 1.5 for i in range(keys)})
        lan.wait_until(lambda: agents.all_hold(members, keys), 120)
        print(f"{nodes} nodes x {keys} keys: everybody held everything "
              f"{time.monotonic() - started:.1f} s after the first start")
        time.sleep(rest)
        before = [(cpu_seconds(a), switches(a), disk_bytes(a), *traffic(a)) for a in members]
        time.sleep(seconds)
        after = [(cpu_seconds(a), switches(a), disk_bytes(a), *traffic(a)) for a in members]
        rates = [[(y - x) / seconds for x, y in zip(b, a)] for b, a in zip(before, after)]
        cpu, wakes, disk, out, in_ = (statistics.mean(column) for column in zip(*rates))
        memory = [resident_kib(agent) for agent in members]
        print(f"resident {statistics.median(memory) / 1024:.1f} MiB (median), "
              f"{max(memory) / 1024:.1f} MiB (most)")
        print(f"CPU {cpu * 100:.3f} % of a core, {wakes:.1f} wake-ups/s, {disk:.0f} B/s to disk")
        print(f"sent {out:.0f} B/s, received {in_:.0f} B/s; halved sum {(out + in_) / 2:.0f} B/s")


if __name__ == "__main__":
    lan.enter()
    main()
