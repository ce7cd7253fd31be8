# SPDX-License-Identifier: Apache-2.0
"""What operators do with keys besides replacing them: by hand, into another network, at the same time, and what
doctors and warnings say of it.

    agents_key_changes.py PATH_OF_dsn-agent PATH_OF_dsn [unittest arguments]
"""

import os
import re
import secrets
import shutil
import subprocess

import agents
import doctor
import lan
import side_by_side


class Keys(doctor.Network):
    def dsn_of(self, agent, *words, **how):
        """A command of the machine of this agent, with its configuration."""
        return subprocess.run([agents.DSN, *words, "--config", agent.config_file], text=True, capture_output=True,
                              timeout=60 * lan.SLOWEST, **how)

    def done(self, agent, *words, **how):
        done = self.dsn_of(agent, *words, **how)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def operate(self, agent, *words):
        return self.done(agent, *words, "--socket", agent.socket)

    def status(self, agent):
        return self.dsn(agent, "key", "status").stdout

    def new_network(self, name):
        """The folder of the keys of a network with an authority."""
        config = os.path.join(self.site.path, name, "agent.yaml")
        made = subprocess.run([agents.DSN, "init", "--yes", "--name", "first", "--config", config], text=True,
                              capture_output=True, timeout=60 * lan.SLOWEST,
                              env=dict(os.environ, STATE_DIRECTORY=os.path.join(self.site.path, name, "state")))
        self.assertEqual(made.returncode, 0, made.stderr)
        return os.path.join(os.path.dirname(config), "keys")

    def put_into(self, agent, keys, *names):
        """The agent gets copies of keys, in a folder of its own."""
        folder = os.path.join(agent.folder, "keys")
        os.makedirs(folder, mode=0o700, exist_ok=True)
        for name in names:
            shutil.copy(os.path.join(keys, name), folder)
        agent.config["aes_key_file"] = os.path.join(folder, "k1.key")

    def with_authority(self, *names):
        """Not started; the first two have the authority."""
        members = self.network(*names, start=False)
        keys = self.new_network("made")
        for number, agent in enumerate(members):
            self.put_into(agent, keys, "k1.key", *(["authority.key"] if number < 2 else []))
        return members

    def restart(self, agent):
        agent.terminate()
        agent.start()

    def epochs(self, members):
        return {agent.call("keys")["epoch"] for agent in members}

    def out_of(self, agent):
        return set(agent.call("keys")["out"])


class ByHand(Keys):
    # protocol.md [second-key]
    def test_three_rounds(self):
        old, new = secrets.token_hex(16), secrets.token_hex(16)
        members = self.met("attic", "barn", "coop", aes_key_file=None, aes_key=old)
        attic = members[0]
        self.assertIn("no authority", self.status(attic))
        refused = self.dsn_of(attic, "key", "rotate", "--socket", attic.socket)
        self.assertIn("aes_key_next", refused.stderr)
        rounds = [{"aes_key": old, "aes_key_next": new}, {"aes_key": new, "aes_key_next": old}, {"aes_key": new}]
        for number, keys in enumerate(rounds):
            for agent in members:
                agent.config.pop("aes_key_next", None)
                agent.config.update(keys)
                self.restart(agent)
                self.meet(members)
                agent.set("round", number)
                lan.wait_until(lambda: all(one.value(agent.name, "round") == number for one in members), 20)
            if number == 0:
                lan.wait_until(lambda: "3 of 3 open two keys" in self.status(attic), 30, self.status(attic))
        self.assertIn("one key and no authority", self.status(attic))
        attic.kill()
        attic.config["aes_key"] = old
        attic.start()
        lan.wait_until(lambda: attic.live() == {"attic"}, 60)

    def test_a_network_with_an_authority_needs_none(self):
        (attic,) = self.with_authority("attic")
        attic.config["aes_key_next"] = secrets.token_hex(16)
        attic.launch()
        self.assertEqual(attic.process.wait(20 * lan.SLOWEST), 78)
        self.assertIn("remove aes_key_next, and run 'dsn key rotate'", attic.log_text())


