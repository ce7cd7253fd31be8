# SPDX-License-Identifier: Apache-2.0
"""Who is there and who is not: over restarts, after a good-bye, and with a copied card.

    agents_presence.py PATH_OF_dsn-agent PATH_OF_dsn [unittest arguments]
"""

import os
import shutil
import subprocess
import unittest

import agents
import lan


class Presence(unittest.TestCase):
    def dsn(self, agent, *words):
        return subprocess.run([agents.DSN, *words, "--socket", agent.socket], text=True,
                              capture_output=True, timeout=60 * lan.SLOWEST)

    def told(self):
        return os.path.join(self.site.path, "told")

    def hook(self, condition):
        return {"h": {condition: {}, "run": ["/bin/sh", "-c",
                                             f'echo "$DSN_NODE$DSN_RETURNED" >> {self.told()}']}}

    def lines(self):
        if not os.path.exists(self.told()):
            return []
        with open(self.told()) as file:
            return sorted(file.read().split())

    # protocol.md [remembered-kept] [remembered-shown]
    def test_who_does_not_return_after_a_power_cut_is_gone(self):
        attic, shed, barn = agents.meet_on_a_lan(self, "attic", "shed", "barn")
        address = attic.nodes()["shed"]["address"]
        self.assertEqual([agent.terminate() for agent in (attic, barn)], [0, 0])
        shed.kill()
        attic.config.update(hooks=self.hook("on_gone"), expect=["barn", "garage"])
        attic.start()
        barn.start()
        node = attic.nodes()["shed"]
        self.assertEqual((node["state"], node["address"]), ("late", address))
        self.assertRegex(node["reason"], "^not heard since this agent started; last at ")
        self.assertEqual(attic.nodes()["garage"]["reason"], "expected, never heard")
        lan.wait_until(lambda: self.lines() == ["garage", "shed"], 30)
        self.assertEqual({name: node["state"] for name, node in attic.nodes().items()},
                         {"attic": "self", "barn": "live", "shed": "gone", "garage": "gone"})
        self.assertEqual(self.dsn(attic, "forget", "shed").returncode, 0)
        refused = self.dsn(attic, "forget", "garage")
        self.assertIn("take it out of 'expect'", refused.stderr)
        self.assertEqual(attic.terminate(), 0)
        attic.config.update(hooks=self.hook("on_joined"))
        attic.start()
        self.assertNotIn("shed", attic.nodes())
        lan.wait_until(lambda: self.lines() == ["barntrue", "garage", "shed"], 20)

    # protocol.md [bye-knocked]
    def test_a_good_bye_in_the_first_moment_is_heard_by_all(self):
        members = agents.meet_on_a_lan(self, "a", "b", "c", "d", "e", "f")
        host = self.net.hosts[0]
        for number in range(5):
            guest = self.site.agent(f"x{number}", host, start=False)
            guest.launch()
            lan.wait_until(lambda: any(guest.name in agent.live() for agent in members), 15)
            guest.terminate()
            lan.wait_until(lambda: not any(guest.name in agent.live() for agent in members), 3)

    # protocol.md [past-run-told] [clone-told]
    def test_the_original_is_back_soon_after_its_clone_is_gone(self):
        attic, shed, barn = agents.meet_on_a_lan(self, "attic", "shed", "barn")
        shed.set("which", "original")
        lan.wait_until(lambda: attic.value("shed", "which") == "original", 10)
        barn.terminate()
        clone = self.site.agent("shed", self.net.hosts[2], start=False)
        shutil.copytree(shed.config["credential_dir"], clone.config["credential_dir"])
        clone.start()
        clone.set("which", "clone")

        def warns(agent, text):
            return any(text in warning for warning in agent.warnings())

        lan.wait_until(lambda: warns(shed, "the identity of this node") and
                       warns(clone, "the identity of this node"), 60)
        lan.wait_until(lambda: warns(attic, "shed runs on two machines, "), 60)
        clone.kill()
        lan.wait_until(lambda: attic.nodes()["shed"]["state"] == "live" and
                       attic.value("shed", "which") == "original", 15)


if __name__ == "__main__":
    agents.main("AGENT", "DSN", side_by_side=True)
