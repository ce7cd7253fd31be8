# SPDX-License-Identifier: Apache-2.0
"""The transport on machines with several interfaces, bridges, or programs in its way.

    transport_ways.py PATH_OF_transport_probe [unittest arguments]
"""

import subprocess
import sys
import unittest

import lan
import transport_lan
from transport_lan import Probe


def add_interface(net, host, name, bridge, address):
    """A second interface of the host, on a switch of its own or on the one of all."""
    port = f"{host.port}-{name}"
    net.switch_ip("link", "add", port, "type", "veth", "peer", "name", name, "netns", host.name)
    net.switch_ip("link", "set", port, "master", bridge, "up")
    for scope in ("all", "eth0", name):  # or what comes by the other interface is dropped
        host.sysctl(f"ipv4/conf/{scope}/rp_filter", 0)
    host.ip("link", "set", name, "up")
    host.add_address(address, name)


class WayBackTest(unittest.TestCase):
    """Unicast over IPv4 leaves where the other one is, not where the first route leads."""

    def test_over_the_second_interface_when_the_first_has_no_carrier(self):
        with lan.Lan(2) as net:
            host, other = net.hosts
            add_interface(net, host, "wlan0", "br0", "10.77.0.101/16")
            probe, listener = Probe(host), Probe(other)
            probe.tell(f"unicast 10.77.0.2 {listener.port} before")
            listener.wait_for_text("before", **{"from": f"10.77.0.1:{probe.port}"})
            host.unplug()
            lan.wait_until(lambda: probe.status()["interfaces"]["eth0"]["problem"] == "no carrier")
            probe.tell(f"unicast 10.77.0.2 {listener.port} after")
            listener.wait_for_text("after", **{"from": f"10.77.0.101:{probe.port}"})

    def test_into_the_lan_where_it_is_heard_if_two_have_the_same_addresses(self):
        with lan.Lan(2) as net:
            host, other = net.hosts
            net.switch_ip("link", "add", "br1", "type", "bridge")
            net.switch_ip("link", "set", "br1", "up")
            net.switch_ip("link", "set", other.port, "master", "br1")
            add_interface(net, host, "eth1", "br1", "10.77.0.50/16")
            probe, listener = Probe(host), Probe(other)
            probe.wait_joined("eth1")
            listener.wait_joined()

            def answered():
                listener.tell("multicast hello")
                probe.wait_for_text("hello", interface="eth1")
                probe.tell(f"unicast 10.77.0.2 {listener.port} answer")
                return "answer" in listener.texts()

            lan.wait_until(answered, what="an answer by the way on which the question came")
            listener.wait_for_text("answer", **{"from": f"10.77.0.50:{probe.port}"})


class InterfacesTest(unittest.TestCase):
    def test_who_cannot_join_announces_itself(self):
        takes = "import socket, time\n" \
                "four = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); four.bind(('', 17374))\n" \
                "six = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)\n" \
                "six.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1); six.bind(('::', 17374))\n" \
                "print('taken', flush=True); time.sleep(1000)"
        with lan.Lan(2) as net:
            other = net.hosts[0].popen([sys.executable, "-c", takes], stdout=subprocess.PIPE)
            self.assertEqual(other.stdout.readline(), "taken\n")
            probe, listener = Probe(net.hosts[0]), Probe(net.hosts[1])
            listener.wait_joined()
            self.assertIn("EADDRINUSE", probe.status()["interfaces"]["eth0"]["problem"])
            probe.tell("multicast hello")
            listener.wait_for_text("hello", **{"from": f"10.77.0.1:{probe.port}"})
            listener.wait_for(lambda event: event.get("from", "").startswith("[fe80::"))
            listener.tell(f"unicast 10.77.0.1 {probe.port} welcome")
            probe.wait_for_text("welcome")

    def test_the_ports_of_a_bridge_are_left_out(self):
        with lan.Lan(2) as net:
            host, other = net.hosts
            host.ip("link", "add", "br-lan", "type", "bridge")
            host.ip("link", "set", "br-lan", "up")
            host.ip("address", "flush", "dev", "eth0", "scope", "global")
            host.ip("link", "set", "eth0", "master", "br-lan")  # it keeps its link-local address
            host.add_address("10.77.0.1/16", "br-lan")
            probe, listener = Probe(host), Probe(other)
            lan.wait_until(lambda: probe.status()["interfaces"]["br-lan"]["ipv4"], what="joined")
            self.assertEqual(probe.status()["left_out"]["eth0"], "a port of br-lan")
            listener.wait_joined()
            listener.tell("multicast hello")
            probe.wait_for_text("hello", interface="br-lan")


if __name__ == "__main__":
    lan.enter()
    transport_lan.PROBE = sys.argv.pop(1)
    unittest.main(verbosity=2)
