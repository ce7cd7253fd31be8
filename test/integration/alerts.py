# SPDX-License-Identifier: Apache-2.0
"""Runs the recipes of docs/alerts.md beside real agents, with a stand-in for each program that sends.

    alerts.py PATH_OF_dsn-agent PATH_OF_dsn [unittest arguments]
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import unittest

import agents
import lan

PAGE = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))),
                    "docs", "alerts.md")
# Writes what it was called with, and what it was given, as a line of JSON.
STAND_IN = """#!/usr/bin/python3 -BS
import fcntl, json, os, stat, sys
is_pipe = stat.S_ISFIFO(os.fstat(0).st_mode)
line = json.dumps([[os.path.basename(sys.argv[0]), *sys.argv[1:]], sys.stdin.read() if is_pipe else ""])
with open({log!r}, "a") as file:
    fcntl.flock(file, fcntl.LOCK_EX)
    file.write(line + "\\n")
"""


def sections():
    """{title: {language: [blocks]}}"""
    with open(PAGE, encoding="utf-8") as file:
        parts = file.read().split("\n## ")[1:]
    found = {}
    for part in parts:
        blocks = {}
        for language, text in re.findall(r"```(\w+)\n(.*?)```", part, re.DOTALL):
            blocks.setdefault(language, []).append(text)
        found[part.splitlines()[0]] = blocks
    return found


def calls_of(block):
    """[(words, input)] of a block of commands with what is written to each."""
    calls = re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block, re.MULTILINE)
    return [[shlex.split(command), text] for command, text in calls]


class Recipes(unittest.TestCase):
    def setUp(self):
        agents.make_lan(self, 2)
        self.log = os.path.join(self.site.path, "sent")
        self.programs = os.path.join(self.site.path, "bin")
        os.mkdir(self.programs)
        for name in ("msmtp", "curl", "apprise"):
            path = os.path.join(self.programs, name)
            with open(path, "w") as file:
                file.write(STAND_IN.format(log=self.log))
            os.chmod(path, 0o755)
        os.symlink(agents.DSN, os.path.join(self.programs, "dsn"))
        os.environ["PATH"] = f"{self.programs}:{os.environ['PATH']}"

    def sent(self):
        if not os.path.exists(self.log):
            return []
        with open(self.log) as file:
            return [json.loads(line) for line in file]

    def wait_sent(self, expected):
        lan.wait_until(lambda: len(self.sent()) >= len(expected), 20, f"{expected} is sent")
        self.assertEqual(self.sent(), expected)

    def watched(self, recipe):
        """The station with these hooks, which act at once, and the cellar."""
        blocks = sections()[recipe]
        text = re.sub(r"^    (for|min_interval):.*\n", "", blocks["yaml"][0], flags=re.MULTILINE)
        station = self.site.agent("station", self.net.hosts[0], start=False)
        write = station.write_config

        def write_with_hooks():
            write()
            with open(station.config_file) as file:
                settings = json.load(file)
            with open(station.config_file, "w") as file:
                file.writelines(f"{key}: {json.dumps(value)}\n" for key, value in settings.items())
                file.write(text)
        station.write_config = write_with_hooks
        station.start()
        self.cellar = self.site.agent("cellar", self.net.hosts[1])
        lan.wait_until(lambda: agents.all_meet([station, self.cellar]), 20)
        return station, calls_of(blocks["text"][0])

    def test_mail(self):
        _, expected = self.watched("Mail, by msmtp")
        self.cellar.kill()
        self.wait_sent(expected)

    def test_push(self):
        station, expected = self.watched("Push to a phone, by ntfy")
        self.cellar.set("freezer/temperature", -20, unit="Cel")
        lan.wait_until(lambda: station.value("cellar", "freezer/temperature") == -20, 20)
        self.cellar.set("freezer/temperature", -4.5, unit="Cel")
        self.wait_sent(expected)

    def test_late_and_back(self):
        station, expected = self.watched("Everything else, by Apprise")
        self.cellar.set("freezer/temperature", -4.5, unit="Cel", max_age_ms=200)
        self.wait_sent(expected[:1])
        self.cellar.set("freezer/temperature", -20, unit="Cel", max_age_ms=3600000)
        self.wait_sent(expected)

    def test_digest(self):
        service, timer = sections()["One summary a day"]["ini"]
        station = self.site.agent("station", self.net.hosts[0])
        command = re.search(r"^ExecStart=(.*)$", service, re.MULTILINE).group(1)
        subprocess.run(shlex.split(command), check=True,
                       env={**os.environ, "DSN_SOCKET": station.socket})
        (words, text), = self.sent()
        self.assertEqual(words, ["msmtp", "--", "you@example.org"])
        self.assertTrue(text.startswith("Subject: DSN\nContent-Type: text/plain; charset=UTF-8\n\n"
                                        "DSN: 1 node, 0 keys; all is well\n"), text)
        self.assertIn("OnCalendar=07:00", timer)
        if shutil.which("systemd-analyze"):
            paths = []
            for unit in (service, timer):
                paths.append(os.path.join(self.site.path, os.path.basename(unit.splitlines()[0])))
                with open(paths[-1], "w") as file:
                    file.write(unit)
            done = subprocess.run(["systemd-analyze", "verify", "--man=no", *paths],
                                  capture_output=True, text=True)
            self.assertNotIn("dsn-digest", done.stderr)


class Digest(agents.OnALan):
    def test_tells_what_happened(self):
        attic, barn = (self.site.agent(name, host) for name, host in zip(("attic", "barn"), self.net.hosts))
        lan.wait_until(lambda: agents.all_meet([attic, barn]), 20)
        barn.set("door", "op\u202een")
        lan.wait_until(lambda: attic.value("barn", "door"), 20)
        barn.kill()
        lan.wait_until(lambda: attic.nodes()["barn"]["state"] == "gone", 30)
        said = self.dsn(attic, "digest")
        self.assertEqual(said.returncode, 0, said.stderr)
        self.assertRegex(said.stdout, r"^DSN: 2 nodes \(1 live, 1 gone\), 1 key; 2 not well\n")
        self.assertRegex(said.stdout, r"\n\nNot well\n  barn  gone for \d+s.*\n  barn door  op\\u202een, \d+s old: node gone.*\n")
        self.assertRegex(said.stdout, r"\n\nCame and went within 1d\n(  .*\n)*  barn  gone for \d+s.*\n")

    def test_says_when_there_is_no_agent(self):
        attic = self.site.agent("attic", self.net.hosts[0], start=False)
        self.assertEqual(self.dsn(attic, "digest").returncode, 5)


if __name__ == "__main__":
    agents.main("AGENT", "DSN", side_by_side=True)
