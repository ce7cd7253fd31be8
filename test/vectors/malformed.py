# SPDX-License-Identifier: Apache-2.0
"""What a receiver must refuse, each for the reason in its name."""
import app_messages
import dsn_wire as dsn
from det_cbor import encode, head
from fixtures import (A, B, NETWORK, ROOM_STATE, SID, greeting, knock, pair_key, run, seal)
from messages import app_message, nested, update


def changed(data, at, bits=1):
    return data[:at] + bytes([data[at] ^ bits]) + data[at + 1:]


def refused_frames():
    plaintext = dsn.encode_message({"type": dsn.BYE, "reason": 0})
    key = pair_key("a", "b")
    label = dsn.label_of(key)
    good = seal("a", dsn.PAIR, 9, plaintext)

    def sealed(header, text=plaintext):
        nonce = dsn.nonce_of(key, int.from_bytes(header[1:7], "big"))
        ccm = dsn.AESCCM(key[:16], dsn.TAG)
        return header + ccm.encrypt(nonce, text, dsn.additional_data(header))

    header = dsn.encode_header(dsn.PAIR, 9, label)
    ccm = dsn.AESCCM(key[:16], dsn.TAG)
    frames = {
        "empty": b"",
        "a header alone": good[:13],
        "no plaintext": sealed(header, b""),
        "longer than a datagram": sealed(header, bytes(1204)),
        "an envelope that begins with a magic byte": sealed(b"\xd2" + header),
        "class RECOVER": sealed(b"\x81" + header[1:]),
        "class 3": sealed(b"\xc1" + header[1:]),
        "another key epoch": sealed(dsn.encode_header(dsn.PAIR, 9, label, 2)),
        "class changed": changed(good, 0, 0x40),
        "sequence number changed": changed(good, 6),
        "label changed": changed(good, 12),
        "a part of the session id for the label": sealed(
            dsn.encode_header(dsn.PAIR, 9, SID["a"] >> 16)),
        "the label of the other direction": sealed(
            dsn.encode_header(dsn.PAIR, 9, dsn.label_of(pair_key("b", "a")))),
        "ciphertext changed": changed(good, 13),
        "tag changed": changed(good, len(good) - 1),
        "truncated": good[:-1],
        "a byte more": good + b"\x00",
        "sealed in the other direction": dsn.seal(pair_key("b", "a"), header, plaintext),
        "header without the COSE structure": header + ccm.encrypt(
            dsn.nonce_of(key, 9), plaintext, header),
        "a nonce without the sequence number": header + ccm.encrypt(
            key[16:29], plaintext, dsn.additional_data(header)),
        **refused_group_frames(plaintext),
    }
    return [{"name": name, "from": "a", "datagram": frame} for name, frame in frames.items()]


def refused_group_frames(plaintext):
    good = seal("a", dsn.GROUP, 9, plaintext)
    bare, tag = good[:-dsn.NETWORK_TAG], good[-dsn.NETWORK_TAG:]
    empty = dsn.seal(NETWORK.group_key(SID["a"]), dsn.header_of(bare), b"")
    wrong_aead = changed(bare, len(bare) - 1)
    other = dsn.Network(bytes(16))
    return {
        "GROUP with a wrong network tag": changed(good, len(good) - 1),
        "GROUP with the network tag in the other order": bare + tag[::-1],
        "GROUP with the network tag of another network": bare + other.network_tag(bare),
        "GROUP without a network tag": bare,
        "GROUP with a network tag and no plaintext": empty + NETWORK.network_tag(empty),
        "GROUP with a header that the network tag is not of": changed(good, 6),
        "GROUP with a tag that the network tag is not of": wrong_aead + tag,
        "GROUP with a wrong tag and the network tag of it": (
            wrong_aead + NETWORK.network_tag(wrong_aead)),
        "GROUP with another ciphertext": changed(good, 15),
        "GROUP longer than a datagram": dsn.header_of(good) + bytes(1218),
    }


