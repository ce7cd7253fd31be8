# SPDX-License-Identifier: Apache-2.0
"""The network key is replaced while everything goes on, and a node is put out.

    agents_rotation.py PATH_OF_dsn-agent PATH_OF_dsn [unittest arguments]
"""

import os
import stat
import subprocess
import time
import unittest

import agents
import lan

NODES = 10
LATE_MS = 5000


class Rotation(unittest.TestCase):
    def setUp(self):
        self.net = lan.Lan(NODES)
        self.net.__enter__()
        self.addCleanup(self.net.__exit__, None, None, None)
        self.site = agents.Site()
        self.addCleanup(self.site.__exit__)
        self.config = os.path.join(self.site.path, "init", "agent.yaml")
        made = self.run_dsn("init", "--yes", "--name", "first", "--config", self.config)
        self.assertEqual(made.returncode, 0, made.stderr)
        self.keys = os.path.join(self.site.path, "init", "keys")
        self.site.key_file = os.path.join(self.keys, "k1.key")

    def run_dsn(self, *words):
        environment = dict(os.environ, STATE_DIRECTORY=os.path.join(self.site.path, "init", "state"))
        return subprocess.run([agents.DSN, *words], env=environment, capture_output=True, text=True,
                              timeout=60 * lan.SLOWEST)

    def operate(self, agent, *words):
        done = self.run_dsn(*words, "--config", self.config, "--socket", agent.socket)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def status(self, agent):
        return self.run_dsn("key", "status", "--socket", agent.socket).stdout

    def all_have(self, members, epoch):
        return all(agent.call("keys")["epoch"] == epoch for agent in members)

    # protocol.md [key-mailed] [key-handed-on] [key-stored] [old-key-known] [out-ended]
    def test_ten_nodes_get_a_new_key_one_sleeps_and_one_is_put_out(self):
        authority = os.path.join(self.keys, "authority.key")
        self.assertEqual(stat.S_IMODE(os.stat(authority).st_mode), 0o600)
        members = [self.site.agent(f"node{i}", host) for i, host in enumerate(self.net.hosts)]
        lan.wait_until(lambda: agents.all_meet(members), 30)
        first, sleeper, thief = members[0], members[8], members[9]
        rest = members[:8]
        self.assertIn("10 of 10 hold k1", self.status(first))

        sleeper.kill()
        rotated = self.operate(first, "key", "rotate")
        self.assertIn("the network key is k2 now", rotated)
        self.write_while(rest, lambda: self.all_have([*rest, thief], 2))
        revoked = self.operate(rest[3], "revoke", "node9")
        self.assertIn("the network key is k3 now, and out is node9", revoked)
        self.write_while(rest, lambda: self.all_have(rest, 3))
        lan.wait_until(lambda: all("node9" not in agent.nodes() for agent in rest), 20)
        self.assertTrue(self.all_have([thief], 2))

        thief.kill()
        thief.start()
        sleeper.start()
        lan.wait_until(lambda: self.all_have([sleeper], 3), 30)
        lan.wait_until(lambda: agents.all_meet([*rest, sleeper]), 30)
        lan.wait_until(lambda: "9 of 9 hold k3" in self.status(first), 60)
        self.assertNotIn("node9", first.nodes())
        # The sleeper may have talked to it before it got the new key.
        lan.wait_until(lambda: thief.live() == {"node9"}, 60)

        for agent in (first, sleeper):
            agent.kill()
            agent.start()
            self.assertEqual(agent.call("keys")["epoch"], 3, "it was kept")
        lan.wait_until(lambda: agents.all_meet([*rest, sleeper]), 30)

    def write_while(self, members, condition):
        """All set keys until the condition holds; each value arrives everywhere in time."""
        end = time.monotonic() + 60 * lan.SLOWEST
        done = False
        while not done:
            done = condition()
            value = f"{time.monotonic_ns()}"
            for agent in members:
                agent.set("load", value)
            sent = time.monotonic()
            lan.wait_until(lambda: all(reader.value(owner.name, "load") == value
                                       for reader in members for owner in members), 20)
            self.assertLess((time.monotonic() - sent) * 1000, LATE_MS * lan.SLOWEST)
            self.assertLess(time.monotonic(), end)

    def test_the_invite_is_that_of_the_newest_key_and_an_old_one_lets_nobody_in(self):
        first, second = (self.site.agent(f"node{i}", self.net.hosts[i]) for i in range(2))
        lan.wait_until(lambda: agents.all_meet([first, second]), 20)
        self.operate(first, "key", "rotate")
        lan.wait_until(lambda: self.all_have([first, second], 2), 20)
        late = self.site.agent("late", self.net.hosts[2])
        lan.wait_until(lambda: first.counters()["drop_old_key"] > 0, 30)
        self.assertEqual(late.live(), {"late"})
        # The configuration of dsn init has another credential_dir than this agent's.
        with open(self.config, "a") as config:
            config.write(f"\ncredential_dir: {first.config['credential_dir']}\n")
        invite = self.run_dsn("key", "invite", "--config", self.config)
        self.assertTrue(invite.stdout.startswith("DSN2-"), invite.stderr)
        late.kill()
        key_file = os.path.join(self.site.path, "invited.key")
        with open(os.open(key_file, os.O_CREAT | os.O_WRONLY, 0o600), "w") as file:
            file.write(invite.stdout)
        late.config["aes_key_file"] = key_file
        late.start()
        lan.wait_until(lambda: agents.all_meet([first, second, late]), 20)

    def test_only_the_authority_may_and_it_can_be_kept_elsewhere(self):
        first = self.site.agent("node0", self.net.hosts[0])
        saved = os.path.join(self.site.path, "saved")
        exported = self.run_dsn("key", "export", saved, "--config", self.config)
        self.assertEqual(exported.returncode, 0, exported.stderr)
        os.remove(os.path.join(self.keys, "authority.key"))
        refused = self.run_dsn("key", "rotate", "--config", self.config, "--socket", first.socket)
        self.assertEqual(refused.returncode, 1)
        self.assertIn("there is no authority", refused.stderr)
        self.assertIn("k2", self.operate(first, "key", "rotate", "--authority", saved))
        imported = self.run_dsn("key", "import", saved, "--config", self.config)
        self.assertEqual(imported.returncode, 0, imported.stderr)
        self.assertIn("k3", self.operate(first, "key", "rotate"))


if __name__ == "__main__":
    agents.main("AGENT", "DSN")
