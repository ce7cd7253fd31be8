# SPDX-License-Identifier: Apache-2.0
"""dsn-record beside an agent: what it writes, and what kills, disks and agents do to that.

    agents_record.py PATH_OF_dsn-agent PATH_OF_dsn-record PATH_OF_dsn PATH_OF_clock_ahead.so [unittest arguments]
"""

import json
import os
import random
import sqlite3
import subprocess
import time
import unittest

import agents
import lan

KILLS = 8
MINUTE_S = 61  # after it a write is due


class Record:
    """dsn-record with a clock of its own, in a folder of its own."""

    def __init__(self, test, agent, database=None, **config):
        self.socket = agent.socket
        self.config = os.path.join(agent.folder, "record.yaml")
        self.database = database or os.path.join(agent.folder, "history.sqlite")
        self.log_file = os.path.join(agent.folder, "record.log")
        with open(self.config, "w") as file:
            json.dump({"database": self.database, **config}, file)
        self.clock = agents.Clock(os.path.join(agent.folder, "record.clock"), time.CLOCK_MONOTONIC)
        self.next_minute = 0
        self.process = None
        test.addCleanup(self.kill)

    def start(self):
        with open(self.log_file, "a") as log:
            self.process = subprocess.Popen(
                [*self.clock.words, agents.RECORD, "--config", self.config, "--socket", self.socket],
                stdout=log, stderr=log)

    def kill(self):
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def terminate(self):
        self.process.terminate()
        return self.process.wait(10 * lan.SLOWEST)

    def log_text(self):
        with open(self.log_file) as file:
            return file.read()

    def open(self):
        connection = sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=10)
        return connection

    def numbers(self, key):
        """Those that are in the file by now."""
        try:
            connection = self.open()
        except sqlite3.OperationalError:
            return []
        try:
            rows = connection.execute("SELECT number FROM raw JOIN series ON series = id"
                                      " WHERE key = ? ORDER BY at", (key,))
            return [int(number) for number, in rows]
        except sqlite3.DatabaseError:
            return []
        finally:
            connection.close()

    def history(self, *words):
        return subprocess.run([agents.RECORD, "--config", self.config, "history", *words],
                              capture_output=True, text=True, check=False)

    def let_time_pass(self):
        """A minute, again and again: not so often that a request to the agent would take too long."""
        if time.monotonic() >= self.next_minute:
            self.clock.advance(MINUTE_S)
            self.next_minute = time.monotonic() + 0.5

    def written(self, key, number):
        """Lets minutes pass until this number is in the file. All of what it held is."""
        def is_there():
            self.let_time_pass()
            return number in self.numbers(key)
        lan.wait_until(is_there, 20, f"{number} is in the file; {self.log_text()}")


