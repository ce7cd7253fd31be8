#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the test vectors, or checks that the files are what it would write.

Usage: generate.py [--check]

All keys and numbers are fixed, and signatures are deterministic, so that the files are always the
same.
"""
import json
import pathlib
import sys

try:
    import app_messages
    import dsn_wire as dsn
except ImportError:
    print("skipped: no cbor2 or cryptography for this Python (Debian: python3-cbor2, "
          "python3-cryptography)")
    sys.exit(77)
import network_keys
from beat_chain import BEATS_PER_SEGMENT, beats_of_segment, leads_back
from conversation import conversation
from det_cbor import encode
from fixtures import (A, B, BIG_STATE, NETWORK, ROOM_STATE, SECRET, SID, key_of, open_datagram,
                      pair_key, seal)
from malformed import (refused_app_messages, refused_frames, refused_heads, refused_knocks,
                       refused_messages)
from messages import all_app_messages, all_messages
from replica import Replica
from vector_json import app_message_json, entries_json, message_json, to_json

BEAT_SEED = bytes(range(32, 64))
CLOCK = 1000
HERE = pathlib.Path(__file__).parent


def keys_vectors():
    nodes = {name: {"private": dsn.be(node.scalar, 32), "public": node.public, "id": node.id,
                    "sid": SID[name]} for name, node in (("a", A), ("b", B))}
    return {
        "network_key": NETWORK.key, "network_id": NETWORK.id, "sum_key": NETWORK.sum_key,
        "tag_key": NETWORK.tag_key,
        "group_ipv4": NETWORK.group_ipv4(), "group_ipv6": NETWORK.group_ipv6(),
        "nodes": nodes, "shared_secret": SECRET,
        "group_a": NETWORK.group_key(SID["a"]), "group_b": NETWORK.group_key(SID["b"]),
        "pair_ab": pair_key("a", "b"), "pair_ba": pair_key("b", "a"),
        "member_sum": dsn.member_sum(NETWORK.sum_key, [A.id, B.id]),
        "refused_points": [b"\x04" + bytes(64), b"\x05" + A.public[1:],
                           A.public[:64] + bytes([A.public[64] ^ 1])],
    }


def frame_vector(name, sender, frame_class, sequence, plaintext):
    datagram = seal(sender, frame_class, sequence, plaintext)
    key = key_of(sender, frame_class)
    return {"name": name, "from": sender, "class": frame_class, "sequence": sequence,
            "nonce": dsn.nonce_of(key, sequence),
            "additional_data": dsn.additional_data(dsn.header_of(datagram)),
            "plaintext": plaintext, "datagram": datagram}


def frames_vectors():
    syn = dsn.encode_message({"type": dsn.SYN, "token": 1, "state_sum": 2**64 - 1, "items": [],
                              "sent": 0})
    bye = dsn.encode_message({"type": dsn.BYE, "reason": 0})
    frames = [
        frame_vector("the first frame of a session", "a", dsn.PAIR, 0, syn),
        frame_vector("the other direction", "b", dsn.PAIR, 0, syn),
        frame_vector("every byte of the sequence number", "a", dsn.PAIR, 0x010203040506, syn),
        frame_vector("the last sequence number", "a", dsn.PAIR, 2**48 - 1, syn),
        frame_vector("two messages", "a", dsn.PAIR, 3, syn + bye),
        frame_vector("the smallest plaintext", "a", dsn.PAIR, 4, b"\x00"),
        frame_vector("the largest plaintext", "a", dsn.PAIR, 5, encode(bytes(1200))),
        frame_vector("a key of the group", "b", dsn.GROUP, 1, bye),
        frame_vector("the smallest plaintext of the group", "b", dsn.GROUP, 2, b"\x00"),
        frame_vector("the largest plaintext of the group", "b", dsn.GROUP, 3, encode(bytes(1190))),
    ]
    return {"accepted": frames, "refused": refused_frames(), "refused_knocks": refused_knocks()}


def head_vector(name, fields):
    head = dsn.encode_head(fields)
    return {"name": name, "fields": fields, "encoded": head,
            "sig_structure": dsn.sig_structure(head), "signature": A.sign(dsn.sig_structure(head))}


def heads_vectors():
    empty = dsn.make_head(NETWORK, A, "attic", SID["a"], 1, 0, encode({}), 0)
    room = dsn.make_head(NETWORK, A, "attic", SID["a"], 7, 48123, encode(ROOM_STATE),
                         len(ROOM_STATE))
    largest = dict(room, incarnation=2**32 - 1, version=2**64 - 1, keys=256, size=65536,
                   sid=2**64 - 1, name="n" * 63, clock=2**48, anchor_index=2**64 - 1, flags=1,
                   key_mark=2**64 - 1)
    later = dict(largest, anchor_element=bytes(range(8)), flags=2**64 - 1)
    heads = [head_vector("of the empty state", empty), head_vector("of two entries", room),
             head_vector("that shows a network key", dict(room, key_mark=2 << 32)),
             head_vector("the largest that is sent", largest),
             head_vector("with all that is reserved", later)]
    wrong = {"head": heads[0]["encoded"], "signature": heads[1]["signature"]}
    return {"accepted": heads, "refused": refused_heads(room), "wrong_signatures": [
        dict(wrong, name="of another head"),
        {"name": "of another node", "head": heads[1]["encoded"],
         "signature": B.sign(dsn.sig_structure(heads[1]["encoded"]))},
        {"name": "over the head alone", "head": heads[1]["encoded"],
         "signature": A.sign(heads[1]["encoded"])},
        {"name": "all zero", "head": heads[1]["encoded"], "signature": bytes(64)}]}


AUTHORITY = dsn.Identity(int.from_bytes(bytes(range(64, 96)), "big"))
AUTHORITY_HASH = AUTHORITY.id  # it is made as the id of a node is
KEYS = [dsn.Network(bytes(range(start, start + 16)), epoch, AUTHORITY_HASH)
        for start, epoch in ((0, 1), (16, 2), (32, 66))]


def statement_vector(name, fields, *more):
    statement = network_keys.encode_statement(fields, *more)
    signed = network_keys.statement_signed(statement)
    return {"name": name, "fields": fields, "encoded": statement, "sig_structure": signed,
            "signature": AUTHORITY.sign(signed)}


def refused_statements(good):
    def variant(**more):
        return network_keys.encode_statement(dict(good, **more))

    statements = {
        "empty": b"", "not an array": encode(1), "format 2": variant(format=2),
        "network id too long": variant(network=bytes(9)), "epoch 0": variant(epoch=0),
        "epoch above 32 bits": variant(epoch=2**32), "key hash too short": variant(key_hash=bytes(15)),
        "an id too short": variant(out=[bytes(15)]), "more than 32 ids": variant(out=[bytes(16)] * 33),
        "an id that is no byte string": variant(out=[1]), "flags as text": variant(flags="f"),
        "an element less": encode([good[name] for name in network_keys.STATEMENT_FIELDS[:-1]]),
        "an appended element of depth 2": network_keys.encode_statement(good, [[1]]),
        "more than 640 bytes": network_keys.encode_statement(good, bytes(620)),
        "a byte behind it": network_keys.encode_statement(good) + b"\x00",
        "truncated": network_keys.encode_statement(good)[:-1],
    }
    return [{"name": name, "encoded": encoded} for name, encoded in statements.items()]


def typed_vector(name, prefix, secret):
    return {"name": name, "secret": secret, "text": network_keys.typed(prefix, secret)}


def second_key_vector(first, second):
    """A node of a network without an authority, with `aes_key` and `aes_key_next`."""
    return {"keys": [first, second], "network_ids": [dsn.Network(key).id for key in (first, second)],
            "mark": network_keys.mark_of_second(second)}


def network_keys_vectors():
    """A network with an authority, its keys, and statements about the second one."""
    second = KEYS[1]
    good = {"format": 1, "network": second.id, "epoch": 2, "key_hash": dsn.short_hash(second.key),
            "out": [], "flags": 0}
    hello = encode([0])
    return {
        "authority": {"private": dsn.be(AUTHORITY.scalar, 32), "public": AUTHORITY.public,
                      "hash": AUTHORITY_HASH},
        "network_id": second.id, "sum_key": second.sum_key,
        "keys": [{"key": key.key, "epoch": key.epoch, "hash": dsn.short_hash(key.key),
                  "mark": network_keys.mark_of(key), "tag_key": key.tag_key, "group_a": key.group_key(SID["a"]),
                  "pair_ab": key.pair_key(SECRET, (A.id, SID["a"]), (B.id, SID["b"])),
                  "frame": key.seal_group(SID["a"], 5, hello)} for key in KEYS],
        "statements": [
            statement_vector("that puts nobody out", good),
            statement_vector("that puts two out", dict(good, out=[A.id, B.id])),
            statement_vector("that drops former keys", dict(good, flags=1)),
            statement_vector("the largest", dict(good, epoch=2**32 - 1, flags=2**64 - 1,
                                                 out=[bytes([n] * 16) for n in range(32)])),
            statement_vector("of a later version", good, 5, [6])],
        "refused": refused_statements(good),
        "second_key": second_key_vector(KEYS[0].key, KEYS[1].key),
        "typed": [typed_vector("invite", "DSN2", KEYS[1].key + AUTHORITY_HASH + dsn.be(KEYS[1].epoch, 4)),
                  typed_vector("plain invite", "DSN1", KEYS[1].key),
                  typed_vector("authority", "DSNA", dsn.be(AUTHORITY.scalar, 32))],
        "wrong_signature": A.sign(network_keys.statement_signed(network_keys.encode_statement(good))),
    }


def state_vector(name, entries, incarnation, version):
    canonical = encode(entries)
    root = dsn.state_root(canonical)
    return {"name": name, "entries": entries_json(entries), "canonical": canonical,
            "hashes": dsn.chunk_hashes(canonical), "root": root,
            "incarnation": incarnation, "version": version,
            "fingerprint": dsn.fingerprint(NETWORK.sum_key, A.id, incarnation, version, root)}


def state_of_size(size):
    """A state whose canonical encoding has exactly this size, below 1100."""
    for filler in range(size):
        entries = {"k": [1, 0, 0, "", bytes(filler)]}
        if len(encode(entries)) == size:
            return entries
    raise AssertionError(size)


def states_vectors():
    states = [state_vector("empty", {}, 1, 0), state_vector("two entries", ROOM_STATE, 7, 48123),
              state_vector("exactly one chunk", state_of_size(1024), 1, 1),
              state_vector("one byte more than a chunk", state_of_size(1025), 1, 1),
              state_vector("five chunks", BIG_STATE, 2**32 - 1, 2**64 - 1)]
    return {"states": states,
            "keys": ["a", "a/b", "room/temperature", "z9_/0", "a" * 64, "a__/_"],
            "refused_keys": ["", "/a", "a/", "a//b", " a", "a ", "a" * 65, "a\nb", "a\x1b[2J", "a\u202e",
                             "\ufeffa", "\ufdd0"]}


def update(first, last, entries=None, deleted=(), incarnation=7):
    return {"type": dsn.MAIL, "incarnation": incarnation, "steps": last - first, "to": last,
            "entries": entries or {}, "deleted": list(deleted)}


def snapshot(incarnation, version, entries):
    return {"type": dsn.SNAPSHOT, "incarnation": incarnation, "version": version,
            "entries": entries}


def value(version, number):
    return [version, 5 * version, 0, "", number]


def replica_steps():
    yield "from version 0 of a new incarnation", update(0, 2, {"a": value(1, 1), "b": value(2, 2)})
    yield "the same again", update(0, 2, {"a": value(1, 1), "b": value(2, 2)})
    yield "the next", update(2, 3, {"a": value(3, 3)})
    yield "a gap", update(4, 5, {"a": value(5, 5)})
    yield "overlapping what is there", update(1, 4, {"b": value(4, 4), "c": value(4, 4)})
    yield "a deletion", update(4, 5, deleted=["a"])
    yield "a deletion of what is not there", update(5, 6, deleted=["a"])
    yield "a beat at the same version", update(6, 6)
    yield "a beat of a newer version", update(7, 7)
    yield "of an earlier incarnation", update(0, 99, {"x": value(1, 1)}, incarnation=6)
    yield "an older snapshot", snapshot(7, 5, {})
    yield "a snapshot of the same version", snapshot(7, 6, {})
    yield "a short entry of a key that is not there", update(6, 7, {"x": [0, 1]})
    yield "short entries, of this version and of one before", update(
        6, 8, {"b": [17, "b"], "c": [1000, "c", 1]})
    yield "a short entry of before the session", update(8, 9, {"b": [1001, 1]})
    yield "a short entry of before version 0", update(8, 9, {"b": [0, 1, 10]})
    yield "a short entry among others", update(8, 9, {"b": [0, 1], "e": [9, 1, 2, "m", 3, "broken"]})
    yield "a short entry of what had an error", update(9, 10, {"e": [0, 4]})
    yield "a short entry of what is deleted in the same update", update(
        10, 11, {"b": [0, 1]}, deleted=["c"])
    yield "an entry with elements of a later version", update(
        11, 12, {"f": [12, 1, 2, "m", 4, "broken", None, None, None, None, "later"]})
    yield "a short entry in its place", update(12, 13, {"f": [0, 5]})
    yield "an absent value", update(12, 13, {"g": [13, 1, 2, "m", None, None, [1, bytes(16), False]]})
    yield "a short entry in the place of an absent value", update(13, 14, {"g": [0, 5]})
    yield "an entry with class and precision", update(
        13, 14, {"h": [14, 1, 2, "m", 3, None, None, "distance", 2, 500]})
    yield "a short entry, which leaves them", update(14, 15, {"h": [0, 5]})
    yield "a snapshot replaces all", snapshot(7, 20, {"d": value(9, 9)})
    yield "more keys than a state may have", update(
        20, 21, {f"k{i:03}": value(10, 0) for i in range(256)})
    yield "a later incarnation with a gap", update(1, 2, {"e": value(2, 2)}, incarnation=8)
    yield "a later incarnation at version 0", update(0, 0, incarnation=8)
    yield "a short entry in a later incarnation", update(0, 1, {"d": [0, 1]}, incarnation=9)
    yield "a snapshot of a later incarnation", snapshot(9, 0, {})


def replica_vectors():
    replica = Replica()
    steps = []
    for name, message in replica_steps():
        outcome = replica.apply(message, CLOCK)
        steps.append({"name": name, "clock": CLOCK, "outcome": outcome,
                      "message": dsn.encode_message(message),
                      "incarnation": replica.version[0], "version": replica.version[1],
                      "root": dsn.state_root(encode(replica.entries))})
    return {"steps": steps}


def accepted_messages():
    for name, message, more in all_messages():
        encoded = dsn.encode_message(message, *more)
        yield {"name": name, "message": encoded, "fields": message_json(message),
               "again": dsn.encode_message(message)}


def messages_vectors():
    return {"accepted": list(accepted_messages()), "refused": refused_messages()}


def app_messages_vectors():
    accepted = [{"name": name, "message": app_messages.encoded(message, *more),
                 "fields": app_message_json(message), "again": app_messages.encoded(message)}
                for name, message, more in all_app_messages()]
    refused = [{"name": name, "message": data} for name, data in refused_app_messages()]
    whole = app_messages.encoded(dict(next(all_app_messages())[1], payload="x" * 3000))
    parts = [dsn.encode_message(part) for part in app_messages.parts_of(9, whole)]
    return {"accepted": accepted, "refused": refused,
            "in_parts": {"message": whole, "parts": parts}}


def beat(segment, at):
    elements = beats_of_segment(BEAT_SEED, A.id, SID["a"], segment)
    return {"index": segment * BEATS_PER_SEGMENT + at, "element": elements[at]}


def beats_vectors():
    shown = [beat(segment, at) for segment, at in
             ((0, 0), (0, 1), (0, 304), (0, 2047), (1, 0), (1, 1), (2**37, 2047))]
    first, second, later, last, next_first, next_second, _ = shown
    pairs = [("the next", second, first, True), ("many steps", later, second, True),
             ("a whole segment", last, first, True), ("the same", later, later, True),
             ("in the second segment", next_second, next_first, True),
             ("an earlier one", second, later, False),
             ("of another segment", next_first, last, False),
             ("under another index", dict(later, index=305), first, False),
             ("altered", dict(later, element=bytes(8)), first, False)]
    verdicts = [{"name": name, "later": one, "known": other, "leads_back": verdict}
                for name, one, other, verdict in pairs]
    for vector in verdicts:
        ends = [(vector[end]["index"], vector[end]["element"]) for end in ("later", "known")]
        assert leads_back(A.id, SID["a"], *ends) == vector["leads_back"], vector["name"]
        assert not leads_back(B.id, SID["a"], *ends) or ends[0] == ends[1], vector["name"]
        assert not leads_back(A.id, SID["b"], *ends) or ends[0] == ends[1], vector["name"]
    return {"seed": BEAT_SEED, "beats": shown, "verdicts": verdicts}


FILES = {"keys.json": keys_vectors, "frames.json": frames_vectors, "heads.json": heads_vectors,
         "network_keys.json": network_keys_vectors,
         "states.json": states_vectors, "beats.json": beats_vectors,
         "replica.json": replica_vectors, "messages.json": messages_vectors,
         "app_messages.json": app_messages_vectors,
         "conversation.json": conversation}


def is_refused(read, encoded):
    try:
        read(encoded)
    except dsn.Refused:
        return True
    return False


def check_verdicts():
    """That dsn_wire.py itself reads what it wrote, and refuses what is malformed."""
    for name, message, more in all_messages():
        decoded = dsn.decode_messages(dsn.encode_message(message, *more))
        assert [message_json(m) for m in decoded] == [message_json(message)], name
    for name, message, more in all_app_messages():
        decoded = app_messages.decoded(app_messages.encoded(message, *more))
        assert app_message_json(decoded) == app_message_json(message), name
    refused = [(v["name"], dsn.decode_messages, v["message"]) for v in refused_messages()]
    refused += [(name, app_messages.decoded, data) for name, data in refused_app_messages()]
    heads = heads_vectors()
    refused += [(v["name"], dsn.decode_head, v["encoded"]) for v in heads["refused"]]
    frames = frames_vectors()
    refused += [(v["name"], lambda data: open_datagram("a", data), v["datagram"])
                for v in frames["refused"]]
    refused += [(v["name"], lambda data: dsn.open_knock(NETWORK, B, SID["b"], data), v["datagram"])
                for v in frames["refused_knocks"]]
    about_keys = network_keys_vectors()
    refused += [(v["name"], network_keys.decode_statement, v["encoded"]) for v in about_keys["refused"]]
    refused += check_network_keys(about_keys)
    refused += [("point", dsn.load_public, point) for point in keys_vectors()["refused_points"]]
    for name, read, encoded in refused:
        assert is_refused(read, encoded), f"not refused: {name}"
    for vector in frames["accepted"]:
        opened = open_datagram(vector["from"], vector["datagram"])
        assert opened == vector["plaintext"], vector["name"]
    for vector in heads["accepted"]:
        assert dsn.decode_head(vector["encoded"]) == vector["fields"], vector["name"]
        assert dsn.verify(A.public, vector["sig_structure"], vector["signature"]), vector["name"]
    for vector in heads["wrong_signatures"]:
        signed = dsn.sig_structure(vector["head"])
        assert not dsn.verify(A.public, signed, vector["signature"]), vector["name"]
    return len(refused)


def check_network_keys(vectors):
    """Checks what is taken, and returns what must not be."""
    for vector in vectors["statements"]:
        assert network_keys.decode_statement(vector["encoded"]) == vector["fields"], vector["name"]
    statement = vectors["statements"][0]
    good = {"type": dsn.KEY, "statement": statement["encoded"], "signature": statement["signature"],
            "authority": AUTHORITY.public, "key": KEYS[1].key}
    taken = network_keys.take_key(KEYS[0], AUTHORITY_HASH, A.id, good)
    assert network_keys.mark_of(taken) == network_keys.mark_of(KEYS[1])
    wrong = {"of another authority": dict(good, authority=A.public),
             "of another key": dict(good, key=KEYS[2].key),
             "with a wrong signature": dict(good, signature=vectors["wrong_signature"])}
    refused = [(f"KEY {name}", lambda key: network_keys.take_key(KEYS[0], AUTHORITY_HASH, A.id, key), key)
               for name, key in wrong.items()]
    refused.append(("KEY that is known",
                    lambda key: network_keys.take_key(KEYS[1], AUTHORITY_HASH, A.id, key), good))
    refused.append(("KEY without an authority", lambda key: network_keys.take_key(KEYS[0], None, A.id, key),
                    good))
    out = vectors["statements"][1]
    puts_out = dict(good, statement=out["encoded"], signature=out["signature"])
    both = [A.id, B.id]
    assert network_keys.put_out(KEYS[2], AUTHORITY_HASH, bytes(16), [], puts_out) == both
    assert network_keys.put_out(KEYS[2], AUTHORITY_HASH, bytes(16), [A.id], puts_out) == [B.id]
    refused.append(("KEY that is older and puts nobody else out", lambda key: network_keys.put_out(
        KEYS[2], AUTHORITY_HASH, bytes(16), both, key), puts_out))
    refused.append(("KEY that puts the receiver out",
                    lambda key: network_keys.take_key(KEYS[0], AUTHORITY_HASH, A.id, key), puts_out))
    return refused


def main():
    check = sys.argv[1:] == ["--check"]
    for name, vectors in FILES.items():
        text = json.dumps(to_json(vectors()), indent=1) + "\n"
        path = HERE / name
        if check and path.read_text() != text:
            sys.exit(f"{name} is not what generate.py makes: run it, or mend dsn_wire.py")
        if not check:
            path.write_text(text)
    print(f"{len(FILES)} files, {check_verdicts()} malformed inputs refused")


if __name__ == "__main__":
    main()
