# SPDX-License-Identifier: Apache-2.0
"""Agents as services: what they tell a service manager, here a socket of the test.

    agents_service.py PATH_OF_dsn-agent [unittest arguments]
"""

import os
import signal
import socket
import subprocess
import unittest

import agents
import lan

WATCHDOG_S = 1


class Manager:
    """The service manager's end of the socket."""

    def __init__(self, folder):
        self.path = os.path.join(folder, "notify")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.path)
        self.socket.settimeout(20 * lan.SLOWEST)

    def next(self):
        """The next message but signs of life, as a mapping."""
        while True:
            message = dict(line.split("=", 1) for line in self.any().splitlines())
            if "WATCHDOG" not in message:
                return message

    def any(self):
        return self.socket.recv(4096).decode()


class Service(unittest.TestCase):
    def setUp(self):
        self.site = agents.Site()
        self.addCleanup(self.site.__exit__)
        self.manager = Manager(self.site.path)
        self.addCleanup(self.manager.socket.close)

    def start(self, **config):
        os.environ["NOTIFY_SOCKET"] = self.manager.path
        os.environ["WATCHDOG_USEC"] = str(WATCHDOG_S * 1_000_000)
        self.addCleanup(os.environ.pop, "NOTIFY_SOCKET")
        self.addCleanup(os.environ.pop, "WATCHDOG_USEC")
        return self.site.agent("attic", **config)

    def test_is_ready_reloads_and_stops(self):
        agent = self.start(sensors={"load": {"proc": "load1"}}, multicast=False)
        ready = self.manager.next()
        self.assertEqual(ready, {"READY": "1", "STATUS": "0 peers, 1 sensor"})

        agent.config["sensors"]["uptime"] = {"proc": "uptime"}
        agent.write_config()
        agent.process.send_signal(signal.SIGHUP)
        reloading = self.manager.next()
        self.assertEqual(reloading.pop("RELOADING"), "1")
        self.assertGreater(int(reloading.pop("MONOTONIC_USEC")), 0)
        self.assertEqual(reloading, {})
        self.assertEqual(self.manager.next(), {"READY": "1", "STATUS": "0 peers, 2 sensors"})

        agent.process.terminate()
        self.assertEqual(self.manager.next(), {"STOPPING": "1", "STATUS": "stopping"})
        self.assertEqual(agent.process.wait(10 * lan.SLOWEST), 0)

    def test_without_a_network_key_it_serves_and_says_so(self):
        self.start(aes_key_file=None)
        self.assertEqual(self.manager.next()["STATUS"],
                         "no network key: run 'dsn init' or 'dsn join'; 0 sensors")

    def test_is_alive_as_long_as_its_loop_turns(self):
        # With nothing else to wake it.
        self.start(aes_key_file=None)
        self.manager.next()
        for _ in range(4):
            self.assertEqual(self.manager.any(), "READY=1\nWATCHDOG=1")

    def test_says_that_a_sensor_fails_within_a_few_seconds(self):
        number = os.path.join(self.site.path, "number")
        with open(number, "w") as file:
            file.write("1\n")
        self.start(sensors={"number": {"file": number, "every": "500ms"}}, multicast=False)
        self.assertEqual(self.manager.next()["STATUS"], "0 peers, 1 sensor")
        os.remove(number)
        self.assertEqual(self.manager.next()["STATUS"], "0 peers, 1 sensor (1 failing)")

    def test_programs_that_it_runs_do_not_see_the_socket(self):
        agent = self.start(sensors={"env": {"exec": ["/usr/bin/env", "sh", "-c",
                                                     "echo ${NOTIFY_SOCKET:-none}"]}})
        lan.wait_until(lambda: agent.value("attic", "env") == "none", 10, "the program ran")

    def test_without_its_default_configuration_it_serves(self):
        if os.path.exists("/etc/dsn"):
            lan.mount("tmpfs", "/etc/dsn")
        path = os.path.join(self.site.path, "sock")
        environment = dict(os.environ, NOTIFY_SOCKET=self.manager.path, STATE_DIRECTORY=self.site.path)
        with subprocess.Popen([agents.AGENT, "--socket", path], env=environment,
                              stderr=subprocess.PIPE, text=True) as process:
            self.addCleanup(process.kill)
            self.assertIn("no network key", self.manager.next()["STATUS"])
            process.terminate()
            self.assertIn("/etc/dsn/agent.yaml: is not there", process.stderr.read())


if __name__ == "__main__":
    agents.main("AGENT")
