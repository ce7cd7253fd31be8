# SPDX-License-Identifier: Apache-2.0
"""docs/examples: each program runs, beside real agents.

    examples.py PATH_OF_dsn-agent PATH_OF_dsn FOLDER_OF_THE_MODULE FOLDER_OF_THE_EXAMPLES
"""

import json
import os
import re
import shutil
import subprocess
import sys
import unittest
import urllib.error
import urllib.request

import agents
import lan

LANGUAGES = {"python": ([sys.executable, "-B"], "py"), "node": (["node"], "js"), "shell": (["sh"], "sh")}
KEY = "room/temperature"


class Case(unittest.TestCase):
    def setUp(self):
        self.attic, self.barn = agents.meet_on_a_lan(self, "attic", "barn")
        programs = os.path.join(self.site.path, "bin")
        os.mkdir(programs)
        for name in ("dsn", "dsn-read"):
            os.symlink(agents.DSN, os.path.join(programs, name))
        self.path = f"{programs}:{os.environ['PATH']}"

    def start(self, agent, name, *words):
        """An example as in its own first line, with the socket of this agent."""
        folder = name.split("/")[0]
        command, suffix = LANGUAGES[folder]
        if shutil.which(command[0]) is None:
            self.skipTest(f"{command[0]} is not installed")
        environment = {**os.environ, "PATH": self.path, "PYTHONPATH": agents.PYTHON,
                       "DSN_SOCKET": agent.socket}
        process = subprocess.Popen([*command, f"{agents.EXAMPLES}/{name}.{suffix}", *map(str, words)],
                                   env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   text=True, start_new_session=True)
        self.addCleanup(self.end, process)
        return process

    @staticmethod
    def end(process):
        # Shell examples have children, in a group of their own.
        try:
            os.killpg(process.pid, 9)
        except ProcessLookupError:
            pass
        process.communicate()

    def run_to_end(self, agent, name, *words):
        process = self.start(agent, name, *words)
        output, errors = process.communicate(timeout=30 * lan.SLOWEST)
        return process.returncode, output, errors

    def line(self, process):
        return process.stdout.readline().rstrip("\n")


class Examples:
    """In each language; LANGUAGE is its folder."""

    LANGUAGE = None

    def name(self, what):
        return f"{self.LANGUAGE}/{what}"

    def test_read(self):
        self.attic.set(KEY, 21.5, unit="Cel", max_age_ms=60000)
        lan.wait_until(lambda: self.barn.value("attic", KEY), 10)
        code, output, _ = self.run_to_end(self.barn, self.name("read"), "attic", KEY)
        self.assertEqual((code, output.split()[0]), (0, "21.5"))
        code, output, errors = self.run_to_end(self.barn, self.name("read"), "attic", "nothing")
        self.assertNotEqual(code, 0)
        self.assertIn("nothing", errors)
        self.attic.kill()
        lan.wait_until(lambda: self.barn.readings("attic", KEY)[0]["status"] == "node gone", 20)
        code, output, errors = self.run_to_end(self.barn, self.name("read"), "attic", KEY)
        self.assertNotEqual(code, 0)
        self.assertEqual(output, "")
        self.assertIn("gone", errors)

    def test_watch(self):
        self.attic.set(KEY, 21.5)
        lan.wait_until(lambda: self.barn.value("attic", KEY), 10)
        words = ("attic", KEY) if self.LANGUAGE == "shell" else (KEY,)
        watch = self.start(self.barn, self.name("watch"), *words)
        self.assertIn("21.5", self.line(watch))
        self.attic.set(KEY, 22.5)
        self.assertIn("22.5", self.line(watch))
        self.attic.kill()
        self.assertIn("gone", next(line for line in iter(lambda: self.line(watch), "")
                                   if "late" not in line))

    def test_set(self):
        self.start(self.attic, self.name("set"))
        reading = lan.wait_until(lambda: self.barn.readings("attic", "river/height"), 20)[0]
        self.assertEqual((reading["value"], reading["unit"], reading["max_age_ms"]), (2.5, "m", 30000))

    def test_send_listen_ask(self):
        code, _, errors = self.run_to_end(self.attic, self.name("send"), "barn", "on")
        self.assertNotEqual(code, 0)
        self.assertIn("nobody listens", errors)
        listener = self.start(self.barn, self.name("listen"))
        lan.wait_until(lambda: self.run_to_end(self.attic, self.name("send"), "barn", "on")[0] == 0, 20)
        self.assertRegex(self.line(listener), "attic switches the light.* (on|.*true)")
        code, output, errors = self.run_to_end(self.attic, self.name("ask"), "barn")
        self.assertEqual((code, output), (0, "2.5\n"), errors)
        code, output, errors = self.run_to_end(self.attic, self.name("ask"), "attic")
        self.assertNotEqual(code, 0)
        self.assertEqual(output, "")
        self.assertIn("nobody listens", errors)


class Python(Examples, Case):
    LANGUAGE = "python"


class NodeJs(Examples, Case):
    LANGUAGE = "node"


class Shell(Examples, Case):
    LANGUAGE = "shell"


