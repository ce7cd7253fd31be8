# SPDX-License-Identifier: Apache-2.0
"""A member with hundreds of identities fills the memory for states of an agent. Prints what the others have left."""

import subprocess
import sys
import time
import unittest

import agents
import lan
import member

PORT = 17373
IDENTITIES_MAX = 570
LARGE = 62 * [995]  # nearly as much as a state may have
ROUNDS = 5


class Hoard:
    """Identities that stay, each with a state as large as may be."""

    def __init__(self, site, agent):
        self.network = member.network_of(site)
        self.agent = agent
        asker = member.Member(self.network, "asker")
        self.target = asker.ask(("127.0.0.1", PORT))
        asker.close()
        self.members = []
        self.said = time.monotonic()

    def add(self, sizes):
        """One more identity, with a key of each of these sizes."""
        one = member.Member(self.network, f"hog{len(self.members)}").aim(self.target)
        self.members.append(one)
        # How many strangers a second are let in depends on the machine.
        known = self.agent.call("status")["nodes_known"]
        while self.agent.call("status")["nodes_known"] == known:
            one.knock()
            self.stay()
            time.sleep(0.002)
        for key, size in enumerate(sizes):
            one.mail({f"k{key}": "x" * size})

    def stay(self):
        if time.monotonic() - self.said < 1:
            return
        self.said = time.monotonic()
        for one in self.members:
            if one.version > 0:
                one.mail({})

    def close(self):
        for one in self.members:
            one.close()


class Memory(unittest.TestCase):
    def seconds_until(self, hoard, condition, what):
        begin = time.monotonic()

        def holds():
            hoard.stay()
            return condition()

        lan.wait_until(holds, 10, what)
        return time.monotonic() - begin

    def test_no_update_within_a_share_is_refused_whatever_others_hold(self):
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        with agents.Site() as site:
            at = {"interfaces": ["lo"], "multicast": False, "bootstrap_nodes": [f"127.0.0.1:{PORT}"]}
            attic = site.agent("attic", port=PORT, interfaces=["lo"], multicast=False)
            good = [site.agent(f"good{i}", **at) for i in range(3)]
            for one in good:
                one.set("t", 20.5)
            lan.wait_until(lambda: all(attic.value(one.name, "t") == 20.5 for one in good), 20)

            hoard = Hoard(site, attic)
            begin = time.monotonic()
            while attic.counters()["drop_memory"] == 0 and len(hoard.members) < IDENTITIES_MAX:
                hoard.add(LARGE)
            for size in (500, 200, 50, 10, 1):  # down to the last bytes
                hoard.add(17 * [995] + 30 * [size])
            status = attic.call("status")
            print(f"{len(hoard.members)} identities in {time.monotonic() - begin:.1f} s: "
                  f"{status['replica_bytes']} bytes held", file=sys.stderr)
            self.assertGreater(status["counters"]["drop_memory"], 0)

            longest, taken = 0, 0
            for value in range(ROUNDS):
                for one in good:
                    one.set("t", 30.5 + value)
                    longest = max(longest, self.seconds_until(
                        hoard, lambda: attic.value(one.name, "t") == 30.5 + value, "an update"))
                    taken += 1
            print(f"{taken} of {ROUNDS * len(good)} updates of the others taken, the slowest after "
                  f"{longest:.3f} s", file=sys.stderr)
            good[0].set_many({f"u{i}": "y" * 200 for i in range(60)})
            span = self.seconds_until(hoard, lambda: len(attic.readings("good0")) == 61, "60 keys")
            print(f"60 new keys of one of them after {span:.2f} s", file=sys.stderr)
            shed = site.agent("shed", **at)
            shed.set_many({f"t{i}": i for i in range(20)})
            span = self.seconds_until(hoard, lambda: len(attic.readings("shed")) == 20, "a new node")
            print(f"20 keys of a new node after {span:.2f} s", file=sys.stderr)
            warnings = "\n".join(attic.warnings())
            self.assertIn("no room for the state of hog", warnings)
            self.assertNotIn("good", warnings)
            self.assertNotIn("shed", warnings)
            hoard.close()


if __name__ == "__main__":
    agents.main("AGENT")
