#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Opens and verifies what the product sends.

Usage: check_cpp.py PATH-TO-DSN-VECTORS

dsn-vectors prints a network of two nodes with their private keys, every datagram that they send,
their states in the end, and messages with random content.
"""
import json
import subprocess
import sys

try:
    import app_messages
    import dsn_wire as dsn
except ImportError:
    print("skipped: no cbor2 or cryptography for this Python (Debian: python3-cbor2, "
          "python3-cryptography)")
    sys.exit(77)
from det_cbor import decode, encode
from replica import Replica
from vector_json import message_json

# What two nodes say to each other in that minute, and what is checked with random content only.
SPOKEN = {dsn.HELLO, dsn.WELCOME, dsn.KNOCK, dsn.RUN, dsn.HEAD, dsn.MAIL, dsn.SYN, dsn.ACK,
          dsn.PULL, dsn.MANIFEST, dsn.WANT, dsn.CHUNK_MESSAGE, dsn.DATA, dsn.DATA_ACK, dsn.BYE}
RANDOM = {dsn.SYN, dsn.ACK, dsn.LIST, dsn.WHO, dsn.OWNHEAD, dsn.PULL, dsn.PEERS, dsn.RUN,
          dsn.KNOCK, dsn.DATA, dsn.DATA_ACK}
GROUP_TYPES = {dsn.HELLO, dsn.WELCOME, dsn.KNOCK, dsn.OWNHEAD}


class Sender:
    """What a receiver knows of one of the two nodes."""

    def __init__(self, line):
        self.identity = dsn.Identity(int(line["private"], 16))
        self.sid = line["sid"]
        self.replica = Replica()
        self.incarnation = None
        self.manifest, self.chunks = None, {}
        self.parts, self.acknowledged = {}, set()  # of application messages, by number

    def handle(self, message, clock):
        """`clock` is what the frame of the message tells."""
        if message["type"] == dsn.RUN:
            self.incarnation = message["incarnation"]
        elif message["type"] in (dsn.MAIL, dsn.DELTA, dsn.SNAPSHOT):
            said = message["incarnation"] or self.incarnation
            self.replica.apply(dict(message, incarnation=said), clock)
        elif message["type"] == dsn.MANIFEST:
            self.manifest, self.chunks = message, {}
        elif message["type"] == dsn.CHUNK_MESSAGE:
            self.handle_chunk(message)
        elif message["type"] == dsn.DATA:
            assert message["number"] > self.sid >> 16
            self.parts.setdefault(message["number"], {})[message["part"]] = message["bytes"]
        elif message["type"] == dsn.DATA_ACK and message["outcome"] == app_messages.DELIVERED:
            self.acknowledged.add(message["number"])

    def told(self, number):
        parts = self.parts.get(number, {})
        return b"".join(parts[i] for i in sorted(parts))

    def handle_chunk(self, message):
        at = message["index"] * 16
        assert dsn.chunk_hash(message["bytes"]) == self.manifest["hashes"][at:at + 16]
        self.chunks[message["index"]] = message["bytes"]
        if len(self.chunks) * 16 < len(self.manifest["hashes"]):
            return
        canonical = b"".join(self.chunks[i] for i in sorted(self.chunks))
        assert len(canonical) == self.manifest["size"]
        entries = decode(canonical)
        dsn.check_entries(entries)
        self.replica.apply({"type": dsn.SNAPSHOT, "incarnation": self.manifest["incarnation"],
                            "version": self.manifest["version"], "entries": entries})


class Checker:
    def __init__(self):
        self.network, self.senders = None, []
        self.nonces = set()
        self.spoken_types, self.random_types = set(), set()
        self.counts = {}
        self.told = []

    def handle_network(self, line):
        self.network = dsn.Network(bytes.fromhex(line["network_key"]))
        self.senders = [Sender(node) for node in line["nodes"]]
        assert self.senders[0].sid != self.senders[1].sid

    def handle_datagram(self, line):
        sender, receiver = self.senders[line["node"]], self.senders[1 - line["node"]]
        datagram = bytes.fromhex(line["datagram"])
        header = dsn.decode_header(datagram)
        if header["class"] == dsn.GROUP:
            self.handle_group_frame(sender, receiver, datagram)
            return
        key = self.pair_key(sender, receiver)
        messages = self.read(key, datagram, dsn.open_pair(key, datagram))
        for message in messages:
            assert message["type"] not in GROUP_TYPES
            sender.handle(message, dsn.clock_of(header["sequence"]))

    def handle_group_frame(self, sender, receiver, datagram):
        assert dsn.decode_header(datagram)["sender"] == sender.sid
        message, = self.read(self.network.group_key(sender.sid), datagram,
                             self.network.open_group(datagram))
        assert message["type"] in GROUP_TYPES
        if message["type"] != dsn.KNOCK:
            self.check_greeting(sender, receiver, message, datagram)
            return
        knocked = dsn.open_knock(self.network, receiver.identity, receiver.sid, datagram)
        assert knocked[0] == sender.identity.id and knocked[1] == self.pair_key(sender, receiver)
        run, = self.read(knocked[1], message["frame"], dsn.open_pair(knocked[1], message["frame"]))

    def pair_key(self, sender, receiver):
        secret = receiver.identity.agree(sender.identity.public)
        return self.network.pair_key(secret, (sender.identity.id, sender.sid),
                                     (receiver.identity.id, receiver.sid))

    def read(self, key, datagram, plaintext):
        nonce = key, dsn.decode_header(datagram)["sequence"]
        assert nonce not in self.nonces, "a nonce was used twice"
        self.nonces.add(nonce)
        messages = dsn.decode_messages(plaintext)
        self.spoken_types |= {message["type"] for message in messages}
        if messages[0]["type"] != dsn.HELLO:  # which is padded
            assert b"".join(dsn.encode_message(m) for m in messages) == plaintext
        return messages

    def check_greeting(self, sender, receiver, message, datagram):
        head = dsn.decode_head(message["head"])
        assert message["public_key"] == sender.identity.public
        assert head["id"] == sender.identity.id and head["network"] == self.network.id
        assert head["sid"] == sender.sid
        assert dsn.verify(message["public_key"], dsn.sig_structure(message["head"]),
                          message["signature"])
        both = [side.identity.id for side in self.senders]
        ids = both if message["members"] == 2 else [sender.identity.id]
        assert message["member_sum"] == dsn.member_sum(self.network.sum_key, ids)
        if message["type"] == dsn.HELLO:
            assert 398 <= len(datagram) <= 400
        else:
            assert message["echo"] == receiver.sid and len(datagram) <= 374

    def handle_state(self, line):
        replica = self.senders[line["node"]].replica
        assert replica.version == (line["incarnation"], line["version"])
        assert encode(replica.entries).hex() == line["canonical"]

    def handle_told(self, line):
        self.told.append(line)

    def check_told(self):
        """Every application message arrived as it was meant, and was acknowledged."""
        for line in self.told:
            sender, receiver = self.senders[line["node"]], self.senders[1 - line["node"]]
            assert sender.told(line["number"]).hex() == line["message"]
            assert receiver.acknowledged >= {line["number"]}
            app_messages.decoded(bytes.fromhex(line["message"]))

    def handle_message(self, line):
        encoded = bytes.fromhex(line["message"])
        message, = dsn.decode_messages(encoded)
        assert message_json(message) == line["fields"]
        assert dsn.encode_message(message) == encoded
        self.random_types.add(message["type"])

    def run(self, lines):
        handlers = {"network": self.handle_network, "datagram": self.handle_datagram,
                    "state": self.handle_state, "told": self.handle_told,
                    "message": self.handle_message}
        for line in map(json.loads, lines):
            self.counts[line["kind"]] = self.counts.get(line["kind"], 0) + 1
            handlers[line["kind"]](line)
        self.check_told()


def main():
    ran = subprocess.run([sys.argv[1]], capture_output=True, text=True, check=True)
    checker = Checker()
    checker.run(ran.stdout.splitlines())
    assert checker.counts["state"] == 2 and checker.counts["told"] == 2, checker.counts
    assert checker.counts["datagram"] > 50, checker.counts
    assert checker.spoken_types >= SPOKEN, SPOKEN - checker.spoken_types
    assert checker.random_types == RANDOM, RANDOM ^ checker.random_types
    print(checker.counts)


if __name__ == "__main__":
    main()
