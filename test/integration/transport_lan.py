# SPDX-License-Identifier: Apache-2.0
"""The transport between hosts: what loopback and free ports cannot show.

    transport_lan.py PATH_OF_transport_probe [unittest arguments]
"""

import json
import os
import subprocess
import sys
import threading
import unittest

import lan

PROBE = None  # set by main
GROUP_IPV4 = "239.255.77.1"


class Probe:
    """A transport_probe on a host; `events` has all it printed so far."""

    def __init__(self, host, **options):
        self.host = host
        self.events = []
        self.process = host.popen(
            [PROBE, json.dumps({"port": 0, **options})],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        threading.Thread(target=self._read, daemon=True).start()
        first = self.wait_for(lambda event: event["event"] in ("ready", "failed"))
        self.error = first.get("error")
        self.port = first.get("port")

    def _read(self):
        with self.process.stdout:
            for line in self.process.stdout:
                self.events.append(json.loads(line))

    def tell(self, command):
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()

    def finish(self):
        """Ends it in order; a sanitizer's findings make its exit code wrong."""
        self.process.stdin.close()
        return self.process.wait(timeout=5)

    def wait_for(self, matches, timeout=10):
        """The first event that matches, past ones included."""

        def find():
            return next((event for event in list(self.events) if matches(event)), None)

        return lan.wait_until(find, timeout, f"an event of {self.host.name}; it has {self.events}")

    def wait_for_text(self, text, timeout=10, **fields):
        return self.wait_for(
            lambda event: event.get("text") == text
            and all(event[name] == value for name, value in fields.items()),
            timeout,
        )

    def texts(self):
        return [event["text"] for event in list(self.events) if event["event"] == "datagram"]

    def status(self):
        before = len([e for e in list(self.events) if e["event"] == "status"])
        self.tell("status")

        def answer():
            found = [e for e in list(self.events) if e["event"] == "status"]
            return found[before] if len(found) > before else None

        status = lan.wait_until(answer, what="status")
        status["counters"] = dict(status["counters"])
        shown = {one["name"]: one for one in status["interfaces"]}
        reasons = {name: one.pop("left_out") for name, one in shown.items()}
        status["left_out"] = {name: reason for name, reason in reasons.items() if reason}
        status["interfaces"] = {name: one for name, one in shown.items() if not reasons[name]}
        return status

    def wait_joined(self, name="eth0", ipv4=True, ipv6=True, timeout=10):
        def joined():
            one = self.status()["interfaces"].get(name)
            return one and (one["ipv4"], one["ipv6"]) == (ipv4, ipv6)

        lan.wait_until(joined, timeout, f"{self.host.name} joined on {name}")

    def wait_count(self, name, least=1):
        lan.wait_until(lambda: self.status()["counters"].get(name, 0) >= least, what=name)


class MulticastTest(unittest.TestCase):
    # protocol.md [group-source]
    def test_both_families_reach_every_host_from_the_unicast_port(self):
        with lan.Lan(3) as net:
            probes = [Probe(host) for host in net.hosts]
            probes[0].tell("multicast hello")
            for probe in probes:  # the sender too: that is how agents of one machine meet
                four = probe.wait_for_text("hello", interface="eth0", multicast=True,
                                           **{"from": f"10.77.0.1:{probes[0].port}"})
                self.assertTrue(four)
                six = probe.wait_for(lambda event: event.get("from", "").startswith("[fe80::"))
                self.assertEqual((six["multicast"], six["interface"]), (True, "eth0"))
                self.assertTrue(six["from"].endswith(f":{probes[0].port}"))
            self.assertEqual([probe.finish() for probe in probes], [0, 0, 0])

    def test_an_answer_goes_back_by_unicast(self):
        with lan.Lan(2) as net:
            probes = [Probe(host) for host in net.hosts]
            probes[0].tell("multicast hello")
            heard = probes[1].wait_for(lambda e: e.get("from", "").startswith("[fe80::"))
            address, port = heard["from"].rsplit(":", 1)
            probes[1].tell(f"unicast {address.strip('[]')} {port} six")
            answer = probes[0].wait_for_text("six")
            self.assertFalse(answer["multicast"])
            self.assertTrue(answer["from"].startswith("[fe80::"))
            probes[1].tell(f"unicast 10.77.0.1 {port} four")
            self.assertEqual(probes[0].wait_for_text("four")["from"], f"10.77.0.2:{probes[1].port}")

    def test_one_family_alone_is_enough(self):
        with lan.Lan(3) as net:
            net.hosts[0].only_ipv6()
            net.hosts[1].only_ipv4()
            probes = [Probe(host) for host in net.hosts]
            probes[0].wait_joined(ipv4=False)
            probes[1].wait_joined(ipv6=False)
            probes[2].wait_joined()
            for index, probe in enumerate(probes):
                probe.tell(f"multicast from{index}")
            probes[2].wait_for_text("from0")
            probes[2].wait_for_text("from1")
            probes[0].wait_for_text("from2")
            probes[1].wait_for_text("from2")
            self.assertEqual(probes[0].status()["interfaces"]["eth0"]["problem"], "")

    def test_processes_of_one_machine_meet_on_lo(self):
        with lan.Lan(1, bare=True) as net:
            probes = [Probe(net.hosts[0]) for _ in range(3)]
            self.assertEqual(len({probe.port for probe in probes}), 3)
            probes[0].tell("multicast hello")
            for probe in probes:
                probe.wait_for_text("hello", interface="lo", multicast=True,
                                    **{"from": f"127.0.0.1:{probes[0].port}"})
            status = probes[0].status()
            self.assertEqual(
                status["interfaces"]["lo"], {"name": "lo", "ipv4": True, "ipv6": False, "problem": ""}
            )
            self.assertEqual(status["counters"]["datagrams_sent"], 1)
            self.assertFalse([name for name in status["counters"] if name.startswith("send_")])

    def test_nothing_leaves_by_the_default_route(self):
        with lan.Lan(2) as net:
            net.hosts[0].ip("route", "add", "default", "via", "10.77.0.2")
            listener = Probe(net.hosts[1])
            lonely = Probe(net.hosts[0], interfaces=["wlan*"])
            only_lo = Probe(net.hosts[0], interfaces=["lo"])
            lonely.tell("multicast lost")
            lonely.tell(f"unicast {GROUP_IPV4} 17374 misused")
            only_lo.tell("multicast local")
            only_lo.wait_for_text("local", interface="lo")
            counters = lonely.status()["counters"]
            self.assertEqual(counters["sends_without_interface"], 1)
            self.assertEqual(counters["sends_refused"], 1)
            self.assertEqual(counters["datagrams_sent"], 0)
            Probe(net.hosts[0]).tell("multicast last")
            listener.wait_for_text("last")
            self.assertEqual(set(listener.texts()), {"last"})

    def test_what_others_send_to_other_groups_on_our_port_is_not_heard(self):
        with lan.Lan(2) as net:
            probe = Probe(net.hosts[0])
            script = (
                "import socket\n"
                "s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)\n"
                "i = socket.if_nametoindex('eth0')\n"
                "for to in ('ff02::1', 'fd77::1', 'ff12::7701'):\n"
                "    s.sendto(to.encode(), (to, 17374, 0, i))\n"
            )
            net.hosts[1].run([sys.executable, "-c", script])
            probe.wait_for_text("ff12::7701")
            self.assertEqual(probe.texts(), ["ff12::7701"])


class InterfacesTest(unittest.TestCase):
    def test_starts_without_any_and_joins_what_appears(self):
        with lan.Lan(2, bare=True) as net:
            probes = [Probe(host) for host in net.hosts]
            self.assertEqual(probes[0].status()["interfaces"]["eth0"]["problem"], "it is down")
            for index, host in enumerate(net.hosts):
                host.link_up()
                host.add_address(f"10.77.0.{index + 1}/16")
            for probe in probes:
                probe.wait_joined()
                probe.wait_for(lambda event: event["event"] == "interfaces"
                               and event["interfaces"][1]["ipv4"])
            probes[0].tell("multicast hello")
            probes[1].wait_for_text("hello", **{"from": f"10.77.0.1:{probes[0].port}"})
            probes[1].wait_for(lambda event: event.get("from", "").startswith("[fe80::"))

    def test_starts_before_lo_is_up(self):
        with lan.Lan(1, bare=True) as net:
            net.hosts[0].link_down("lo")
            probe = Probe(net.hosts[0])
            net.hosts[0].ip("link", "set", "lo", "up")
            probe.wait_joined("lo", ipv6=False)
            probe.tell("multicast hello")
            probe.wait_for_text("hello", interface="lo")

    # protocol.md [group-join]
    def test_joins_again_after_down_and_up_and_after_unplugging(self):
        with lan.Lan(2) as net:
            probes = [Probe(host) for host in net.hosts]
            for down, up in (("link_down", "link_up"), ("unplug", "plug")):
                getattr(net.hosts[1], down)()
                probes[1].wait_joined(ipv4=False, ipv6=False)
                getattr(net.hosts[1], up)()
                probes[1].wait_joined()
                probes[0].tell(f"multicast after_{up}")
                probes[1].wait_for_text(f"after_{up}", **{"from": f"10.77.0.1:{probes[0].port}"})
                probes[1].tell(f"multicast back_{up}")
                probes[0].wait_for_text(f"back_{up}")

    def test_an_interface_that_comes_back_with_another_index_is_joined(self):
        with lan.Lan(2) as net:
            probes = [Probe(host) for host in net.hosts]
            # Each round leaves an entry at the socket of a careless program; 20 are its limit.
            for round_ in range(25):
                net.switch_ip("link", "del", "v1")
                net.switch_ip("link", "add", "v1", "type", "veth", "peer", "name", "eth0", "netns",
                              "h1")
                net.switch_ip("link", "set", "v1", "master", "br0", "up")
                net.hosts[1].link_up()
                net.hosts[1].add_address("10.77.0.2/16")
                if round_ % 8 == 0:
                    probes[1].wait_joined()
            # "Joined" may still be said of the interface that went last; what counts is to hear.
            def hears():
                probes[0].tell("multicast hello")
                return "hello" in probes[1].texts()

            lan.wait_until(hears, 10, "the new interface hears the group")
            self.assertNotIn("join_ENOBUFS", probes[1].status()["counters"])

    def test_a_new_address_is_told_and_used(self):
        with lan.Lan(2) as net:
            probes = [Probe(host) for host in net.hosts]
            net.hosts[0].remove_address("10.77.0.1/16")
            probes[0].wait_joined(ipv4=False)
            net.hosts[0].add_address("10.77.3.3/16")
            probes[0].wait_joined()
            probes[0].wait_for(lambda event: event["event"] == "interfaces")
            probes[0].tell("multicast hello")
            probes[1].wait_for_text("hello", **{"from": f"10.77.3.3:{probes[0].port}"})

    def test_a_tentative_address_is_waited_for(self):
        with lan.Lan(2, bare=True) as net:
            host = net.hosts[0]
            host.sysctl("ipv6/conf/eth0/accept_dad", 1)
            host.sysctl("ipv6/conf/eth0/dad_transmits", 1)
            probe = Probe(host)
            net.hosts[1].link_up()
            listener = Probe(net.hosts[1])
            listener.wait_joined(ipv4=False)
            host.ip("link", "set", "eth0", "up")
            lan.wait_until(lambda: "tentative" in host.ip("addr"), what="a tentative address")
            self.assertFalse(probe.status()["interfaces"]["eth0"]["ipv6"])
            probe.wait_joined(ipv4=False)
            self.assertNotIn("tentative", host.ip("addr"))
            probe.tell("multicast hello")
            listener.wait_for_text("hello")

    def test_excluded_names_are_not_joined(self):
        with lan.Lan(2) as net:
            host = net.hosts[0]
            for name in ("docker0", "br-0a1b2c3d4e5f", "br-lan"):
                peer = f"veth-{name[:8]}"  # of a name that is excluded as well
                host.ip("link", "add", name, "type", "veth", "peer", "name", peer)
                host.ip("link", "set", name, "up")
                host.ip("link", "set", peer, "up")
            host.add_address("10.78.0.1/16", "docker0")
            host.add_address("10.79.0.1/16", "br-0a1b2c3d4e5f")
            host.add_address("10.80.0.1/16", "br-lan")
            probe = Probe(host)
            probe.wait_joined("br-lan")
            status = probe.status()
            for name in ("docker0", "br-0a1b2c3d4e5f"):
                self.assertNotIn(name, status["interfaces"])
                self.assertIn("of containers", status["left_out"][name])
            named = Probe(host, interfaces=["docker*", "wlan0"])
            named.wait_joined("docker0")
            interfaces = named.status()["interfaces"]
            self.assertEqual(set(interfaces), {"docker0", "wlan0"})
            self.assertEqual(interfaces["wlan0"]["problem"], "there is no such interface")
            # Joined by `named`, which must not make `probe` hear it.
            named.tell("multicast elsewhere")
            named.wait_for_text("elsewhere", interface="docker0")
            probe.tell("multicast here")
            probe.wait_for_text("here")
            self.assertNotIn("elsewhere", probe.texts())

    def test_network_ip_binds_and_joins_there_only(self):
        with lan.Lan(2) as net:
            host = net.hosts[0]
            host.add_address("10.99.0.1/16", "lo")
            host.add_address("10.77.9.9/16")
            probe = Probe(host, network_ip="10.77.9.9")
            probe.wait_joined(ipv6=False)
            self.assertEqual(list(probe.status()["interfaces"]), ["eth0"])
            other = Probe(net.hosts[1])
            probe.tell("multicast hello")
            other.wait_for_text("hello", **{"from": f"10.77.9.9:{probe.port}"})
            other.tell(f"unicast 10.77.0.1 {probe.port} elsewhere")
            other.tell(f"unicast 10.77.9.9 {probe.port} here")
            probe.wait_for_text("here")
            self.assertNotIn("elsewhere", probe.texts())
            self.assertIn("no interface has this address", Probe(host, network_ip="10.77.1.1").error)
            six = Probe(host, network_ip="fd77::1")
            six.wait_joined(ipv4=False)
            six.tell("multicast six")
            other.wait_for_text("six", **{"from": f"[fd77::1]:{six.port}"})

    def test_membership_is_reported_again(self):
        with lan.Lan(2) as net:
            probe = Probe(net.hosts[0], rejoin_interval_ms=200, interfaces=["eth0"])
            probe.wait_joined()
            script = (
                "import socket\n"
                "s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))\n"
                "s.bind(('eth0', 0))\n"
                "left = {'igmp': 5, 'mld': 5}\n"
                "while any(count > 0 for count in left.values()):\n"
                "    frame = s.recv(2000)\n"
                "    if frame[12:14] == b'\\x08\\0' and frame[23] == 2:\n"
                f"        left['igmp'] -= socket.inet_aton('{GROUP_IPV4}') in frame\n"
                "    if frame[12:14] == b'\\x86\\xdd' and frame[20] == 0 and frame[62] == 143:\n"
                "        left['mld'] -= socket.inet_pton(socket.AF_INET6, 'ff12::7701') in frame\n"
            )
            net.hosts[1].run([sys.executable, "-c", script], timeout=20)
            self.assertFalse([e for e in probe.events if e["event"] == "interfaces"])


class ErrorsTest(unittest.TestCase):
    def test_rejected_sends_are_counted_and_survived(self):
        with lan.Lan(2) as net:
            probes = [Probe(host) for host in net.hosts]
            net.hosts[0].nft(
                "table inet t { chain o { type filter hook output priority 0; "
                f"udp sport {probes[0].port} counter drop; }}; }}"
            )
            probes[0].tell(f"unicast 10.77.0.2 {probes[1].port} refused")
            probes[0].tell("multicast refused")
            probes[0].wait_count("send_EPERM", 2)
            net.hosts[0].nft("delete table inet t")
            probes[0].tell("multicast allowed")
            probes[1].wait_for_text("allowed")
            self.assertNotIn("refused", probes[1].texts())

    def test_unreachable_hosts_are_counted_and_survived(self):
        with lan.Lan(2) as net:
            probes = [Probe(host) for host in net.hosts]
            probes[0].tell("unicast 192.0.2.1 9 nowhere")
            probes[0].wait_count("send_ENETUNREACH")
            probes[0].tell("unicast 2001:db8::1 9 nowhere")
            probes[0].wait_count("send_ENETUNREACH", 2)
            # A port that nobody has, many times: the ICMP errors must not come back to us.
            for _ in range(5):
                probes[0].tell("unicast 10.77.0.2 9 nobody")
            probes[0].tell(f"unicast 10.77.0.2 {probes[1].port} still_here")
            probes[1].wait_for_text("still_here")
            probes[1].tell(f"unicast 10.77.0.1 {probes[0].port} me_too")
            probes[0].wait_for_text("me_too")
            self.assertFalse([n for n in probes[0].status()["counters"] if n.startswith("receive_E")])

    def test_sending_while_the_link_is_down_is_survived(self):
        with lan.Lan(2) as net:
            probes = [Probe(host) for host in net.hosts]
            net.hosts[0].link_down()
            probes[0].tell(f"unicast 10.77.0.2 {probes[1].port} down")
            probes[0].tell("multicast down")
            net.hosts[0].link_up()
            probes[0].wait_joined()
            probes[0].tell("multicast up")
            probes[1].wait_for_text("up")

    def test_dead_sockets_are_replaced_on_the_same_port(self):
        with lan.Lan(2) as net:
            probes = [Probe(host) for host in net.hosts]
            port = probes[1].port
            probes[1].tell("hang_up")
            probes[1].wait_count("sockets_reopened", 4)
            probes[1].wait_joined()
            probes[0].tell(f"unicast 10.77.0.2 {port} unicast")
            probes[1].wait_for_text("unicast")
            probes[0].tell(f"unicast fd77::2 {port} unicast6")
            probes[1].wait_for_text("unicast6")
            probes[0].tell("multicast hello")
            probes[1].wait_for_text("hello", **{"from": f"10.77.0.1:{probes[0].port}"})
            probes[1].wait_for(lambda event: event.get("from", "").startswith("[fe80::"))
            net.hosts[1].link_down()  # the interface watch lives too, whichever socket it was
            probes[1].wait_joined(ipv4=False, ipv6=False)

    def test_a_group_port_that_is_taken_is_told_and_tried_again(self):
        with lan.Lan(2) as net:
            rude = net.hosts[0].popen(
                [sys.executable, "-c",
                 "import socket\n"
                 "s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
                 "s.bind(('', 17374))\n"
                 "print(flush=True)\n"
                 "input()"],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            rude.stdout.readline()
            rude.stdout.close()
            probes = [Probe(host) for host in net.hosts]
            probes[0].wait_joined(ipv4=False)
            who = f"{os.path.basename(sys.executable)} (process {rude.pid})"
            self.assertEqual(probes[0].status()["interfaces"]["eth0"]["problem"],
                             "cannot join the IPv4 group: EADDRINUSE "
                             f"({who} has UDP 17374 and does not share it)")
            probes[1].tell(f"unicast 10.77.0.1 {probes[0].port} unicast")
            probes[0].wait_for_text("unicast")
            rude.kill()
            probes[0].wait_joined()
            probes[0].wait_for(lambda event: event["event"] == "interfaces")
            probes[1].tell("multicast hello")
            probes[0].wait_for_text("hello", **{"from": f"10.77.0.2:{probes[1].port}"})

    def test_a_burst_arrives_or_is_counted(self):
        with lan.Lan(2) as net:
            probes = [Probe(host) for host in net.hosts]
            flood = (
                "import socket\n"
                "s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
                f"for i in range(5000): s.sendto(b'x' * 1200, ('10.77.0.2', {probes[1].port}))\n"
            )
            net.hosts[0].run([sys.executable, "-c", flood])

            def all_accounted_for():
                # The kernel tells of the overflow with the next datagram only.
                probes[0].tell(f"unicast 10.77.0.2 {probes[1].port} after")
                counters = probes[1].status()["counters"]
                after = probes[1].texts().count("after")
                seen = counters["datagrams_received"] + counters["receive_overflows"]
                return seen - after >= 5000

            lan.wait_until(all_accounted_for)


class ResolverTest(unittest.TestCase):
    def test_names_come_from_etc_hosts_and_failures_say_so(self):
        lan.replace_file(
            "/etc/hosts", "127.0.0.1 localhost\n10.77.0.2 pi-two\nfd77::2 pi-two\n10.77.0.2 pi-two\n"
        )
        with lan.Lan(1) as net:
            probe = Probe(net.hosts[0])
            for name in ("pi-two", "fd77::9", "no-such-host.invalid"):
                probe.tell(f"resolve {name} 17373")

            def answer(name):
                return probe.wait_for(lambda e: e["event"] == "resolved" and e["name"] == name, 30)

            self.assertEqual(sorted(answer("pi-two")["addresses"]),
                             ["10.77.0.2:17373", "[fd77::2]:17373"])
            self.assertEqual(answer("fd77::9")["addresses"], ["[fd77::9]:17373"])
            self.assertIn("cannot resolve 'no-such-host.invalid'",
                          answer("no-such-host.invalid")["error"])

    def test_a_silent_name_server_holds_nothing_up(self):
        lan.replace_file("/etc/resolv.conf", "nameserver 10.77.0.2\noptions timeout:20\n")
        with lan.Lan(2) as net:
            net.hosts[1].nft(
                "table inet t { chain i { type filter hook input priority 0; udp dport 53 drop; }; }"
            )
            probe = Probe(net.hosts[0])
            probe.tell("resolve slow.example 1")
            probe.tell("resolve 10.77.0.9 1")
            probe.wait_for(lambda e: e["event"] == "resolved" and e["name"] == "10.77.0.9")
            self.assertEqual(probe.finish(), 0)  # within 5 s


if __name__ == "__main__":
    lan.enter()
    PROBE = sys.argv.pop(1)
    unittest.main(verbosity=2)
