# SPDX-License-Identifier: Apache-2.0
"""Agents on a LAN: discovery by each way alone, repair under loss, faults and attackers.

    agents_lan.py PATH_OF_dsn-agent [unittest arguments]
"""

import os
import subprocess
import sys
import time
import unittest

import agents
import lan

# Names of tests say what is shown; figures are generous, for a machine of two busy cores.


class Discovery(unittest.TestCase):
    def share(self, members):
        """Each sets a key, all read all."""
        for agent in members:
            agent.set("site/name", agent.name)
        for reader in members:
            for owner in members:
                lan.wait_until(
                    lambda: reader.value(owner.name, "site/name") == owner.name,
                    20, f"{reader.name} reads {owner.name}; {reader.log_text()}")

    def test_by_ipv4_multicast_alone(self):
        with lan.Lan(3) as net, agents.Site() as site:
            for host in net.hosts:
                host.only_ipv4()
            members = [site.agent(f"node{i}", host) for i, host in enumerate(net.hosts)]
            self.share(members)
            via = members[0].nodes()["node1"]["via"]
            self.assertRegex(via, r"^(mcast4@eth0|hello@eth0|gossip\(node2\))$")

    def test_by_ipv6_multicast_alone(self):
        with lan.Lan(3) as net, agents.Site() as site:
            for host in net.hosts:
                host.only_ipv6()
            members = [site.agent(f"node{i}", host) for i, host in enumerate(net.hosts)]
            self.share(members)
            via = members[0].nodes()["node1"]["via"]
            self.assertRegex(via, r"^(mcast6@eth0|hello@eth0|gossip\(node2\))$")

    def test_addresses_are_ipv4_where_there_is_one(self):
        with lan.Lan(3) as net, agents.Site() as site:
            members = [site.agent(f"node{i}", host) for i, host in enumerate(net.hosts)]
            self.share(members)
            for reader in members:
                for owner in members:
                    if reader is owner:
                        continue
                    lan.wait_until(
                        lambda: reader.nodes()[owner.name]["address"].startswith(owner.host.ipv4 + ":"),
                        20, f"{owner.name} at its IPv4 address for {reader.name}")

    def test_by_bootstrap_alone_with_multicast_dropped(self):
        with lan.Lan(4) as net, agents.Site() as site:
            net.drop_multicast()
            first = site.agent("coordinator", net.hosts[0], port=17373)
            bootstrap = [{"address": "10.77.0.1", "port": 17373}]
            members = [first] + [
                site.agent(f"node{i}", net.hosts[i], bootstrap_nodes=bootstrap)
                for i in (1, 2, 3)
            ]
            self.share(members)
            self.assertEqual(members[1].nodes()["coordinator"]["via"], "bootstrap(10.77.0.1)")

    def test_by_a_bootstrap_host_name_that_resolves_only_later(self):
        with lan.Lan(2) as net, agents.Site() as site:
            net.drop_multicast()
            lan.replace_file("/etc/hosts", "127.0.0.1 localhost\n")
            second = site.agent(
                "second", net.hosts[1], bootstrap_nodes=["coordinator.local:17373"])
            first = site.agent("coordinator", net.hosts[0], port=17373)
            with open("/etc/hosts", "a") as hosts:
                hosts.write("10.77.0.1 coordinator.local\n")
            lan.wait_until(lambda: agents.all_meet([first, second]), 30)
            self.assertEqual(second.nodes()["coordinator"]["via"], "bootstrap(coordinator.local)")

    def test_when_the_network_comes_up_after_the_agents(self):
        with lan.Lan(2) as net, agents.Site() as site:
            for host in net.hosts:
                host.link_down()
            members = [site.agent(f"node{i}", host) for i, host in enumerate(net.hosts)]
            for host in net.hosts:
                host.link_up()
            lan.wait_until(lambda: agents.all_meet(members), 20)

    def test_many_agents_on_one_machine_over_loopback(self):
        with lan.Lan(1, bare=True) as net, agents.Site() as site:
            members = [
                site.agent(f"node{i}", net.hosts[0], interfaces=["lo"]) for i in range(4)
            ]
            self.share(members)

    def test_two_networks_on_one_lan_do_not_see_each_other(self):
        with lan.Lan(4) as net, agents.Site() as site:
            other_key = site.new_key("other.key")
            ours = [site.agent(f"ours{i}", net.hosts[i]) for i in (0, 1)]
            theirs = [
                site.agent(f"theirs{i}", net.hosts[i], aes_key_file=other_key) for i in (2, 3)
            ]
            lan.wait_until(lambda: agents.all_meet(ours) and agents.all_meet(theirs), 20)
            self.assertEqual(ours[0].live(), {"ours0", "ours1"})
            self.assertEqual(theirs[0].live(), {"theirs2", "theirs3"})


