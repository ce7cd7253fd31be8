# SPDX-License-Identifier: Apache-2.0
"""Application messages, docs/protocol.md, section 6.8, and the DATA that carries them."""
import dsn_wire as dsn
from det_cbor import decode, depth, encode, require

SEND, ASK, REPLY, FAILURE = range(4)
INCOMPLETE, DELIVERED, NOBODY_LISTENS, REFUSED, BUSY, MALFORMED = range(6)
PAYLOAD_MAX = 65536
FIELDS = ("kind", "name", "payload", "answers")
NOT_IN_NAMES = (
    (0x0, 0x1F), (0x7F, 0x9F), (0xAD, 0xAD), (0x34F, 0x34F), (0x600, 0x605), (0x61C, 0x61C),
    (0x6DD, 0x6DD), (0x70F, 0x70F), (0x890, 0x891), (0x8E2, 0x8E2), (0x115F, 0x1160),
    (0x17B4, 0x17B5), (0x180B, 0x180F), (0x200B, 0x200F), (0x2028, 0x202E), (0x2060, 0x206F),
    (0x3164, 0x3164), (0xD800, 0xF8FF), (0xFDD0, 0xFDEF), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0),
    (0xFFF0, 0xFFFB), (0x110BD, 0x110BD), (0x110CD, 0x110CD),
    (0x13430, 0x1343F), (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF),
    (0xF0000, 0x10FFFF), *((plane + 0xFFFE, plane + 0xFFFF) for plane in range(0, 0xF0000, 0x10000)))


def check_app_name(name):
    require(dsn.is_text(name, 64, 1) and name == name.strip(" "), "name of a message")
    require(not any(first <= ord(letter) <= last for letter in name
                    for first, last in NOT_IN_NAMES), "character in the name of a message")


def encoded(message, *more):
    return encode([*(message[name] for name in FIELDS), *more])


def decoded(data):
    items = decode(data)
    require(isinstance(items, list) and len(items) >= 4, "not an application message")
    message = dict(zip(FIELDS, items))
    require(dsn.is_uint(message["kind"], FAILURE), "kind")
    check_app_name(message["name"])
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
