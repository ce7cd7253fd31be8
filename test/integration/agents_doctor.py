# SPDX-License-Identifier: Apache-2.0
"""dsn doctor, and the warnings of agents: each broken network is named by its code.

    agents_doctor.py PATH_OF_dsn-agent PATH_OF_dsn [unittest arguments]
"""

import shutil

import agents
import doctor
import lan
import side_by_side

TAKE_PORT = """
import socket, time
taken = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
taken.bind(("0.0.0.0", {port}))
print("ready", flush=True)
time.sleep(3600)
"""
SEND_OFTEN = """
import socket, time
sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sender.bind(("0.0.0.0", 4711))
print("ready", flush=True)
while True:
    sender.sendto({payload!r}, ("10.77.0.1", 17373))
    time.sleep(0.2)
"""
# Prints what comes for all machines of the link, in hexadecimal digits, and its TTL.
HEAR_CALLS = """
import socket
calls = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
calls.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
calls.setsockopt(socket.IPPROTO_IP, 12, 1)  # IP_RECVTTL
calls.bind(("224.0.0.1", 17374))
print("ready", flush=True)
while True:
    call, control, _, _ = calls.recvmsg(2048, 64)
    print(call.hex(), control[0][2][0], flush=True)
"""


def drop(hook, rule):
    """Rules of a host."""
    return (f"add table inet f; add chain inet f c {{ type filter hook {hook} priority 0; }}; "
            f"add rule inet f c {rule} drop")


class Firewalls(doctor.Network):
    def half_met(self, agent):
        return {one["node"]: one for one in agent.call("status")["half_met"]}

    def test_on_the_other_node(self):
        attic, shed = self.network("attic", "shed", start=False, port=17373)
        self.net.hosts[1].nft(drop("input", "udp dport 17373"))
        self.start(attic, shed)
        warning = self.warned(attic, "half-met", 60)
        self.assertEqual(warning["about"], "shed")
        self.assertRegex(warning["text"], r"^shed is heard at \S+:17373 on eth0 and does not answer")
        self.assertFalse(self.half_met(attic)["shed"]["left_out"])
        self.net.hosts[1].nft("delete table inet f")
        lan.wait_until(lambda: agents.all_meet([attic, shed]), 90)
        self.assertEqual((self.half_met(attic), self.half_met(shed)), ({}, {}))
        self.assertEqual(self.warns(attic, "half-met"), [])

    def test_on_this_node_input(self):
        attic, shed = self.network("attic", "shed", start=False, port=17373)
        self.net.hosts[0].nft(drop("input", "meta l4proto udp"))
        self.start(attic, shed)
        self.warned(shed, "half-met", 60)
        self.assertIn("nothing comes in", self.warned(attic, "alone", 60)["text"])

    def test_on_this_node_output(self):
        attic, shed = self.met("attic", "shed")
        self.net.hosts[0].nft(drop("output", "meta l4proto udp"))
        warning = self.warned(attic, "send-refused")
        self.assertIn("EPERM", warning["text"])
        self.assertIn("firewall", warning["advice"])

    def test_this_node_is_not_in_the_whitelist_there(self):
        attic, shed = self.network("attic", "shed", start=False)
        shed.config["whitelist_node_ids"] = ["shed", "barn"]
        self.start(attic, shed)
        self.assertIn("attic", self.warned(shed, "not-listed")["text"])
        warning = self.warned(attic, "half-met", 60)
        self.assertEqual(warning["about"], "shed")
        self.assertIn("whitelist_node_ids", warning["advice"])