def refused_knocks():
    """GROUP frames of A with a KNOCK from which B makes no session."""
    inner = run("a", 7, 48123)
    good = knock("a", 0, inner)
    text = dsn.encode_message(inner)
    mislabelled = dsn.seal(pair_key("a", "b"), dsn.encode_header(dsn.PAIR, 0, SID["a"] >> 16), text)
    knocks = {
        "a frame of 29 bytes": dict(good, frame=good["frame"][:29]),
        "no frame": dict(good, frame=b""),
        "bytes that are no frame": dict(good, frame=bytes(100)),
        "a GROUP frame inside": dict(good, frame=NETWORK.seal_group(SID["a"], 0, text)),
        "another label inside": dict(good, frame=mislabelled),
        "a frame inside that does not open": dict(good, frame=changed(good["frame"], 13)),
        "a frame of the other direction inside": dict(good, frame=seal("b", dsn.PAIR, 0, text)),
        "another message than RUN inside": knock("a", 0, {"type": dsn.BYE, "reason": 0}, inner),
        "RUN of incarnation 0 inside": knock("a", 0, dict(inner, incarnation=0)),
        "RUN with a bad name inside": knock("a", 0, dict(inner, name="Attic")),
        "the echo of another session": knock("a", 0, inner, echo=SID["b"] + 1),
        "the public key of the receiver": knock("a", 0, inner, public_key=B.public),
        "a public key that is no point": knock("a", 0, inner, public_key=b"\x04" + bytes(64)),
    }
    return [{"name": name, "from": "a",
             "datagram": seal("a", dsn.GROUP, at, dsn.encode_message(message))}
            for at, (name, message) in enumerate(knocks.items())]


def refused_heads(fields):
    def variant(**more):
        return dsn.encode_head(dict(fields, **more))

    good = dsn.encode_head(fields)
    elements = [fields[name] for name in dsn.HEAD_FIELDS]
    heads = {
        "empty": b"",
        "not an array": encode(1),
        "format 2": variant(format=2),
        "an element less": encode(elements[:-1]),
        "incarnation 0": variant(incarnation=0),
        "incarnation above 32 bits": variant(incarnation=2**32),
        "network id too short": variant(network=bytes(7)),
        "node id too long": variant(id=bytes(17)),
        "an empty name": variant(name=""),
        "a name of 64 bytes": variant(name="n" * 64),
        "a line end in the name": variant(name="a\nb"),
        "DEL in the name": variant(name="a\x7f"),
        "an upper-case letter in the name": variant(name="Attic"),
        "a space in the name": variant(name="the attic"),
        "a letter beyond ASCII in the name": variant(name="k\u00fcche"),
        "a name that begins with a hyphen": variant(name="-attic"),
        "a name that ends with an underscore": variant(name="attic_"),
        "a name that is not UTF-8": good.replace(b"\x65attic", b"\x65att\xffc"),
        "a clock above 2^48": variant(clock=2**48 + 1),
        "an anchor of 16 bytes": variant(anchor_element=bytes(16)),
        "root as text": variant(root="r" * 16),
        "too many keys": variant(keys=257),
        "too large a state": variant(size=65537),
        "negative version": variant(version=-1),
        "an appended element of depth 2": encode(elements + [0, [[1]]]),
        "a key mark that is a text": encode(elements + ["k1"]),
        "more than 224 bytes": encode(elements + [bytes(200)]),
        "a byte behind it": good + b"\x00",
        "truncated": good[:-1],
    }
    return [{"name": name, "encoded": encoded} for name, encoded in heads.items()]


ABSENT = [9, bytes(16), False]


def with_entry(entry, key="door"):
    return dsn.encode_message(update(dsn.MAIL, {key: entry}, []))