class Replace(Keys):
    def test_a_node_of_its_own_network_comes_to_the_others_and_back(self):
        attic, barn, stray = self.network("attic", "barn", "stray", start=False)
        made, own = self.new_network("made"), self.new_network("own")
        self.put_into(attic, made, "k1.key", "authority.key")
        self.put_into(barn, made, "k1.key")
        self.put_into(stray, own, "k1.key", "authority.key")
        self.start(attic, barn, stray)
        self.meet([attic, barn])
        self.operate(attic, "key", "rotate")
        self.operate(stray, "key", "rotate")
        lan.wait_until(lambda: self.epochs([attic, barn, stray]) == {2}, 20)
        moved = self.done(stray, "join", "--replace", "--yes", "--system-root", stray.folder,
                          input=self.done(attic, "key", "invite"))
        self.restart(stray)
        self.meet([attic, barn, stray])
        undo = re.search(r"dsn (join --replace --key \S+)", moved).group(1)
        self.done(stray, *undo.split(), "--yes", "--system-root", stray.folder)
        self.restart(stray)
        self.assertEqual(self.epochs([stray]), {2}, "it was the newest key that was kept")
        self.operate(stray, "key", "rotate")
        self.assertEqual(self.epochs([stray]), {3})
        lan.wait_until(lambda: attic.live() == {"attic", "barn"}, 60)


class AtOnce(Keys):
    # protocol.md [out-joined]
    def test_two_operators_put_out_two_nodes(self):
        members = self.with_authority("attic", "barn", "coop", "shed", "loft")
        self.start(*members)
        self.meet(members)
        attic, barn, coop, shed, loft = members
        stolen = {attic.nodes()[name]["node_id"] for name in ("shed", "loft")}
        # Neither hears of the other's.
        barn.host.ip("link", "set", "eth0", "down")
        self.operate(attic, "revoke", "shed")
        self.operate(barn, "revoke", "loft")
        barn.host.ip("link", "set", "eth0", "up")
        rest = [attic, barn, coop]
        lan.wait_until(lambda: all(self.out_of(agent) == stolen for agent in rest), 90,
                       str([agent.call("keys") for agent in rest]))
        lan.wait_until(lambda: all(agent.live() == {"attic", "barn", "coop"} for agent in rest), 60)
        self.warned(attic, "rotate-again")
        self.assertIn("next: dsn key rotate", self.status(coop))
        self.operate(attic, "key", "rotate")
        lan.wait_until(lambda: self.epochs(rest) == {3}, 30)
        self.assertEqual(self.warns(coop, "rotate-again"), [])
        self.assertEqual(self.out_of(coop), stolen)


class Warnings(Keys):
    def test_of_a_former_key_and_of_who_is_out(self):
        attic, barn, late = self.with_authority("attic", "barn", "late")
        self.start(attic, barn)
        self.meet([attic, barn])
        self.operate(attic, "key", "rotate")
        lan.wait_until(lambda: self.epochs([attic, barn]) == {2}, 20)
        late.start()
        self.assertIn("dsn join --replace", self.warned(attic, "former-key")["advice"])
        self.operate(attic, "revoke", "barn")
        lan.wait_until(lambda: "barn" not in attic.nodes(), 20)
        self.restart(barn)
        self.warned(attic, "out")

    def test_of_keys_that_cannot_be_kept(self):
        attic, barn = self.with_authority("attic", "barn")
        self.start(attic, barn)
        self.meet([attic, barn])
        self.operate(attic, "key", "rotate")
        ring = os.path.join(barn.config["credential_dir"], "network.keys")
        lan.wait_until(lambda: os.path.exists(ring), 20)
        attic.terminate()
        barn.kill()
        with open(ring, "r+") as file:
            file.write("damaged")
        # A folder in its place cannot be replaced by a file.
        os.mkdir(ring + ".tmp")
        barn.start()
        self.assertIn("is damaged", self.warned(barn, "keys-not-kept")["text"])
        attic.start()
        lan.wait_until(lambda: self.epochs([barn]) == {2}, 30)
        self.meet([attic, barn])
        self.assertIn("not kept: ", self.status(barn))
        os.rmdir(ring + ".tmp")
        barn.set("any", 1)
        self.operate(attic, "key", "rotate")
        lan.wait_until(lambda: self.epochs([barn]) == {3}, 30)
        lan.wait_until(lambda: self.warns(barn, "keys-not-kept") == [], 30)
        self.assertEqual(attic.nodes()["barn"]["key_epoch"], 3)


if __name__ == "__main__":
    side_by_side.main("AGENT", "DSN")
