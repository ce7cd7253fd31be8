# SPDX-License-Identifier: Apache-2.0
"""What the tests of `dsn doctor` have in common: a network, and what is found in it."""

import json
import subprocess
import sys
import unittest

import agents
import lan

OK, FOUND = 0, 1


class Network(unittest.TestCase):
    def lan(self, count, bare=False):
        self.net = lan.Lan(count, bare)
        self.net.__enter__()
        self.addCleanup(self.net.__exit__, None, None, None)
        self.site = agents.Site()
        self.addCleanup(self.site.__exit__)
        return self.net.hosts

    def network(self, *names, start=True, **config):
        """An agent on a host of its own for each name."""
        hosts = self.lan(len(names))
        return [self.site.agent(name, host, start, **config) for name, host in zip(names, hosts)]

    def met(self, *names, **config):
        members = self.network(*names, **config)
        self.meet(members)
        return members

    def meet(self, members):
        lan.wait_until(lambda: agents.all_meet(members), 30)

    def start(self, *members):
        for member in members:
            member.start()

    def dsn(self, agent, *words):
        return subprocess.run([agents.DSN, *words, "--socket", agent.socket], text=True,
                              capture_output=True, timeout=130 * lan.SLOWEST)

    def examined(self, agent):
        done = self.dsn(agent, "doctor", "--json")
        examination = json.loads(done.stdout)
        self.assertEqual(done.returncode, FOUND if examination["findings"] else OK, done.stderr)
        return examination

    def findings(self, agent):
        """{(code, about): finding}, by `dsn doctor --json`."""
        return {(one["code"], one.get("about", "")): one
                for one in self.examined(agent)["findings"]}

    def codes(self, agent):
        return {code for code, _ in self.findings(agent)}

    def warns(self, agent, code):
        return [one for one in agent.call("status")["warnings"] if one["code"] == code]

    def warned(self, agent, code, patience=30):
        """The first warning of that code, once it is there and the doctor has it too."""
        lan.wait_until(lambda: self.warns(agent, code), patience,
                       f"{code} of {agent.name}; {agent.call('status')['warnings']}")
        lan.wait_until(lambda: code in self.codes(agent), patience)
        return self.warns(agent, code)[0]

    def python(self, host, script):
        """Runs a script on a host, until the test ends; it prints one line when it is ready."""
        process = host.popen([sys.executable, "-c", script], stdout=subprocess.PIPE)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        self.assertEqual(process.stdout.readline(), "ready\n")
        return process
