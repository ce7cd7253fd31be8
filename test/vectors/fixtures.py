# SPDX-License-Identifier: Apache-2.0
"""The two nodes of the vectors, and what they hold. Nobody else may use these keys."""
import hashlib

import dsn_wire as dsn


def scalar_of(text):
    return int.from_bytes(hashlib.sha256(text.encode()).digest(), "big") % dsn.P256_ORDER


NETWORK = dsn.Network(bytes(range(16)))
A = dsn.Identity(scalar_of("dsn test vectors, node a"))
B = dsn.Identity(scalar_of("dsn test vectors, node b"))
NODES = {"a": A, "b": B}
SID = {"a": 0xA0A1A2A3A4A5A6A7, "b": 0xB0B1B2B3B4B5B6B7}
SECRET = A.agree(B.public)
NAMES = {"a": "attic", "b": "cellar"}
# What the heads of a running node have, and those of one that just started do not.
OF_LATER = {"a": {"clock": 609000, "anchor_index": 2, "anchor_element": bytes(range(8))}, "b": {}}

ROOM_STATE = {
    "room/temperature": [48123, 599000, 30000, "Cel", 21.5],
    "door": [40000, 100, 0, "", None, "gpio 17: no such line"],
}
BIG_STATE = {f"sensor/value{i:02}": [i, 1000 * i, 30000, "Cel", bytes([i]) * 300]
             for i in range(1, 15)}


def pair_key(sender, receiver):
    ends = [(NODES[name].id, SID[name]) for name in (sender, receiver)]
    return NETWORK.pair_key(SECRET, *ends)


def key_of(sender, frame_class):
    if frame_class == dsn.GROUP:
        return NETWORK.group_key(SID[sender])
    return pair_key(sender, "b" if sender == "a" else "a")


def seal(sender, frame_class, sequence, plaintext):
    """A datagram of one of the two nodes to the other."""
    if frame_class == dsn.GROUP:
        return NETWORK.seal_group(SID[sender], sequence, plaintext)
    key = key_of(sender, dsn.PAIR)
    return dsn.seal(key, dsn.encode_header(dsn.PAIR, sequence, dsn.label_of(key)), plaintext)


def open_datagram(sender, datagram):
    if dsn.decode_header(datagram)["class"] == dsn.GROUP:
        return NETWORK.open_group(datagram)
    return dsn.open_pair(key_of(sender, dsn.PAIR), datagram)


def run(name, incarnation, version):
    return {"type": dsn.RUN, "incarnation": incarnation, "version": version,
            "name": NAMES[name]}


def knock(sender, sequence, *messages, **more):
    """`messages` stand in the frame of the PAIR that proves who knocks."""
    plaintext = b"".join(dsn.encode_message(message) for message in messages)
    receiver = "b" if sender == "a" else "a"
    return dict({"type": dsn.KNOCK, "public_key": NODES[sender].public, "echo": SID[receiver],
                 "frame": seal(sender, dsn.PAIR, sequence, plaintext)}, **more)


def greeting(message_type, name, state, incarnation, version, **more):
    node = NODES[name]
    head = dsn.encode_head(dsn.make_head(NETWORK, node, NAMES[name], SID[name], incarnation,
                                         version, dsn.encode(state), len(state), **OF_LATER[name]))
    return dict({"type": message_type, "head": head,
                 "signature": node.sign(dsn.sig_structure(head)), "public_key": node.public,
                 "member_sum": dsn.member_sum(NETWORK.sum_key, [node.id]),
                 "members": 1}, **more)