class Multicast(doctor.Network):
    def test_is_not_passed_on(self):
        attic, shed = self.met("attic", "shed")
        self.net.drop_multicast()
        self.assertIn("multicast-not-passed", self.codes(attic))
        self.net.drop_multicast(False)
        self.assertNotIn("multicast-not-passed", self.codes(attic))

    def test_is_not_passed_on_one_way(self):
        attic, shed = self.met("attic", "shed")
        self.net.nft(f'add rule bridge lan multicasts iifname "{self.net.hosts[0].port}" '
                     "ether daddr & 01:00:00:00:00:00 == 01:00:00:00:00:00 meta l4proto udp drop")
        self.assertIn("not heard by 1 of 1", self.findings(attic)["multicast-not-passed", ""]["text"])
        self.assertNotIn("multicast-not-passed", self.codes(shed))

    # Also known locally, after five minutes: interface_warnings_test.cpp.
    def test_is_snooped_and_no_querier_asks(self):
        attic, shed = self.met("attic", "shed")
        self.net.switch_ip("link", "set", "br0", "type", "bridge", "mcast_snooping", "1",
                           "mcast_querier", "1", "mcast_query_interval", "60000",
                           "mcast_membership_interval", "50")
        lan.wait_until(lambda: "multicast-not-passed" in self.codes(attic), 30)

    def test_the_group_cannot_be_joined(self):
        attic, shed = self.network("attic", "shed", start=False)
        self.python(self.net.hosts[0], TAKE_PORT.format(port=17374))
        self.net.hosts[1].sysctl("ipv4/igmp_max_memberships", 0)
        self.start(attic, shed)
        self.assertRegex(self.warned(attic, "group-not-joined")["text"], r"EADDRINUSE \(python3")
        self.assertRegex(self.warned(shed, "group-not-joined")["text"],
                         "ENOBUFS .*igmp_max_memberships")

    def test_a_port_of_a_bridge_is_named(self):
        attic, shed = self.network("attic", "shed", start=False)
        host = self.net.hosts[0]
        host.ip("link", "add", "br-lan", "type", "bridge")
        host.ip("link", "set", "eth0", "master", "br-lan")
        attic.config["interfaces"] = ["eth0"]
        attic.start()
        self.assertIn("br-lan", self.warned(attic, "bridge-port")["text"])

    def test_the_interface_is_left_out(self):
        attic, shed = self.network("attic", "shed", start=False)
        self.net.hosts[0].link_down()
        self.net.hosts[0].ip("link", "set", "eth0", "name", "virbr0")
        self.net.hosts[0].ip("link", "set", "virbr0", "up")
        attic.start()
        self.assertIn("virbr0", self.warned(attic, "alone", 60)["advice"])


class Others(doctor.Network):
    def test_another_key_by_multicast(self):
        attic, shed, barn = self.network("attic", "shed", "barn", start=False, port=17373)
        barn.config["aes_key_file"] = self.site.new_key("other.key")
        self.start(attic, shed)
        self.meet([attic, shed])
        barn.start()
        warning = self.warned(barn, "another-network")
        self.assertEqual(warning["about"], attic.call("status")["network"])
        self.assertRegex(warning["text"], r"\(2 nodes\), is on eth0 at \S+:17373")
        self.assertIn("(1 node)", self.warned(attic, "another-network")["text"])
        self.assertIn("(1 node)", self.warned(shed, "another-network")["text"])

    def test_another_key_by_multicast_of_ipv6(self):
        attic, shed = self.network("attic", "shed", start=False)
        for host in self.net.hosts:
            host.only_ipv6()
        shed.config["aes_key_file"] = self.site.new_key("other.key")
        self.start(attic, shed)
        self.warned(attic, "another-network")
        self.warned(shed, "another-network")

    # protocol.md [call-group]
    def test_a_node_alone_calls_all_machines_of_the_link(self):
        attic, _ = self.network("attic", "shed", start=False)
        calls = self.python(self.net.hosts[1], HEAR_CALLS)
        attic.start()
        network = attic.call("status")["network"]
        self.assertEqual(calls.stdout.readline(), f"c0{network}0001 1\n")

    def test_another_key_of_a_bootstrap_node(self):
        attic, shed = self.network("attic", "shed", start=False, port=17373)
        shed.config["aes_key_file"] = self.site.new_key("other.key")
        shed.config["bootstrap_nodes"] = [{"address": "10.77.0.1", "port": 17373}]
        self.start(attic, shed)
        self.assertIn("10.77.0.2:17373", self.warned(attic, "other-network", 60)["text"])
        self.warned(shed, "bootstrap-silent", 60)

    def test_another_version(self):
        attic, shed = self.network("attic", "shed", start=False, port=17373)
        attic.start()
        self.python(self.net.hosts[1], SEND_OFTEN.format(payload=b"\xd1" + bytes(60)))
        self.assertIn("10.77.0.2:4711 (version 1, ", self.warned(attic, "other-version")["text"])
        self.assertEqual(self.warns(attic, "not-dsn"), [])

    def test_another_program_floods_the_port(self):
        attic, shed = self.network("attic", "shed", start=False, port=17373)
        attic.start()
        self.python(self.net.hosts[1], SEND_OFTEN.format(payload=b"\x80" * 200))
        self.assertIn("10.77.0.2:4711", self.warned(attic, "not-dsn")["text"])

    def test_bootstrap_nodes_that_are_of_no_use(self):
        attic, shed = self.network("attic", "shed", port=17373, bootstrap_nodes=[
            {"address": "10.77.0.2", "port": 17373}, {"address": "10.77.0.99", "port": 17373},
            {"address": "10.77.0.2", "port": 17399},
            {"address": "no-such-host.invalid", "port": 17373}])
        self.meet([attic, shed])
        lan.wait_until(lambda: len(self.warns(attic, "bootstrap-unusable")) == 2, 40)
        lan.wait_until(lambda: self.warns(attic, "bootstrap-silent"), 30)
        problems = {(one["address"], one["port"]): one.get("problem", "")
                    for one in attic.call("status")["bootstrap_nodes"]}
        self.assertEqual(problems["10.77.0.2", 17373], "")
        self.assertIn("no answer", problems["10.77.0.99", 17373])
        self.assertIn("nobody listens", problems["10.77.0.2", 17399])
        own = next(one for one in shed.call("status")["bootstrap_nodes"]
                   if (one["address"], one["port"]) == ("10.77.0.2", 17373))
        self.assertEqual(own["problem"], "it is this node itself")
        found = self.findings(attic)
        self.assertEqual(found["bootstrap-silent", "10.77.0.99:17373"]["nodes"], ["attic", "shed"])
        self.assertIn(("bootstrap-unusable", "10.77.0.2:17399"), found)
        self.assertIn(("bootstrap-unusable", "no-such-host.invalid:17373"), found)
        self.assertIn("10.77.0.99:17373", self.dsn(attic, "status").stdout)
        lan.wait_until(lambda: "no answer" in attic.log_text(), 20)


