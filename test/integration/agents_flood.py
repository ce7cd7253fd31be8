# SPDX-License-Identifier: Apache-2.0
"""Nodes that start or restart while a stranger floods them with spoofed frames. Prints how long it took."""

import hashlib
import hmac
import subprocess
import sys
import time
import unittest

import agents
import lan

RATE = 20000  # datagrams a second to each of three targets
PORT = 17373
MULTICAST_PORT = 17374

# Frames of the class GROUP with a random session and tag, each from another address of 10.66/16.
FLOOD = r"""
import os, random, socket, struct, sys, time
targets = [(address, int(port)) for address, port in (word.split(":") for word in sys.argv[2:])]
rate = int(sys.argv[1])
s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
s.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"eth0\0")
size = 60
def packet(address, port):
    source = bytes([10, 66, random.randrange(256), random.randrange(1, 255)])
    ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 28 + size, 0, 0, 1, 17, 0, source, socket.inet_aton(address))
    udp = struct.pack("!HHHH", 17373, port, 8 + size, 0)
    return ip + udp + b"\x01" + bytes(6) + os.urandom(size - 7)
batch = [(packet(*target), target) for _ in range(2000) for target in targets]
print("ready", flush=True)
begin, sent = time.monotonic(), 0
while True:
    if sent > (time.monotonic() - begin) * rate * len(targets):
        time.sleep(0.001)
        continue
    for _ in range(100):
        data, target = batch[sent % len(batch)]
        data = data[:35] + struct.pack("!Q", sent) + data[43:]  # another session each time
        s.sendto(data, target)
        sent += 1
"""


def group_of(key_file):
    """The multicast group of the network: docs/protocol.md, sections 2 and 8."""
    with open(key_file) as file:
        key = bytes.fromhex(file.read().split()[0])
    secret = hmac.digest(bytes(32), key, hashlib.sha256)
    network = hmac.digest(secret, b"dsn2/net\x01", hashlib.sha256)[:8]
    return f"239.255.{network[0]}.{network[1]}"


class Flooded(unittest.TestCase):
    def flood(self, host, targets):
        process = host.popen([sys.executable, "-c", FLOOD, RATE, *targets], stdout=subprocess.PIPE)
        self.assertEqual(process.stdout.readline(), "ready\n")

    def test_nodes_start_and_restart_under_a_flood_of_strangers(self):
        with lan.Lan(4) as net, agents.Site() as site:
            attic = site.agent("attic", net.hosts[0], port=PORT)
            cellar = site.agent("cellar", net.hosts[1], port=PORT)
            lan.wait_until(lambda: agents.all_meet([attic, cellar]), 20)
            net.hosts[3].ip("route", "replace", "224.0.0.0/4", "dev", "eth0")
            net.hosts[3].ip("route", "replace", "default", "via", "10.77.0.1")
            self.flood(net.hosts[3], [f"{net.hosts[0].ipv4}:{PORT}", f"{net.hosts[1].ipv4}:{PORT}",
                                      f"{group_of(site.key_file)}:{MULTICAST_PORT}"])
            lan.wait_until(lambda: attic.counters()["drop_foreign"] > RATE, 10)
            flood_begin, before = time.monotonic(), attic.counters()["drop_foreign"]

            shed = site.agent("shed", net.hosts[2], port=PORT, start=False)
            shed.launch()
            begin = time.monotonic()
            lan.wait_until(lambda: "shed" in attic.live(), 10)
            print(f"a new node is known after {time.monotonic() - begin:.2f} s", file=sys.stderr)

            cellar.kill()
            cellar.launch()
            begin = time.monotonic()
            lan.wait_until(cellar.answers, 10)
            cellar.set("door", "open")
            lan.wait_until(lambda: attic.value("cellar", "door") == "open", 10)
            print(f"a restarted node's reading is there after {time.monotonic() - begin:.2f} s",
                  file=sys.stderr)
            counters = attic.counters()
            self.assertEqual(counters["drop_flood"], 0)
            rate = (counters["drop_foreign"] - before) / (time.monotonic() - flood_begin)
            print(f"meanwhile {rate:.0f} datagrams of the flood a second were dropped", file=sys.stderr)


if __name__ == "__main__":
    agents.main("AGENT")
