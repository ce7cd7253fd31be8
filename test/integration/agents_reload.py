# SPDX-License-Identifier: Apache-2.0
"""Agents that read their configuration again: by SIGHUP and by dsn reload.

    agents_reload.py PATH_OF_dsn-agent PATH_OF_dsn [unittest arguments]
"""

import os
import random
import signal
import subprocess
import sys
import time
import unittest

import agents
import lan

RELOADS = 1000


def descriptors(agent):
    return len(os.listdir(f"/proc/{agent.process.pid}/fd"))


def children(agent):
    with open(f"/proc/{agent.process.pid}/task/{agent.process.pid}/children") as file:
        return file.read().split()


def resident_kib(agent):
    with open(f"/proc/{agent.process.pid}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS:"))


class Reload(unittest.TestCase):
    def setUp(self):
        self.site = agents.Site()
        self.addCleanup(self.site.__exit__)
        self.number = os.path.join(self.site.path, "number")
        with open(self.number, "w") as file:
            file.write("1\n")

    def file(self, every="100ms", **more):
        return {"file": self.number, "every": every, **more}

    def agent(self, **sensors):
        return self.site.agent("attic", aes_key_file=None, sensors=sensors)

    def configure(self, agent, **config):
        agent.config.update(config)
        agent.write_config()

    def dsn(self, agent, *words):
        return subprocess.run([agents.DSN, *words, "--socket", agent.socket], capture_output=True,
                              text=True)

    def sensors(self, agent):
        return {sensor["key"]: sensor for sensor in agent.call("status")["sensors"]}

    def keys(self, agent):
        return {reading["key"] for reading in agent.readings()}

    def test_dsn_reload_says_what_changed(self):
        agent = self.agent(a=self.file(), b=self.file("1d"), c=self.file())
        lan.wait_until(lambda: self.sensors(agent)["a"]["samples"] >= 2, 5)
        before = self.sensors(agent)
        self.configure(agent, node_id="shed", sensors={
            "d": self.file(), "e": self.file(), "a": self.file(), "b": self.file("1d", unit="V")})
        done = self.dsn(agent, "reload")
        self.assertEqual(done.stdout, "2 sensors added, 1 removed, 1 changed, 1 unchanged\n")
        self.assertEqual(done.stderr, "dsn: node_id changes with the next start of the agent\n")
        self.assertEqual(done.returncode, 0)
        lan.wait_until(lambda: self.keys(agent) == {"a", "b", "d", "e"}, 5, "all are sampled")
        self.assertGreaterEqual(self.sensors(agent)["a"]["samples"], before["a"]["samples"])
        self.assertEqual(agent.readings(key="b")[0]["unit"], "V")
        status = agent.call("status")
        self.assertEqual(status["node"], "attic")
        self.assertEqual(agents.sentence(status["warnings"][-1]), "node_id changes with the next start of the agent")
        self.configure(agent, node_id="attic")
        self.assertEqual(self.dsn(agent, "reload").stdout, "4 sensors unchanged\n")
        self.assertNotIn("next start", " ".join(agent.warnings()))

    def test_a_wrong_file_changes_nothing_and_is_reported(self):
        agent = self.agent(a=self.file(), b=self.file())
        with open(agent.config_file) as file:
            good = file.read()
        with open(agent.config_file, "w") as file:
            file.write("node_id: attic\nsensors:\n  a: {file: /x, evry: 5s}\n")
        done = self.dsn(agent, "reload")
        place = f"{agent.config_file}:3:17: unknown key 'evry' in sensor 'a'"
        self.assertEqual(done.returncode, 78)
        self.assertEqual(done.stdout, "")
        self.assertIn(place, done.stderr)
        self.assertIn("goes on with the configuration that it had", done.stderr)
        self.assertIn(place, agent.log_text())
        self.assertTrue(any(place in warning for warning in agent.warnings()))
        self.assertIn(place, self.dsn(agent, "status").stdout)
        before = self.sensors(agent)
        self.assertEqual(set(before), {"a", "b"})
        lan.wait_until(lambda: self.sensors(agent)["a"]["samples"] > before["a"]["samples"], 5)
        # What only the driver finds wrong, and no file at all.
        self.configure(agent, sensors={"z": self.file(), "n": {"proc": "lode1"}})
        done = self.dsn(agent, "reload")
        self.assertEqual(done.returncode, 78)
        self.assertIn("lode1", done.stderr)
        self.assertEqual(set(self.sensors(agent)), {"a", "b"})
        os.unlink(agent.config_file)
        self.assertEqual(self.dsn(agent, "reload").returncode, 78)
        os.mkfifo(agent.config_file)
        self.assertEqual(self.dsn(agent, "reload").returncode, 78)
        os.unlink(agent.config_file)
        with open(agent.config_file, "w") as file:
            file.write(good)
        self.assertEqual(self.dsn(agent, "reload").stdout, "2 sensors unchanged\n")
        self.assertNotIn("not taken", " ".join(agent.warnings()))

    def test_without_an_agent_the_exit_code_is_5(self):
        agent = self.agent()
        agent.terminate()
        self.assertEqual(self.dsn(agent, "reload").returncode, 5)

    def test_sighup_reloads_and_a_storm_of_it_harms_nothing(self):
        agent = self.agent(a=self.file())
        self.configure(agent, sensors={"a": self.file(), "b": self.file()})
        agent.process.send_signal(signal.SIGHUP)
        lan.wait_until(lambda: self.keys(agent) == {"a", "b"}, 5)
        self.assertIn("1 sensor added, 1 unchanged", agent.log_text())
        samples = self.sensors(agent)["a"]["samples"]
        reloads = agent.log_text().count("was read again")
        begin = time.monotonic()
        for _ in range(20000):
            agent.process.send_signal(signal.SIGHUP)
        took = time.monotonic() - begin
        lan.wait_until(lambda: self.sensors(agent)["a"]["samples"] > samples + 3, 5)
        done = agent.log_text().count("was read again") - reloads
        self.assertGreaterEqual(done, 1)
        self.assertLessEqual(done, 10 * (time.monotonic() - begin) + 1)
        print(f"20000 SIGHUPs in {took:.2f} s: {done} reloads", file=sys.stderr)
        self.assertEqual(agent.terminate(), 0)

    def test_sighup_during_the_start_does_not_end_it(self):
        agent = self.site.agent("attic", aes_key_file=None, start=False)
        agent.write_config()
        for _ in range(20):
            with open(agent.log_file, "a") as log:
                agent.process = subprocess.Popen(
                    [agents.AGENT, "--config", agent.config_file, "--socket", agent.socket],
                    stderr=log)
            # From its first moment; before that, it is the test's own program still.
            lan.wait_until(lambda: os.readlink(f"/proc/{agent.process.pid}/exe") == agents.AGENT
                           and sighup_is_caught(agent), 5)
            while not os.path.exists(agent.socket):
                agent.process.send_signal(signal.SIGHUP)
                self.assertTrue(agent.is_running(), agent.log_text())
            lan.wait_until(agent.answers, 5)
            self.assertEqual(agent.terminate(), 0)

    def test_a_program_of_a_removed_sensor_is_killed_and_others_run_on(self):
        agent = self.agent(
            gone={"exec": ["/bin/sh", "-c", "sleep 60 & wait"], "every": "1h", "timeout": "1h"},
            kept={"exec": ["/bin/sh", "-c", "sleep 1.5; echo 7"], "every": "1h", "timeout": "1h"})
        lan.wait_until(lambda: len(children(agent)) == 2, 5)
        kept = agent.config["sensors"]["kept"]
        self.configure(agent, sensors={"kept": kept})
        self.assertEqual(self.dsn(agent, "reload").stdout, "1 sensor removed, 1 unchanged\n")
        lan.wait_until(lambda: len(children(agent)) == 1, 5)
        lan.wait_until(lambda: agent.value("attic", "kept") == 7, 10)
        self.assertEqual(self.sensors(agent)["kept"]["samples"], 1)
        self.assertEqual(children(agent), [])

    def test_members_that_a_changed_program_no_longer_prints_are_removed(self):
        def printing(text):
            return {"exec": ["/bin/echo", text], "every": "1h"}
        agent = self.agent(ups=printing('{"load": 1, "charge": 2}'), ups2=printing("3"))
        lan.wait_until(lambda: self.keys(agent) == {"ups/load", "ups/charge", "ups2"}, 5)
        self.configure(agent, sensors={"ups": printing('{"load": 5}')})
        self.assertEqual(self.dsn(agent, "reload").stdout, "1 sensor removed, 1 changed\n")
        lan.wait_until(lambda: self.keys(agent) == {"ups/load"}, 5)
        lan.wait_until(lambda: agent.value("attic", "ups/load") == 5, 5)

    def test_other_bootstrap_nodes_and_interfaces_count_at_once(self):
        with lan.Lan(2) as net:
            attic = self.site.agent("attic", net.hosts[0], multicast=False)
            cellar = self.site.agent("cellar", net.hosts[1], multicast=False, port=17373)
            self.assertEqual(attic.live(), {"attic"})
            self.configure(attic, bootstrap_nodes=["10.77.0.2"])
            self.assertEqual(self.dsn(attic, "reload").stdout,
                             "no sensors; bootstrap_nodes changed\n")
            lan.wait_until(lambda: agents.all_meet([attic, cellar]), 10)
            shed = self.site.agent("shed", net.hosts[0])
            self.assertTrue(shed.call("status")["interfaces"])
            self.configure(shed, interfaces=["none0"], multicast=False)
            report = shed.call("reload")
            self.assertEqual(report["changed"], ["interfaces"])
            self.assertEqual(report["next_start"], ["multicast"])
            interfaces = shed.call("status")["interfaces"]
            self.assertEqual([each["name"] for each in interfaces if not each["left_out"]], ["none0"])

    # The same in virtual time, to the microsecond: unit/agent/sampler_test.cpp.
    def test_a_thousand_reloads_leave_the_others_and_the_memory_alone(self):
        chance = random.Random(42)
        steady = {f"steady/{i}": self.file() for i in range(10)}
        agent = self.agent(**steady)

        def reload():
            loose = {f"loose/{i}": self.file(f"{chance.randint(1, 9)}00ms") for i in range(20)
                     if chance.random() < 0.5}
            loose["exec"] = {"exec": ["/bin/sleep", str(chance.randint(1, 60))], "every": "1m"}
            self.configure(agent, sensors={**steady, **loose})
            self.assertTrue(agent.call("reload")["applied"])
            self.assertEqual(set(self.sensors(agent)), {*steady, *loose})

        for _ in range(100):
            reload()
        self.configure(agent, sensors=steady)
        agent.call("reload")
        lan.wait_until(lambda: not children(agent), 5)
        begin, first = time.monotonic(), self.sensors(agent)
        before = descriptors(agent), resident_kib(agent)
        oldest, half = 0, 0
        for i in range(RELOADS):
            reload()
            if i == RELOADS // 2:
                half = resident_kib(agent)
            oldest = max([oldest] + [reading["age_ms"] for reading in agent.readings()
                                     if reading["key"] in steady])
        self.configure(agent, sensors=steady)
        agent.call("reload")
        lan.wait_until(lambda: not children(agent), 5)
        last, took = self.sensors(agent), time.monotonic() - begin
        # The agent closes its end of a connection a little later than we do ours.
        lan.wait_until(lambda: descriptors(agent) <= before[0], 5)
        after = descriptors(agent), resident_kib(agent)
        samples = min(last[key]["samples"] - first[key]["samples"] for key in steady)
        print(f"{RELOADS} reloads in {took:.1f} s: {samples} of {took * 10:.0f} samples, oldest "
              f"{oldest} ms, descriptors {before[0]} -> {after[0]}, resident {before[1]} -> "
              f"{after[1]} KiB", file=sys.stderr)
        self.assertLessEqual(after[0], before[0])
        # The heap may take a step once; what leaks grows in both halves.
        self.assertLess(min(half - before[1], after[1] - half), 256)
        # A machine under load may be late for all of them; not one of them is behind the others.
        self.assertEqual(samples, max(last[key]["samples"] - first[key]["samples"]
                                      for key in steady))
        # A reload that began their 100 ms anew would let none of them come to a sample.
        self.assertGreater(samples, took)


def sighup_is_caught(agent):
    with open(f"/proc/{agent.process.pid}/status") as status:
        caught = next(int(line.split()[1], 16) for line in status if line.startswith("SigCgt:"))
    return caught >> (signal.SIGHUP - 1) & 1


if __name__ == "__main__":
    agents.main("AGENT", "DSN")
