# SPDX-License-Identifier: Apache-2.0
"""A member floods an agent with half messages under many identities. Prints how long updates of others take."""

import subprocess
import sys
import time
import unittest

import agents
import lan
import member
from member import app_messages, wire

PORT = 17373
IDENTITIES = 40
FRAMES_AT_ONCE = 200
ROUNDS = 10
MEMORY_MAX = 8 * 1024  # KiB that the agent may grow by; half messages take 1 MiB at most
LARGEST = bytes(wire.APP_MESSAGE_MAX)


def resident(agent):
    with open(f"/proc/{agent.process.pid}/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmRSS:"))


class Crowd:
    """Identities that each begin messages and end none, and say small ones that are none."""

    def __init__(self, network, agent, target):
        self.agent = agent
        self.members = [member.Member(network, f"hog{i}", target) for i in range(IDENTITIES)]
        self.number = 0
        for one in self.members:
            lan.wait_until(lambda: self.knock(one), 20, one.name)

    def knock(self, one):
        one.knock()
        one.mail({})
        return one.name in self.agent.live()

    def flood(self):
        for at in range(FRAMES_AT_ONCE):
            self.number += 1
            one = self.members[at % len(self.members)]
            parts = app_messages.parts_of(self.number // 1000 + 1, LARGEST)
            none, = app_messages.parts_of(2**63 + self.number, b"?")
            one.say(parts[self.number % (len(parts) - 1)], none)

    def close(self):
        for one in self.members:
            one.socket.close()

    def outcomes(self):
        """What they were told."""
        return {message["outcome"] for one in self.members for message in one.heard()
                if message["type"] == wire.DATA_ACK}


class Messages(unittest.TestCase):
    def slowest_update(self, agents_, crowd):
        slowest = 0
        for value in range(ROUNDS):
            for one, other in (agents_, agents_[::-1]):
                begin = time.monotonic()
                one.set("t", 20.5 + value)

                def has_it():
                    crowd.flood()
                    return other.value(one.name, "t") == 20.5 + value

                lan.wait_until(has_it, 10, "an update")
                slowest = max(slowest, time.monotonic() - begin)
        return slowest

    def test_updates_arrive_and_who_was_there_before_keeps_its_room(self):
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        with agents.Site() as site:
            attic = site.agent("attic", port=PORT, interfaces=["lo"], multicast=False)
            cellar = site.agent("cellar", interfaces=["lo"], multicast=False,
                                bootstrap_nodes=[f"127.0.0.1:{PORT}"])
            lan.wait_until(lambda: agents.all_meet([attic, cellar]), 20)
            with open(site.key_file) as file:
                network = wire.Network(bytes.fromhex(file.read().split()[0]))
            target = member.Target(network, ("127.0.0.1", PORT))
            early = member.Member(network, "early", target)
            early.knock()
            early.mail({})
            lan.wait_until(lambda: "early" in attic.live(), 20)

            crowd = Crowd(network, attic, target)
            before = resident(attic)
            slowest = self.slowest_update((attic, cellar), crowd)
            counters = attic.counters()
            print(f"{2 * ROUNDS} updates beside {crowd.number} frames of {IDENTITIES} identities, the "
                  f"slowest after {slowest:.3f} s; {counters['drop_answer_limit']} parts were above "
                  "the limits", file=sys.stderr)
            self.assertLess(resident(attic) - before, MEMORY_MAX)
            self.assertEqual(crowd.outcomes(), {app_messages.INCOMPLETE, app_messages.BUSY,
                                                app_messages.MALFORMED})

            half = app_messages.parts_of(1, LARGEST)[0]
            told = []

            def is_told():
                crowd.flood()
                early.say(half)
                told.extend(message["outcome"] for message in early.heard()
                            if message["type"] == wire.DATA_ACK)
                return told

            lan.wait_until(is_told, 10, "an acknowledgement")
            self.assertEqual(set(told), {app_messages.INCOMPLETE})
            crowd.close()
            early.socket.close()


if __name__ == "__main__":
    agents.main("AGENT")
