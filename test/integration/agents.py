# SPDX-License-Identifier: Apache-2.0
"""Agents as real processes, for tests: started with a configuration, asked over their socket."""

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import unittest

import lan

# Paths of the programs that are tested, from main().
AGENT = None  # dsn-agent
DSN = None
WEB = None  # dsn-web
MQTT = None  # dsn-mqtt
RECORD = None  # dsn-record
PYTHON = None  # the folder of the packages for Python
EXAMPLES = None  # docs/examples
NO_RANDOMNESS = None  # no_randomness.cpp, a library
CLOCK_AHEAD = None  # clock_ahead.cpp, a library
BESIDE = 4  # so many tests run side by side


def sentence(warning):
    return "; ".join(filter(None, (warning["text"], warning.get("advice"))))


class Site:
    """A folder with a network key, in which agents have their files."""

    def __init__(self):
        self._folder = tempfile.TemporaryDirectory(prefix="dsn-site-")
        self.path = self._folder.name
        self.key_file = self.new_key("network.key")
        self.agents = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for agent in self.agents:
            agent.kill()
        self._folder.cleanup()

    def new_key(self, name):
        path = os.path.join(self.path, name)
        with open(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600), "w") as file:
            file.write(secrets.token_hex(16) + "\n")
        return path

    def agent(self, name, host=None, start=True, **config):
        agent = Agent(self, name, host, config)
        self.agents.append(agent)
        if start:
            agent.start()
        return agent


class Clock:
    """A clock of the programs that are started with its words: it can be set ahead."""

    def __init__(self, path, clock):
        self.path = path
        self.words = ["/usr/bin/env", f"LD_PRELOAD={CLOCK_AHEAD}", f"DSN_CLOCK={clock}",
                      f"DSN_AHEAD={path}"]
        self.ahead = 0

    def advance(self, seconds):
        self.ahead += seconds
        with open(self.path + ".new", "w") as file:
            file.write(f"{self.ahead}\n")
        os.rename(self.path + ".new", self.path)


class Agent:
    def __init__(self, site, name, host, config):
        self.name = name
        self.host = host
        self.folder = os.path.join(site.path, f"{name}-{len(site.agents)}")
        os.mkdir(self.folder)
        self.config_file = os.path.join(self.folder, "agent.yaml")
        self.socket = os.path.join(self.folder, "agent.sock")
        self.log_file = os.path.join(self.folder, "log")
        self.config = {
            "node_id": name,
            "port": 0,
            "aes_key_file": site.key_file,
            "credential_dir": os.path.join(self.folder, "state"),
            **config,
        }
        self.config = {key: value for key, value in self.config.items() if value is not None}
        self.program = [AGENT]  # with an emulator before it, if need be
        self.options = []  # more words of the command line
        self.process = None

    def write_config(self):
        # JSON is YAML.
        with open(self.config_file, "w") as file:
            json.dump(self.config, file)

    def launch(self):
        """Without waiting until it answers."""
        self.write_config()
        command = [*self.program, "--config", self.config_file, "--socket", self.socket, *self.options]
        with open(self.log_file, "a") as log:
            if self.host is None:
                self.process = subprocess.Popen(command, stderr=log)
            else:
                self.process = self.host.popen(command, stderr=log)

    def start(self):
        self.launch()
        lan.wait_until(self.answers, 15, f"{self.name} answers; log: {self.log_text()}")
        return self

    def answers(self):
        try:
            self.call("status")
            return True
        except OSError:
            if self.process.poll() is not None:
                raise AssertionError(f"{self.name} ended: {self.log_text()}")
            return False

    def log_text(self):
        with open(self.log_file) as file:
            return file.read()

    def warnings(self):
        """The sentences of its warnings."""
        return [sentence(warning) for warning in self.call("status")["warnings"]]

    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def kill(self):
        """Without a chance to say good-bye."""
        if self.is_running():
            self.process.kill()
            self.process.wait()

    def terminate(self):
        self.process.terminate()
        return self.process.wait(10 * lan.SLOWEST)

    def freeze(self):
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self):
        self.process.send_signal(signal.SIGCONT)

    # Unix sockets reach across network namespaces.
    def connect(self):
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(10 * lan.SLOWEST)
        try:
            connection.connect(self.socket)
        except OSError:
            connection.close()
            raise
        return connection

    # Each call is a connection of its own.
    def call(self, method, **params):
        with self.connect() as connection:
            request = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
            connection.sendall((json.dumps(request) + "\n").encode())
            with connection.makefile() as lines:
                answer = json.loads(lines.readline())
        if "error" in answer:
            raise ValueError(answer["error"]["message"])
        return answer["result"]

    def set(self, key, value, **more):
        return self.call("set", entries=[{"key": key, "value": value, **more}])

    def set_many(self, values):
        return self.call("set", entries=[{"key": k, "value": v} for k, v in values.items()])

    def readings(self, node=None, key=None):
        params = {name: value for name, value in (("node", node), ("key", key)) if value}
        return self.call("read", **params)

    def value(self, node, key):
        found = self.readings(node, key)
        return found[0]["value"] if found else None

    def nodes(self):
        return {node["node"]: node for node in self.call("peers")}

    def live(self):
        return {name for name, node in self.nodes().items() if node["state"] in ("self", "live")}

    def counters(self):
        return self.call("status")["counters"]


