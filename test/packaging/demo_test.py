# SPDX-License-Identifier: Apache-2.0
"""tools/demo compiles the programs and no tests.

    demo_test.py SOURCE_ROOT BUILD_ROOT
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

SOURCE = None
BUILD = None

LOGGED = """#!/bin/sh
echo "$(basename "$0") $*" >>"$LOG"
"""


class Demo(unittest.TestCase):
    def test_it_compiles_the_programs_and_shows_them(self):
        with tempfile.TemporaryDirectory(prefix="dsn-demo-") as folder:
            root = pathlib.Path(folder)
            for name in ("tools/deps", "bin/meson", "build/src/cli/dsn"):
                program = root / name
                program.parent.mkdir(parents=True, exist_ok=True)
                program.write_text(LOGGED)
                program.chmod(0o755)
            for name in ("demo", "build"):
                shutil.copy(SOURCE / "tools" / name, root / "tools")
            log = root / "log"
            subprocess.run([root / "tools/demo", "--web"], check=True, stdout=subprocess.DEVNULL, env={
                **os.environ, "PATH": f"{root}/bin:{os.environ['PATH']}", "LOG": str(log)})
            self.assertEqual(log.read_text().splitlines(), [
                "deps demo", "meson setup build", "meson compile -C build programs",
                "dsn demo --watch --web 3"])

    def test_the_programs_need_no_test(self):
        needed = subprocess.run(["ninja", "-C", BUILD, "-t", "inputs", "programs"], check=True,
                                capture_output=True, text=True).stdout.splitlines()
        for library in ("src/agent/libdsn-agent.a", "src/cli/libdsn-cli.a"):
            self.assertIn(library, needed)
        tests = (SOURCE / "test", BUILD / "test")
        of_tests = [name for name in needed
                    if any((BUILD / name).resolve().is_relative_to(folder) for folder in tests)]
        self.assertEqual(of_tests, [])


if __name__ == "__main__":
    SOURCE = pathlib.Path(sys.argv[1]).resolve()
    BUILD = pathlib.Path(sys.argv[2]).resolve()
    unittest.main(argv=sys.argv[:1], verbosity=2)