class Beside(Case):
    """Programs that run beside a node."""

    def ask(self, path, content=None, kind="application/json"):
        request = urllib.request.Request(self.address + path, data=content,
                                         headers={"Content-Type": kind} if content is not None else {})
        try:
            with urllib.request.urlopen(request) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)

    def test_web(self):
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        self.barn.set(KEY, 21.5, unit="Cel")
        lan.wait_until(lambda: self.attic.value("barn", KEY), 10)
        self.address = self.line(self.start(self.attic, "python/web", 0)).removesuffix("/store")
        self.assertEqual(self.ask("/set", b'{"door": "open", "count": 2}')[0], 200)
        lan.wait_until(lambda: self.barn.value("attic", "count") == 2, 10)
        code, store = self.ask("/store")
        self.assertEqual((code, sorted(store)), (200, ["attic", "barn"]))
        self.assertEqual(store["attic"]["door"]["value"], "open")
        self.assertEqual({name: store["barn"][KEY][name] for name in ("value", "unit", "status")},
                         {"value": 21.5, "unit": "Cel", "status": "ok"})
        self.assertEqual(list(self.ask("/store/barn")[1]), ["barn"])
        self.assertEqual(self.ask("/store/nobody")[0], 404)
        self.assertEqual(self.ask("/")[0], 404)
        self.assertEqual(self.ask("/set", b'{"door": "x"}', "text/plain")[0], 415)
        self.assertEqual([self.ask("/set", wrong)[0] for wrong in (b"no", b"[1]", b'{" ": 1}')],
                         [400, 400, 400])
        self.assertEqual(self.attic.value("attic", "door"), "open")

    def lines(self, path):
        if not os.path.exists(path):
            return []
        with open(path) as file:
            return [json.loads(line)[1:3] for line in file]

    def test_writer(self):
        path = os.path.join(self.site.path, "log")
        self.barn.set("door", "shut")
        lan.wait_until(lambda: self.attic.value("barn", "door"), 10)
        self.start(self.attic, "python/writer", "barn", "door", path)
        expected = [["ok", "shut"]]
        lan.wait_until(lambda: self.lines(path) == expected, 10)
        for value in ("open", "shut", "open"):
            self.barn.set("door", value)
            expected.append(["ok", value])
            lan.wait_until(lambda: self.lines(path) == expected, 10)
        self.attic.terminate()
        self.attic.start()
        lan.wait_until(lambda: agents.all_meet([self.attic, self.barn]), 20)
        self.barn.set("door", "locked")
        lan.wait_until(lambda: self.lines(path)[-1] == ["ok", "locked"], 10)
        self.barn.kill()
        lan.wait_until(lambda: self.lines(path)[-1] == ["node gone", "locked"], 20)

    def test_fresh(self):
        self.attic.set_many({"other": 1})
        self.attic.set("app/mode", "away", max_age_ms=1000)
        self.attic.set("lonely", "away", max_age_ms=1000)
        self.start(self.attic, "python/fresh", "app/*")
        lan.wait_until(lambda: self.attic.readings("attic", "lonely")[0]["status"] == "late", 10)
        for _ in range(3):
            before = self.attic.readings("attic", "app/mode")[0]
            after = lan.wait_until(lambda: [one for one in self.attic.readings("attic", "app/mode")
                                            if one["version"] > before["version"]], 10)[0]
            self.assertEqual((after["value"], after["max_age_ms"]), ("away", 1000))
        self.assertEqual(self.attic.readings("attic", "lonely")[0]["status"], "late")

    def test_persist(self):
        path = os.path.join(self.site.path, "app.json")

        def saved():
            if not os.path.exists(path):
                return None
            with open(path) as file:
                return {key: entry["value"] for key, entry in json.load(file).items()}

        self.attic.set("app/a", [1, {"b": None}], unit="m", max_age_ms=3600000)
        self.start(self.attic, "python/persist", "app", path)
        lan.wait_until(lambda: saved() == {"app/a": [1, {"b": None}]}, 10)
        self.attic.set_many({"app/b": "text", "app/c": 3, "other": 4})
        lan.wait_until(lambda: len(saved()) == 3, 10)
        self.attic.call("unset", keys=["app/c"])
        lan.wait_until(lambda: sorted(saved()) == ["app/a", "app/b"], 10)
        self.attic.kill()
        self.attic.start()
        lan.wait_until(lambda: self.attic.value("attic", "app/b") == "text", 20)
        reading = lan.wait_until(lambda: self.attic.readings("attic", "app/a"), 20)[0]
        self.assertEqual((reading["value"], reading["unit"], reading["max_age_ms"]),
                         ([1, {"b": None}], "m", 3600000))
        self.assertIsNone(self.attic.value("attic", "app/c"))
        self.assertIsNone(self.attic.value("attic", "other"))

    def test_average(self):
        cellar = self.site.agent("cellar", self.net.hosts[0])
        self.barn.set(KEY, 20, unit="Cel")
        cellar.set(KEY, 23.0, unit="Cel")
        self.start(self.attic, "python/average", KEY)
        lan.wait_until(lambda: self.attic.value("attic", "average/" + KEY) == 21.5, 20)
        self.barn.set(KEY, "broken")
        lan.wait_until(lambda: self.attic.value("attic", "average/" + KEY) == 23.0, 10)
        self.barn.set(KEY, 21, unit="Cel")
        lan.wait_until(lambda: self.attic.value("attic", "average/" + KEY) == 22.0, 10)
        cellar.kill()
        lan.wait_until(lambda: self.attic.value("attic", "average/" + KEY) == 21.0, 20)


class Table(unittest.TestCase):
    def test_the_table_has_all_examples(self):
        with open(f"{agents.EXAMPLES}/README.md") as file:
            listed = set(re.findall(r"\]\(((?:python|node|shell)/[^)]+)\)", file.read()))
        there = {f"{folder}/{name}" for folder in LANGUAGES
                 for name in os.listdir(f"{agents.EXAMPLES}/{folder}")}
        self.assertEqual(there - {"node/dsn.js"}, listed)


if __name__ == "__main__":
    agents.main("AGENT", "DSN", "PYTHON", "EXAMPLES")
