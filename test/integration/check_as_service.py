# SPDX-License-Identifier: Apache-2.0
"""`dsn check` of root looks at the configuration of the service as the user that its unit names.

    check_as_service.py PATH_OF_dsn-agent PATH_OF_dsn [unittest arguments]

Another file system root stands for the machine; its unit names the user nobody.
"""

import os
import subprocess
import sys
import tempfile
import unittest

DSN = os.path.abspath(sys.argv[2])


@unittest.skipUnless(os.geteuid() == 0, "only root can look as somebody else")
class CheckAsService(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = folder.name
        os.chmod(self.root, 0o755)
        self.write("/etc/systemd/system/dsn-agent.service", "[Service]\nUser=nobody\n")
        self.write("/proc/loadavg", "0.5 0.4 0.3 1/2 3\n")
        self.file = self.write("/etc/dsn/agent.yaml", "sensors: {load: {proc: load1}}\n")

    def write(self, path, text, mode=0o644):
        path = self.root + path
        os.makedirs(os.path.dirname(path), mode=0o755, exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path, mode)
        return path

    def check(self):
        done = subprocess.run([DSN, "check", "--system-root", self.root, self.file], capture_output=True, text=True,
                              timeout=60)
        return done.returncode, done.stdout.replace(self.root, "")

    def test_good(self):
        self.assertEqual(self.check(), (0, "load\tproc\t0.5\t\t0.5\t\tok\n"))

    def test_configuration_that_the_service_may_not_read(self):
        os.chmod(self.file, 0o600)
        code, text = self.check()
        self.assertEqual(code, 78)
        self.assertEqual(text, "/etc/dsn/agent.yaml: Permission denied; the service is user 'nobody': "
                               "sudo chmod a+rX /etc/dsn/agent.yaml\n")

    def test_key_that_systemd_hands_over(self):
        """The keys are for root alone, and systemd reads them."""
        os.makedirs(self.root + "/etc/dsn/keys", mode=0o700)
        self.write("/etc/dsn/keys/k1.key", "0123456789abcdef0123456789abcdef\n", 0o600)
        self.write("/etc/dsn/agent.yaml", "aes_key_file: keys/k1.key\nsensors: {load: {proc: load1}}\n")
        self.assertEqual(self.check()[0], 0, self.check())

    def test_key_elsewhere(self):
        key = self.write("/srv/k1.key", "0123456789abcdef0123456789abcdef\n", 0o600)
        self.write("/etc/dsn/agent.yaml", f"aes_key_file: {key}\n")
        code, text = self.check()
        self.assertEqual(code, 78)
        self.assertIn("/srv/k1.key: Permission denied", text)

    def test_program_that_the_service_may_not_run(self):
        program = self.write("/srv/notify", "#!/bin/sh\n", 0o700)
        self.write("/etc/dsn/agent.yaml", "hooks:\n  lost: {on_gone: {node: '*'}, run: " + program + "}\n")
        self.assertEqual(self.check(), (1, "/etc/dsn/agent.yaml:2:3: hook 'lost': /srv/notify: Permission denied\n"))

    def test_sensor_that_the_service_may_not_read(self):
        self.write("/srv/level", "3\n", 0o600)
        self.write("/etc/dsn/agent.yaml", "sensors: {level: {file: /srv/level}}\n")
        code, text = self.check()
        self.assertEqual(code, 1)
        self.assertIn("error: file: /srv/level: Permission denied", text)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[3:])
