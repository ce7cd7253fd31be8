# SPDX-License-Identifier: Apache-2.0
"""Well-formed messages of every type: the smallest, the largest, and those of a later version."""
import app_messages
import dsn_wire as dsn
from det_cbor import encode
from fixtures import A, B, BIG_STATE, ROOM_STATE, greeting, knock, run

MAX = 2**64 - 1
LATER = ["later", 1, [[1]]]  # elements that a later version may append


def update(message_type, entries, deleted, **more):
    return dict({"type": message_type, "to": 300, "entries": entries, "flags": 0, "steps": 6,
                 "deleted": deleted, "incarnation": 7}, **more)


def nested(levels):
    return 1 if levels == 0 else [nested(levels - 1)]


def values():
    """One entry per kind of value."""
    kinds = [None, True, -(2**64), MAX, 1.5, -0.0, float("inf"), float("nan"), 1e300, 3.4e38,
             "\u00e4\u20ac\U0001f321", b"\x00\xff", [], {}, {"b": 1, "aa": [None]}, nested(8)]
    return {f"value{i:02}": [i, 0, 0, "", kind] for i, kind in enumerate(kinds)}


def edge_entries():
    return {
        "a": [MAX, 2**48, 2**48, "u" * 16, b"v" * 1021],
        "b": [0, 0, 0, "", None, "e" * 160],
        "c": [1, 2, 3, "%RH", None, "later", [16384, bytes(range(16)), True], "door", 9, 2**48,
              [1, 2], None],
        "ca": [1, 2, 3, "", None, None, [1, bytes(16), False], None, None, None, None],
        "cb": [1, 2, 3, "Cel", 21.5, None, None, "temperature", 1],
        "cc": [1, 2, 3, "", None, None, [1, bytes(16), False]],
        "cd": [1, 2, 3, "", 1, "broken", None, "c" * 32],
        "ce": [1, 2, 3, "", 1, None, None, None, 0],
        "cf": [1, 2, 3, "", 1, None, None, None, None, 10000],
    }


def greetings():
    hello = greeting(dsn.HELLO, "a", ROOM_STATE, 7, 48123)
    welcome = greeting(dsn.WELCOME, "b", BIG_STATE, 3, 14, echo=MAX)
    head = dsn.encode_head(dict(dsn.decode_head(hello["head"]), name="n" * 63))
    longest = dict(hello, head=head, signature=A.sign(dsn.sig_structure(head)), member_sum=MAX,
                   members=MAX)
    yield "HELLO without padding", hello, []
    yield "HELLO with padding", hello, [bytes(100)]
    yield "HELLO of a later version", hello, [bytes(10), *LATER]
    yield "HELLO with the longest name", longest, []
    yield "WELCOME", welcome, []
    yield "WELCOME of a later version", welcome, LATER
    yield "OWNHEAD", {"type": dsn.OWNHEAD, "head": hello["head"],
                      "signature": hello["signature"]}, []
    inner = run("a", 7, 48123)
    yield "KNOCK", knock("a", 0, inner), []
    yield "KNOCK of a later version", knock("a", 1, inner, echo=MAX), LATER
    yield "RUN", inner, []
    yield "RUN of a later version", run("b", 3, 14), LATER
    yield "RUN with the largest numbers and the longest name", dict(
        inner, incarnation=2**32 - 1, version=MAX, name="0" + "-_" * 30 + "az"), []
    yield "RUN of an observer", dict(inner, roles=1), []
    yield "RUN with roles of a later version", dict(inner, roles=MAX), LATER
    yield "RUN that says its program", dict(inner, program="0.1.0"), []
    yield "RUN of an observer with the longest program", dict(inner, roles=1, program="~" * 32), LATER
    yield "RUN with the shortest name", dict(inner, incarnation=1, version=0, name="0"), []