class Repair(unittest.TestCase):
    KEYS = {f"key{i}": i * 1.5 for i in range(50)}

    def test_a_late_joiner_gets_fifty_keys_of_each(self):
        with lan.Lan(5) as net, agents.Site() as site:
            members = [site.agent(f"node{i}", net.hosts[i]) for i in range(4)]
            for agent in members:
                agent.set_many(self.KEYS)
            lan.wait_until(lambda: agents.all_hold(members, 50), 20)
            late = site.agent("late", net.hosts[4])
            started = time.monotonic()
            lan.wait_until(lambda: len(late.readings()) == 200, 10)
            took = time.monotonic() - started
            print(f"a late joiner held 4 x 50 keys after {took * 1000:.0f} ms")

    def test_ten_nodes_hold_everything_of_each_other(self):
        with lan.Lan(10) as net, agents.Site() as site:
            members = [site.agent(f"node{i}", host) for i, host in enumerate(net.hosts)]
            for agent in members:
                agent.set_many(self.KEYS)
            lan.wait_until(lambda: agents.all_hold(members, 50), 30)

    def test_all_converge_when_thirty_percent_are_lost(self):
        with lan.Lan(6) as net, agents.Site() as site:
            net.loss(30)
            members = [site.agent(f"node{i}", host) for i, host in enumerate(net.hosts)]
            for agent in members:
                agent.set_many(self.KEYS)
            lan.wait_until(lambda: agents.all_hold(members, 50), 60)
            members[0].set("key0", "last word")
            lan.wait_until(
                lambda: all(agent.value("node0", "key0") == "last word" for agent in members), 60)

    def test_a_partition_heals(self):
        with lan.Lan(2) as net, agents.Site() as site:
            members = [site.agent(f"node{i}", host) for i, host in enumerate(net.hosts)]
            lan.wait_until(lambda: agents.all_meet(members), 20)
            net.cut(0, 1)
            members[0].set("door", "open")
            lan.wait_until(lambda: members[1].nodes()["node0"]["state"] == "gone", 40)
            net.heal()
            lan.wait_until(lambda: members[1].value("node0", "door") == "open", 90)

    # protocol.md [incarnation-saved]
    def test_a_node_that_was_killed_comes_back_with_a_new_run(self):
        with lan.Lan(2) as net, agents.Site() as site:
            members = [site.agent(f"node{i}", host) for i, host in enumerate(net.hosts)]
            members[0].set_many({"old": 1, "kept": 1})
            lan.wait_until(lambda: members[1].value("node0", "old") == 1, 20)
            members[0].kill()
            members[0].start()
            members[0].set("kept", 2)
            lan.wait_until(lambda: members[1].value("node0", "kept") == 2, 20)
            self.assertIsNone(members[1].value("node0", "old"))
            self.assertEqual(members[1].nodes()["node0"]["incarnation"], 2)

    def test_a_stopped_node_says_so_and_a_frozen_one_turns_late(self):
        with lan.Lan(3) as net, agents.Site() as site:
            members = [
                site.agent(f"node{i}", host, sensors={"load": {"proc": "load1", "every": "500ms"}})
                for i, host in enumerate(net.hosts)
            ]
            lan.wait_until(lambda: agents.all_hold(members, 1), 20)
            self.assertEqual(members[0].terminate(), 0)
            lan.wait_until(lambda: members[2].nodes()["node0"]["state"] == "restarting", 5)
            members[1].freeze()
            late = lan.wait_until(
                lambda: [r for r in members[2].readings("node1", "load") if r["status"] == "late"],
                5)
            self.assertLess(late[0]["age_ms"], 4000 * lan.SLOWEST)
            members[1].thaw()
            lan.wait_until(lambda: members[2].readings("node1", "load")[0]["status"] == "ok", 20)


