# SPDX-License-Identifier: Apache-2.0
"""A member of the network in Python, which says exactly what a test wants: on top of the second
implementation of the protocol (test/vectors). docs/protocol.md tells what the messages mean."""

import ctypes
import os
import secrets
import select
import socket
import struct
import sys
import time

import lan

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "vectors"))
import dsn_wire as wire  # noqa: E402
from det_cbor import encode  # noqa: E402

_CLONE_NEWNET = 0x40000000
_LIBC = ctypes.CDLL(None, use_errno=True)


def socket_in(host, *arguments):
    """A socket in the network namespace of the host."""
    with open("/proc/self/ns/net") as here, open(f"/run/netns/{host.name}") as there:
        _LIBC.setns(there.fileno(), _CLONE_NEWNET)
        try:
            return socket.socket(*arguments)
        finally:
            _LIBC.setns(here.fileno(), _CLONE_NEWNET)


def network_of(site):
    with open(site.key_file) as file:
        return wire.Network(bytes.fromhex(file.read().strip()))


class Target:
    """An agent, as its WELCOME tells it to all who ask."""

    def __init__(self, address, public_key, sid):
        self.address, self.public_key, self.sid = address, public_key, sid


class Member:
    """One identity in one run. It speaks with one agent, and answers its SYNs while it listens."""

    def __init__(self, network, name, host=None):
        """On a host of the LAN, or at the loopback address of the test itself."""
        self.network, self.name = network, name
        self.identity = wire.Identity(secrets.randbelow(wire.P256_ORDER - 1) + 1)
        self.sid = secrets.randbits(63) + 1
        self.version = 0
        self.entries = {}
        arguments = socket.AF_INET, socket.SOCK_DGRAM
        self.socket = socket_in(host, *arguments) if host else socket.socket(*arguments)
        self.socket.bind((host.ipv4 if host else "127.0.0.1", 0))
        self.target = None
        self.send_key = self.receive_key = None
        self.group_sequence = self.sequence = 0
        self.began = time.monotonic()
        self.frames = 0  # PAIR frames that were sealed
        self.sent = 0  # bytes of datagrams
        self.heard = []  # messages of the agent

    def close(self):
        self.socket.close()

    def join(self, address):
        """HELLO, KNOCK, and the answer to the SYN that asks whether this node is here."""
        self.aim(self.ask(address))
        lan.wait_until(self._is_met, 20, f"{self.name} is met")
        return self

    def ask(self, address):
        """The agent at this address, which answers a HELLO."""
        lan.wait_until(lambda: self._hello(address), 20, f"{self.name} is welcome")
        return self.target

    def aim(self, target):
        """Derives the keys of the session with an agent, which this or another member asked."""
        self.target = target
        secret = self.identity.agree(target.public_key)
        ours, theirs = (self.identity.id, self.sid), (wire.short_hash(target.public_key), target.sid)
        self.send_key = self.network.pair_key(secret, ours, theirs)
        self.receive_key = self.network.pair_key(secret, theirs, ours)
        return self

    def clock(self):
        """The session clock in ms."""
        return int(1000 * (time.monotonic() - self.began))

    def knock(self):
        run = self.frame({"type": wire.RUN, "incarnation": 1, "version": self.version, "name": self.name})
        self._send_group({"type": wire.KNOCK, "public_key": self.identity.public, "echo": self.target.sid,
                          "frame": run}, self.target.address)

    def say(self, *messages):
        self.send(self.frame(*messages))

    def frame(self, *messages):
        """A PAIR frame that is not sent yet."""
        plaintext = b"".join(wire.encode_message(message) for message in messages)
        self.sequence = max(self.sequence + 1, wire.sequence_at(self.clock()))
        header = wire.encode_header(wire.PAIR, self.sequence, wire.label_of(self.send_key))
        self.frames += 1
        return wire.seal(self.send_key, header, plaintext)

    def send(self, datagram):
        self._send_to(datagram, self.target.address)

    def send_as(self, raw, source, datagram):
        """With the address of another host as that of the sender."""
        self.sent += len(datagram)
        udp = struct.pack("!HHHH", 17373, self.target.address[1], 8 + len(datagram), 0) + datagram
        ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0,
                         socket.inet_aton(source), socket.inet_aton(self.target.address[0]))
        raw.sendto(ip + udp, (self.target.address[0], 0))

    def listen(self, seconds=0.0):
        """Takes what is there, or comes within the time."""
        end = time.monotonic() + seconds
        while select.select([self.socket], [], [], max(0.0, end - time.monotonic()))[0]:
            datagram = self.socket.recv(2048)
            if datagram[0] >> 6 == wire.PAIR and self.receive_key:
                self._take(wire.decode_messages(wire.open_pair(self.receive_key, datagram)))

    def mail(self, entries):
        """Says that it has these entries from now on; none: that it lives."""
        before = self.version
        self.version += 1 if entries else 0
        changed = {key: [self.version, 0, 0, "", value] for key, value in entries.items()}
        self.entries.update(changed)
        self.say({"type": wire.MAIL, "to": self.version, "entries": changed,
                  "steps": self.version - before})

    def publish(self, entries):
        """A state of many mails, and the head that signs it."""
        for key in sorted(entries, key=encode):
            self.mail({key: entries[key]})
            self.listen()
        head = self._head()
        self.say({"type": wire.HEAD, "head": head, "signature": self._sign(head)})

    def _head(self):
        return wire.encode_head(wire.make_head(self.network, self.identity, self.name, self.sid, 1,
                                               self.version, encode(self.entries), len(self.entries)))

    def _sign(self, head):
        return self.identity.sign(wire.sig_structure(head))

    def _send_to(self, datagram, address):
        self.sent += len(datagram)
        self.socket.sendto(datagram, address)

    def _send_group(self, message, address, *more):
        self.group_sequence += 1
        plaintext = wire.encode_message(message, *more)
        self._send_to(self.network.seal_group(self.sid, self.group_sequence, plaintext), address)

    def _hello(self, address):
        head = self._head()
        self._send_group({"type": wire.HELLO, "head": head, "signature": self._sign(head),
                          "public_key": self.identity.public, "member_sum": 0, "members": 1},
                         address, bytes(130))
        end = time.monotonic() + 0.3
        while select.select([self.socket], [], [], max(0.0, end - time.monotonic()))[0]:
            datagram = self.socket.recv(2048)
            if datagram[0] >> 6 != wire.GROUP:
                continue
            welcome, = wire.decode_messages(self.network.open_group(datagram))
            if welcome["type"] == wire.WELCOME and welcome["echo"] == self.sid:
                self.target = Target(address, welcome["public_key"], wire.decode_header(datagram)["sender"])
                return True
        return False

    def _is_met(self):
        self.knock()
        self.listen(0.2)
        return any(message["type"] == wire.SYN for message in self.heard)

    def _take(self, messages):
        for message in messages:
            if message["type"] == wire.SYN:
                self.say({"type": wire.ACK, "token": message["token"], "items": [], "buckets": b"",
                          "sent": self.frames})
        self.heard += messages
