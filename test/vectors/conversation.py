# SPDX-License-Identifier: Apache-2.0
"""Two nodes meet and share: every datagram from the first HELLO to the last chunk."""
import app_messages
import dsn_wire as dsn
from det_cbor import encode
from fixtures import A, B, BIG_STATE, NETWORK, ROOM_STATE, SID, greeting, knock, run, seal
from messages import app_message
from vector_json import message_json

VERSION_A = 48123
STATE_A_LATER = dict(ROOM_STATE, **{"room/temperature": [48124, 609000, 30000, "Cel", 21.75]})


class Recorder:
    def __init__(self):
        self.frames = []
        self.sequences = {}  # of GROUP frames
        self.clocks = {"a": 600000, "b": 20000}  # the session clocks in ms

    def send(self, sender, frame_class, *messages, padding=None):
        sequence = self.next_sequence(sender, frame_class)
        plaintext = b"".join(dsn.encode_message(m, *([padding] if padding else []))
                             for m in messages)
        self.frames.append({"from": sender, "class": frame_class, "sequence": sequence,
                            "plaintext": plaintext,
                            "datagram": seal(sender, frame_class, sequence, plaintext),
                            "messages": [message_json(m) for m in messages]})

    def knock(self, sender, inner):
        message = knock(sender, self.next_sequence(sender, dsn.PAIR), inner)
        self.send(sender, dsn.GROUP, message)
        self.frames[-1]["inside"] = {"plaintext": dsn.encode_message(inner),
                                     "datagram": message["frame"],
                                     "messages": [message_json(inner)]}

    def next_sequence(self, sender, frame_class):
        if frame_class == dsn.PAIR:
            self.clocks[sender] += 10
            return dsn.sequence_at(self.clocks[sender])
        sequence = self.sequences.get(sender, 0)
        self.sequences[sender] = sequence + 1
        return sequence

    def sent_by(self, sender):
        """How many PAIR frames it has sealed."""
        return sum(1 for frame in self.frames if frame["from"] == sender
                   and (frame["class"] == dsn.PAIR or "inside" in frame))

    def wait_until(self, sender, clock):
        """The next frame of this node tells this clock."""
        self.clocks[sender] = clock - 10


def fingerprint_of(node, incarnation, version, state):
    root = dsn.state_root(encode(state))
    return dsn.fingerprint(NETWORK.sum_key, node.id, incarnation, version, root)


def item_of(node, incarnation, version, state):
    return [dsn.prefix_of(node.id), incarnation, version,
            fingerprint_of(node, incarnation, version, state)]


def mail(last, entries, steps=1):
    return {"type": dsn.MAIL, "to": last, "entries": entries, "steps": steps}


def head_of(greeted):
    return {"type": dsn.HEAD, "head": greeted["head"], "signature": greeted["signature"]}


def handshake(recorder):
    hello = greeting(dsn.HELLO, "a", ROOM_STATE, 7, VERSION_A)
    welcome = greeting(dsn.WELCOME, "b", BIG_STATE, 3, 14, echo=SID["a"])
    bare = dsn.HEADERS[dsn.GROUP] + len(dsn.encode_message(hello)) + dsn.TAG + dsn.NETWORK_TAG
    recorder.send("a", dsn.GROUP, hello, padding=bytes(400 - bare - 3))
    recorder.send("b", dsn.GROUP, welcome)
    recorder.knock("a", run("a", 7, VERSION_A))
    recorder.send("b", dsn.PAIR, run("b", 3, 14), head_of(welcome))
    recorder.send("a", dsn.PAIR, run("a", 7, VERSION_A), head_of(hello))


def compare(recorder):
    own = item_of(A, 7, VERSION_A, ROOM_STATE)
    recorder.send("a", dsn.PAIR, {"type": dsn.SYN, "token": 1, "state_sum": own[3], "items": [own],
                                  "sent": recorder.sent_by("a")})
    theirs = item_of(B, 3, 14, BIG_STATE)
    recorder.send("b", dsn.PAIR, {"type": dsn.ACK, "token": 1, "items": [theirs], "buckets": b"",
                                  "sent": recorder.sent_by("b")})


def share_small_state(recorder):
    recorder.send("b", dsn.PAIR, {"type": dsn.PULL, "incarnation": 0, "version": 0})
    recorder.send("a", dsn.PAIR, {"type": dsn.SNAPSHOT, "incarnation": 7, "version": VERSION_A,
                                  "entries": ROOM_STATE})
    clock, value = STATE_A_LATER["room/temperature"][1], STATE_A_LATER["room/temperature"][4]
    recorder.wait_until("a", clock)
    recorder.send("a", dsn.PAIR, mail(VERSION_A + 1, {"room/temperature": [0, value]}))
    recorder.send("a", dsn.PAIR, mail(VERSION_A + 1, {}, steps=0))


def share_large_state(recorder):
    canonical = encode(BIG_STATE)
    version = {"incarnation": 3, "version": 14}
    recorder.send("a", dsn.PAIR, {"type": dsn.PULL, "incarnation": 0, "version": 0})
    recorder.send("b", dsn.PAIR, {"type": dsn.MANIFEST, **version, "clock": recorder.clocks["b"] + 10,
                                  "size": len(canonical), "hashes": dsn.chunk_hashes(canonical)})
    chunks = dsn.chunks_of(canonical)
    for first in (range(4), range(4, len(chunks))):
        recorder.send("a", dsn.PAIR, {"type": dsn.WANT, **version, "indexes": list(first)})
        for index in first:
            recorder.send("b", dsn.PAIR, {"type": dsn.CHUNK_MESSAGE, **version, "index": index,
                                          "bytes": chunks[index]})


def tell(recorder, number, sender, message):
    """An application message, and what the receiver says to each of its parts."""
    parts = app_messages.parts_of(number, app_messages.encoded(message))
    for part in parts:
        recorder.send(sender, dsn.PAIR, part)
        here = {"outcome": app_messages.INCOMPLETE, "detail": (2 << part["part"]) - 1}
        done = {"outcome": app_messages.DELIVERED, "detail": 1}
        recorder.send("b" if sender == "a" else "a", dsn.PAIR,
                      {"type": dsn.DATA_ACK, "number": number,
                       **(done if part is parts[-1] else here)})


def ask_and_reply(recorder):
    """Each counts from its session id."""
    ask = (SID["a"] >> 16) + 1
    tell(recorder, ask, "a", app_message(app_messages.ASK, "light", {"level": 7}))
    tell(recorder, (SID["b"] >> 16) + 1, "b",
         app_message(app_messages.REPLY, "light", "on " * 500, answers=ask))


def conversation():
    recorder = Recorder()
    handshake(recorder)
    compare(recorder)
    share_small_state(recorder)
    share_large_state(recorder)
    ask_and_reply(recorder)
    recorder.send("a", dsn.PAIR, {"type": dsn.BYE, "reason": 0})
    return {"frames": recorder.frames,
            "state_a": {"incarnation": 7, "version": VERSION_A + 1,
                        "canonical": encode(STATE_A_LATER)},
            "state_b": {"incarnation": 3, "version": 14, "canonical": encode(BIG_STATE)}}