class AddressesAndIdentities(doctor.Network):
    def test_a_copied_card(self):
        attic, shed, barn = self.network("attic", "shed", "barn", start=False)
        self.start(attic, shed)
        self.meet([attic, shed])
        clone = self.site.agent("shed", self.net.hosts[2], start=False)
        shutil.copytree(shed.config["credential_dir"], clone.config["credential_dir"])
        clone.start()

        def both_speak():  # an examination begins with a multicast
            self.codes(shed)
            self.codes(clone)
            return self.warns(attic, "clone")
        lan.wait_until(both_speak, 60)
        self.assertEqual(self.warned(attic, "clone")["about"], "shed")

    def test_another_subnet(self):
        attic, shed = self.network("attic", "shed", start=False)
        for host in self.net.hosts:
            host.only_ipv4()
        self.net.hosts[0].ip("addr", "flush", "dev", "eth0")
        self.net.hosts[0].add_address("169.254.7.7/16")
        self.start(attic, shed)
        self.warned(attic, "half-met", 60)
        warning = self.warned(attic, "send-refused")
        self.assertRegex(warning["text"], r"10\.77\.0\.2:\d+: ENETUNREACH")
        self.assertIn("DHCP", warning["advice"])

    def test_a_given_port_is_taken(self):
        attic, _ = self.network("attic", "shed", start=False, port=17399)
        self.python(self.net.hosts[0], TAKE_PORT.format(port=17399))
        attic.start()
        self.assertRegex(self.warned(attic, "no-socket")["text"], "17399: python3")

    def test_the_default_port_is_taken(self):
        attic, _ = self.network("attic", "shed", start=False, port=None)
        self.python(self.net.hosts[0], TAKE_PORT.format(port=17373))
        attic.start()
        self.assertRegex(self.warned(attic, "port-taken")["text"], "17373 is taken by python3")

    def test_network_ip_is_gone(self):
        attic, _ = self.network("attic", "shed", start=False, network_ip="10.77.0.1")
        attic.start()
        self.net.hosts[0].remove_address("10.77.0.1/16")
        self.assertIn("10.77.0.1", self.warned(attic, "address-lost")["text"])

    def test_two_machines_with_one_address(self):
        attic, shed, coop = self.network("attic", "shed", "coop", start=False, port=17373)
        for host in self.net.hosts:
            host.only_ipv4()
            host.ip("addr", "flush", "dev", "eth0")
            host.add_address("10.77.0.3/16" if host.index == 2 else "10.77.0.9/16")
        self.start(attic, shed, coop)
        self.assertEqual(self.warned(coop, "same-address", 90)["about"], "10.77.0.9:17373")

    def test_a_cable_is_pulled(self):
        attic, shed = self.met("attic", "shed")
        self.net.hosts[0].unplug()
        warning = self.warned(attic, "no-carrier", 40)
        self.assertEqual(warning["text"], "eth0 has no carrier, and the way to shed leads over it")
        self.net.hosts[0].plug()
        self.meet([attic, shed])
        self.assertEqual(self.warns(attic, "no-carrier"), [])


