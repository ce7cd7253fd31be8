# SPDX-License-Identifier: Apache-2.0
"""Databases: values that are fetched when they are read, values that expire, samples on request.

    agents_databases.py PATH_OF_dsn-agent PATH_OF_dsn [unittest arguments]
"""

import os
import subprocess

import agents
import lan

OK, FAILED, USAGE = 0, 1, 2
LARGE = "x" * 15_000


class Databases(agents.OnALan):
    def setUp(self):
        super().setUp()
        self.value_file = os.path.join(self.site.path, "measured")
        self.measure(1)
        self.attic = self.site.agent("attic", self.net.hosts[0], databases={
            "cache": {"replicate": "on_demand"},
            "session": {"expire": "2s", "max_age": "1h"}},
            sensors={"level": {"file": self.value_file, "every": "1h"}})
        self.barn = self.site.agent("barn", self.net.hosts[1])
        self.cellar = self.site.agent("cellar", self.net.hosts[2])
        self.members = [self.attic, self.barn, self.cellar]
        lan.wait_until(lambda: agents.all_meet(self.members), 20)

    def measure(self, value):
        with open(self.value_file, "w") as file:
            file.write(f"{value}\n")

    def read(self, agent, key, *arguments):
        return self.dsn(agent, "read", "attic", key, *arguments)

    def reading(self, agent, key):
        """As it is held there, or None."""
        return next(iter(agent.readings("attic", key)), None)

    def has_status(self, agent, key, status):
        reading = self.reading(agent, key)
        return reading is not None and reading["status"] == status

    # protocol.md [value-asked] [value-checked]
    def test_a_value_on_demand_goes_to_its_readers(self):
        self.attic.set("cache/page", LARGE)
        lan.wait_until(lambda: self.has_status(self.barn, "cache/page", "on demand"), 10)
        held = self.reading(self.barn, "cache/page")
        self.assertEqual((held["value"], held["absent_bytes"]), (None, len(LARGE) + 3))
        self.assertEqual(self.reading(self.attic, "cache/page")["value"], LARGE, "it is the owner's")
        self.assertEqual(self.read(self.barn, "cache/page", "--value").stdout, LARGE + "\n")
        self.assertTrue(self.has_status(self.barn, "cache/page", "ok"), "it is kept")
        self.assertTrue(self.has_status(self.cellar, "cache/page", "on demand"))
        self.attic.set("cache/page", "new")
        lan.wait_until(lambda: self.has_status(self.barn, "cache/page", "on demand"), 10)
        self.assertEqual(self.read(self.barn, "cache/page", "--value").stdout, "new\n")

    def test_values_of_subnodes_are_on_demand_too(self):
        self.attic.set("cache/page", LARGE, **{"as": "esp1"})
        lan.wait_until(lambda: self.barn.readings("attic.esp1", "cache/page"), 10)
        held = self.barn.readings("attic.esp1", "cache/page")[0]
        self.assertEqual((held["value"], held["status"]), (None, "on demand"))
        asked = self.dsn(self.barn, "read", "attic.esp1", "cache/page", "--value")
        self.assertEqual(asked.stdout, LARGE + "\n", asked.stderr)
        self.assertEqual(self.barn.readings("attic.esp1", "cache/page")[0]["status"], "ok")

    # protocol.md [value-share]
    def test_many_readers_get_many_values(self):
        for number in range(8):
            self.attic.set(f"cache/{number}", LARGE + str(number))
        lan.wait_until(lambda: self.has_status(self.barn, "cache/7", "on demand"), 10)
        readers = [subprocess.Popen([agents.DSN, "--socket", self.barn.socket, "read", "attic",
                                     f"cache/{number}", "--value"], stdout=subprocess.PIPE, text=True)
                   for number in range(8)]
        for number, reader in enumerate(readers):
            self.assertEqual(reader.communicate()[0], LARGE + f"{number}\n")

    # protocol.md [value-answered]
    def test_a_value_of_a_dead_node_comes_from_whoever_has_it(self):
        self.attic.set("cache/page", LARGE)
        self.attic.set("cache/other", LARGE)
        lan.wait_until(lambda: self.has_status(self.barn, "cache/other", "on demand"), 10)
        lan.wait_until(lambda: self.has_status(self.cellar, "cache/other", "on demand"), 10)
        self.assertEqual(self.read(self.barn, "cache/page").returncode, OK)
        self.attic.kill()
        lan.wait_until(lambda: self.has_status(self.cellar, "cache/page", "node gone"), 60)
        self.assertEqual(self.read(self.cellar, "cache/page", "--value").stdout, LARGE + "\n")
        nobody = self.read(self.cellar, "cache/other", "--value")
        self.assertEqual(nobody.returncode, FAILED)
        self.assertIn("no node that has the value answers", nobody.stderr)

    # protocol.md [value-kept]
    def test_what_nobody_touches_is_not_replicated_and_kept(self):
        self.attic.set("session/user", "anna")
        lan.wait_until(lambda: self.has_status(self.barn, "session/user", "ok"), 10)
        self.assertEqual(self.reading(self.barn, "session/user")["max_age_ms"], 3_600_000)
        lan.wait_until(lambda: self.has_status(self.barn, "session/user", "stale"), 20)
        self.assertEqual(self.reading(self.barn, "session/user")["value"], "anna", "it is kept")
        late = self.site.agent("dairy", self.net.hosts[2])
        lan.wait_until(lambda: self.has_status(late, "session/user", "stale"), 20)
        self.assertIsNone(self.reading(late, "session/user")["value"])
        self.assertEqual(self.read(late, "session/user", "--value").stdout, "anna\n")
        lan.wait_until(lambda: self.has_status(self.barn, "session/user", "ok"), 10)

    def test_a_sensor_is_asked_for_a_sample(self):
        lan.wait_until(lambda: self.has_status(self.barn, "level", "ok"), 10)
        self.measure(2)
        lan.wait_until(lambda: self.read(self.barn, "level", "--value", "--fresh").stdout == "2\n", 10)
        self.attic.set("door", "open")
        lan.wait_until(lambda: self.reading(self.barn, "door"), 10)
        none = self.read(self.barn, "door", "--fresh")
        self.assertEqual(none.returncode, FAILED)
        self.assertEqual(self.read(self.barn, "*", "--fresh", "--watch").returncode, USAGE)

    def test_limits(self):
        self.attic.set("cache/page", "x" * 16_380)
        for key, size in (("cache/page", 16_400), ("session/user", 1_100)):
            with self.assertRaises(ValueError):
                self.attic.set(key, "x" * size)


if __name__ == "__main__":
    agents.main("AGENT", "DSN")
