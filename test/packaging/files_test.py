# SPDX-License-Identifier: Apache-2.0
"""What is installed besides programs: the unit, its sandbox, the manual pages.

    files_test.py SOURCE_ROOT BUILD_ROOT UNIT [PATH_OF_dsn]
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
BUILD = None
UNIT = None
DSN = None

EXPOSURE_MAX = 2.0


def analyze(*words):
    if shutil.which("systemd-analyze") is None:
        raise unittest.SkipTest("there is no systemd-analyze")
    return subprocess.run(["systemd-analyze", *words], capture_output=True, text=True,
                          check=False, env={**os.environ, "SYSTEMD_COLORS": "0", "LC_ALL": "C"})


class Unit(unittest.TestCase):
    def test_systemd_knows_all_of_it(self):
        # Programs that are not installed yet would be complained of.
        text = re.sub(r"^(Exec\w+)=.*", r"\1=/bin/true", UNIT.read_text(), flags=re.MULTILINE)
        with tempfile.TemporaryDirectory() as folder:
            unit = pathlib.Path(folder) / "dsn-agent.service"
            unit.write_text(text)
            complaints = [line for line in analyze("--man=no", "verify", unit).stderr.splitlines()
                          if "dsn-agent" in line]
            self.assertEqual(complaints, [])
            # It would not say so by its exit status.
            unit.write_text(text.replace("UMask=", "UMsk="))
            self.assertIn("Unknown key", analyze("--man=no", "verify", unit).stderr)

    def test_the_sandbox_is_tight(self):
        said = analyze("security", "--offline=yes", "--no-pager", UNIT).stdout
        level = re.search(r"exposure level for \S+: ([0-9.]+)", said)
        self.assertIsNotNone(level, said)
        print(f"\nexposure {level.group(1)} (at most {EXPOSURE_MAX})")
        self.assertLessEqual(float(level.group(1)), EXPOSURE_MAX)

    def test_what_sensors_and_clock_need_is_not_taken_away(self):
        settings = dict(re.findall(r"^(\w+)=(.*)", UNIT.read_text(), re.MULTILINE))
        for name in ("ProtectClock", "PrivateDevices", "ProcSubset", "PrivateNetwork",
                     "SupplementaryGroups"):
            self.assertNotIn(name, settings)
        self.assertEqual(settings["RestrictAddressFamilies"],
                         "AF_INET AF_INET6 AF_NETLINK AF_UNIX")
        self.assertEqual(settings["RestartPreventExitStatus"], "78")
        self.assertEqual(settings["Restart"], "on-failure")


    def test_nothing_runs_as_root(self):
        text = UNIT.read_text()
        commands = re.findall(r"^Exec\w*=(.*)", text, re.MULTILINE)
        self.assertGreater(len(commands), 1)
        self.assertEqual([c for c in commands if c.startswith(("+", "!", "-+", "-!"))], [])
        self.assertRegex(text, r"(?m)^LimitCORE=0$")


class Files(unittest.TestCase):
    def test_they_are_installed(self):
        if shutil.which("meson") is None:
            raise unittest.SkipTest("there is no meson")
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run(["meson", "install", "-C", BUILD, "--no-rebuild", "--quiet",
                            "--tags", "data,man", "--destdir", folder], check=True)
            installed = {path.name for path in pathlib.Path(folder).rglob("*") if path.is_file()}
        self.assertLessEqual({
            "dsn-agent.service", "dsn.conf", "dsn-agent.8", "dsn-agent.yaml.5", "agent.yaml",
            "raspberry-pi.yaml", "devices.conf", "99-dsn-devices.rules", "configuration.md", "recipes.md", "sensors.md",
            "packaging.md", "agent.schema.json"}, installed)

    def test_all_of_the_python_modules_is_installed(self):
        if shutil.which("meson") is None or not pathlib.Path("/usr/bin/python3").exists():
            raise unittest.SkipTest("there is no meson, or no python3 of the system")
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run(["meson", "install", "-C", BUILD, "--no-rebuild", "--quiet",
                            "--tags", "python", "--destdir", folder], check=True)
            packages = next(pathlib.Path(folder).rglob("dist-packages"))
            installed = {path.relative_to(packages) for path in packages.rglob("*.py")}
        source = ROOT / "src/python"
        self.assertEqual(installed, {path.relative_to(source) for path in source.rglob("*.py")})
        self.assertIn(pathlib.Path("distributed_state_network/__init__.py"), installed)

    def test_every_command_has_its_place_in_the_manual(self):
        if DSN is None:
            raise unittest.SkipTest("dsn is not built")
        said = subprocess.run([DSN, "--help"], capture_output=True, text=True, check=True).stdout
        commands = re.findall(r"^  (\w+)  ", said.partition("Subcommands:")[2], re.MULTILINE)
        self.assertGreater(len(commands), 8)
        manual = (ROOT / "docs/man/dsn.1").read_text()
        self.assertEqual([c for c in commands if f"\n.B {c}\n" not in manual], [])

    def test_the_manual_has_each_option_and_an_example(self):
        if DSN is None:
            raise unittest.SkipTest("dsn is not built")
        for name, write in (("dsn.1", manual.page_of_dsn(DSN)),
                            ("dsn-read.1", manual.page_of_dsn_read(DSN.parent / "dsn-read"))):
            with self.subTest(page=name):
                path = ROOT / "docs/man" / name
                page = manual.replaced(path.read_text(), write)
                if "DSN_WRITE_GOLDEN" in os.environ:
                    path.write_text(page)
                self.assertEqual(path.read_text(), page, "write it again with DSN_WRITE_GOLDEN=1")
        for command in manual.commands_of(manual.help_of(DSN)):
            self.assertIn("Example", manual.help_of(DSN, command), command)

    def test_the_manual_pages_are_well_formed(self):
        if shutil.which("groff") is None:
            raise unittest.SkipTest("there is no groff")
        for page in sorted((ROOT / "docs/man").iterdir()):
            with self.subTest(page=page.name):
                result = subprocess.run(["groff", "-man", "-Tascii", "-ww", page],
                                        capture_output=True, text=True, check=True)
                self.assertEqual(result.stderr, "")


if __name__ == "__main__":
    ROOT, BUILD, UNIT = (pathlib.Path(word) for word in sys.argv[1:4])
    DSN = pathlib.Path(sys.argv[4]).absolute() if len(sys.argv) > 4 else None
    unittest.main(argv=sys.argv[:1], verbosity=2)