def refused_entries():
    yield "an entry of 4 elements", with_entry([1, 0, 0, ""])
    yield "an entry with an empty error", with_entry([1, 0, 0, "", 1, ""])
    yield "an entry with an error of 161 bytes", with_entry([1, 0, 0, "", 1, "e" * 161])
    yield "an entry with a null error", with_entry([1, 0, 0, "", 1, None])
    yield "a unit of 17 bytes", with_entry([1, 0, 0, "u" * 17, 1])
    yield "a value of 1025 bytes", with_entry([1, 0, 0, "", bytes(1022)])
    yield "a value of depth 9", with_entry([1, 0, 0, "", nested(9)])
    yield "a sample time above 2^48", with_entry([1, 2**48 + 1, 0, "", 1])
    yield "a max age above 2^48", with_entry([1, 0, 2**48 + 1, "", 1])
    yield "a negative version", with_entry([-1, 0, 0, "", 1])
    yield "a key with an empty part", with_entry([1, 0, 0, "", 1], "door//a")
    yield "a key that ends with a slash", with_entry([1, 0, 0, "", 1], "door/")
    yield "a key with a control character", with_entry([1, 0, 0, "", 1], "do\x1bor")
    yield "a key with a blank at its end", with_entry([1, 0, 0, "", 1], "door ")
    yield "an absent value that is null", with_entry([1, 0, 0, "", None, "broken", None])
    yield "an empty class", with_entry([1, 0, 0, "", 1, None, None, ""])
    yield "a class of 33 bytes", with_entry([1, 0, 0, "", 1, None, None, "c" * 33])
    yield "a class with a capital", with_entry([1, 0, 0, "", 1, None, None, "Door"])
    yield "a class that begins with a digit", with_entry([1, 0, 0, "", 1, None, None, "1door"])
    yield "a class that is null", with_entry([1, 0, 0, "", 1, None, None, None])
    yield "a precision of 10", with_entry([1, 0, 0, "", 1, None, None, None, 10])
    yield "a precision that is null", with_entry([1, 0, 0, "", 1, None, None, "door", None])
    yield "an interval of 0", with_entry([1, 0, 0, "", 1, None, None, None, None, 0])
    yield "an interval above 2^48", with_entry([1, 0, 0, "", 1, None, None, None, None, 2**48 + 1])
    yield "an interval that is null", with_entry([1, 0, 0, "", 1, None, None, None, 1, None])
    yield "an absent value beside a value and a class", with_entry([1, 0, 0, "", 1, None, ABSENT, "door"])
    yield "an absent value beside a value", with_entry([1, 0, 0, "", 1, None, ABSENT])
    yield "an absent value of 16385 bytes", with_entry([1, 0, 0, "", None, None, [16385, *ABSENT[1:]]])
    yield "an absent value with a short hash", with_entry([1, 0, 0, "", None, None, [9, bytes(15), False]])
    yield "an absent value that is 0", with_entry([1, 0, 0, "", None, None, 0])
    yield "an empty key", with_entry([1, 0, 0, "", 1], "")
    yield "a key of 65 bytes", with_entry([1, 0, 0, "", 1], "k" * 65)
    yield "a key that is a number", with_entry([1, 0, 0, "", 1], 1)
    yield "a short entry without a value", with_entry([0])
    yield "a short entry of nothing", with_entry([])
    yield "a short entry with a negative age", with_entry([-1, 1])
    yield "a short entry with an age above 2^48", with_entry([2**48 + 1, 1])
    yield "a short entry with a value of 1025 bytes", with_entry([0, bytes(1022)])
    yield "a short entry with a value of depth 9", with_entry([0, nested(9)])
    yield "a short entry with a negative back", with_entry([0, 1, -1])
    yield "a short entry with a null back", with_entry([0, 1, None])
    yield "SNAPSHOT with a short entry", encode([dsn.SNAPSHOT, 1, 1, {"door": [0, 1]}])
    many = {f"k{i}": [1, 0, 0, "", None] for i in range(257)}
    yield "257 entries", dsn.encode_message(update(dsn.MAIL, many, []))