class Nodes(doctor.Network):
    # protocol.md [examined-itself]
    def test_a_node_answers_itself(self):
        attic, shed = self.met("attic", "shed")
        asked = self.dsn(attic, "ask", "shed", "dsn/facts")
        self.assertEqual((asked.returncode, asked.stderr), (doctor.OK, ""))
        self.assertTrue(asked.stdout.startswith("[["), asked.stdout)
        self.assertIn("no such question", self.dsn(attic, "ask", "shed", "dsn/more").stderr)

    def test_nodes_that_are_not_there(self):
        attic, shed, barn = self.met("attic", "shed", "barn", expect=["coop"])
        shed.kill()
        self.assertEqual(self.dsn(barn, "sleep", "10m").returncode, 0)
        lan.wait_until(lambda: attic.nodes()["shed"]["state"] == "gone", 40)
        lan.wait_until(lambda: attic.nodes()["coop"]["state"] == "gone", 40)
        found = self.findings(attic)
        self.assertEqual({about for code, about in found if code == "node-gone"}, {"shed", "coop"})
        lan.wait_until(lambda: "no agent runs" in
                       self.findings(attic)["node-gone", "shed"]["text"], 60)
        report = self.dsn(attic, "doctor").stdout
        self.assertTrue(report.endswith(
            "1 of 4 nodes answered; gone: coop, shed; asleep: barn\n"), report)

    def test_a_node_that_is_stopped(self):
        attic, shed = self.met("attic", "shed")
        shed.freeze()
        self.assertTrue(self.codes(attic) & {"no-answer", "node-gone"})
        shed.thaw()
        lan.wait_until(lambda: not self.codes(attic), 60)

    def test_a_small_mtu_on_the_way(self):
        attic, shed = self.met("attic", "shed")
        self.net.nft("add table bridge f; add chain bridge f c { type filter hook forward "
                     "priority 0; }; add rule bridge f c ip length > 1100 drop; "
                     "add rule bridge f c ip6 length > 1060 drop")
        self.assertIn("1200 bytes", self.findings(attic)["large-lost", "shed"]["text"])

    def test_a_link_that_loses_much(self):
        attic, shed = self.met("attic", "shed")
        self.net.loss(40)

        def speak():
            attic.set("door", "open")
            shed.set("door", "open")
            return self.warns(attic, "bad-link")
        lan.wait_until(speak, 60)
        self.assertIn(("bad-link", "shed"), self.findings(attic))

    def test_a_node_that_only_others_hear(self):
        attic, shed, coop = self.met("attic", "shed", "coop")
        shed.set("door", "open")
        lan.wait_until(lambda: attic.value("shed", "door") == "open", 20)
        lan.wait_until(lambda: attic.counters()["rounds"] >= 10, 60)
        self.net.cut(0, 1)
        lan.wait_until(lambda: attic.nodes()["shed"]["via"] == "via coop", 60)
        self.assertIn(("not-direct", "shed"), self.findings(attic))

    def test_a_node_alone(self):
        (attic,) = self.network("attic")
        lan.wait_until(lambda: self.warns(attic, "alone"), 90)
        self.assertEqual(self.codes(attic), {"alone"})
        self.assertIn("10.77.0.1", self.warns(attic, "alone")[0]["advice"])


if __name__ == "__main__":
    side_by_side.main("AGENT", "DSN")
