# SPDX-License-Identifier: Apache-2.0
"""What an agent shares with the other programs of its machine: ports, folders, addresses.

    agents_shared.py PATH_OF_dsn-agent [unittest arguments]
"""

import subprocess
import sys
import unittest

import agents
import lan

PORT = 17373
HOLDS_PORT = """
import socket, sys
held = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
held.bind(("", %d))
print("held", flush=True)
sys.stdin.read()
""" % PORT


def hold_port(host):
    """A program that has the port in IPv4 until its input is closed."""
    program = host.popen([sys.executable, "-c", HOLDS_PORT], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert program.stdout.readline() == "held\n"
    program.stdout.close()
    return program


def end(program):
    program.stdin.close()
    program.wait()


class Ports(unittest.TestCase):
    def test_the_default_port_is_taken_back_and_others_are_told_meanwhile(self):
        with lan.Lan(2) as net, agents.Site() as site:
            net.drop_multicast()
            other = hold_port(net.hosts[0])
            attic = site.agent("attic", net.hosts[0], port=None)
            barn = site.agent("barn", net.hosts[1], bootstrap_nodes=[f"{net.hosts[0].ipv4}:{PORT}"])
            status = attic.call("status")
            self.assertNotEqual(status["port"], PORT)
            warning = next(each["text"] for each in status["warnings"] if each["code"] == "port-taken")
            self.assertIn(f"(process {other.pid})", warning)
            self.assertIn(warning, attic.log_text())
            end(other)
            lan.wait_until(lambda: attic.call("status")["port"] == PORT, 10, "the default port")
            lan.wait_until(lambda: agents.all_meet([attic, barn]), 30, "both meet")
            self.assertEqual(attic.warnings(), [])

    def test_a_given_port_that_is_taken_in_one_family_is_waited_for(self):
        with lan.Lan(2) as net, agents.Site() as site:
            other = hold_port(net.hosts[0])
            attic = site.agent("attic", net.hosts[0], port=PORT)
            barn = site.agent("barn", net.hosts[1])
            status = attic.call("status")
            self.assertEqual(status["port"], 0)
            self.assertIn(f"cannot open UDP port {PORT}: ", agents.sentence(status["warnings"][0]))
            end(other)
            lan.wait_until(lambda: agents.all_meet([attic, barn]), 30, "both meet")
            self.assertEqual(attic.warnings(), [])


class Folder(unittest.TestCase):
    def test_a_second_agent_is_told_who_has_it(self):
        with lan.Lan(2) as net, agents.Site() as site:
            attic = site.agent("attic", net.hosts[0])
            second = site.agent("attic", net.hosts[1], start=False,
                                credential_dir=attic.config["credential_dir"])
            second.launch()
            self.assertEqual(second.process.wait(10 * lan.SLOWEST), 1)
            said = f"{attic.config['credential_dir']} is in use by dsn-agent (process {attic.process.pid})"
            self.assertIn(said, second.log_text())
            attic.kill()
            second.start()


class Addresses(unittest.TestCase):
    def test_the_address_of_network_ip_that_goes_away_is_told(self):
        with lan.Lan(1) as net, agents.Site() as site:
            host = net.hosts[0]
            host.add_address("10.77.9.9/16")
            attic = site.agent("attic", host, network_ip="10.77.9.9")
            self.assertEqual(attic.warnings(), [])
            host.remove_address("10.77.9.9/16")
            lan.wait_until(lambda: any("10.77.9.9 (`network_ip`)" in each
                                       for each in attic.warnings()), 10, "a warning")
            host.add_address("10.77.9.9/16")
            lan.wait_until(lambda: not attic.warnings(), 10, "no warning")


class Interfaces(unittest.TestCase):
    def test_a_node_goes_on_over_the_second_interface_of_its_subnet(self):
        with lan.Lan(2) as net, agents.Site() as site:
            host, other = net.hosts
            for each in net.hosts:
                each.only_ipv4()
            net.switch_ip("link", "add", "w0", "type", "veth", "peer", "name", "wlan0", "netns", host.name)
            net.switch_ip("link", "set", "w0", "master", "br0", "up")
            for scope in ("all", "eth0", "wlan0"):
                host.sysctl(f"ipv4/conf/{scope}/rp_filter", 0)
            host.sysctl("ipv6/conf/wlan0/disable_ipv6", 1)
            host.ip("link", "set", "wlan0", "up")
            host.add_address("10.77.0.101/16", "wlan0")
            attic, barn = site.agent("attic", host), site.agent("barn", other)
            lan.wait_until(lambda: agents.all_meet([attic, barn]), 30, "both meet")
            before = attic.call("status")["uptime_ms"]
            host.unplug()
            lan.wait_until(lambda: attic.call("status")["uptime_ms"] > before + 12000, 20)
            lan.wait_until(lambda: agents.all_meet([attic, barn]), 30, "both meet over wlan0")


if __name__ == "__main__":
    agents.main("AGENT")