def refused_updates():
    good = dsn.encode_message(update(dsn.MAIL, {}, []))
    entry = encode([1, 0, 0, "", 1])

    def with_map(pairs):
        return encode([dsn.MAIL, 300, {}])[:-1] + head(5, len(pairs)) + b"".join(
            encode(key) + entry for key in pairs)

    yield "keys not in order", with_map(["b", "a"])
    yield "keys in order of their letters only", with_map(["aa", "b"])
    yield "a key twice", with_map(["a", "a"])
    yield "deleted keys not in order", dsn.encode_message(update(dsn.MAIL, {}, ["b", "a"]))
    yield "a deleted key twice", dsn.encode_message(update(dsn.MAIL, {}, ["a", "a"]))
    yield "65 deleted keys", dsn.encode_message(
        update(dsn.MAIL, {}, [f"k{i:02}" for i in range(65)]))
    yield "more steps than versions", dsn.encode_message(update(dsn.MAIL, {}, [], steps=301))
    yield "a step to version 0", encode([dsn.MAIL, 0, {}])
    yield "a part behind the last one", dsn.encode_message(update(dsn.MAIL, {}, [], part=2, parts=2))
    yield "seventeen parts", dsn.encode_message(update(dsn.MAIL, {}, [], part=1, parts=17))
    yield "a DELTA in parts", dsn.encode_message(update(dsn.DELTA, {}, [], part=1, parts=2))
    yield "negative steps", dsn.encode_message(update(dsn.MAIL, {}, [], steps=-1))
    yield "an incarnation of 33 bits", dsn.encode_message(
        update(dsn.MAIL, {}, [], incarnation=2**32))
    yield "incarnation 0", dsn.encode_message(update(dsn.MAIL, {}, [], incarnation=0))
    yield "SNAPSHOT of incarnation 0", encode([dsn.SNAPSHOT, 0, 1, {}])
    yield "an element less", encode([dsn.MAIL, 300])
    yield "DELTA without entries", encode([dsn.DELTA, 300])
    longer = good.replace(b"\x19\x01\x2c", b"\x1a\x00\x00\x01\x2c")
    assert longer != good
    yield "a number not in its shortest form", longer
    yield "an array of indefinite length", b"\x9f" + good[1:] + b"\xff"
    yield "truncated", good[:-1]


def refused_greetings():
    hello = greeting(dsn.HELLO, "a", ROOM_STATE, 7, 48123)
    welcome = greeting(dsn.WELCOME, "a", ROOM_STATE, 7, 48123, echo=1)
    yield "HELLO with a short signature", dsn.encode_message(dict(hello, signature=bytes(63)))
    yield "HELLO with a compressed public key", dsn.encode_message(
        dict(hello, public_key=b"\x02" + A.public[1:33]))
    yield "HELLO with a head of 225 bytes", dsn.encode_message(dict(hello, head=bytes(225)))
    yield "HELLO with an appended element of depth 5", dsn.encode_message(hello, nested(5))
    yield "WELCOME without an echo", encode(
        [dsn.WELCOME, *(hello[name] for name, _ in dsn.MESSAGES[dsn.HELLO])])
    yield "WELCOME with a negative echo", dsn.encode_message(dict(welcome, echo=-1))
    inner = run("a", 7, 48123)
    yield "RUN of incarnation 0", dsn.encode_message(dict(inner, incarnation=0))
    yield "RUN of an incarnation of 33 bits", dsn.encode_message(dict(inner, incarnation=2**32))
    yield "RUN without a name", encode([dsn.RUN, True, 7, 48123])
    for name in ("", "n" * 64, "Attic", "at tic", "-attic", "attic-", "_", "k\u00fcche", "a\nb"):
        yield f"RUN with the name {name!r}", dsn.encode_message(dict(inner, name=name))
    yield "RUN with negative roles", dsn.encode_message(dict(inner, roles=-1))
    for program in ("0.1 0", "0" * 33, "0.1\x7f", "\u00e9"):
        yield f"RUN with the program {program!r}", dsn.encode_message(dict(inner, program=program))
    yield "RUN with a program of bytes", dsn.encode_message(dict(inner, program=b"0.1.0"))
    yield "RUN with a name of bytes", dsn.encode_message(dict(inner, name=b"attic"))
    yield "KNOCK with a compressed public key", dsn.encode_message(
        knock("a", 0, inner, public_key=b"\x02" + A.public[1:33]))
    yield "KNOCK with a negative echo", dsn.encode_message(knock("a", 0, inner, echo=-1))
    yield "KNOCK without a frame", encode([dsn.KNOCK, A.public, SID["b"]])
    yield "KNOCK with a text for the frame", dsn.encode_message(knock("a", 0, inner, frame="frame"))