class Hostile(unittest.TestCase):
    """What must be dropped is dropped, counted, and answered with nothing."""

    def flood(self, host, address, payloads):
        script = (
            "import socket,sys\n"
            "s=socket.socket(socket.AF_INET,socket.SOCK_DGRAM)\n"
            "for line in sys.stdin: s.sendto(bytes.fromhex(line), (sys.argv[1], int(sys.argv[2])))\n"
            "s.settimeout(1.0)\n"
            "try: print(len(s.recv(2048)))\n"
            "except TimeoutError: print('silence')\n"
        )
        done = host.run(
            [sys.executable, "-c", script, address, "17373"],
            input="\n".join(payload.hex() for payload in payloads) + "\n", timeout=60)
        return done.stdout.strip()

    def test_garbage_and_floods_are_silently_dropped_and_counted(self):
        with lan.Lan(2) as net, agents.Site() as site:
            victim = site.agent("victim", net.hosts[0], port=17373)
            resident = self.resident_kib(victim)
            header = bytes([0x01]) + bytes(6)
            payloads = [os.urandom(size) for size in range(1, 1300, 7)]
            payloads += [bytes([0x81 | 0x40 * (i % 2)]) + os.urandom(60) for i in range(200)]
            payloads += [header + os.urandom(8 + 400) for _ in range(20000)]
            payloads += [bytes([0x41]) + os.urandom(100) for _ in range(2000)]
            answer = self.flood(net.hosts[1], "10.77.0.1", payloads)
            self.assertEqual(answer, "silence")
            counters = victim.counters()
            self.assertGreater(counters["drop_not_ours"], 100)
            self.assertGreater(counters["drop_foreign"], 10000)
            self.assertEqual(counters["drop_flood"], 0)
            self.assertGreater(counters["drop_unknown_session"], 100)
            self.assertLess(self.resident_kib(victim) - resident, 2048)
            self.assertTrue(victim.is_running())
            warnings = [line for line in victim.log_text().splitlines() if "warning" in line]
            self.assertEqual(len(warnings), len(set(warnings)), "one warning a cause")
            self.assertLessEqual(len(warnings), 4)
            victim.set("still", "alive")

    def resident_kib(self, agent):
        with open(f"/proc/{agent.process.pid}/status") as status:
            for line in status:
                if line.startswith("VmRSS"):
                    return int(line.split()[1])
        raise AssertionError("no VmRSS")

    def test_a_wrong_key_is_met_with_silence(self):
        with lan.Lan(2) as net, agents.Site() as site:
            victim = site.agent("victim", net.hosts[0], port=17373)
            stranger = site.agent(
                "stranger", net.hosts[1], aes_key_file=site.new_key("wrong.key"),
                bootstrap_nodes=["10.77.0.1:17373"])
            lan.wait_until(lambda: victim.counters()["drop_foreign"] >= 3, 30)
            heard = stranger.counters()
            self.assertEqual(heard["datagrams_received"], heard["drop_own_echo"], "no answer")
            self.assertEqual(victim.live(), {"victim"})
            lan.wait_until(lambda: "do not open" in victim.log_text(), 10)

    def test_recorded_datagrams_are_refused(self):
        with lan.Lan(3) as net, agents.Site() as site:
            for host in net.hosts:
                host.only_ipv4()  # the recorder reads IPv4
            members = [site.agent(f"node{i}", net.hosts[i], port=17373) for i in (0, 1)]
            lan.wait_until(lambda: agents.all_meet(members), 20)
            recorder = net.hosts[0].popen(
                [sys.executable, "-c", RECORDER], stdout=subprocess.PIPE)
            self.assertEqual(recorder.stdout.readline(), "ready\n")
            members[1].set("door", 1)
            lan.wait_until(lambda: members[0].value("node1", "door") == 1, 10)
            members[1].set("door", 2)
            lan.wait_until(lambda: members[0].value("node1", "door") == 2, 10)
            recorded = [bytes.fromhex(recorder.stdout.readline()) for _ in range(2)]
            recorder.kill()
            before = members[0].counters()["drop_replayed"]
            self.flood(net.hosts[2], "10.77.0.1", recorded * 5)
            self.assertGreaterEqual(members[0].counters()["drop_replayed"], before + 10)
            self.assertEqual(members[0].value("node1", "door"), 2)


