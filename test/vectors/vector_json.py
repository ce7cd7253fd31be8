# SPDX-License-Identifier: Apache-2.0
"""How keys, heads and messages stand in the vectors: bytes as hexadecimal, entries as lists."""
from det_cbor import encode
from dsn_wire import DEFAULTS
from entries import entry_tail


def entry_json(key, entry):
    if len(entry) < 4:  # short
        return [key, entry[0], encode(entry[1]).hex(), entry[2] if len(entry) > 2 else 0]
    error, absent, device_class, precision, interval = entry_tail(entry)
    more = {"absent": absent and [absent[0], absent[1].hex(), absent[2]], "class": device_class,
            "precision": precision, "interval": interval}
    return [key, *entry[:4], encode(entry[4]).hex(), error or "",
            *([more] if any(one is not None for one in more.values()) else [])]


def entries_json(entries):
    ordered = sorted(entries.items(), key=lambda pair: encode(pair[0]))
    return [entry_json(key, entry) for key, entry in ordered]


def to_json(value):
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, (list, tuple)):
        return [to_json(item) for item in value]
    if isinstance(value, dict):
        return {name: to_json(item) for name, item in value.items()}
    return value


def app_message_json(message):
    return dict(message, payload=encode(message["payload"]).hex())


def message_json(message):
    fields = dict(DEFAULTS.get(message["type"], {}), **message)
    if "entries" in fields:
        fields["entries"] = entries_json(fields["entries"])
    return to_json(fields)
