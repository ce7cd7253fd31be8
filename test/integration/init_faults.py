# SPDX-License-Identifier: Apache-2.0
"""dsn init where it cannot write, and for an agent that is not root.

    init_faults.py PATH_OF_dsn [unittest arguments]
"""

import os
import subprocess
import unittest

import agents
import lan

NOBODY = 65534
HERE = "/run/netns"  # a tmpfs of this test


class Init(unittest.TestCase):
    def setUp(self):
        self.folder = f"{HERE}/{self._testMethodName}"
        os.mkdir(self.folder, 0o755)
        self.disk = f"{self.folder}/disk"
        os.mkdir(self.disk, 0o755)
        self.state = f"{self.folder}/state"
        self.config = f"{self.disk}/dsn/agent.yaml"

    def mount(self, options):
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", self.disk], check=True)

    def init(self, *before):
        return subprocess.run(
            [*before, agents.DSN, "init", "--yes", "--config", self.config, "--system-root", self.folder],
            capture_output=True, text=True, env={"STATE_DIRECTORY": self.state})

    def left(self):
        return sorted(os.listdir(self.disk)), os.path.exists(self.state)

    def test_a_disk_that_is_full_gets_nothing_at_all(self):
        page = os.sysconf("SC_PAGE_SIZE")
        # From no room for anything to room for all.
        for room in range(5):
            self.mount(f"size={page * (room + 1)}")
            with open(f"{self.disk}/fill", "wb") as file:
                file.write(bytes(page))
            done = self.init()
            if done.returncode == 0:
                break
            self.assertEqual(done.returncode, 1)
            self.assertRegex(done.stderr, "^dsn: cannot .*: No space left on device\n$")
            self.assertEqual(self.left(), (["fill"], False))
            subprocess.run(["umount", self.disk], check=True)
        self.assertEqual(done.returncode, 0)
        self.assertGreater(room, 0)

    def test_a_read_only_disk_is_said_before_anything_is_looked_for(self):
        self.mount("ro")
        done = self.init()
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertEqual(done.stderr, f"dsn: cannot write to {self.disk}: Read-only file system\n")

    def test_a_user_is_told_to_use_sudo(self):
        if os.geteuid() != 0:
            self.skipTest("not root")
        done = self.init("setpriv", f"--reuid={NOBODY}", "--clear-groups")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn(f"cannot write to {self.disk}: Permission denied; run it with sudo",
                      done.stderr)

    def test_the_usual_place_where_the_agent_is_a_service(self):
        units = f"{self.folder}/lib/systemd/system"
        os.makedirs(units)
        open(f"{units}/dsn-agent.service", "w").close()
        lan.mount("tmpfs", "/etc")
        self.addCleanup(subprocess.run, ["umount", "/etc"], check=True)
        self.config = "/etc/dsn/agent.yaml"
        done = self.init()
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("wrote     /etc/dsn/agent.yaml (", done.stdout)
        self.assertRegex(done.stdout, "\nnext +(sudo )?dsn check +# ")
        self.assertRegex(done.stdout, "\n +(sudo )?systemctl restart dsn-agent +# starts the node")
        self.assertRegex(done.stdout, "the invite that this prints here: (sudo )?dsn key invite")

    def test_what_root_makes_belongs_to_the_owner_of_the_folder(self):
        keys = f"{self.disk}/dsn/keys"
        os.makedirs(keys, 0o700)
        os.mkdir(self.state, 0o700)
        try:
            for folder in (keys, self.state):
                os.chown(folder, NOBODY, NOBODY)
        except OSError:
            self.skipTest("may not give files away here")
        self.assertEqual(self.init().returncode, 0)
        for file in (f"{keys}/k1.key", f"{self.state}/node.key"):
            self.assertEqual((os.stat(file).st_uid, os.stat(file).st_mode & 0o777), (NOBODY, 0o600))
        self.assertEqual(os.stat(self.config).st_uid, os.geteuid())


if __name__ == "__main__":
    agents.main("DSN")
