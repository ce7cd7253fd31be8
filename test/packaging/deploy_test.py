# SPDX-License-Identifier: Apache-2.0
"""tools/deploy, with a program in place of ssh that plays the other machine.

    deploy_test.py SOURCE_ROOT
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = None

# As ssh does it: after options and the host, all words are one command for the shell there.
SSH = """#!/bin/sh
echo "ssh $*" >>"$LOG"
[ -z "$UNREACHABLE" ] || exit 255
while [ "${1#-}" != "$1" ]; do shift; done
shift
PATH=$THERE:$PATH exec sh -c "$*"
"""
THERE = {
    "dpkg": 'echo "$ARCHITECTURE"',
    "uname": 'echo "$PROCESSOR"',
    "sed": 'echo "$RELEASE"',
    "id": "echo 1000",
    "sudo": 'echo "sudo $*" >>"$LOG"; exec "$@"',
    "apt-get": 'for file; do :; done; echo "installs $(cat "$file")" >>"$LOG"; exit "$APT_STATUS"',
}


class Deploy(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="dsn-deploy-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        for name in ("here", "there", "source/tools", "source/build-package"):
            (self.folder / name).mkdir(parents=True)
        shutil.copy(ROOT / "tools/deploy", self.folder / "source/tools")
        self.program("here/ssh", SSH)
        for name, text in THERE.items():
            self.program("there/" + name, "#!/bin/sh\n" + text)
        self.log = self.folder / "log"
        self.log.touch()

    def program(self, name, text):
        path = self.folder / name
        path.write_text(text)
        path.chmod(0o755)

    def packages(self, *kinds):
        for kind in kinds:
            (self.folder / f"source/build-package/dsn_0.1.0-1_{kind}.deb").write_text(kind)

    def deploy(self, *words, architecture="arm64", processor="aarch64", release="bookworm", **more):
        environment = dict(
            PATH=f"{self.folder}/here:{os.environ['PATH']}", THERE=str(self.folder / "there"),
            LOG=str(self.log), ARCHITECTURE=architecture, PROCESSOR=processor, RELEASE=release,
            UNREACHABLE="", APT_STATUS="0")
        environment.update(more)
        return subprocess.run([self.folder / "source/tools/deploy", *words], env=environment,
                              capture_output=True, text=True, check=False)

    def installed(self, **machine):
        """Which package a machine gets."""
        self.packages("amd64", "arm64", "arm64-any", "armhf", "armel", "armv6")
        self.log.write_text("")
        result = self.deploy("pi@attic", **machine)
        self.assertEqual(result.returncode, 0, result.stderr)
        return [line.split()[1] for line in self.log.read_text().splitlines()
                if line.startswith("installs")]

    def test_each_machine_gets_its_package(self):
        for expected, architecture, processor, release in (
                ("arm64", "arm64", "aarch64", "bookworm"),
                ("amd64", "amd64", "x86_64", "bookworm"),
                ("armhf", "armhf", "armv7l", "bookworm"),
                # A kernel of 64 bit under a system of 32.
                ("armhf", "armhf", "aarch64", "bookworm"),
                # A Pi Zero: Raspberry Pi OS calls it armhf.
                ("armv6", "armhf", "armv6l", "bookworm"),
                # Other libraries, which these programs do not need.
                ("arm64-any", "arm64", "aarch64", "trixie"),
                ("armv6", "armhf", "aarch64", "trixie"),
                ("armv6", "armhf", "armv7l", "bullseye"),
                ("armel", "armel", "armv5tel", "bullseye")):
            with self.subTest(architecture=architecture, processor=processor, release=release):
                self.assertEqual(self.installed(architecture=architecture, processor=processor,
                                                release=release), [expected])

    def test_the_next_step_is_named_and_nothing_left_there(self):
        self.packages("arm64")
        result = self.deploy("pi@attic")
        self.assertIn("next      ssh -t pi@attic sudo dsn init", result.stdout)
        self.assertIn("sudo apt-get install", self.log.read_text())
        line = next(line for line in self.log.read_text().splitlines() if line.startswith("sudo"))
        copy = line.split()[-1]
        self.assertTrue(copy.endswith("/dsn.deb"), line)
        self.assertFalse(os.path.exists(os.path.dirname(copy)))

    def test_the_newest_package_is_taken(self):
        self.packages("arm64")
        old = self.folder / "source/build-package/dsn_0.0.9-1_arm64.deb"
        new = self.folder / "source/build-package/dsn_0.1.0-1_arm64.deb"
        old.write_text("old")
        os.utime(old, (1, 1))
        self.deploy("pi@attic")
        os.utime(old, (2**31, 2**31))
        os.utime(new, (1, 1))
        self.deploy("pi@attic")
        installs = [line for line in self.log.read_text().splitlines() if line.startswith("inst")]
        self.assertEqual(installs, ["installs arm64", "installs old"])

    def refused(self, *words, **machine):
        result = self.deploy(*words, **machine)
        self.assertNotEqual(result.returncode, 0)
        self.assertNotIn("next", result.stdout)
        return result.stderr

    def test_errors_say_what_to_do(self):
        self.assertIn("usage: tools/deploy USER@HOST", self.refused())
        self.assertIn("make one with:  tools/package armv6",
                      self.refused("pi@attic", architecture="armhf", processor="armv6l"))
        self.assertIn("cannot ask pi@attic", self.refused("pi@attic", UNREACHABLE="1"))
        self.assertIn("no Debian", self.refused("pi@attic", architecture=""))
        self.packages("arm64")
        self.assertIn("need the libraries of bookworm", self.refused("pi@attic", release="bullseye"))
        self.assertIn("make one with:  tools/package arm64-any",
                      self.refused("pi@attic", release="trixie"))
        self.assertIn("the installation on pi@attic failed",
                      self.refused("pi@attic", APT_STATUS="100"))


if __name__ == "__main__":
    ROOT = pathlib.Path(sys.argv[1])
    unittest.main(argv=sys.argv[:1], verbosity=2)
