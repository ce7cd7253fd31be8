# SPDX-License-Identifier: Apache-2.0
"""dsn doctor finds nothing in networks that are in order, of all kinds.

    agents_healthy.py PATH_OF_dsn-agent PATH_OF_dsn [unittest arguments]
"""

import agents
import doctor
import lan
import side_by_side


class Healthy(doctor.Network):
    def healthy(self, *members, absent=None):
        """`absent`: what is said of nodes that do not answer."""
        nodes = len({name for one in members for name in one.nodes()
                     if one.nodes()[name]["state"] != "left"})
        answered = nodes - (absent.count(",") + 1 if absent else 0)
        for agent in (members[0], members[-1]):
            done = self.dsn(agent, "doctor")
            self.assertEqual((done.returncode, done.stderr), (doctor.OK, ""), done.stdout)
            self.assertEqual(done.stdout, f"nothing is wrong; {answered} of {nodes} nodes answered"
                             + (f"; {absent}" if absent else "") + "\n")
            self.assertEqual(agent.call("status")["warnings"], [])

    def test_two_nodes(self):
        self.healthy(*self.met("attic", "shed"))

    def test_three_nodes_and_what_they_say_of_themselves(self):
        members = self.met("attic", "shed", "barn")
        self.healthy(*members)
        version = members[0].call("status")["program_version"]
        for node in members[0].nodes().values():
            self.assertEqual(node["program_version"], version)
            self.assertGreater(node["uptime_ms"], 0)

    def test_ten_nodes(self):
        self.healthy(*self.met(*[f"pi{i}" for i in range(10)]))

    def test_only_ipv4(self):
        for host in self.lan(2):
            host.only_ipv4()
        members = [self.site.agent(f"pi{host.index}", host) for host in self.net.hosts]
        self.meet(members)
        self.healthy(*members)

    def test_only_ipv6(self):
        for host in self.lan(2):
            host.only_ipv6()
        members = [self.site.agent(f"pi{host.index}", host) for host in self.net.hosts]
        self.meet(members)
        self.healthy(*members)

    def test_no_multicast_but_bootstrap_nodes(self):
        self.healthy(*self.met("attic", "shed", "barn", multicast=False, port=17373,
                               bootstrap_nodes=[{"address": "10.77.0.1", "port": 17373},
                                                {"address": "10.77.0.2", "port": 17373}]))

    def test_an_observer(self):
        attic, shed, phone = self.network("attic", "shed", "phone", start=False)
        phone.config["role"] = "observer"
        self.start(attic, shed, phone)
        self.meet([attic, shed, phone])
        self.healthy(attic, shed, phone)

    def test_a_node_that_sleeps(self):
        attic, shed, barn = self.met("attic", "shed", "barn")
        self.assertEqual(self.dsn(barn, "sleep", "10m").returncode, 0)
        lan.wait_until(lambda: all(one.nodes()["barn"]["state"] == "asleep"
                                   for one in (attic, shed)), 20)
        self.healthy(attic, shed, absent="asleep: barn")

    def test_a_node_that_has_left(self):
        attic, shed, barn = self.met("attic", "shed", "barn")
        self.assertEqual(self.dsn(barn, "leave").returncode, 0)
        lan.wait_until(lambda: all(one.nodes().get("barn", {"state": "left"})["state"] == "left"
                                   for one in (attic, shed)), 20)
        self.healthy(attic, shed)

    def test_two_interfaces(self):
        first, second = self.lan(2)
        first.ip("link", "add", "eth1", "type", "veth", "peer", "name", "eth1", "netns",
                 second.name)
        for host in (first, second):
            host.add_address(f"10.99.0.{host.index + 1}/24", "eth1")
            host.link_up("eth1")
        members = [self.site.agent(f"pi{host.index}", host) for host in self.net.hosts]
        self.meet(members)
        self.healthy(*members)

    def test_a_second_interface_without_a_cable(self):
        first, second = self.lan(2)
        first.ip("link", "add", "eth1", "type", "veth", "peer", "name", "open")
        first.ip("link", "set", "eth1", "up")
        members = [self.site.agent(f"pi{host.index}", host) for host in self.net.hosts]
        self.meet(members)
        self.healthy(*members)

    def test_a_bridge(self):
        first, second = self.lan(2)
        first.ip("link", "add", "br-lan", "type", "bridge", "stp_state", "0", "forward_delay", "0")
        first.ip("addr", "flush", "dev", "eth0")
        first.ip("link", "set", "eth0", "master", "br-lan")
        first.add_address("10.77.0.1/16", "br-lan")
        first.ip("link", "set", "br-lan", "up")
        members = [self.site.agent(f"pi{host.index}", host) for host in self.net.hosts]
        self.meet(members)
        self.healthy(*members)

    def test_interfaces_of_containers_and_tunnels(self):
        first, second = self.lan(2)
        first.ip("link", "add", "docker0", "type", "bridge")
        first.add_address("172.17.0.1/16", "docker0")
        first.ip("link", "set", "docker0", "up")
        first.ip("tuntap", "add", "tailscale0", "mode", "tun")
        first.add_address("100.64.0.1/32", "tailscale0")
        first.ip("link", "set", "tailscale0", "up")
        members = [self.site.agent(f"pi{host.index}", host) for host in self.net.hosts]
        self.meet(members)
        self.healthy(*members)

    def test_names_with_underscores(self):
        self.healthy(*self.met("green_house", "pump_2", "a-b_c"))

    def test_expected_nodes_that_are_there(self):
        self.healthy(*self.met("attic", "shed", expect=["attic", "shed"]))

    def test_a_whitelist_that_fits(self):
        self.healthy(*self.met("attic", "shed", whitelist_node_ids=["attic", "shed"]))

    def test_several_agents_on_a_machine(self):
        first, second = self.lan(2)
        members = [self.site.agent(name, first) for name in ("attic", "shed", "barn")]
        members.append(self.site.agent("coop", second))
        self.meet(members)
        self.healthy(*members)

    def test_two_networks_beside_each_other(self):
        attic, shed, barn, coop = self.network("attic", "shed", "barn", "coop", start=False)
        barn.config["aes_key_file"] = coop.config["aes_key_file"] = self.site.new_key("other.key")
        self.start(attic, shed, barn, coop)
        self.meet([attic, shed])
        self.meet([barn, coop])
        self.healthy(attic, shed)
        self.healthy(barn, coop)

    def test_bootstrap_nodes_that_are_there(self):
        self.healthy(*self.met("attic", "shed", port=17373,
                               bootstrap_nodes=[{"address": "10.77.0.1", "port": 17373},
                                                {"address": "fd77::2", "port": 17373}]))

    def test_network_ip(self):
        attic, shed = self.network("attic", "shed", start=False)
        attic.config["network_ip"] = "10.77.0.1"
        self.start(attic, shed)
        self.meet([attic, shed])
        self.healthy(attic, shed)

    def test_a_node_that_started_anew(self):
        attic, shed = self.met("attic", "shed")
        shed.terminate()
        shed.start()
        self.meet([attic, shed])
        lan.wait_until(lambda: attic.nodes()["shed"]["incarnation"] == 2, 20)
        self.healthy(attic, shed)

    def test_a_link_that_loses_a_little(self):
        attic, shed = self.met("attic", "shed")
        self.net.loss(5)
        self.healthy(attic, shed)

    def test_a_node_that_got_another_address(self):
        attic, shed = self.met("attic", "shed")
        host = self.net.hosts[1]
        host.sysctl("ipv4/conf/eth0/promote_secondaries", 1)
        host.add_address("10.77.9.9/16")
        host.remove_address("10.77.0.2/16")
        self.meet([attic, shed])
        self.healthy(attic, shed)


if __name__ == "__main__":
    side_by_side.main("AGENT", "DSN")
