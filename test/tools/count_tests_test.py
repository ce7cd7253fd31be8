# SPDX-License-Identifier: Apache-2.0
"""tools/count-tests, over runs of a small Meson project whose programs end in every way."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

COUNT_TESTS = pathlib.Path(sys.argv.pop(1)) / "tools" / "count-tests"

# Writes what a program of GoogleTest writes: a case that passed, one that was skipped, and the first
# argument's; "hang" and "crash" end before there is a report, "late-crash" after.
GTEST = r"""
import os, signal, sys, time
kind, output = sys.argv[1], sys.argv[-1].split(":", 1)[1]
if kind == "hang":
    time.sleep(1000)
if kind == "crash":
    os.kill(os.getpid(), signal.SIGABRT)
failure = "<failure message='no'/>" if kind == "fail" else ""
open(output, "w").write(
    "<testsuites><testsuite name='Suite' tests='3'>"
    "<testcase name='Good' status='run'/>"
    "<testcase name='Absent' status='run'><skipped message='file.cpp:7&#x0A;no IPv6 here'/></testcase>"
    f"<testcase name='Third' status='run'>{failure}</testcase>"
    "</testsuite></testsuites>")
if kind == "late-crash":
    os.kill(os.getpid(), signal.SIGSEGV)
sys.exit(kind == "fail")
"""


class CountTestsTest(unittest.TestCase):
    def count(self, tests):
        """The lines that count-tests prints after a run of `tests`, and its exit status."""
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            (folder / "gtest.py").write_text(GTEST)
            (folder / "meson.build").write_text(
                "project('small')\npython = find_program('/usr/bin/python3')\n" + tests)
            subprocess.run(["meson", "setup", "build"], cwd=folder, check=True, capture_output=True)
            subprocess.run(["meson", "test", "-C", "build"], cwd=folder, capture_output=True)
            done = subprocess.run([COUNT_TESTS, folder / "build"], capture_output=True, text=True)
            self.assertEqual(done.stderr, "")
            return done.stdout.splitlines(), done.returncode

    @staticmethod
    def gtest(name, kind, more=""):
        return f"test('{name}', python, args: [files('gtest.py'), '{kind}'], protocol: 'gtest', suite: 'unit'{more})\n"

    @staticmethod
    def python(name, code):
        return f"test('{name}', python, args: ['-c', '''{code}'''])\n"

    def test_cases_are_counted(self):
        lines, status = self.count(self.gtest("unit", "pass") + self.python("plain", "pass"))
        self.assertEqual(lines, ["skipped: unit Suite.Absent: no IPv6 here", "3 passed, 0 failed, 1 skipped"])
        self.assertEqual(status, 0)

    def test_a_failed_case_is_named(self):
        lines, status = self.count(self.gtest("unit", "fail"))
        self.assertIn("failed: unit Suite.Third", lines)
        self.assertEqual((lines[-1], status), ("1 passed, 1 failed, 1 skipped", 1))

    def test_a_program_that_timed_out_failed(self):
        lines, status = self.count(self.python("plain", "pass") + self.gtest("slow", "hang", ", timeout: 1"))
        self.assertEqual(lines, ["failed: slow: timed out after 1 s", "1 passed, 1 failed"])
        self.assertEqual(status, 1)

    def test_a_program_that_crashed_failed(self):
        lines, status = self.count(self.python("plain", "pass") + self.gtest("core", "crash"))
        self.assertEqual(lines, ["failed: core: killed by SIGABRT", "1 passed, 1 failed"])
        self.assertEqual(status, 1)

    def test_a_crash_after_the_last_case_is_a_failure(self):
        lines, status = self.count(self.gtest("core", "late-crash"))
        self.assertIn("failed: core: killed by SIGSEGV", lines)
        self.assertEqual((lines[-1], status), ("2 passed, 1 failed, 1 skipped", 1))

    def test_skips_tell_why(self):
        lines, status = self.count(
            self.python("plain", "pass")
            + self.python("lan", "import sys; sys.stderr.write(\"skipped: no namespaces\"); sys.exit(77)")
            + self.python("cases", "import sys; sys.stderr.write(\"test_it (x.T.test_it) ... skipped 'not root'\")"))
        self.assertEqual(lines, ["skipped: lan: no namespaces", "skipped: cases test_it: not root",
                                 "2 passed, 0 failed, 2 skipped"])
        self.assertEqual(status, 0)

    def test_nothing_ran_is_no_success(self):
        lines, status = self.count(self.python("lan", "import sys; sys.exit(77)"))
        self.assertEqual((lines[-1], status), ("0 passed, 0 failed, 1 skipped", 1))


if __name__ == "__main__":
    unittest.main(verbosity=2)
