# SPDX-License-Identifier: Apache-2.0
"""Agents that run programs and write files when something happens in the network.

    agents_hooks.py PATH_OF_dsn-agent PATH_OF_dsn [unittest arguments]
"""

import json
import os
import socket
import stat
import subprocess
import time
import unittest

import agents
import lan


# Appends what it was told, as a line of JSON.
RECORD = """#!/usr/bin/python3 -BS
import json, os, sys
told = {name: value for name, value in os.environ.items() if name.startswith("DSN_")}
with open(sys.argv[1], "a") as file:
    file.write(json.dumps({"arguments": sys.argv[2:], **told}) + "\\n")
"""


class Hooks(unittest.TestCase):
    def setUp(self):
        self.site = agents.Site()
        self.addCleanup(self.site.__exit__)
        self.record = self.script("record", RECORD)

    def path(self, name):
        return os.path.join(self.site.path, name)

    def script(self, name, text):
        with open(self.path(name), "w") as file:
            file.write(text)
        os.chmod(self.path(name), 0o755)
        return self.path(name)

    def recording(self, name, *arguments, **hook):
        return {"run": [self.record, self.path(name), *arguments], **hook}

    def told(self, name):
        try:
            with open(self.path(name)) as file:
                return [json.loads(line) for line in file]
        except FileNotFoundError:
            return []

    def wait_told(self, name, count, timeout=10):
        lan.wait_until(lambda: len(self.told(name)) >= count, timeout, f"{name} is told {count}")
        return self.told(name)

    def alone(self, **hooks):
        return self.site.agent("attic", aes_key_file=None, hooks=hooks)

    def hook(self, agent, name):
        return next(h for h in agent.call("status")["hooks"] if h["name"] == name)

    def children(self, agent):
        with open(f"/proc/{agent.process.pid}/task/{agent.process.pid}/children") as file:
            return file.read().split()

    def test_a_reading_of_this_node_that_passes_a_level(self):
        agent = self.alone(warm=self.recording("warm", "freezer", on_change={
            "node": "attic", "key": "freezer", "above": -15, "hysteresis": 2}))
        for value in (-20, -14, -13, -16, -14, -17.5, -12):
            agent.set("freezer", value, unit="Cel")
            lan.wait_until(lambda: not self.children(agent), 10)
        first, second = self.wait_told("warm", 2)
        self.assertEqual(first["arguments"], ["freezer"])
        self.assertEqual((first["DSN_VALUE"], second["DSN_VALUE"]), ("-14", "-12"))
        self.assertEqual((first["DSN_EVENT"], first["DSN_NODE"], first["DSN_KEY"], first["DSN_UNIT"],
                          first["DSN_HOOK"]), ("above", "attic", "freezer", "Cel", "warm"))
        self.assertLess(int(first["DSN_AGE_MS"]), 5000 * lan.SLOWEST)
        self.assertEqual(self.hook(agent, "warm"), {
            "name": "warm", "event": "on_change", "runs": 2, "failures": 0, "skipped": 0,
            "error": ""})

    def test_two_nodes_from_a_change_to_the_loss(self):
        with lan.Lan(2) as net:
            attic = self.site.agent("attic", net.hosts[0], hooks={
                "note": self.recording("note", on_change={"node": "cellar", "key": "note"}),
                "last": {"on_change": {"key": "note"}, "write": self.path("last.txt")},
                "late": self.recording("late", on_late={"node": "cellar", "key": "water"}),
                "fresh": self.recording("fresh", on_back={"key": "water"}),
                "gone": {"on_gone": {}, "write": self.path("gone.json"), "format": "json",
                         **self.recording("gone")},
                "back": self.recording("back", on_back={"node": "cel*"})})
            cellar = self.site.agent("cellar", net.hosts[1])
            lan.wait_until(lambda: agents.all_meet([attic, cellar]), 20)
            # What a hostile member may say.
            pwned = self.path("pwned")
            text = f"$(touch {pwned}) `touch {pwned}`; touch {pwned}\nDSN_NODE=shed\n\x1b[31m'\""
            cellar.set("note", text)
            note = self.wait_told("note", 1)[0]
            self.assertEqual(note["DSN_VALUE"], text.replace("\n", "?").replace("\x1b", "?"))
            self.assertEqual((note["DSN_NODE"], note["DSN_EVENT"]), ("cellar", "change"))
            self.assertFalse(os.path.exists(pwned))
            with open(self.path("last.txt")) as file:
                self.assertEqual(file.read(), note["DSN_VALUE"] + "\n")
            self.assertEqual(stat.S_IMODE(os.stat(self.path("last.txt")).st_mode), 0o644)

            cellar.set("water", 0.62, max_age_ms=1500)
            late = self.wait_told("late", 1)[0]
            self.assertGreater(int(late["DSN_AGE_MS"]), 1500)
            self.assertLess(int(late["DSN_AGE_MS"]), 5000 * lan.SLOWEST)
            self.assertEqual(self.told("fresh"), [])
            cellar.set("water", 0.62, max_age_ms=60000)
            self.assertEqual(self.wait_told("fresh", 1)[0]["DSN_EVENT"], "back")

            cellar.kill()
            gone = self.wait_told("gone", 1, 30)[0]
            self.assertEqual((gone["DSN_NODE"], gone["DSN_EVENT"], gone["DSN_KEY"]),
                             ("cellar", "gone", ""))
            with open(self.path("gone.json")) as file:
                self.assertEqual(json.load(file), {"hook": "gone", "event": "gone", "node": "cellar",
                                                   "node_id": gone["DSN_NODE_ID"]})
            self.assertEqual(self.told("back"), [])
            cellar.start()
            self.assertEqual(self.wait_told("back", 1, 30)[0]["DSN_NODE"], "cellar")
            self.assertEqual(len(self.told("gone")), 1)
            self.assertEqual(self.hook(attic, "note")["runs"], 1)

    def test_a_restart_is_no_loss(self):
        with lan.Lan(2) as net:
            attic = self.site.agent("attic", net.hosts[0], hooks={
                "gone": self.recording("gone", on_gone={}), "back": self.recording("back", on_back={})})
            cellar = self.site.agent("cellar", net.hosts[1])
            lan.wait_until(lambda: agents.all_meet([attic, cellar]), 20)
            cellar.terminate()
            lan.wait_until(lambda: attic.nodes()["cellar"]["state"] == "restarting", 10)
            cellar.start()
            lan.wait_until(lambda: agents.all_meet([attic, cellar]), 20)
            self.assertEqual(self.told("gone") + self.told("back"), [])

    def test_programs_that_fail_hang_or_do_not_exist(self):
        agent = self.alone(
            fails={"on_change": {"key": "go"}, "run": ["/bin/sh", "-c", "echo no >&2; exit 3"]},
            hangs={"on_change": {"key": "go"}, "run": ["/bin/sh", "-c", "trap '' TERM; sleep 60"],
                   "timeout": "300ms"},
            lacks={"on_change": {"key": "go"}, "run": "/none"},
            unwritten={"on_change": {"key": "go"}, "write": "/proc/none/file"},
            fine={"on_change": {"key": "go"}, "run": "/bin/true"})
        agent.set("go", 1)
        lan.wait_until(lambda: all(hook["runs"] == 1 and (hook["failures"] or hook["name"] == "fine")
                                   for hook in agent.call("status")["hooks"]), 10)
        errors = {hook["name"]: hook["error"] for hook in agent.call("status")["hooks"]}
        self.assertEqual(errors["fails"], "/bin/sh: exit status 3: no")
        self.assertEqual(errors["hangs"], "/bin/sh: was stopped after 300ms")
        self.assertEqual(errors["lacks"], "/none: No such file or directory")
        self.assertIn("/proc/none/file", errors["unwritten"])
        self.assertEqual(errors["fine"], "")
        self.assertIn("hook fails: /bin/sh: exit status 3: no", agent.log_text())
        report = subprocess.run([agents.DSN, "status", "--socket", agent.socket], capture_output=True,
                                text=True, check=True).stdout
        self.assertRegex(report, r"hooks\n +fails +on_change, 1 run, 1 failed; last: /bin/sh: exit")

    def test_never_two_of_a_hook_and_four_of_all(self):
        busy = self.script("busy", "#!/bin/sh\nmkdir \"$1\" || exit 9\nsleep 0.2\nrmdir \"$1\"\n")
        hooks = {f"h{i}": {"on_change": {"key": "go"}, "run": [busy, self.path(f"lock{i}")]}
                 for i in range(8)}
        agent = self.alone(**hooks)
        most = 0
        for value in range(20):
            agent.set("go", value)
            most = max(most, len(self.children(agent)))

        def done():
            nonlocal most
            most = max(most, len(self.children(agent)))
            return most and not self.children(agent) and all(
                hook["runs"] + hook["skipped"] == 20 for hook in agent.call("status")["hooks"])
        lan.wait_until(done, 20)
        self.assertEqual(most, 4)
        self.assertEqual([hook["failures"] for hook in agent.call("status")["hooks"]], [0] * 8)

    def test_the_interval_is_kept_and_the_latest_told_at_its_end(self):
        agent = self.alone(slow=self.recording("slow", on_change={"key": "go"}, min_interval="1s"))
        begin = time.monotonic()
        for value in range(50):
            agent.set("go", value)
        told = self.wait_told("slow", 2)
        self.assertGreaterEqual(time.monotonic() - begin, 1)
        self.assertEqual([entry["DSN_VALUE"] for entry in told], ["0", "49"])
        self.assertEqual(self.hook(agent, "slow")["skipped"], 48)

    def test_a_file_that_others_read_is_never_half_written(self):
        agent = self.alone(last={"on_change": {"key": "text"}, "write": self.path("last")})
        agent.set("text", "a" * 1000)
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(agent.socket)
            for i in range(500):  # nobody waits for the answers: the agent works while we read
                connection.sendall(json.dumps({"jsonrpc": "2.0", "method": "set", "params": {
                    "key": "text", "value": "abcdefgh"[i % 8] * 1000}}).encode() + b"\n")
                with open(self.path("last")) as file:
                    text = file.read()
                self.assertEqual(text, text[0] * 1000 + "\n")
            lan.wait_until(lambda: self.hook(agent, "last")["runs"] == 500, 10)
        self.assertEqual(self.hook(agent, "last")["failures"], 0)

    def test_reload_takes_hooks_in_and_kills_the_program_of_one_that_is_gone(self):
        kept = self.recording("kept", on_change={"key": "go"})
        agent = self.alone(kept=kept, gone={"on_change": {"key": "go"}, "run": ["/bin/sleep", "60"],
                                            "timeout": "1h"})
        agent.set("go", 1)
        self.wait_told("kept", 1)
        lan.wait_until(lambda: len(self.children(agent)) == 1, 10)
        agent.config["hooks"] = {"new": self.recording("new", on_change={"key": "go"}), "kept": kept}
        agent.write_config()
        self.assertEqual(agent.call("reload")["changed"], ["hooks"])
        self.wait_told("new", 1)  # what is so already
        lan.wait_until(lambda: not self.children(agent), 10)
        self.assertEqual(len(self.told("kept")), 1)
        agent.set("go", 2)
        self.wait_told("kept", 2)
        self.wait_told("new", 2)
        self.assertEqual(self.hook(agent, "kept")["runs"], 2)

    def test_the_program_ends_with_the_agent(self):
        agent = self.alone(long={"on_change": {"key": "go"}, "run": ["/bin/sleep", "60"],
                                 "timeout": "1h"})
        agent.set("go", 1)
        lan.wait_until(lambda: self.children(agent), 10)
        child = self.children(agent)[0]
        self.assertEqual(agent.terminate(), 0)
        lan.wait_until(lambda: not os.path.exists(f"/proc/{child}"), 5)


if __name__ == "__main__":
    agents.main("AGENT", "DSN")
