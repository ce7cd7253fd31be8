# SPDX-License-Identifier: Apache-2.0
"""What an agent trusts on its own machine, and what it gives away to its programs.

    agents_exposure.py PATH_OF_dsn-agent PATH_OF_dsn [unittest arguments]
"""

import os
import shutil
import signal
import subprocess
import unittest

import agents
import lan

OTHER = 65534
WRONG_CONFIGURATION = 78

# Prints the names of its environment, as JSON of a sensor: {"path": 1, ...}.
ENVIRONMENT = """#!/usr/bin/python3 -BS
import json, os
print(json.dumps({name.lower().replace("_", "/"): 1 for name in os.environ}))
"""


class Exposure(unittest.TestCase):
    def setUp(self):
        self.site = agents.Site()
        self.addCleanup(self.site.__exit__)
        self.agent = self.site.agent("attic", start=False, aes_key_file=None)

    def give_away(self, path):
        try:
            os.chown(path, OTHER, OTHER)
        except OSError as error:
            self.skipTest(f"no other users in this namespace ({error}): run as root")

    def file(self, name, text, mode=0o644):
        path = os.path.join(self.agent.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as file:
            file.write(text)
        os.chmod(path, mode)
        return path

    def refusal(self):
        """What the agent says, which does not start."""
        self.agent.launch()
        self.assertEqual(self.agent.process.wait(10 * lan.SLOWEST), WRONG_CONFIGURATION)
        return self.agent.log_text()

    def starts(self):
        self.agent.start()
        self.assertEqual(self.agent.terminate(), 0)

    def check(self):
        return subprocess.run([agents.DSN, "check", "--no-read", self.agent.config_file],
                              capture_output=True, text=True)

    def test_a_configuration_that_everybody_may_write_is_refused(self):
        self.agent.write_config()
        os.chmod(self.agent.config_file, 0o666)
        said = self.refusal()
        self.assertIn(f"run 'chmod go-w {self.agent.config_file}'", said)
        self.assertIn("has mode 0666", said)
        checked = self.check()
        self.assertEqual(checked.returncode, 0)
        self.assertIn(f"warning: {self.agent.config_file}: others than root may change", checked.stderr)
        os.chmod(self.agent.config_file, 0o644)
        self.assertEqual(self.check().stderr, "")
        self.starts()

    def test_a_configuration_of_another_user_is_refused(self):
        self.agent.write_config()
        self.give_away(self.agent.config_file)
        said = self.refusal()
        self.assertIn(f"belongs to user {OTHER} (mode 0644)", said)
        self.assertIn(f"run 'chown root:root {self.agent.config_file}'", said)
        os.chown(self.agent.config_file, 0, 0)
        self.starts()

    def test_so_are_the_files_that_it_takes_in(self):
        self.agent.config["sensors"] = {"t": {"preset": "mine", "file": self.file("number", "1\n")}}
        drop_in = self.file("conf.d/more.yaml", "sensors: {load: {proc: load1}}\n", 0o666)
        preset = self.file("presets/mine.yaml", "description: a file\nfile: {}\n", 0o666)
        self.agent.write_config()
        said = self.refusal()
        self.assertIn(f"others than root may change {drop_in},", said)
        self.assertIn(f"others than root may change {preset},", said)

    def test_so_is_a_program_that_others_may_change(self):
        program = self.file("program", "#!/bin/sh\necho 1\n", 0o777)
        hook = self.file("hook", "#!/bin/sh\n", 0o777)
        script = self.file("script.py", "print(1)\n", 0o666)
        self.agent.config["sensors"] = {"p": {"exec": program},
                                        "s": {"exec": ["/usr/bin/python3", "-B", script]}}
        self.agent.config["hooks"] = {"h": {"on_gone": {"node": "*"}, "run": [hook, script]}}
        said = self.refusal()
        for path in (program, hook, script):
            self.assertIn(f"run 'chmod go-w {path}'", said)
        self.assertEqual(said.count(f"others than root may change {script}"), 1, said)
        for path in (program, hook, script):
            os.chmod(path, 0o755)
        self.starts()

    def test_a_program_in_a_folder_of_another_user_is_refused(self):
        program = self.file("home/program", "#!/bin/sh\necho 1\n", 0o755)
        self.give_away(os.path.dirname(program))
        self.agent.config["sensors"] = {"p": {"exec": program}}
        said = self.refusal()
        self.assertIn(f"{os.path.dirname(program)} belongs to user {OTHER} (mode 0755)", said)
        self.assertIn(f"move {program} to a folder of root's, such as /usr/local/bin", said)

    def test_a_reload_refuses_it_too(self):
        self.agent.start()
        os.chmod(self.agent.config_file, 0o666)
        report = self.agent.call("reload")
        self.assertFalse(report["applied"])
        self.assertIn("others than root may change", report["errors"][0])
        self.assertTrue(self.agent.is_running())

    def test_programs_get_a_short_list_of_variables(self):
        allowed = {"path", "home", "lang", "tz", "user", "logname"}
        names = self.file("names", "#!/bin/sh\nenv -0 | tr '\\0' '\\n' | cut -d= -f1 >$0.out.tmp\n"
                          "mv $0.out.tmp $0.out\n", 0o755)
        self.agent.config["sensors"] = {"env": {"exec": self.file("e", ENVIRONMENT, 0o755), "every": "100ms"}}
        self.agent.config["hooks"] = {"h": {"on_change": {"node": "attic", "key": "t"}, "run": names}}
        self.agent.program = ["env", "CREDENTIALS_DIRECTORY=/run/credentials", "JOURNAL_STREAM=8:1",
                              "STATE_DIRECTORY=/var/lib/x", "SECRET=1", "LC_TIME=C", *self.agent.program]
        self.agent.start()
        self.agent.set("t", 1)

        def sampled():
            return {reading["key"].removeprefix("env/") for reading in self.agent.call("read")
                    if reading["key"].startswith("env/")}
        lan.wait_until(sampled, 10, "the sensor has run")
        self.assertEqual({name for name in sampled() if name.startswith("lc/")}, {"lc/all"})  # with a decimal point
        self.assertEqual({name for name in sampled() if not name.startswith("lc/")} - allowed, set())
        lan.wait_until(lambda: os.path.exists(names + ".out"), 10, "the hook has run")
        with open(names + ".out") as file:
            given = {name.lower() for name in file.read().split()}
        self.assertIn("dsn_value", given)
        self.assertEqual({name for name in given if not name.startswith(("lc_", "dsn_"))}
                         - allowed - {"pwd", "_", "shlvl", "oldpwd"}, set())  # the shell's own

    def as_other(self):
        """From now on the agent runs as another user, in a folder of that user."""
        if shutil.which("setpriv") is None:
            self.skipTest("there is no setpriv")
        os.chmod(self.site.path, 0o755)
        program = shutil.copy(agents.AGENT, os.path.join(self.site.path, "dsn-agent"))
        self.give_away(self.agent.folder)
        self.agent.program = ["setpriv", f"--reuid={OTHER}", f"--regid={OTHER}", "--clear-groups", program]

    def test_nobody_but_root_reads_the_memory_of_an_agent(self):
        self.as_other()
        self.agent.config["sensors"] = {
            "load": {"proc": "load1"}, "disk": {"proc": "used_percent", "mount": "/"}, "net": {"proc": {"net": "lo", "counter": "rx_bytes"}},
            "cores": {"exec": ["/bin/sh", "-c", "ulimit -c"]}}
        self.agent.start()
        pid = self.agent.process.pid
        with open(f"/proc/{pid}/limits") as limits:
            line = next(line for line in limits if line.startswith("Max core file size"))
        self.assertEqual(line.split()[4:6], ["0", "0"])
        self.assertEqual(os.stat(f"/proc/{pid}/environ").st_uid, 0)  # so it leaves no core file
        for name in ("mem", "environ", "maps"):
            peek = subprocess.run([*self.agent.program[:4], "cat", f"/proc/{pid}/{name}"],
                                  capture_output=True, text=True)
            self.assertIn("Permission denied", peek.stderr)
        lan.wait_until(lambda: len(self.agent.call("read")) == 4, 10, "all sensors have values")
        self.assertEqual({r["key"]: r.get("error") for r in self.agent.call("read")},
                         {"load": None, "disk": None, "net": None, "cores": None})
        self.assertEqual(next(r["value"] for r in self.agent.call("read") if r["key"] == "cores"), 0)

    def test_an_agent_of_another_user_takes_what_that_user_may_write(self):
        self.as_other()
        self.agent.config["sensors"] = {"p": {"exec": self.file("p", "#!/bin/sh\necho 1\n", 0o777)}}
        self.agent.write_config()
        os.chmod(self.agent.config_file, 0o666)
        self.starts()

    def test_a_crash_leaves_no_core_file(self):
        with open("/proc/sys/kernel/core_pattern") as file:
            if file.read()[0] in "|/":
                self.skipTest("core files do not go to the working directory here")
        folder = os.path.join(self.agent.folder, "cores")
        os.mkdir(folder)
        self.agent.program = ["sh", "-c", f"cd {folder}; ulimit -c unlimited; exec \"$0\" \"$@\"",
                              *self.agent.program]
        self.agent.start()
        self.agent.process.send_signal(signal.SIGABRT)
        self.assertEqual(self.agent.process.wait(10 * lan.SLOWEST), -signal.SIGABRT)
        self.assertEqual(os.listdir(folder), [])


if __name__ == "__main__":
    agents.main("AGENT", "DSN")
