# SPDX-License-Identifier: Apache-2.0
"""The test bed itself: what it promises to the tests that use it."""

import os
import select
import shutil
import socket
import subprocess
import sys
import unittest

import lan

# Prints a line for each datagram: the sender and the text. Group addresses are joined on eth0.
RECEIVER = r"""
import socket, struct, sys
family, group, port = sys.argv[1], sys.argv[2], int(sys.argv[3])
index = socket.if_nametoindex("eth0")
if family == "4":
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind(("", port))
    s.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP,
                 struct.pack("4s4si", socket.inet_aton(group), bytes(4), index))
else:
    s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    s.bind(("::", port))
    s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP,
                 socket.inet_pton(socket.AF_INET6, group) + struct.pack("I", index))
print("ready", flush=True)
while True:
    data, sender = s.recvfrom(2000)
    print(sender[0], data.decode(), flush=True)
"""

SENDER = r"""
import socket, struct, sys
to, port, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
family = socket.AF_INET6 if ":" in to else socket.AF_INET
s = socket.socket(family, socket.SOCK_DGRAM)
index = socket.if_nametoindex("eth0")
if family == socket.AF_INET:
    s.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, struct.pack("4s4si", bytes(4), bytes(4), index))
for i in range(count):
    s.sendto(b"m%d" % i, (to, port) if family == socket.AF_INET else (to, port, 0, index))
s.sendto(b"end", (to, port) if family == socket.AF_INET else (to, port, 0, index))
"""

IN_A_CHROOT = r"""
import os, sys
folder = sys.argv[1]
sys.path.insert(0, folder)
import lan
sys.argv = ["-c", open("/proc/self/cmdline").read().split("\0")[3], folder]
lan.enter()
with lan.Lan(2) as net:
    net.hosts[0].run(["ip", "-br", "addr", "show", "eth0"])
    print("reached")
"""


class Receiver:
    def __init__(self, host, family="4", group="239.255.9.9", port=5000):
        self.process = host.popen(
            [sys.executable, "-c", RECEIVER, family, group, port],
            stdout=subprocess.PIPE,
            text=False,
            bufsize=0,
        )
        assert self.line() == "ready"

    def line(self):
        """The next one; waits for it."""
        return self.process.stdout.readline().decode().rstrip("\n")

    def lines(self, silence=0.3):
        """All up to so many seconds of silence; where it may be right that nothing comes."""
        lines = []
        while select.select([self.process.stdout], [], [], silence)[0]:
            lines.append(self.line())
        return lines


def send(host, to, count=0, port=5000):
    host.run([sys.executable, "-c", SENDER, to, port, count])


