# SPDX-License-Identifier: Apache-2.0
"""Application messages, docs/protocol.md, section 6.8, and the DATA that carries them."""
import dsn_wire as dsn
from det_cbor import decode, depth, encode, require

SEND, ASK, REPLY, FAILURE, FETCH, SAMPLE = range(6)
INCOMPLETE, DELIVERED, NOBODY_LISTENS, REFUSED, BUSY, MALFORMED = range(6)
PAYLOAD_MAX = 65536
FIELDS = ("kind", "name", "payload", "answers")


def encoded(message, *more):
    return encode([*(message[name] for name in FIELDS), *more])


def decoded(data):
    items = decode(data)
    require(isinstance(items, list) and len(items) >= 4, "not an application message")
    message = dict(zip(FIELDS, items))
    require(dsn.is_uint(message["kind"], SAMPLE), "kind")
    dsn.check_app_name(message["name"])
    require(len(encode(message["payload"])) <= PAYLOAD_MAX, "payload")
    require(depth(message["payload"]) <= 8, "depth")
    require(dsn.is_uint(message["answers"]), "answers")
    require((message["answers"] > 0) == (message["kind"] in (REPLY, FAILURE)), "answers")
    require(message["kind"] != FAILURE or isinstance(message["payload"], str), "why")
    require(all(depth(item) <= 4 for item in items[4:]), "depth")
    return message


def parts_of(number, whole):
    """The DATA messages that carry an encoded application message."""
    return [{"type": dsn.DATA, "number": number, "size": len(whole), "part": at // dsn.DATA_PART,
             "bytes": whole[at:at + dsn.DATA_PART]} for at in range(0, len(whole), dsn.DATA_PART)]