# Prints the UDP payloads that reach port 17373 of this host, as the wire has them.
RECORDER = """
import socket
s = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(0x0800))
print('ready', flush=True)
while True:
    packet, address = s.recvfrom(2048)
    if address[2] == socket.PACKET_OUTGOING: continue
    if packet[9] == 17 and packet[22:24] == (17373).to_bytes(2, 'big') and packet[28] >> 6 == 1:
        print(packet[28:].hex(), flush=True)
"""


class Environment(unittest.TestCase):
    def test_a_full_disk_is_survived_and_said(self):
        with lan.Lan(2) as net, agents.Site() as site:
            tiny = os.path.join(site.path, "tiny")
            os.mkdir(tiny)
            subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4k", "tmpfs", tiny], check=True)
            with open(os.path.join(tiny, "filler"), "wb") as filler:
                filler.write(bytes(4096))
            members = [
                site.agent("full", net.hosts[0], credential_dir=tiny),
                site.agent("other", net.hosts[1]),
            ]
            lan.wait_until(lambda: agents.all_meet(members), 20)
            members[0].set("door", "open")
            lan.wait_until(lambda: members[1].value("full", "door") == "open", 10)
            self.assertTrue(members[0].warnings())
            members[0].kill()
            subprocess.run(["umount", tiny], check=True)

    def test_the_same_identity_with_an_old_disk_is_healed_by_its_peers(self):
        with lan.Lan(2) as net, agents.Site() as site:
            members = [site.agent(f"node{i}", host) for i, host in enumerate(net.hosts)]
            lan.wait_until(lambda: agents.all_meet(members), 20)
            for _ in range(2):
                members[0].kill()
                members[0].start()
                lan.wait_until(lambda: agents.all_meet(members), 20)
            members[0].kill()
            for name in ("state.cbor", "state.cbor.old"):
                os.unlink(os.path.join(members[0].config["credential_dir"], name))
            members[0].start()
            members[0].set("door", "after")
            lan.wait_until(lambda: members[1].value("node0", "door") == "after", 20)
            self.assertEqual(members[1].nodes()["node0"]["incarnation"], 4)

    def test_without_a_key_the_agent_is_local_only_and_says_how_to_get_one(self):
        with lan.Lan(1) as net, agents.Site() as site:
            agent = site.agent("alone", net.hosts[0], aes_key_file=None)
            agent.set("door", "open")
            self.assertEqual(agent.value("alone", "door"), "open")
            status = agent.call("status")
            self.assertEqual(status["network"], "")
            self.assertIn("dsn join", agents.sentence(status["warnings"][0]))
            self.assertIn("dsn join", agent.log_text())

    def test_a_wrong_configuration_ends_with_78_and_a_place(self):
        with agents.Site() as site:
            agent = site.agent("bad", start=False, sensors={"door": {"proc": "load1", "evry": "1s"}})
            agent.write_config()
            done = subprocess.run([agents.AGENT, "--config", agent.config_file],
                                  capture_output=True, text=True)
            self.assertEqual(done.returncode, 78)
            self.assertRegex(done.stderr,
                             r"agent\.yaml:1:\d+: unknown key 'evry' in sensor 'door' "
                             r"\(did you mean 'every'\?\)")

    def test_a_second_agent_on_the_same_socket_is_refused(self):
        with lan.Lan(1) as net, agents.Site() as site:
            first = site.agent("first", net.hosts[0])
            done = net.hosts[0].run(
                [agents.AGENT, "--config", first.config_file, "--socket", first.socket],
                check=False)
            self.assertEqual(done.returncode, 1)
            self.assertTrue(first.is_running())


if __name__ == "__main__":
    agents.main("AGENT")