class LanTest(unittest.TestCase):
    def test_hosts_reach_each_other_at_once(self):
        with lan.Lan(3) as net:
            receiver = Receiver(net.hosts[1])
            send(net.hosts[0], "10.77.0.2")
            self.assertEqual(receiver.line(), "10.77.0.1 end")
            receiver = Receiver(net.hosts[2], "6", "ff12::9")
            send(net.hosts[0], "fd77::3")
            self.assertEqual(receiver.line(), "fd77::1 end")
            send(net.hosts[0], "ff12::9")
            self.assertTrue(receiver.line().startswith("fe80::"))

    def test_multicast_can_be_dropped_and_allowed(self):
        with lan.Lan(2) as net:
            receivers = [Receiver(net.hosts[1]), Receiver(net.hosts[1], "6", "ff12::9", 5001)]
            net.drop_multicast()
            send(net.hosts[0], "239.255.9.9")
            send(net.hosts[0], "ff12::9", port=5001)
            send(net.hosts[0], "10.77.0.2")
            send(net.hosts[0], "fd77::2", port=5001)
            for receiver, sender in zip(receivers, ("10.77.0.1", "fd77::1")):
                self.assertEqual(receiver.lines(), [f"{sender} end"])
            net.drop_multicast(False)
            send(net.hosts[0], "239.255.9.9")
            self.assertEqual(receivers[0].line(), "10.77.0.1 end")

    def test_loss_is_independent_for_each_receiver(self):
        with lan.Lan(3) as net:
            receivers = [Receiver(host) for host in net.hosts[1:]]
            net.loss(50)
            send(net.hosts[0], "239.255.9.9", 400)
            heard = [{line.split()[1] for line in receiver.lines()} for receiver in receivers]
            for texts in heard:
                self.assertTrue(120 < len(texts) < 280, len(texts))
            self.assertTrue(50 < len(heard[0] & heard[1]) < 150, len(heard[0] & heard[1]))
            net.loss(0)
            send(net.hosts[0], "239.255.9.9", 100)
            self.assertEqual([len(receiver.lines()) for receiver in receivers], [101, 101])

    def test_cuts_part_two_hosts_only(self):
        with lan.Lan(3) as net:
            receivers = [Receiver(host) for host in net.hosts]
            net.cut(0, 1)
            send(net.hosts[0], "239.255.9.9")
            self.assertEqual([len(receiver.lines()) for receiver in receivers], [1, 0, 1])
            net.heal()
            net.cut(0, 1, one_way=True)
            send(net.hosts[0], "239.255.9.9")
            self.assertEqual([len(receiver.lines()) for receiver in receivers], [1, 0, 1])
            send(net.hosts[1], "239.255.9.9")
            self.assertEqual([len(receiver.lines()) for receiver in receivers], [1, 1, 1])
            net.heal()
            send(net.hosts[0], "239.255.9.9")
            self.assertEqual([len(receiver.lines()) for receiver in receivers], [1, 1, 1])

    def test_families_links_and_addresses_can_be_taken_away(self):
        with lan.Lan(2) as net:
            host = net.hosts[0]
            host.only_ipv6()
            self.assertNotIn("inet ", host.ip("addr", "show", "dev", "eth0"))
            self.assertIn("inet6 fe80", host.ip("addr", "show", "dev", "eth0"))
            host.link_down()
            host.link_up()
            self.assertIn("inet6 fd77::1", host.ip("addr", "show", "dev", "eth0"))
            host.add_address("10.77.5.5/16")
            receiver = Receiver(net.hosts[1])
            send(host, "10.77.0.2")
            self.assertEqual(receiver.line(), "10.77.5.5 end")
            host.only_ipv4()
            self.assertNotIn("inet6", host.ip("addr", "show", "dev", "eth0"))
            host.unplug()
            lan.wait_until(lambda: "NO-CARRIER" in host.ip("link", "show", "dev", "eth0"))
            host.plug()
            lan.wait_until(lambda: "NO-CARRIER" not in host.ip("link", "show", "dev", "eth0"))

    def test_processes_end_with_the_lan(self):
        with lan.Lan(1) as net:
            process = net.hosts[0].popen(["sleep", "1000"])
            self.assertIsNone(process.poll())
        self.assertIsNotNone(process.poll())

    def test_twenty_bare_hosts(self):
        with lan.Lan(20, bare=True) as net:
            self.assertIn("DOWN", net.hosts[19].ip("link", "show", "dev", "eth0"))

    def test_files_are_replaced_for_the_test_only(self):
        lan.replace_file("/etc/hosts", "10.77.0.9 replaced.example\n")
        self.assertEqual(socket.gethostbyname("replaced.example"), "10.77.0.9")

    def test_works_in_a_plain_chroot(self):
        # A root that is a folder of a shared mount: what `chroot` alone gives.
        outside = "/run/netns/chroot"
        os.mkdir(outside)
        lan.mount("tmpfs", outside)
        subprocess.run(["mount", "--make-shared", outside], check=True)
        root = f"{outside}/root"
        os.mkdir(root)
        for name in os.listdir("/"):
            if os.path.islink(f"/{name}"):
                os.symlink(os.readlink(f"/{name}"), f"{root}/{name}")
            elif os.path.isdir(f"/{name}") and name not in ("run", "tmp"):
                os.mkdir(f"{root}/{name}")
                subprocess.run(["mount", "--rbind", f"/{name}", f"{root}/{name}"], check=True)
        for name in ("run", "tmp"):
            os.mkdir(f"{root}/{name}")
        shutil.copy(lan.__file__, f"{root}/tmp/lan.py")
        environment = {k: v for k, v in os.environ.items() if k != lan.INSIDE}
        ran = subprocess.run(
            ["chroot", root, sys.executable, "-B", "-c", IN_A_CHROOT, "/tmp"],
            env=environment, capture_output=True, text=True)
        self.assertEqual((ran.returncode, ran.stdout), (0, "reached\n"), ran.stderr)
        self.assertFalse(os.path.exists(f"{root}/run/netns"))


if __name__ == "__main__":
    lan.enter()
    unittest.main(verbosity=2)