def refused_transfers():
    manifest = {"type": dsn.MANIFEST, "incarnation": 1, "version": 1, "clock": 0, "size": 1024,
                "hashes": bytes(16)}
    want = {"type": dsn.WANT, "incarnation": 1, "version": 1, "indexes": []}
    chunk = {"type": dsn.CHUNK_MESSAGE, "incarnation": 1, "version": 1, "index": 0, "bytes": b"a"}
    for name, message in {
            "MANIFEST of nothing": dict(manifest, size=0, hashes=b""),
            "MANIFEST with a hash too few": dict(manifest, size=1025),
            "MANIFEST with a hash too many": dict(manifest, hashes=bytes(32)),
            "MANIFEST of incarnation 0": dict(manifest, incarnation=0),
            "MANIFEST of too large a state": dict(manifest, size=65537, hashes=bytes(65 * 16)),
            "WANT of a chunk beyond the end": dict(want, indexes=[64]),
            "WANT of 17 chunks": dict(want, indexes=[0] * 17),
            "CHUNK beyond the end": dict(chunk, index=64),
            "PULL of an origin of 15 bytes": {"type": dsn.PULL, "incarnation": 1, "version": 1,
                                              "origin": bytes(15)},
            "WANT of an origin that is a number": dict(want, origin=1),
            "CHUNK of 1025 bytes": dict(chunk, bytes=bytes(1025))}.items():
        yield name, dsn.encode_message(message)
    yield "PULL without a version", encode([dsn.PULL, 1])


def refused_others():
    ack = {"type": dsn.ACK, "token": 1, "items": [], "buckets": b"", "sent": 0}
    ask = {"type": dsn.LIST, "token": 1, "answer": False, "mask": 0, "items": []}
    peers = {"type": dsn.PEERS, "addresses": []}
    for name, message in {
            "ACK with 511 bytes of buckets": dict(ack, buckets=bytes(511)),
            "ACK with an item of 3 elements": dict(ack, items=[[1, 2, 3]]),
            "ACK with an item of 5 elements": dict(ack, items=[[1, 2, 3, 4, 5]]),
            "ACK with an item of 33 bits of incarnation": dict(ack, items=[[1, 2**32, 3, 4]]),
            "ACK with a negative count of frames": dict(ack, sent=-1),
            "LIST with a number for answer": dict(ask, answer=1),
            "WHO with 17 prefixes": {"type": dsn.WHO, "prefixes": [0] * 17},
            "PEERS with an address of 5 bytes": dict(peers, addresses=[[A.id, bytes(5), 1]]),
            "PEERS with a port of 17 bits": dict(peers, addresses=[[A.id, bytes(4), 65536]]),
            "PEERS with a short id": dict(peers, addresses=[[bytes(15), bytes(4), 1]]),
            "PEERS with 4 elements": dict(peers, addresses=[[A.id, bytes(4), 1, 1]]),
            "PEERS with 33 addresses": dict(peers, addresses=[[A.id, bytes(4), 1]] * 33),
            "RUMOURS that end in the middle of one": {
                "type": dsn.RUMOURS, "own_index": 1, "own_element": bytes(8), "others": bytes(14)},
            "RUMOURS of 65": {"type": dsn.RUMOURS, "own_index": 1, "own_element": bytes(8),
                              "others": bytes(65 * 13)},
            "RUMOURS with an element of 7 bytes": {
                "type": dsn.RUMOURS, "own_index": 1, "own_element": bytes(7), "others": b""},
            "LATE of 17": {"type": dsn.LATE, "prefixes": [0] * 17},
            "HEAD with a short signature": {"type": dsn.HEAD, "head": bytes(80),
                                            "signature": bytes(63)},
            "ORIGIN with a long element": {
                "type": dsn.ORIGIN, "head": bytes(80), "signature": bytes(64),
                "public_key": A.public, "beat_index": 0, "beat_element": bytes(9)},
            "BYE with too long a silence": {"type": dsn.BYE, "reason": 2, "silence": 2**48 + 1},
            "BYE with a text": {"type": dsn.BYE, "reason": "x"}}.items():
        yield name, dsn.encode_message(message)
    yield "SYN without a count of frames", encode([dsn.SYN, 1, 0, []])
    yield "ACK without a count of frames", encode([dsn.ACK, 1, [], b""])
    yield "an empty array", encode([])
    yield "a map", encode({1: 1})
    yield "a type that is a text", encode(["syn", 1])
    yield "an unknown type with an element of depth 5", encode([99, nested(5)])
    yield "an unknown type with a tag", head(4, 2) + b"\x18\x63" + b"\xc1\x00"