class Beside(unittest.TestCase):
    def setUp(self):
        agents.make_lan(self, 1)
        self.attic = self.site.agent("attic", self.net.hosts[0])

    def record(self, **config):
        record = Record(self, self.attic, **config)
        record.start()
        return record

    def assert_whole(self, record):
        connection = record.open()
        self.addCleanup(connection.close)
        self.assertEqual(connection.execute("PRAGMA integrity_check").fetchall(), [("ok",)])
        counts = {table: dict(connection.execute(f"SELECT series, {count} FROM {table} GROUP BY series"))
                  for table, count in (("raw", "count(*)"), ("minutes", "sum(count)"), ("hours", "sum(count)"))}
        self.assertEqual(counts["raw"], counts["minutes"])
        self.assertEqual(counts["raw"], counts["hours"])

    def test_changes_are_written_after_a_minute(self):
        record = self.record()
        for number in range(50):
            self.attic.set("counter", number)
        record.written("counter", 49)
        # Of what changed between two events the last is told.
        self.assertEqual(record.numbers("counter"), sorted(set(record.numbers("counter"))))
        self.attic.set("room/temperature", 21.5, unit="Cel")
        self.attic.set("door", "open")
        lan.wait_until(lambda: self.attic.value("attic", "door") == "open")
        self.attic.set("pump", True)
        record.written("pump", 1)
        self.assertEqual(record.terminate(), 0)
        said = record.history("attic", "room/temperature", "--json")
        self.assertEqual((json.loads(said.stdout)["value"], said.returncode), (21.5, 0))
        self.assertIn("21.5 °C", record.history("attic", "room/temperature").stdout)
        nothing = record.history("attic", "door")
        self.assertEqual((nothing.returncode, nothing.stderr),
                         (4, "dsn-record: there is no history of attic door\n"))
        self.assert_whole(record)

    def test_dsn_shows_the_history_and_a_digest(self):
        record = self.record()
        for celsius in (18.5, 24, 21.5):
            self.attic.set("room/temperature", celsius, unit="Cel")
            record.written("room/temperature", int(celsius))
        self.attic.set("load", 7)
        record.written("load", 7)

        def dsn(*words):
            return subprocess.run([agents.DSN, *words], capture_output=True, text=True, check=False)
        shown = dsn("history", "attic", "room/temperature", "--csv", "--since", "2h", "--config", record.config)
        self.assertEqual((shown.returncode, shown.stderr), (0, ""))
        self.assertEqual([line.split(",")[1] for line in shown.stdout.split()], ["mean", "18.5", "24", "21.5"])
        self.assertEqual(dsn("history", "attic", "door", "--config", record.config).returncode, 4)
        self.assertEqual(dsn("history", "attic", "door", "--since", "never").returncode, 2)
        digest = dsn("digest", "--record-config", record.config, "--socket", self.attic.socket)
        self.assertEqual((digest.returncode, digest.stderr), (0, ""))
        self.assertTrue(digest.stdout.startswith("DSN: 1 node, 2 keys; all is well\n"), digest.stdout)
        self.assertIn("\n\nLowest and highest within 1d\n  attic load  7.0 to 7.0\n"
                      "  attic room/temperature  18.5 to 24.0 °C\n", digest.stdout)

    def test_a_member_of_the_group_reads_it_while_nobody_writes(self):
        record = self.record()
        self.attic.set("counter", 5)
        record.written("counter", 5)
        self.assertEqual(record.terminate(), 0)
        folder = os.path.dirname(record.database)
        for path in (self.site.path, folder, *(os.path.join(folder, name) for name in os.listdir(folder))):
            os.chmod(path, 0o755 if os.path.isdir(path) else 0o644)

        def shown_to(user):
            return subprocess.run(
                ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", agents.RECORD, "--config",
                 record.config, "history", "attic", "counter", "--json"], capture_output=True, text=True)
        said = shown_to(65534)
        if "setpriv" in said.stderr:
            self.skipTest(f"there is one user here: {said.stderr}")
        self.assertEqual((said.returncode, said.stderr), (0, ""))
        self.assertEqual(json.loads(said.stdout)["value"], 5)
        os.chmod(record.database, 0o600)
        said = shown_to(65534)
        self.assertEqual(said.returncode, 1)
        self.assertIn("may not be read; join its group", said.stderr)

    def test_a_kill_at_any_moment_leaves_the_file_whole(self):
        record = self.record()
        self.attic.set("counter", 0)
        record.written("counter", 0)
        number = 0
        for _ in range(KILLS):
            before = record.numbers("counter")
            for _ in range(random.randrange(1, 200)):
                number += 1
                self.attic.set("counter", number)
                if random.random() < 0.1:
                    record.clock.advance(MINUTE_S)
            record.kill()
            self.assert_whole(record)
            self.assertEqual(record.numbers("counter")[:len(before)], before)
            record.start()
            number += 1
            self.attic.set("counter", number)
            record.written("counter", number)
        self.assertNotIn("broken", record.log_text())
        self.assert_whole(record)

    def test_goes_on_when_the_agent_was_away(self):
        record = self.record()
        self.attic.set("counter", 1)
        record.written("counter", 1)
        self.attic.kill()
        lan.wait_until(lambda: len(record.log_text().splitlines()) == 2, 20, "it says so")
        self.assertIn("agent", record.log_text().splitlines()[1])
        self.attic.start()
        lan.wait_until(lambda: "the agent is there again" in record.log_text(), 20, "it says so")
        self.attic.set("counter", 2)
        record.written("counter", 2)
        self.assertEqual(record.numbers("counter"), [1, 2])
        self.assertEqual(len(record.log_text().splitlines()), 3, record.log_text())

    def test_a_broken_file_is_put_aside(self):
        record = self.record()
        self.attic.set_many({f"key{number}": number for number in range(200)})
        record.written("key199", 199)
        self.assertEqual(record.terminate(), 0)
        with open(record.database, "r+b") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(4096)
            file.write(random.Random(1).randbytes(size - 4096))
        record.start()
        self.attic.set("counter", 1)
        record.written("counter", 1)
        self.assertIn("history.sqlite was broken", record.log_text())
        self.assertEqual(os.stat(record.database + ".broken").st_size, size)
        self.assert_whole(record)

    def test_a_full_disk_costs_nothing(self):
        disk = os.path.join(self.site.path, "disk")
        os.mkdir(disk)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk], check=True)
        self.addCleanup(subprocess.run, ["umount", disk], check=True)
        record = self.record(database=os.path.join(disk, "history.sqlite"))
        self.attic.set("counter", 0)
        record.written("counter", 0)
        filler = os.path.join(disk, "filler")
        with open(filler, "wb", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(4096))
            except OSError:
                pass
        number = 0

        def is_full():
            nonlocal number
            number += 1
            self.attic.set(f"key{number}", number)
            record.let_time_pass()
            return "nothing can be written" in record.log_text()
        lan.wait_until(is_full, 20, "it says so")
        self.assertTrue(record.history("attic", "counter").stdout, "what is there can be read")
        os.unlink(filler)
        self.attic.set("counter", 1)
        record.written("counter", 1)
        for key in range(1, number + 1):
            self.assertEqual(record.numbers(f"key{key}"), [key])
        self.assertEqual(record.log_text().count("nothing can be written"), 1, record.log_text())
        self.assertIn("writing again; nothing was lost", record.log_text())
        self.assert_whole(record)
        record.kill()

    def test_a_folder_that_is_not_there_is_told_once(self):
        record = self.record(database=os.path.join(self.attic.folder, "none", "history.sqlite"))
        self.attic.set("counter", 1)
        lan.wait_until(lambda: record.let_time_pass() or "wait in memory" in record.log_text(), 20)
        os.mkdir(os.path.dirname(record.database))
        record.written("counter", 1)
        self.assertEqual(record.log_text().count("wait in memory"), 1)


if __name__ == "__main__":
    agents.main("AGENT", "RECORD", "DSN", "CLOCK_AHEAD", side_by_side=True)
