# SPDX-License-Identifier: Apache-2.0
"""dsn init and dsn join beside networks that are there, and a path on which large datagrams do not fit.

    agents_setup.py PATH_OF_dsn-agent PATH_OF_dsn [unittest arguments]
"""

import os
import pty
import subprocess
import unittest

import agents
import lan

ERROR = 1


class Setup(unittest.TestCase):
    def network(self, *names):
        return agents.meet_on_a_lan(self, *names, port=None)

    def files(self, name):
        folder = f"{self.site.path}/{name}"
        os.mkdir(folder)
        return [f"--config={folder}/agent.yaml"], {"STATE_DIRECTORY": f"{folder}/state"}, folder

    def set_up(self, command, name, *options, invite=None, host=-1):
        """Without a terminal, so nothing is asked."""
        place, environment, folder = self.files(name)
        done = self.net.hosts[host].run([agents.DSN, command, "--yes", *place, *options], check=False,
                                        input=invite, env={**os.environ, **environment})
        return done, folder

    def invite(self):
        with open(self.site.key_file) as file:
            return file.read()

    def test_init_says_that_a_network_is_there(self):
        self.network("attic", "shed")
        done, folder = self.set_up("init", "coop", "--name=coop")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("there is a DSN network here already (10.77.0.1, 10.77.0.2 (this machine)); "
                      "to join it: sudo dsn join", done.stdout)
        self.assertTrue(os.path.exists(f"{folder}/agent.yaml"), "--yes goes on")

    def test_init_on_a_terminal_asks_first(self):
        self.network("attic", "shed")
        place, environment, folder = self.files("coop")
        ours, theirs = pty.openpty()
        process = self.net.hosts[1].popen([agents.DSN, "init", *place], stdin=theirs, stdout=theirs,
                                          stderr=subprocess.PIPE, env={**os.environ, **environment})
        os.close(theirs)
        shown = b""
        while b"Make another one? [y/N]" not in shown:
            shown += os.read(ours, 4096)
        os.write(ours, b"\n")
        self.assertEqual(process.communicate(), (None, "dsn: nothing was written\n"))
        os.close(ours)
        self.assertEqual((process.returncode, os.listdir(folder)), (ERROR, []))

    def test_join_says_whose_name_it_takes(self):
        self.network("attic", "shed")
        free, _ = self.set_up("join", "coop", "--name=coop", invite=self.invite())
        self.assertEqual((free.returncode, free.stderr), (0, ""))
        self.assertNotIn("heard", free.stdout)
        taken, folder = self.set_up("join", "other", "--name=attic", invite=self.invite())
        self.assertIn("attic is the name of the node at 10.77.0.1 already", taken.stdout)
        self.assertTrue(os.path.exists(f"{folder}/agent.yaml"))

    def test_join_says_that_nobody_answers_and_who_else_is_there(self):
        self.network("attic", "shed")
        self.site.key_file = self.site.new_key("wrong.key")
        done, folder = self.set_up("join", "coop", "--name=coop", invite=self.invite())
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("no node of it answers here now", done.stdout)
        self.assertIn("there is a DSN network here already (10.77.0.1, 10.77.0.2", done.stdout)
        self.assertTrue(os.path.exists(f"{folder}/agent.yaml"), "a node may be set up that is offline")


class SmallPath(unittest.TestCase):
    # protocol.md [frame-whole]
    def test_states_and_messages_pass_a_router_with_a_small_mtu(self):
        for mtu in 576, 1000:
            with self.subTest(mtu=mtu), lan.Lan(3) as net, agents.Site() as site:
                near, router, far = net.hosts
                for host, at, peer in (near, "10.78.0.1", "10.78.1.1"), (far, "10.78.1.1", "10.78.0.1"):
                    host.only_ipv4()
                    host.ip("-4", "addr", "flush", "dev", "eth0")
                    host.add_address(f"{at}/24")
                    gateway = at.rsplit(".", 1)[0] + ".254"
                    router.add_address(f"{gateway}/24")
                    host.ip("route", "add", "10.78.0.0/16", "via", gateway)
                router.sysctl("ipv4/ip_forward", 1)
                router.sysctl("ipv4/conf/eth0/send_redirects", 0)
                for subnet in "10.78.0.0/24", "10.78.1.0/24":
                    router.ip("route", "replace", subnet, "dev", "eth0", "mtu", "lock", mtu)
                net.drop_multicast()
                attic = site.agent("attic", near, port=None)
                attic.set_many({f"key{number:03}": "a value of some length " * 2 for number in range(100)})
                shed = site.agent("shed", far, port=None,
                                  bootstrap_nodes=[{"address": "10.78.0.1", "port": 17373}])
                lan.wait_until(lambda: shed.nodes().get("attic", {"keys": 0})["keys"] >= 100, 30)
                told = attic.call("send", node="shed", name="x", payload="y" * 8000)
                self.assertIn("outcome", told)


class Warned(unittest.TestCase):
    def test_the_others_see_how_many_warnings_a_node_has(self):
        attic, shed = agents.meet_on_a_lan(self, "attic", "shed")
        self.assertEqual(attic.nodes()["shed"]["warnings"], 0)
        shed.config["bootstrap_nodes"] = [{"address": "10.77.9.9", "port": 17373}]
        self.assertEqual(shed.terminate(), 0)
        shed.start()
        lan.wait_until(lambda: attic.nodes()["shed"]["warnings"] == 1, 60)
        lan.wait_until(lambda: shed.nodes()["shed"]["warnings"] == 1, 10)


if __name__ == "__main__":
    agents.main("AGENT", "DSN", side_by_side=True)
