# SPDX-License-Identifier: Apache-2.0
"""A LAN of agents that were built for different processors, those of other machines under qemu.

    agents_mixed.py 'build/src/agent/dsn-agent' 'qemu-arm -cpu arm1176 .../dsn-agent'...

Two hosts run each of the command lines given. The values are of all kinds, and each agent that holds
them has checked the signature of their owner.
"""

import shlex
import sys
import unittest

import agents
import lan

PROGRAMS = []

VALUES = {
    "true": True, "zero": 0, "small": -5, "int32": 2**31, "uint32": 2**32 + 1, "int64": -2**63,
    "uint64": 2**63 - 1, "half": 0.5, "double": 0.1, "huge": -1.7e308, "text": "gr\u00fcn \U0001f331",
}


class Mixed(unittest.TestCase):
    def test_everybody_reads_everybody(self):
        with lan.Lan(2 * len(PROGRAMS)) as net, agents.Site() as site:
            members = []
            for index, host in enumerate(net.hosts):
                agent = site.agent(f"node{index}", host, start=False)
                agent.program = PROGRAMS[index % len(PROGRAMS)]
                members.append(agent.start())
            for agent in members:
                agent.set_many(VALUES)
            lan.wait_until(lambda: agents.all_hold(members, len(VALUES)), 60, "all hold all")
            for reader in members:
                for owner in members:
                    for key, value in VALUES.items():
                        self.assertEqual(reader.value(owner.name, key), value, (reader.name, owner.name, key))

            for owner in members:
                report = members[0].call("send", node=owner.name, name="light", timeout_ms=60_000)
                self.assertEqual(report["outcome"], "nobody listens", owner.name)

            members[-1].set("text", "new")
            lan.wait_until(lambda: all(a.value(members[-1].name, "text") == "new" for a in members),
                           30, "a change reaches all")
            members[0].kill()
            lan.wait_until(lambda: all(members[0].name not in a.live() for a in members[1:]), 90,
                           "all miss the one that was killed")


def main():
    PROGRAMS.extend(shlex.split(words) for words in sys.argv[1:])
    del sys.argv[1:]
    unittest.main(verbosity=2)


if __name__ == "__main__":
    lan.enter()
    main()
