# SPDX-License-Identifier: Apache-2.0
"""A member of a network in Python, which says what a test wants it to say (test/vectors/dsn_wire.py)."""

import os
import secrets
import socket
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "vectors"))

import app_messages
import dsn_wire as wire
from det_cbor import Refused, encode
from lan import wait_until

P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


class Target:
    """What a node says of itself in its WELCOME: it is the same for all who ask."""

    def __init__(self, network, address):
        self.address = address
        asker = Member(network, "asker", self)
        asker.hello()
        wait_until(lambda: asker.take_welcome(), 10, "WELCOME")
        asker.socket.close()


class Member:
    """One identity and one run, with a socket of its own, towards one node."""

    def __init__(self, network, name, target):
        self.network, self.name, self.target = network, name, target
        self.identity = wire.Identity(1 + secrets.randbelow(P256_ORDER - 1))
        self.sid = 1 + secrets.randbits(63)
        self.incarnation, self.version = 1, 0
        self.sequence = self.group_sequence = 0
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.setblocking(False)

    def send(self, datagram):
        try:
            self.socket.sendto(datagram, self.target.address)
        except OSError:
            pass  # a datagram that is lost

    def send_group(self, plaintext):
        self.send(self.network.seal_group(self.sid, self.group_sequence, plaintext))
        self.group_sequence += 1

    def hello(self):
        canonical = encode({})
        head = wire.encode_head(wire.make_head(self.network, self.identity, self.name, self.sid,
                                               self.incarnation, 0, canonical, 0))
        message = {"type": wire.HELLO, "head": head,
                   "signature": self.identity.sign(wire.sig_structure(head)),
                   "public_key": self.identity.public, "member_sum": 0, "members": 1}
        self.send_group(wire.encode_message(message, bytes(120)))

    def take_welcome(self):
        try:
            datagram = self.socket.recv(2048)
            welcome, = wire.decode_messages(self.network.open_group(datagram))
        except (BlockingIOError, Refused):
            return False
        if welcome["type"] != wire.WELCOME:
            return False
        self.target.public_key = welcome["public_key"]
        self.target.id = wire.short_hash(welcome["public_key"])
        self.target.sid = wire.decode_header(datagram)["sender"]
        return True

    def seal(self, *messages):
        header = wire.encode_header(wire.PAIR, self.sequence, wire.label_of(self.key))
        self.sequence += 1
        return wire.seal(self.key, header, b"".join(map(wire.encode_message, messages)))

    def say(self, *messages):
        self.send(self.seal(*messages))

    def heard(self):
        """The messages of the PAIR frames that came since the last call."""
        messages = []
        while True:
            try:
                datagram = self.socket.recv(2048)
                messages += wire.decode_messages(wire.open_pair(self.key_in, datagram))
            except BlockingIOError:
                return messages
            except Refused:
                pass  # of the class GROUP

    def knock(self):
        target = self.target
        secret = self.identity.agree(target.public_key)
        own, other = (self.identity.id, self.sid), (target.id, target.sid)
        self.key = self.network.pair_key(secret, own, other)
        self.key_in = self.network.pair_key(secret, other, own)
        run = {"type": wire.RUN, "incarnation": self.incarnation, "version": self.version,
               "name": self.name}
        self.send_group(wire.encode_message({
            "type": wire.KNOCK, "public_key": self.identity.public, "echo": target.sid,
            "frame": self.seal(run)}))

    def mail(self, entries):
        """Says that it has these entries from now on; none: that it lives."""
        before = self.version
        self.version += 1 if entries else 0
        self.say({
            "type": wire.MAIL, "incarnation": self.incarnation, "from": before, "to": self.version,
            "clock": 1, "flags": 0, "deleted": [],
            "entries": {key: [self.version, 0, 0, "", value] for key, value in entries.items()}})
