# SPDX-License-Identifier: Apache-2.0
"""Entries of a state: docs/protocol.md, sections 5.1 and 6.2."""
import re

from det_cbor import depth, encode, require
from text_names import check_key

CLOCK_MAX = 2**48


def is_uint(value, most=2**64 - 1):
    return type(value) is int and 0 <= value <= most


def is_bytes(value, size):
    return isinstance(value, bytes) and len(value) == size


def is_text(value, most, least=0):
    return isinstance(value, str) and least <= len(value.encode()) <= most


def check_entry(entry):
    require(isinstance(entry, list) and len(entry) >= 5, "entry")
    require(is_uint(entry[0]), "version of an entry")
    require(is_uint(entry[1], CLOCK_MAX) and is_uint(entry[2], CLOCK_MAX), "time of an entry")
    require(is_text(entry[3], 16), "unit")
    require(len(encode(entry[4])) <= 1024 and depth(entry[4]) <= 8, "value")
    error, absent, device_class, precision, interval = entry_tail(entry)
    require(len(entry) not in range(6, 11) or entry[-1] is not None, "null at the end")
    require(error is None or is_text(error, 160, 1), "error")
    require(absent is None or entry[4] is None, "absent value")
    if absent is not None:
        check_absent(absent)
    require(device_class is None or is_text(device_class, 32) and
            re.fullmatch("[a-z][a-z0-9_]*", device_class), "class")
    require(precision is None or is_uint(precision, 9), "precision")
    require(interval is None or is_uint(interval, CLOCK_MAX) and interval > 0, "interval")
    require(all(depth(item) <= 8 for item in entry[10:]), "depth")


def entry_tail(entry):
    """What may follow the value: error, absent, class, precision, interval; else None."""
    return [*entry[5:10], *[None] * 5][:5]


def check_absent(absent):
    require(isinstance(absent, list) and len(absent) == 3, "absent value")
    size, digest, is_expired = absent
    require(is_uint(size, 16384) and is_bytes(digest, 16) and isinstance(is_expired, bool),
            "what stands for an absent value")


def is_short(entry):
    return isinstance(entry, list) and len(entry) in (2, 3)


def check_short_entry(entry):
    require(is_uint(entry[0], CLOCK_MAX), "age")
    require(len(encode(entry[1])) <= 1024 and depth(entry[1]) <= 8, "value")
    require(all(is_uint(back) for back in entry[2:]), "back")


def check_entries(entries, short_too=False):
    require(isinstance(entries, dict) and len(entries) <= 256, "entries")
    for key, entry in entries.items():
        check_key(key)
        if short_too and is_short(entry):
            check_short_entry(entry)
        else:
            check_entry(entry)
