# SPDX-License-Identifier: Apache-2.0
"""Does what README.md says under "Example: temperature monitoring", on four hosts of a LAN.

    readme_example.py PATH_OF_dsn-agent PATH_OF_dsn [unittest arguments]

/run/dsn is a folder of the test. Its files are the YAML blocks that say on which host they are; its commands are the lines `HOST $`
of the console blocks. What they print is compared with what stands below them, but for ages,
the width of columns and how a node was found. The kernel of each host is a folder that was recorded of a device.
"""

import os
import pty
import re
import shutil
import subprocess
import sys
import termios
import unittest

import agents
import lan

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TITLE = "## Example: temperature monitoring"
DEVICES = {"sensor-attic": "ds18b20", "sensor-cellar": "sht3x", "sensor-shed": "mcp9808"}


def section():
    with open(os.path.join(ROOT, "README.md"), encoding="utf-8") as file:
        text = file.read()
    return text.split(TITLE, 1)[1].split("\n## ", 1)[0]


def files():
    """From host to configuration."""
    blocks = re.findall(r"```yaml\n# (\S+): /etc/dsn/agent.yaml\n(.*?)```", section(), re.DOTALL)
    return dict(blocks)


def consoles():
    """Of each console block the host, the command and what it prints."""
    found = []
    for block in re.findall(r"```console\n(.*?)```", section(), re.DOTALL):
        for host, command, output in re.findall(
                r"^(\S+) \$ (.*)\n((?:(?!\S+ \$ ).*\n)*)", block, re.MULTILINE):
            found.append((host, command.split("#")[0].strip(), output))
    return found


def comparable(text):
    """Ages and the blanks between columns differ from run to run."""
    text = re.sub(r"\b(\d+m)?\d+s\b", "0s", text)
    # Whichever way was the first.
    ways = "|".join(("multicast on", "IPv6 multicast on", "called us on", "told by", "bootstrap_nodes"))
    text = re.sub(rf"( ago), (?:{ways}) \S+", r"\1", text)
    return [re.sub(r" {2,}", "  ", line).strip() for line in text.splitlines()]


class Station(agents.Agent):
    """A host of the example: an agent with the file that stands in the README."""

    def __init__(self, site, name, host, text):
        super().__init__(site, name, host, {})
        self.text = text.replace("/run/dsn/", self.folder + "/")
        self.machine = os.path.join(self.folder, "machine")
        recorded = DEVICES.get(name)
        if recorded:
            shutil.copytree(f"{ROOT}/test/data/sysfs/{recorded}", self.machine, symlinks=True)
        os.mkdir(os.path.join(self.folder, "keys"), 0o700)
        shutil.copy(site.key_file, os.path.join(self.folder, "keys/k1.key"))
        self.options = ["--system-root", self.machine] if recorded else []

    def write_config(self):
        with open(self.config_file, "w") as file:
            file.write(self.text + f"credential_dir: {self.folder}/state\n")

    def attribute(self, path, text):
        with open(self.machine + path, "w") as file:
            file.write(text)

    def run(self, command):
        """What it prints on a terminal."""
        words = command.replace("/run/dsn/", self.folder + "/").split()
        program = os.path.join(os.path.dirname(agents.DSN), words[0])
        if not os.path.exists(program):
            program = shutil.which(words[0])
        terminal, end = pty.openpty()
        termios.tcsetwinsize(end, (24, 120))
        process = subprocess.Popen(
            [program, *words[1:]], stdout=end, stdin=subprocess.DEVNULL,
            env={"DSN_SOCKET": self.socket, "NO_COLOR": "1", "TERM": "xterm", "LC_ALL": "C.UTF-8"})
        os.close(end)
        text = b""
        while True:
            try:
                chunk = os.read(terminal, 4096)
            except OSError:  # EIO: the program ended
                break
            if not chunk:
                break
            text += chunk
        os.close(terminal)
        process.wait()
        return text.decode().replace("\r\n", "\n")


class Example(unittest.TestCase):
    maxDiff = None

    def shows(self, station, command, output, timeout=10):
        shown = ""

        def is_so():
            nonlocal shown
            shown = station.run(command)
            return comparable(shown) == comparable(output)
        try:
            lan.wait_until(is_so, timeout)
        except AssertionError:
            print(shown, file=sys.stderr)
            self.assertEqual(comparable(shown), comparable(output))
            raise

    def test_what_the_readme_says(self):
        with lan.Lan(4) as net, agents.Site() as site:
            lan.replace_file("/etc/hosts", f"127.0.0.1 localhost\n{net.hosts[0].ipv4} coordinator.local\n")
            texts = files()
            self.assertEqual(list(texts), ["coordinator", *DEVICES])
            nodes = {}
            for host, (name, text) in zip(net.hosts, texts.items()):
                nodes[name] = Station(site, name, host, text)
                site.agents.append(nodes[name])
                nodes[name].start()
            attic, cellar, shed = (nodes[name] for name in DEVICES)
            before, value, after, written = consoles()
            self.assertEqual([host for host, *_ in consoles()], ["coordinator"] * 4)
            coordinator = nodes["coordinator"]
            self.shows(coordinator, *before[1:], timeout=20)
            self.shows(coordinator, *value[1:])

            attic.attribute("/sys/bus/w1/devices/28-00000a1b2c3d/temperature", "23042\n")
            os.unlink(cellar.machine + "/sys/class/hwmon/hwmon2")
            # The chip is read once a second.
            lan.wait_until(lambda: coordinator.value("sensor-attic", "temperature") == 23.0, 3,
                           "a change is seen by the fourth within a moment")
            lan.wait_until(lambda: coordinator.readings("sensor-cellar")[0]["status"] == "error", 3,
                           "an unplugged chip is seen by the fourth within a moment")
            shed.kill()
            self.shows(coordinator, *after[1:], timeout=30)
            self.shows(coordinator, *written[1:])


if __name__ == "__main__":
    agents.main("AGENT", "DSN")
