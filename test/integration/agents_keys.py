# SPDX-License-Identifier: Apache-2.0
"""How long the keys of programs last: --ttl, --hold, --keep; and which keys are a sensor's.

    agents_keys.py PATH_OF_dsn-agent PATH_OF_dsn [unittest arguments]
"""

import os
import pathlib
import subprocess
import unittest

import agents
import lan

REFUSED, USAGE, UNKNOWN = 1, 2, 4


class Keys(unittest.TestCase):
    def setUp(self):
        self.site = agents.Site()
        self.addCleanup(self.site.__exit__)
        self.attic = self.site.agent("attic", sensors={"room/load": {"proc": "load1", "every": "1h"}})

    def dsn(self, *arguments):
        return subprocess.run([agents.DSN, "--socket", self.attic.socket, *arguments], text=True,
                              capture_output=True, timeout=60 * lan.SLOWEST)

    def keys(self):
        return {reading["key"] for reading in self.attic.readings()}

    def test_a_key_of_a_sensor_is_the_sensors(self):
        lan.wait_until(lambda: any(key.startswith("room/load") for key in self.keys()), 10)
        key = next(iter(self.keys()))
        for arguments in (["set", key, "1"], ["unset", key]):
            refused = self.dsn(*arguments)
            self.assertEqual(refused.returncode, REFUSED)
            self.assertIn(f"'{key}' is measured by the sensor 'room/load' of this node", refused.stderr)
        self.assertEqual(self.dsn("unset", "room/*").returncode, UNKNOWN)
        self.assertIn(key, self.keys())

    def test_a_key_lasts_as_long_as_it_is_said(self):
        said = self.dsn("set", "Tür offen", "ja")
        self.assertEqual(said.stdout, "Tür offen = ja on attic, until its agent restarts; --keep keeps it\n")
        self.assertIn("Tür offen", self.keys())
        self.assertEqual(self.dsn("set", "short", "1", "--ttl", "100ms").stdout,
                         "short = 1 on attic, for 100ms\n")
        lan.wait_until(lambda: "short" not in self.keys(), 10)
        holder = subprocess.Popen([agents.DSN, "--socket", self.attic.socket, "set", "held", "1",
                                   "--hold"], stdout=subprocess.PIPE, text=True)
        self.addCleanup(holder.stdout.close)
        self.addCleanup(holder.wait)
        self.assertEqual(holder.stdout.readline(), "held = 1 on attic, as long as this command runs\n")
        self.assertIn("held", self.keys())
        holder.kill()
        lan.wait_until(lambda: "held" not in self.keys(), 10)
        self.assertIn("Tür offen", self.keys())

    def test_a_kept_key_survives_a_loss_of_power(self):
        self.dsn("set", "app/kept", "5", "--keep")
        self.dsn("set", "app/other", "6")
        state = os.path.join(self.attic.folder, "state", "state.cbor")
        lan.wait_until(lambda: b"app/kept" in pathlib.Path(state).read_bytes(), 20)
        self.attic.kill()
        self.attic.start()
        self.assertTrue(self.keys() >= {"app/kept"})
        self.assertNotIn("app/other", self.keys())
        self.assertEqual(self.dsn("unset", "app/*").returncode, 0)
        self.assertNotIn("app/kept", self.keys())
        self.attic.terminate()
        self.attic.start()
        self.assertNotIn("app/kept", self.keys())


if __name__ == "__main__":
    agents.main("AGENT", "DSN")
