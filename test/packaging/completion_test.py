# SPDX-License-Identifier: Apache-2.0
"""Completion in bash, fish and zsh, with programs in place of dsn and dsn-read.

    completion_test.py SOURCE_ROOT PATH_OF_dsn
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import manual

ROOT = None
DSN = None

READINGS = "attic\\troom/humidity\\t1\\nattic\\troom/temperature\\t1\\ncellar\\tdoor\\t1\\n"
PROGRAMS = {
    # Help is what the program says; readings and nodes are made up.
    "dsn": f'case "$*" in nodes*) case "$*" in *--help*) exec {{dsn}} "$@";; esac; printf "cellar\\tlive\\nattic\\tself\\n";; *) exec {{dsn}} "$@";; esac',
    "dsn-read": f'printf "{READINGS}" | grep "^$1"',
}
BASH = """
source {file}
COMP_WORDS=({words}) COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
_dsn
printf '%s\\n' "${{COMPREPLY[@]}}"
"""
# compadd takes what is offered; zsh itself compares it with what is typed.
ZSH = """
source {file}
compadd() {{ shift; print -l -- ${{(M)@:#$PREFIX*}} }}
words=({words}) CURRENT=$#words PREFIX=$words[-1]
_dsn
"""


class Completion:
    def setUp(self):
        if shutil.which(self.SHELL) is None:
            self.skipTest(f"there is no {self.SHELL}")
        folder = tempfile.TemporaryDirectory(prefix="dsn-completion-")
        self.addCleanup(folder.cleanup)
        for name, text in PROGRAMS.items():
            path = pathlib.Path(folder.name) / name
            path.write_text("#!/bin/sh\n" + text.format(dsn=DSN))
            path.chmod(0o755)
        self.environment = dict(os.environ, PATH=f"{folder.name}:{os.environ['PATH']}",
                                HOME=folder.name)

    def run_shell(self, script):
        said = subprocess.run([self.SHELL, "-c", script], env=self.environment, capture_output=True, text=True, check=True)
        self.assertEqual(said.stderr, "")
        return [line.split("\t")[0] for line in said.stdout.splitlines() if line]

    def test_commands(self):
        self.assertEqual(sorted(self.complete("dsn", "re")), ["read", "reload", "reply", "revoke"])
        self.assertIn("status", self.complete("dsn", ""))

    def test_all_that_help_has(self):
        said = manual.help_of(DSN)
        commands = manual.commands_of(said)
        self.assertGreater(len(commands), 15)
        self.assertLessEqual({*commands, "help", "version"}, set(self.complete("dsn", "")))
        for command in commands:
            with self.subTest(command=command):
                said = manual.help_of(DSN, command)
                options = set(re.findall(r"^  (?:-\w,)?(--[a-z-]+)", said, re.MULTILINE))
                self.assertLessEqual(options, set(self.complete("dsn", command, "--")))
                below = manual.commands_of(said)
                if below:
                    self.assertLessEqual(set(below), set(self.complete("dsn", command, "")))

    def test_words(self):
        self.assertIn("Cel", self.complete("dsn", "set", "a", "1", "--unit", ""))
        self.assertEqual(self.complete("dsn", "wait", "cel"), ["cellar/door"])
        self.assertIn("kill", self.complete("dsn", "help", "demo", ""))
        self.assertEqual(self.complete("dsn", "demo", "kill", ""), ["attic", "cellar"])

    def test_nodes_and_keys(self):
        for begin in (["dsn-read"], ["dsn", "read"]):
            self.assertEqual(self.complete(*begin, ""), ["attic", "cellar"])
            self.assertEqual(self.complete(*begin, "c"), ["cellar"])
            self.assertEqual(self.complete(*begin, "attic", "room/t"), ["room/temperature"])
            self.assertEqual(self.complete(*begin, "cellar", ""), ["door"])
            self.assertEqual(self.complete(*begin, "cellar", "door", ""), [])
        self.assertEqual(self.complete("dsn", "forget", ""), ["attic", "cellar"])

    def test_keys_of_this_node(self):
        own = ["room/humidity", "room/temperature"]
        self.assertEqual(self.complete("dsn", "set", ""), own)
        self.assertEqual(self.complete("dsn", "unset", "room/humidity", ""), own)


class Bash(Completion, unittest.TestCase):
    SHELL = "bash"

    def complete(self, *words):
        quoted = " ".join(f"'{word}'" for word in words)
        return self.run_shell(BASH.format(file=ROOT / "conf/completions/dsn.bash", words=quoted))

    def test_options(self):
        self.assertIn("--watch", self.complete("dsn-read", "--w"))
        self.assertEqual(self.complete("dsn", "set", "--ma"), ["--max-age"])


class Fish(Completion, unittest.TestCase):
    SHELL = "fish"

    def complete(self, *words):
        file = ROOT / "conf/completions/dsn.fish"
        return sorted(self.run_shell(f"source {file}; complete -C '{' '.join(words)}'"))


class Zsh(Completion, unittest.TestCase):
    SHELL = "zsh"

    def complete(self, *words):
        quoted = " ".join(f"'{word}'" for word in words)
        return sorted(self.run_shell(ZSH.format(file=ROOT / "conf/completions/dsn.zsh",
                                                words=quoted)))

    def test_options(self):
        self.assertIn("--watch", self.complete("dsn-read", "--w"))
        self.assertEqual(self.complete("dsn", "set", "--ma"), ["--max-age"])


if __name__ == "__main__":
    ROOT, DSN = pathlib.Path(sys.argv[1]), os.path.abspath(sys.argv[2])
    unittest.main(argv=sys.argv[:1], verbosity=2)