def all_meet(agents):
    names = {agent.name for agent in agents}
    return all(agent.live() >= names for agent in agents)


def all_hold(agents, count):
    """Everybody holds `count` keys of everybody."""
    for agent in agents:
        nodes = agent.nodes()
        if any(nodes.get(other.name, {"keys": 0})["keys"] < count for other in agents):
            return False
    return True


def make_lan(case, hosts):
    """A LAN and a site for agents on it, which end with the test."""
    case.net = lan.Lan(hosts)
    case.net.__enter__()
    case.addCleanup(case.net.__exit__, None, None, None)
    case.site = Site()
    case.addCleanup(case.site.__exit__)


class OnALan(unittest.TestCase):
    """Tests of agents on three hosts, with the command line."""

    def setUp(self):
        make_lan(self, 3)

    def dsn(self, agent, *words):
        return subprocess.run([DSN, *words, "--socket", agent.socket], text=True, capture_output=True,
                              timeout=60 * lan.SLOWEST)


def meet_on_a_lan(case, *names, **config):
    """Agents of these names that have met, each on a host of its own; they end with the test."""
    make_lan(case, len(names))
    members = [case.site.agent(name, host, **config) for name, host in zip(names, case.net.hosts)]
    lan.wait_until(lambda: all_meet(members), 20)
    return members


def _names_of(suite):
    """As the command line takes them."""
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from _names_of(test)
        else:
            yield test.id().removeprefix("__main__.")


def _run_side_by_side():
    waiting = list(_names_of(unittest.defaultTestLoader.loadTestsFromName("__main__")))
    running, codes = [], []
    while waiting or running:
        while waiting and len(running) < BESIDE:
            running.append(subprocess.Popen(
                [sys.executable, "-B", *sys.argv, waiting.pop(0)], text=True, stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT, preexec_fn=lan.die_with_parent))
        first = running.pop(0)
        print(first.communicate()[0], end="", flush=True)
        codes.append(first.returncode)
    sys.exit(max(codes))


def main(*programs, side_by_side=False):
    """Runs the tests of a script whose first arguments are the paths of these, as above.

    `side_by_side`: each in a process and namespaces of its own, for tests that mostly wait.
    """
    if side_by_side and len(sys.argv) == 1 + len(programs):
        _run_side_by_side()
    lan.enter()
    for program in programs:
        globals()[program] = os.path.abspath(sys.argv.pop(1))
    unittest.main("__main__", verbosity=2)
