#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the examples of docs/protocol.md from the vectors, or checks that they are the vectors'.

Usage: explain.py (--check | --write) PATH-TO-PROTOCOL-MD
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
import det_cbor
from det_cbor import decode, encode
from entries import is_short
from fixtures import open_datagram

HERE = pathlib.Path(__file__).parent
BEGIN = "<!-- examples: test/vectors/explain.py -->\n"
END = "<!-- end of examples -->\n"
ROW_BYTES = 16
SHORT_ENTRY = ("age, ms", "value", "back")
ENTRY = ("version", "sampled, ms", "max age, ms", "unit", "value", "error", "absent", "class",
         "precision", "interval, ms")


def load(name):
    return json.loads((HERE / name).read_text())


def rows(data, meaning):
    """`data` in lines of 16 bytes, the meaning beside the first."""
    lines = [data[at:at + ROW_BYTES].hex() for at in range(0, len(data), ROW_BYTES)]
    return [f"{lines[0]:<{2 * ROW_BYTES}}  {meaning}", *lines[1:]]


def shown(value):
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, bytes):
        return f"{len(value)} bytes"
    return str(value)


def scalar_rows(value, name):
    return rows(encode(value), f"{name}: {shown(value)}")


def array_rows(values, names, meaning):
    lines = rows(det_cbor.head(4, len(values)), f"{meaning}: array of {len(values)}")
    for value, name in zip(values, names):
        lines += scalar_rows(value, name)
    return lines


def entries_rows(entries):
    lines = rows(det_cbor.head(5, len(entries)), f"entries: map of {len(entries)}")
    for key, entry in entries.items():
        lines += scalar_rows(key, "key")
        if is_short(entry):
            lines += array_rows(entry, SHORT_ENTRY, "short entry")
        else:
            lines += array_rows(entry, ENTRY, "entry")
    return lines


def head_rows(encoded):
    head = dsn.decode_head(encoded)
    size = len(det_cbor.head(2, len(encoded)))
    lines = rows(encode(encoded)[:size], f"head: {len(encoded)} bytes, which are")
    return lines + array_rows(list(head.values()), list(head), "  head")


def app_message_rows(encoded):
    message = app_messages.decoded(encoded)
    size = len(det_cbor.head(2, len(encoded)))
    lines = rows(encode(encoded)[:size], f"bytes: {len(encoded)}, the application message")
    return lines + array_rows(list(message.values()), list(message), "  message")


def message_rows(message):
    count = len(decode(dsn.encode_message(message))) - 1
    fields = (dsn.MESSAGES[message["type"]] + dsn.OPTIONAL.get(message["type"], []))[:count]
    lines = rows(det_cbor.head(4, len(fields) + 1), f"array of {len(fields) + 1}")
    lines += scalar_rows(message["type"], "type")
    for name, _ in fields:
        value = message[name]
        if name == "entries":
            lines += entries_rows(value)
        elif name == "head":
            lines += head_rows(value)
        elif message["type"] == dsn.DATA and name == "bytes":
            lines += app_message_rows(value)
        else:
            lines += scalar_rows(value, name)
    return lines


def frame_rows(datagram):
    header = dsn.header_of(datagram)
    frame_class = ("GROUP", "PAIR")[datagram[0] >> 6]
    sender = ("session id of the sender", "label")[datagram[0] >> 6]
    clock = dsn.clock_of(dsn.decode_header(datagram)["sequence"])
    number = "sequence number" if frame_class == "GROUP" else f"sequence number: {clock} ms * 1024"
    end = -dsn.NETWORK_TAG if frame_class == "GROUP" else len(datagram)
    sealed, network_tag = datagram[len(header):end], datagram[end:]
    return (rows(header[:1], f"class {frame_class}, key epoch {datagram[0] & 63}")
            + rows(header[1:7], number)
            + rows(header[7:], sender)
            + rows(sealed[:-16], "ciphertext")
            + rows(sealed[-16:], "tag")
            + (rows(network_tag, "network tag") if network_tag else []))