def states():
    yield "MAIL", update(dsn.MAIL, {"door": ROOM_STATE["door"]}, ["window"]), []
    bare = {"type": dsn.MAIL, "to": 300, "entries": {"door": [0, True]}}
    yield "MAIL that says the least", bare, []
    yield "MAIL of a later version that says the least", bare, LATER
    yield "MAIL from the version of a head", dict(bare, flags=1), []
    yield "MAIL of two steps", dict(bare, steps=2), []
    yield "MAIL in parts", dict(bare, part=1, parts=16), []
    yield "MAIL without a step", dict(bare, entries={}, steps=0), []
    yield "MAIL that deletes", dict(bare, entries={}, deleted=["window"]), []
    yield "MAIL of an incarnation", dict(bare, incarnation=8), []
    yield "MAIL from version 0", dict(bare, to=1), []
    yield "MAIL with short entries and others", update(
        dsn.MAIL, dict(edge_entries(), d=[2**48, b"v" * 1021, MAX], e=[0, nested(8)], f=[1, {}, 1]), []), []
    yield "MAIL of a later version", update(dsn.MAIL, {}, []), LATER
    yield "MAIL with every kind of value", update(dsn.MAIL, values(), []), []
    yield "DELTA with the largest numbers", update(
        dsn.DELTA, {}, ["a", "b", "aa"], incarnation=2**32 - 1, to=MAX, steps=MAX, flags=MAX), []
    yield "SNAPSHOT", {"type": dsn.SNAPSHOT, "incarnation": 7, "version": 48123,
                       "entries": ROOM_STATE}, []
    yield "SNAPSHOT of the empty state", {"type": dsn.SNAPSHOT, "incarnation": 1, "version": 0,
                                          "entries": {}}, []
    yield "SNAPSHOT with entries at their limits", {
        "type": dsn.SNAPSHOT, "incarnation": 1, "version": MAX, "entries": edge_entries()}, []


def transfers():
    canonical = encode(BIG_STATE)
    version = {"incarnation": 3, "version": 14}
    yield "PULL of everything", {"type": dsn.PULL, "incarnation": 0, "version": 0}, []
    yield "PULL of a third node's", {"type": dsn.PULL, "incarnation": 3, "version": MAX,
                                     "origin": B.id}, []
    yield "PULL of a later version", {"type": dsn.PULL, "incarnation": 3, "version": MAX}, [
        None, *LATER]
    yield "MANIFEST", {"type": dsn.MANIFEST, **version, "clock": 9, "size": len(canonical),
                       "hashes": dsn.chunk_hashes(canonical)}, []
    yield "MANIFEST of the largest state", {"type": dsn.MANIFEST, **version, "clock": 9,
                                            "size": 65536, "hashes": bytes(64 * 16)}, []
    yield "MANIFEST of a third node's", {
        "type": dsn.MANIFEST, **version, "clock": 9, "size": len(canonical),
        "hashes": dsn.chunk_hashes(canonical), "origin": B.id}, []
    yield "WANT of a third node's", {"type": dsn.WANT, **version, "indexes": [0],
                                     "origin": B.id}, []
    yield "CHUNK of a third node's", {"type": dsn.CHUNK_MESSAGE, **version, "index": 4,
                                      "bytes": canonical[4096:], "origin": B.id}, LATER
    yield "WANT", {"type": dsn.WANT, **version, "indexes": [0, 1, 63]}, []
    yield "WANT of nothing", {"type": dsn.WANT, **version, "indexes": []}, []
    yield "WANT of the most", {"type": dsn.WANT, **version, "indexes": list(range(16))}, []
    yield "CHUNK", {"type": dsn.CHUNK_MESSAGE, **version, "index": 4, "bytes": canonical[4096:]}, []
    yield "CHUNK of the largest size", {"type": dsn.CHUNK_MESSAGE, **version, "index": 63,
                                        "bytes": bytes(1024)}, []


def comparisons():
    item = [dsn.prefix_of(A.id), 7, 48123, MAX]
    nothing = [dsn.prefix_of(B.id), 0, 0, 0]
    yield "SYN", {"type": dsn.SYN, "token": 1, "state_sum": MAX, "items": [], "sent": 0}, []
    yield "SYN with items", {"type": dsn.SYN, "token": 65535, "state_sum": 0,
                             "items": [item, nothing], "sent": MAX}, []
    yield "SYN of a later version", {"type": dsn.SYN, "token": 1, "state_sum": 0, "items": [],
                                     "sent": 5}, LATER
    yield "ACK of equals", {"type": dsn.ACK, "token": 1, "items": [], "buckets": b"",
                            "sent": 0}, []
    yield "ACK with buckets", {"type": dsn.ACK, "token": 1, "items": [item],
                               "buckets": bytes(range(256)) * 2, "sent": MAX}, LATER
    yield "LIST that asks", {"type": dsn.LIST, "token": 2, "answer": False, "mask": MAX,
                             "items": [item] * 20}, []
    yield "LIST that answers", {"type": dsn.LIST, "token": 2, "answer": True, "mask": 1,
                                "items": []}, LATER


