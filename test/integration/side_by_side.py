# SPDX-License-Identifier: Apache-2.0
"""Runs the tests of a script in processes of their own, several at once: most of them only wait.

    if __name__ == "__main__":
        side_by_side.main("AGENT", "DSN")        # as agents.main
"""

import concurrent.futures
import os
import subprocess
import sys
import time
import unittest

import agents
import lan

AT_ONCE = 24


def _names(suite):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from _names(test)
        else:
            yield test.id().removeprefix("__main__.")


def _run(name, arguments):
    command = [sys.executable, "-B", sys.argv[0], *arguments, name]
    began = time.monotonic()
    done = subprocess.run(command, text=True, capture_output=True)
    return name, done, time.monotonic() - began


def main(*programs):
    """With names of tests behind the programs it runs these, within this process."""
    if len(sys.argv) != 1 + len(programs):
        return agents.main(*programs)
    names = list(_names(unittest.defaultTestLoader.loadTestsFromModule(sys.modules["__main__"])))
    arguments = [os.path.abspath(path) for path in sys.argv[1:]]
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        runs = [pool.submit(_run, name, arguments) for name in names]
        for run in concurrent.futures.as_completed(runs):
            name, done, seconds = run.result()
            if done.returncode == lan.SKIPPED:
                lan.skip(done.stderr.strip().removeprefix("skipped: "))
            failed += done.returncode != 0
            said = done.stderr if done.returncode else done.stderr.split("\n")[0]
            print(f"{said} ({seconds:.0f} s)", file=sys.stderr, flush=True)
    print(f"Ran {len(names)} tests beside each other, {failed} failed", file=sys.stderr)
    sys.exit(1 if failed else 0)
