# SPDX-License-Identifier: Apache-2.0
"""Observers, nodes that sleep, and nodes that only others hear.

    agents_roles.py PATH_OF_dsn-agent PATH_OF_dsn [unittest arguments]
"""

import os

import agents
import lan

OK, USAGE = 0, 2


class Roles(agents.OnALan):
    def warns(self, agent):
        return any("found no other kind of node" in text for text in agent.warnings())

    # protocol.md [observer-silent]
    def test_observers_find_each_other_through_a_node(self):
        screen, phone = (self.site.agent(name, host, role="observer")
                         for name, host in zip(("screen", "phone"), self.net.hosts))
        screen.set("light", True)
        lan.wait_until(lambda: self.warns(screen) and self.warns(phone), 5)
        self.assertEqual(len(screen.nodes()), 1)
        attic = self.site.agent("attic", self.net.hosts[2])
        lan.wait_until(lambda: agents.all_meet([attic, screen, phone]), 40)
        lan.wait_until(lambda: phone.value("screen", "light"), 10)
        self.assertFalse(self.warns(screen))
        self.assertEqual({name: node["role"] for name, node in attic.nodes().items()},
                         {"attic": "node", "screen": "observer", "phone": "observer"})
        line = next(line for line in self.dsn(attic, "nodes").stdout.splitlines() if "screen" in line)
        self.assertIn("\tobserver\t", line)

    # protocol.md [observer-relay]
    def test_an_observer_gives_nobody_the_values_of_others(self):
        attic, barn = (self.site.agent(name, host, databases={"cache": {"replicate": "on_demand"}})
                       for name, host in zip(("attic", "barn"), self.net.hosts))
        screen = self.site.agent("screen", self.net.hosts[2], role="observer")
        lan.wait_until(lambda: agents.all_meet([attic, barn, screen]), 40)
        attic.set("cache/page", "the attic's")
        lan.wait_until(lambda: all(agent.readings("attic", "cache/page") for agent in (barn, screen)),
                       10)
        self.assertEqual(self.dsn(screen, "read", "attic", "cache/page", "--value").stdout,
                         "the attic's\n")
        attic.kill()
        lan.wait_until(lambda: barn.nodes()["attic"]["state"] == "gone", 60)
        self.assertEqual(screen.value("attic", "cache/page"), "the attic's")
        asked = self.dsn(barn, "read", "attic", "cache/page", "--value")
        self.assertNotEqual(asked.returncode, OK)
        self.assertIn("no node that has the value answers", asked.stderr)

    def test_a_node_says_for_how_long_it_sleeps(self):
        told = os.path.join(self.site.path, "told")
        attic = self.site.agent("attic", self.net.hosts[0], hooks={
            "asleep": {"on_asleep": {"node": "*"}, "write": told}})
        shed = self.site.agent("shed", self.net.hosts[1])
        barn = self.site.agent("barn", self.net.hosts[2], sleep="1h")
        lan.wait_until(lambda: agents.all_meet([attic, shed, barn]), 20)
        shed.set("door", "open")
        lan.wait_until(lambda: attic.value("shed", "door") == "open", 10)
        self.assertEqual(self.dsn(shed, "sleep", "0s").returncode, 1)
        self.assertEqual(self.dsn(shed, "sleep", "soon").returncode, USAGE)
        asleep = self.dsn(shed, "sleep", "10m")
        self.assertEqual((asleep.returncode, asleep.stderr), (OK, ""))
        self.assertIn("back within 10m", asleep.stdout)
        self.assertEqual(shed.process.wait(10 * lan.SLOWEST), 0)
        lan.wait_until(lambda: attic.nodes()["shed"]["state"] == "asleep", 5)
        self.assertRegex(attic.nodes()["shed"]["reason"], "^back within (10|9)m$")
        self.assertEqual(attic.readings("shed", "door")[0]["status"], "ok")
        lan.wait_until(lambda: os.path.exists(told), 10)
        self.assertEqual(barn.terminate(), 0)
        lan.wait_until(lambda: attic.nodes()["barn"]["state"] == "asleep", 5)
        shed.start()
        lan.wait_until(lambda: agents.all_meet([attic, shed]), 20)

    def test_a_node_that_only_others_hear_is_shown_so(self):
        attic, shed, coop = (self.site.agent(name, host)
                             for name, host in zip(("attic", "shed", "coop"), self.net.hosts))
        shed.set("door", "open")
        lan.wait_until(lambda: attic.value("shed", "door") == "open", 20)
        # Each has shown the others a beat by then.
        lan.wait_until(lambda: attic.counters()["rounds"] >= 10, 60)
        self.net.cut(0, 1)
        lan.wait_until(lambda: attic.nodes()["shed"]["via"] == "via coop", 60)
        self.assertEqual(attic.nodes()["shed"]["state"], "live")
        self.assertEqual(attic.readings("shed", "door")[0]["via"], "via coop")
        self.net.heal()
        lan.wait_until(lambda: attic.nodes()["shed"]["via"] != "via coop", 20)


if __name__ == "__main__":
    agents.main("AGENT", "DSN")
