# SPDX-License-Identifier: Apache-2.0
"""Reads the sensors of docs/recipes.md with `dsn check`; in place of each program one that prints what the page says.

    recipes.py PATH_OF_dsn-agent PATH_OF_dsn [unittest arguments]
"""

import os
import re
import shlex
import subprocess
import sys
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DSN = os.path.abspath(sys.argv[2])


def recipes():
    """(title, configuration, {command line: output}, lines of readings) of each section with all of them."""
    with open(os.path.join(ROOT, "docs", "recipes.md"), encoding="utf-8") as file:
        sections = file.read().split("\n## ")[1:]
    for section in sections:
        blocks = dict(re.findall(r"```(yaml|console|text)\n(.*?)```", section, re.DOTALL))
        programs = re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", blocks["console"], re.MULTILINE)
        yield section.splitlines()[0], blocks["yaml"], dict(programs), blocks["text"].splitlines()


def stand_in(path, arguments, output, goes_on):
    """A program that prints the output if it is called as the page does."""
    check = " ".join(shlex.quote(word) for word in arguments)
    with open(path + ".out", "w", encoding="utf-8") as file:
        file.write(output)
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"#!/bin/sh\n[ \"$*\" = \"$(printf '%s ' {check} | sed 's/ $//')\" ] || exit 99\n"
                   f"/bin/cat {path}.out\n" + ("exec sleep 1000\n" if goes_on else ""))
    os.chmod(path, 0o755)


class Recipes(unittest.TestCase):
    def readings(self, folder, configuration, programs):
        for command, output in programs.items():
            words = shlex.split(command)
            goes_on = "stream" in configuration and output
            stand_in(os.path.join(folder, words[0]), words[1:], output, goes_on)
        file = os.path.join(folder, "agent.yaml")
        with open(file, "w", encoding="utf-8") as text:
            text.write(re.sub(r"\[/usr/bin/", "[" + folder + "/", configuration))
        environment = dict(os.environ, PATH=folder + ":" + os.environ["PATH"])
        done = subprocess.run([DSN, "check", file], capture_output=True, text=True, env=environment, timeout=60)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
        lines = [line.split("\t") for line in done.stdout.splitlines()]
        return [" ".join(filter(None, [line[0], re.sub(r"\.0$", "", line[4]), line[5]])) for line in lines]

    def test_each(self):
        count = 0
        for title, configuration, programs, readings in recipes():
            with self.subTest(title), tempfile.TemporaryDirectory() as folder:
                self.assertEqual(self.readings(folder, configuration, programs), readings)
            count += 1
        self.assertGreaterEqual(count, 7, "the page has other blocks")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[3:])