def refused_data():
    data = {"type": dsn.DATA, "number": 1, "size": 10, "part": 0, "bytes": bytes(10)}
    ack = {"type": dsn.DATA_ACK, "number": 1, "outcome": 1, "detail": 1}
    for name, message in {
            "DATA of number 0": dict(data, number=0),
            "DATA of nothing": dict(data, size=0, bytes=b""),
            "DATA of too large a message": dict(data, size=65665, bytes=bytes(1100)),
            "DATA of a part beyond the end": dict(data, part=1),
            "DATA without the bytes of its part": dict(data, size=1100, part=1, bytes=b""),
            "DATA of part 60": dict(data, size=65664, part=60, bytes=bytes(1100)),
            "DATA shorter than it says": dict(data, bytes=bytes(9)),
            "DATA longer than it says": dict(data, bytes=bytes(11)),
            "DATA of a first part that is not whole": dict(data, size=1101, bytes=bytes(1099)),
            "DATA of a first part that is too long": dict(data, size=1102, bytes=bytes(1101)),
            "DATA of a last part that is too long": dict(data, size=1101, part=1, bytes=bytes(2)),
            "DATA with a text": dict(data, bytes="0123456789"),
            "DATA_ACK of number 0": dict(ack, number=0),
            "DATA_ACK of a negative outcome": dict(ack, outcome=-1),
            "DATA_ACK with a text": dict(ack, detail="1")}.items():
        yield name, dsn.encode_message(message)
    yield "DATA without bytes", encode([dsn.DATA, 1, 10, 0])
    yield "DATA_ACK without a detail", encode([dsn.DATA_ACK, 1, 1])


def refused_app_messages():
    for name, message in {
            "kind 6": app_message(6),
            "without a name": app_message(name=""),
            "a name of 65 bytes": app_message(name="n" * 65),
            "a name of bytes": app_message(name=b"light"),
            "a blank before the name": app_message(name=" light"),
            "a blank behind the name": app_message(name="light "),
            "a control character in the name": app_message(name="li\x1bght"),
            "a line break in the name": app_message(name="light\n"),
            "another direction in the name": app_message(name="li\u202eght"),
            "nothing to be seen in the name": app_message(name="light\u200b"),
            "a filler in the name": app_message(name="light\u3164"),
            "a tag in the name": app_message(name="light\U000e0041"),
            "a payload of depth 9": app_message(payload=nested(9)),
            "a send that answers": app_message(answers=1),
            "an ask that answers": app_message(app_messages.ASK, answers=1),
            "a reply to nothing": app_message(app_messages.REPLY),
            "a negative number": app_message(app_messages.REPLY, answers=-1),
            "a failure without a text": app_message(app_messages.FAILURE, answers=1)}.items():
        yield name, app_messages.encoded(message)
    good = app_messages.encoded(app_message())
    yield "an element less", encode([0, "light", True])
    yield "an appended element of depth 5", app_messages.encoded(app_message(), nested(5))
    yield "something behind it", good + b"\x00"
    yield "truncated", good[:-1]
    yield "empty", b""
    yield "a map", encode({0: 0, 1: 1, 2: 2, 3: 3})
    yield "a number not in its shortest form", good[:-1] + b"\x18\x00"
    yield "a name that is no UTF-8", b"\x84\x00\x61\xff\xf5\x00"


def refused_messages():
    families = (refused_entries, refused_updates, refused_greetings, refused_transfers,
                refused_others, refused_data)
    return [{"name": name, "message": data} for family in families for name, data in family()]
