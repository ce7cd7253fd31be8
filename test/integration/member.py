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


class Member:
    """One identity in one run. It speaks with one agent, and answers its SYNs."""

    def __init__(self, network, name, host):
        self.network, self.name, self.host = network, name, host
        self.identity = wire.Identity(secrets.randbelow(wire.P256_ORDER - 1) + 1)
        self.sid = secrets.randbits(63) + 1
        self.version = 0
        self.entries = {}
        self.socket = socket_in(host, socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((host.ipv4, 0))
        self.agent = None  # its address
        self.send_key = self.receive_key = None
        self.group_sequence = self.sequence = 0
        self.sent = 0  # bytes of datagrams
        self.heard = []  # messages of the agent

    def close(self):
        self.socket.close()

    def join(self, address):
        """HELLO, KNOCK, and the answer to the SYN that asks whether this node is here."""
        self.agent = address
        lan.wait_until(self._is_welcome, 20, f"{self.name} is welcome")
        lan.wait_until(self._is_met, 20, f"{self.name} is met")
        return self

    def say(self, *messages):
        self.send(self.frame(*messages))

    def frame(self, *messages):
        """A PAIR frame that is not sent yet."""
        plaintext = b"".join(wire.encode_message(message) for message in messages)
        header = wire.encode_header(wire.PAIR, self.sequence, wire.label_of(self.send_key))
        self.sequence += 1
        return wire.seal(self.send_key, header, plaintext)

    def send(self, datagram):
        self.sent += len(datagram)
        self.socket.sendto(datagram, self.agent)

    def send_as(self, raw, source, datagram):
        """With the address of another host as that of the sender."""
        self.sent += len(datagram)
        udp = struct.pack("!HHHH", 17373, self.agent[1], 8 + len(datagram), 0) + datagram
        ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0,
                         socket.inet_aton(source), socket.inet_aton(self.agent[0]))
        raw.sendto(ip + udp, (self.agent[0], 0))

    def listen(self, seconds=0.0):
        """Takes what is there, or comes within the time."""
        end = time.monotonic() + seconds
        while select.select([self.socket], [], [], max(0.0, end - time.monotonic()))[0]:
            datagram = self.socket.recv(2048)
            if datagram[1] >> 6 == wire.PAIR and self.receive_key:
                self._take(wire.decode_messages(wire.open_pair(self.receive_key, datagram)))

    def publish(self, entries):
        """A state of many mails, and the head that signs it."""
        for key in sorted(entries, key=encode):
            self.version += 1
            entry = [self.version, 0, 0, "", entries[key]]
            self.entries[key] = entry
            self.say({"type": wire.MAIL, "incarnation": 1, "from": self.version - 1, "to": self.version,
                      "clock": 0, "flags": 0, "entries": {key: entry}, "deleted": []})
            self.listen()
        head = self._head()
        self.say({"type": wire.HEAD, "head": head, "signature": self._sign(head)})

    def _head(self):
        return wire.encode_head(wire.make_head(self.network, self.identity, self.name, self.sid, 1,
                                               self.version, encode(self.entries), len(self.entries)))

    def _sign(self, head):
        return self.identity.sign(wire.sig_structure(head))

    def _send_group(self, message, *more):
        self.group_sequence += 1
        self.send(self.network.seal_group(self.sid, self.group_sequence, wire.encode_message(message, *more)))

    def _is_welcome(self):
        head = self._head()
        self._send_group({"type": wire.HELLO, "head": head, "signature": self._sign(head),
                          "public_key": self.identity.public, "member_sum": 0, "members": 1}, bytes(130))
        end = time.monotonic() + 0.3
        while select.select([self.socket], [], [], max(0.0, end - time.monotonic()))[0]:
            datagram = self.socket.recv(2048)
            if datagram[1] >> 6 != wire.GROUP:
                continue
            welcome, = wire.decode_messages(self.network.open_group(datagram))
            if welcome["type"] == wire.WELCOME and welcome["echo"] == self.sid:
                self._derive(welcome["public_key"], wire.decode_header(datagram)["sender"])
                return True
        return False

    def _derive(self, public_key, sid):
        secret = self.identity.agree(public_key)
        ours, theirs = (self.identity.id, self.sid), (wire.short_hash(public_key), sid)
        self.send_key = self.network.pair_key(secret, ours, theirs)
        self.receive_key = self.network.pair_key(secret, theirs, ours)
        self.agent_sid = sid

    def _is_met(self):
        run = self.frame({"type": wire.RUN, "incarnation": 1, "version": self.version, "name": self.name})
        self._send_group({"type": wire.KNOCK, "public_key": self.identity.public, "echo": self.agent_sid,
                          "frame": run})
        self.listen(0.2)
        return any(message["type"] == wire.SYN for message in self.heard)

    def _take(self, messages):
        for message in messages:
            if message["type"] == wire.SYN:
                self.say({"type": wire.ACK, "token": message["token"], "items": [], "buckets": b""})
        self.heard += messages
