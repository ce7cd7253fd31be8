# SPDX-License-Identifier: Apache-2.0
"""A member floods an agent with half messages under many identities. Prints how long updates of others take."""

import contextlib
import itertools
import os
import signal
import subprocess
import sys
import time
import unittest

import agents
import lan
import member
from member import wire

import app_messages  # of test/vectors

PORT = 17373
IDENTITIES = 40
FLOODED = 3000  # frames before anything is measured
ROUNDS = 10
MEMORY_MAX = 8 * 1024  # KiB that the agent may grow by; half messages take 1 MiB at most
LARGEST = bytes(wire.APP_MESSAGE_MAX)


def resident(agent):
    with open(f"/proc/{agent.process.pid}/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmRSS:"))


def heard(one):
    """The messages that came to a member since the last call."""
    one.listen()
    messages, one.heard = one.heard, []
    return messages


class Crowd:
    """Identities that each begin messages and end none, and say small ones that are none."""

    def __init__(self, network, agent, target):
        self.agent = agent
        self.members = [member.Member(network, f"hog{i}").aim(target) for i in range(IDENTITIES)]
        for one in self.members:
            lan.wait_until(lambda: self.knock(one), 20, one.name)

    def knock(self, one):
        one.knock()
        one.mail({})
        return one.name in self.agent.live()

    @contextlib.contextmanager
    def flooding(self):
        """Each in its turn, as fast as a process can, until the end of the block."""
        child = os.fork()
        if child == 0:
            for number in itertools.count(1):
                parts = app_messages.parts_of(number // 1000 + 1, LARGEST)
                none, = app_messages.parts_of(2**63 + number, b"?")
                one = self.members[number % len(self.members)]
                one.say(parts[number // len(self.members) % (len(parts) - 1)], none)
        try:
            yield
        finally:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)

    def close(self):
        for one in self.members:
            one.close()

    def outcomes(self):
        """What they were told."""
        return {message["outcome"] for one in self.members for message in heard(one)
                if message["type"] == wire.DATA_ACK}


class Messages(unittest.TestCase):
    def slowest_update(self, pair):
        slowest = 0
        for value in range(ROUNDS):
            for one, other in (pair, pair[::-1]):
                begin = time.monotonic()
                one.set("t", 20.5 + value)
                lan.wait_until(lambda: other.value(one.name, "t") == 20.5 + value, 10, "an update")
                slowest = max(slowest, time.monotonic() - begin)
        return slowest

    def outcome_of_a_half_message(self, one):
        """Sends a part until it is acknowledged; it may be lost among others."""
        half = app_messages.parts_of(1, LARGEST)[0]
        told = []

        def is_told():
            one.say(half)
            told.extend(message["outcome"] for message in heard(one)
                        if message["type"] == wire.DATA_ACK)
            return told

        lan.wait_until(is_told, 10, "an acknowledgement")
        return set(told)

    def test_updates_arrive_and_who_was_there_before_keeps_its_room(self):
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        with agents.Site() as site:
            attic = site.agent("attic", port=PORT, interfaces=["lo"], multicast=False)
            cellar = site.agent("cellar", interfaces=["lo"], multicast=False,
                                bootstrap_nodes=[f"127.0.0.1:{PORT}"])
            lan.wait_until(lambda: agents.all_meet([attic, cellar]), 20)
            network = member.network_of(site)
            early = member.Member(network, "early").join(("127.0.0.1", PORT))
            early.mail({})
            lan.wait_until(lambda: "early" in attic.live(), 20)

            crowd = Crowd(network, attic, early.target)
            memory, frames = resident(attic), attic.counters()["frames_in"]
            with crowd.flooding():
                lan.wait_until(lambda: attic.counters()["frames_in"] > frames + FLOODED, 30)
                begin, frames = time.monotonic(), attic.counters()["frames_in"]
                slowest = self.slowest_update((attic, cellar))
                told = self.outcome_of_a_half_message(early)
                rate = (attic.counters()["frames_in"] - frames) / (time.monotonic() - begin)
            print(f"{2 * ROUNDS} updates beside {rate:.0f} frames a second of {IDENTITIES} "
                  f"identities, the slowest after {slowest:.3f} s", file=sys.stderr)
            self.assertEqual(told, {app_messages.INCOMPLETE})
            early.say(*app_messages.parts_of(2, app_messages.encoded(
                {"kind": app_messages.SEND, "name": "light", "payload": True, "answers": 0})))
            answers = []
            lan.wait_until(lambda: answers.extend(heard(early)) or [
                one for one in answers if one["type"] == wire.DATA_ACK and one["number"] == 2],
                10, "an acknowledgement")
            self.assertEqual({one["outcome"] for one in answers
                              if one["type"] == wire.DATA_ACK and one["number"] == 2},
                             {app_messages.NOBODY_LISTENS})
            self.assertLess(resident(attic) - memory, MEMORY_MAX)
            self.assertGreaterEqual(crowd.outcomes(), {app_messages.BUSY, app_messages.MALFORMED})
            crowd.close()
            early.close()


if __name__ == "__main__":
    agents.main("AGENT")