def addresses():
    yield "WHO", {"type": dsn.WHO, "prefixes": [0, MAX]}, []
    yield "WHO of the most", {"type": dsn.WHO, "prefixes": list(range(16))}, []
    yield "PEERS", {"type": dsn.PEERS, "addresses": [[A.id, bytes([192, 168, 1, 7]), 17373],
                                                     [B.id, bytes(range(16)), 65535]]}, []
    yield "PEERS without any", {"type": dsn.PEERS, "addresses": []}, []
    yield "BYE, restarting", {"type": dsn.BYE, "reason": 0}, []
    yield "BYE, leaving", {"type": dsn.BYE, "reason": 1}, []
    yield "BYE, asleep for ten minutes", {"type": dsn.BYE, "reason": 2, "silence": 600_000}, []
    yield "BYE of a later version", {"type": dsn.BYE, "reason": 2, "silence": 2**48}, LATER


def signs_of_life():
    hello = greeting(dsn.HELLO, "a", ROOM_STATE, 7, 48123)
    signed = {"head": hello["head"], "signature": hello["signature"]}
    rumours = {"type": dsn.RUMOURS, "own_index": 304, "own_element": bytes(range(8)),
               "others": b""}
    yield "RUMOURS of oneself alone", rumours, []
    yield "RUMOURS", dict(rumours, others=B.id[:3] + bytes(range(10))), LATER
    yield "RUMOURS, the most", dict(rumours, own_index=MAX, others=bytes(64 * 13)), []
    yield "RUMOURS with warnings", dict(rumours, warnings=3), LATER
    yield "RUMOURS with the most warnings", dict(rumours, warnings=2**32 - 1), []
    yield "LATE", {"type": dsn.LATE, "prefixes": [dsn.prefix_of(B.id)]}, LATER
    yield "HEAD", {"type": dsn.HEAD, **signed}, []
    key = {"type": dsn.KEY, "statement": b"s" * 60, "signature": bytes(64), "authority": A.public,
           "key": bytes(range(16))}
    yield "KEY", key, []
    yield "KEY with the largest statement", dict(key, statement=bytes(640)), LATER
    yield "ORIGIN", {"type": dsn.ORIGIN, **signed, "public_key": A.public, "beat_index": 304,
                     "beat_element": bytes(range(8))}, LATER


def app_message(kind=app_messages.SEND, name="light", payload=True, answers=0):
    return {"kind": kind, "name": name, "payload": payload, "answers": answers}


def all_app_messages():
    """Application messages, each with elements that follow."""
    yield "send", app_message(), []
    yield "ask", app_message(app_messages.ASK, payload={"level": 7}), []
    yield "reply", app_message(app_messages.REPLY, payload=None, answers=MAX), []
    yield "failure", app_message(app_messages.FAILURE, payload="nobody listens", answers=1), []
    yield "fetch", app_message(app_messages.FETCH, name="cache/page",
                               payload=[A.id, 15000, dsn.value_hash("x" * 14997)]), []
    yield "sample", app_message(app_messages.SAMPLE, name="room/temperature", payload=None), []
    yield "of a later version", app_message(), [[[[[1]]]], "later"]
    yield "of the longest name", app_message(name="\u00e4" * 31 + "ab"), []
    yield "of a name with blanks inside", app_message(name="K\u00fcche/Licht 2"), []
    yield "of a name of emoji", app_message(name="\u2764\ufe0f \U0001f321"), []
    yield "of a payload of depth 8", app_message(payload=nested(8)), []


def data_messages():
    whole = encode([0, "light", True, 0])
    ack = {"type": dsn.DATA_ACK, "number": 1, "outcome": app_messages.DELIVERED, "detail": 2}
    yield "DATA", *app_messages.parts_of(1, whole), []
    yield "DATA of a later version", *app_messages.parts_of(MAX, whole), LATER
    parts = app_messages.parts_of(5, bytes(dsn.APP_MESSAGE_MAX))
    yield "DATA, a part of the largest size", parts[0], []
    yield "DATA, the last part of the largest message", parts[-1], []
    yield "DATA of one byte", *app_messages.parts_of(5, b"x"), []
    for outcome in range(6):
        yield f"DATA_ACK of outcome {outcome}", dict(ack, outcome=outcome), []
    yield "DATA_ACK of a later version", dict(ack, number=MAX, detail=MAX), LATER


def all_messages():
    for family in (greetings, states, transfers, comparisons, addresses, signs_of_life,
                   data_messages):
        yield from family()