def key_rows(key, datagram):
    header = dsn.header_of(datagram)
    sequence = dsn.decode_header(datagram)["sequence"]
    return (rows(key[:16], "key") + rows(key[16:29], "iv")
            + (rows(key[29:], "label") if key[29:] else [])
            + rows(dsn.nonce_of(key, sequence), "nonce")
            + rows(dsn.additional_data(header), "additional data"))


def block(lines):
    return "```\n" + "\n".join(lines) + "\n```\n"


def frame_section(title, frame, key, key_name):
    datagram = bytes.fromhex(frame["datagram"])
    plaintext = bytes.fromhex(frame["plaintext"])
    assert open_datagram("b" if "B to A" in title else "a", datagram) == plaintext
    message, = dsn.decode_messages(plaintext)
    explained = message_rows(message)
    assert "".join(line.split("  ")[0].strip() for line in explained) == plaintext.hex()
    return (f"### {title}\n\nThe datagram has {len(datagram)} bytes:\n\n"
            + block(frame_rows(datagram)) + f"\nIt is sealed with {key_name}:\n\n"
            + block(key_rows(key, datagram)) + "\nThe plaintext:\n\n" + block(explained))


def node_lines(name, node):
    return (rows(bytes.fromhex(node["private"]), f"private key of {name}")
            + rows(bytes.fromhex(node["public"]), f"public key of {name}")
            + rows(bytes.fromhex(node["id"]), f"node id of {name}")
            + rows(dsn.be(node["sid"], 8), f"session id of {name}"))


def examples():
    keys, frames = load("keys.json"), load("conversation.json")["frames"]
    welcome = next(f for f in frames if f["messages"][0]["type"] == dsn.WELCOME)
    knock = next(f for f in frames if f["messages"][0]["type"] == dsn.KNOCK)
    mail, data, ack = (next(f for f in frames if f["messages"][0]["type"] == wanted)
                       for wanted in (dsn.MAIL, dsn.DATA, dsn.DATA_ACK))
    network = (rows(bytes.fromhex(keys["network_key"]), "network key")
               + rows(bytes.fromhex(keys["network_id"]), "network id")
               + rows(bytes.fromhex(keys["sum_key"]), "sum key")
               + rows(bytes.fromhex(keys["tag_key"]), "tag key"))
    pair_ab, pair_ba = bytes.fromhex(keys["pair_ab"]), bytes.fromhex(keys["pair_ba"])
    return "\n".join([
        "These are from `test/vectors`. The network and its two nodes, A and B:\n",
        block(network + node_lines("A", keys["nodes"]["a"]) + node_lines("B", keys["nodes"]["b"])
              + rows(bytes.fromhex(keys["shared_secret"]), "ECDH(A, B)")),
        frame_section("10.1 A GROUP frame: WELCOME from B to A", welcome,
                      bytes.fromhex(keys["group_b"]), "GROUP(sid B)"),
        frame_section("10.2 A GROUP frame: KNOCK from A to B", knock,
                      bytes.fromhex(keys["group_a"]), "GROUP(sid A)"),
        frame_section("10.3 The PAIR frame in it: RUN from A to B", knock["inside"], pair_ab,
                      "PAIR(A, B)"),
        frame_section("10.4 A PAIR frame: MAIL from A to B", mail, pair_ab, "PAIR(A, B)"),
        frame_section("10.5 A PAIR frame: DATA from A to B, an ask", data, pair_ab, "PAIR(A, B)"),
        frame_section("10.6 A PAIR frame: DATA_ACK from B to A", ack, pair_ba, "PAIR(B, A)")])


def main():
    mode, path = sys.argv[1], pathlib.Path(sys.argv[2])
    before, rest = path.read_text().split(BEGIN)
    written, after = rest.split(END)
    text = "\n" + examples() + "\n"
    if mode == "--write":
        path.write_text(before + BEGIN + text + END + after)
    elif written != text:
        sys.exit(f"{path.name} does not have the examples of the vectors: run explain.py --write")


if __name__ == "__main__":
    main()
