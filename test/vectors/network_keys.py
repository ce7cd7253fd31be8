# SPDX-License-Identifier: Apache-2.0
"""Section 7.10 of docs/protocol.md: network keys and what their authority says of them."""
import hashlib

from det_cbor import decode, depth, encode, require
from dsn_wire import Network, is_bytes, is_uint, short_hash, sig_structure, verify

STATEMENT_MAX, OUT_MAX = 640, 32


def mark_of(network):
    """What the head of a node says that has the statement of this key."""
    return network.epoch << 32 | int.from_bytes(short_hash(network.key)[:4], "big")


STATEMENT_FIELDS = ("format", "network", "epoch", "key_hash", "out", "flags")


def encode_statement(fields, *more):
    return encode([fields[name] for name in STATEMENT_FIELDS] + list(more))


def decode_statement(data):
    require(len(data) <= STATEMENT_MAX, "too long")
    items = decode(data)
    require(isinstance(items, list) and len(items) >= len(STATEMENT_FIELDS), "too few elements")
    fields = dict(zip(STATEMENT_FIELDS, items))
    require(fields["format"] == 1, "format")
    require(is_bytes(fields["network"], 8) and is_bytes(fields["key_hash"], 16), "size")
    require(is_uint(fields["epoch"], 2**32 - 1) and fields["epoch"] > 0, "epoch")
    require(is_uint(fields["flags"], 2**64 - 1), "flags")
    require(isinstance(fields["out"], list) and len(fields["out"]) <= OUT_MAX, "out")
    require(all(is_bytes(node_id, 16) for node_id in fields["out"]), "out")
    require(all(depth(item) <= 1 for item in items[len(STATEMENT_FIELDS):]), "depth")
    return fields


def statement_signed(statement):
    return sig_structure(statement, b"dsn1-key")


def take_key(network, authority_hash, own_id, message):
    """The key that a node of this network, with this current key, takes from KEY. Raises Refused if
    it takes none, because the key is not proven or not newer."""
    require(authority_hash and short_hash(message["authority"]) == authority_hash, "authority")
    fields = decode_statement(message["statement"])
    require(fields["network"] == network.id, "network")
    require(fields["key_hash"] == short_hash(message["key"]), "key hash")
    require((fields["epoch"], fields["key_hash"]) > (network.epoch, short_hash(network.key)), "age")
    require(own_id not in fields["out"], "out")
    require(verify(message["authority"], statement_signed(message["statement"]),
                   message["signature"]), "signature")
    return Network(message["key"], fields["epoch"], authority_hash)


def put_out(network, authority_hash, own_id, known_out, message):
    """Whom a KEY that is not newer puts out besides those who are out already. Raises Refused if it is not proven."""
    require(authority_hash and short_hash(message["authority"]) == authority_hash, "authority")
    fields = decode_statement(message["statement"])
    require(fields["network"] == network.id, "network")
    require(fields["key_hash"] == short_hash(message["key"]), "key hash")
    require((fields["epoch"], fields["key_hash"]) <= (network.epoch, short_hash(network.key)), "age")
    more = [node_id for node_id in fields["out"] if node_id not in known_out]
    require(more, "nobody")
    require(own_id not in fields["out"], "out")
    require(verify(message["authority"], statement_signed(message["statement"]),
                   message["signature"]), "signature")
    return more


def mark_of_second(key):
    """What the head of a node says that has this second key, in a network without an authority."""
    return int.from_bytes(short_hash(key)[:4], "big")


DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def typed(prefix, secret):
    """A secret as people type it: docs/configuration.md."""
    content = secret + hashlib.sha256(prefix.encode() + secret).digest()[:4]
    bits = "".join(f"{byte:08b}" for byte in content)
    bits += "0" * (-len(bits) % 5)
    digits = "".join(DIGITS[int(bits[at:at + 5], 2)] for at in range(0, len(bits), 5))
    return "-".join([prefix] + [digits[at:at + 4] for at in range(0, len(digits), 4)])
