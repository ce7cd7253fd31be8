# SPDX-License-Identifier: Apache-2.0
"""The DSN protocol as docs/protocol.md specifies it, for tests: keys, frames, heads, states and
messages. Section numbers are those of that document. Malformed input raises Refused."""
import hashlib
import hmac
import re

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.ciphers.aead import AESCCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from det_cbor import Refused, decode, decode_sequence, depth, encode, require

DATAGRAM_MAX = 1232
HEADER = 16
TAG = 16
GROUP, PAIR = 0, 1
EPOCH = 1
CLOCK_MAX = 2**48
STATE_MAX = 65536
CHUNK = 1024
HEAD_MAX = 224
RUMOUR = 13

HELLO, WELCOME, MAIL, SYN, ACK, LIST = range(1, 7)
PULL, DELTA, SNAPSHOT, MANIFEST, WANT, CHUNK_MESSAGE = range(7, 13)
RUMOURS, LATE, OWNHEAD, WHO, PEERS = range(13, 18)
BYE, HEAD, ORIGIN = range(22, 25)

P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def be(number, size):
    return number.to_bytes(size, "big")


def short_hash(data):
    return hashlib.sha256(data).digest()[:16]


# Section 2: identifiers.

def hkdf(salt, key, info, size):
    return HKDF(hashes.SHA256(), size, salt or None, info).derive(key)


def public_bytes(public):
    form = serialization.PublicFormat.UncompressedPoint
    return public.public_bytes(serialization.Encoding.X962, form)


def load_public(data):
    require(len(data) == 65 and data[0] == 4, "not an uncompressed point")
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), data)
    except ValueError as error:
        raise Refused("not a point of the curve") from error


class Identity:
    def __init__(self, scalar):
        self.scalar = scalar
        self.private = ec.derive_private_key(scalar, ec.SECP256R1())
        self.public = public_bytes(self.private.public_key())
        self.id = short_hash(self.public)

    def agree(self, public):
        return self.private.exchange(ec.ECDH(), load_public(public))

    def sign(self, message):
        return sign_deterministic(self.scalar, message)


def prefix_of(node_id):
    return int.from_bytes(node_id[:8], "big")


# RFC 6979, section 3.2, for P-256 with SHA-256.
def deterministic_nonces(scalar, digest):
    value, key = b"\x01" * 32, b"\x00" * 32
    seed = be(scalar, 32) + be(int.from_bytes(digest, "big") % P256_ORDER, 32)
    for separator in (b"\x00", b"\x01"):
        key = hmac.digest(key, value + separator + seed, "sha256")
        value = hmac.digest(key, value, "sha256")
    while True:
        value = hmac.digest(key, value, "sha256")
        nonce = int.from_bytes(value, "big")
        if 0 < nonce < P256_ORDER:
            yield nonce
        key = hmac.digest(key, value + b"\x00", "sha256")
        value = hmac.digest(key, value, "sha256")


def sign_deterministic(scalar, message):
    digest = hashlib.sha256(message).digest()
    for nonce in deterministic_nonces(scalar, digest):
        point = ec.derive_private_key(nonce, ec.SECP256R1()).public_key().public_numbers()
        r = point.x % P256_ORDER
        s = pow(nonce, -1, P256_ORDER) * (int.from_bytes(digest, "big") + r * scalar) % P256_ORDER
        if r and s:
            return be(r, 32) + be(s, 32)


def verify(public, message, signature):
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    try:
        load_public(public).verify(utils.encode_dss_signature(r, s), message,
                                   ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


# Section 3: keys and frames.

class Network:
    def __init__(self, key):
        self.key = key
        self.id = hkdf(b"", key, b"dsn1/net", 8)
        self.sum_key = hkdf(b"", key, b"dsn1/sum", 16)

    def group_key(self, sid):
        return hkdf(self.id, self.key, b"dsn1/grp" + be(sid, 8), 29)

    def pair_key(self, secret, sender, receiver):
        """`sender` and `receiver` are (node id, session id)."""
        info = b"dsn1/pair" + sender[0] + receiver[0] + be(sender[1], 8) + be(receiver[1], 8)
        return hkdf(self.key, secret, info, 29)

    def group_ipv4(self):
        return bytes([239, 255]) + self.id[:2]

    def group_ipv6(self):
        return b"\xff\x12" + bytes(6) + self.id


def encode_header(frame_class, sequence, sid, epoch=EPOCH):
    return bytes([0xD1, frame_class << 6 | epoch]) + be(sequence, 6) + be(sid, 8)


def decode_header(datagram):
    require(HEADER + TAG < len(datagram) <= DATAGRAM_MAX, "size")
    require(datagram[0] == 0xD1, "magic")
    require(datagram[1] >> 6 in (GROUP, PAIR), "class")
    require(datagram[1] & 0x3F == EPOCH, "epoch")
    return {"class": datagram[1] >> 6, "sequence": int.from_bytes(datagram[2:8], "big"),
            "sid": int.from_bytes(datagram[8:16], "big")}


def nonce_of(key, sequence):
    return bytes(a ^ b for a, b in zip(key[16:], be(sequence, 13)))


def additional_data(header):
    return encode(["Encrypt0", encode({1: 30}), header])


def seal(key, header, plaintext):
    require(len(header) + len(plaintext) + TAG <= DATAGRAM_MAX, "too long for a datagram")
    sequence = int.from_bytes(header[2:8], "big")
    sealed = AESCCM(key[:16], TAG).encrypt(nonce_of(key, sequence), plaintext,
                                           additional_data(header))
    return header + sealed


def open_frame(key, datagram):
    header = decode_header(datagram)
    try:
        return AESCCM(key[:16], TAG).decrypt(nonce_of(key, header["sequence"]), datagram[HEADER:],
                                             additional_data(datagram[:HEADER]))
    except InvalidTag as error:
        raise Refused("the tag does not match") from error


# Section 4: heads.

HEAD_FIELDS = ("format", "network", "id", "name", "incarnation", "version", "root", "keys", "size",
               "sid", "clock", "anchor_index", "anchor_element", "flags")


def make_head(network, identity, name, sid, incarnation, version, canonical, keys, **more):
    fields = {"format": 1, "network": network.id, "id": identity.id, "name": name,
              "incarnation": incarnation, "version": version, "root": state_root(canonical),
              "keys": keys, "size": len(canonical), "sid": sid, "clock": 0, "anchor_index": 0,
              "anchor_element": bytes(8), "flags": 0}
    return dict(fields, **more)


def encode_head(fields):
    return encode([fields[name] for name in HEAD_FIELDS])


def decode_head(data):
    require(len(data) <= HEAD_MAX, "too long")
    items = decode(data)
    require(isinstance(items, list) and len(items) >= len(HEAD_FIELDS), "too few elements")
    fields = dict(zip(HEAD_FIELDS, items))
    require(fields["format"] == 1, "format")
    for name, size in (("network", 8), ("id", 16), ("root", 16), ("anchor_element", 8)):
        require(is_bytes(fields[name], size), name)
    check_name(fields["name"])
    bounds = {"incarnation": 2**32 - 1, "keys": 256, "size": STATE_MAX, "clock": CLOCK_MAX}
    for name in ("incarnation", "version", "keys", "size", "sid", "clock", "anchor_index", "flags"):
        require(is_uint(fields[name], bounds.get(name, 2**64 - 1)), name)
    require(fields["incarnation"] > 0, "incarnation 0")
    require(all(depth(item) <= 1 for item in items[len(HEAD_FIELDS):]), "depth")
    return fields


def sig_structure(head):
    return encode(["Signature1", encode({1: -7}), b"dsn1-head", head])


# Section 5: states.

def is_uint(value, most=2**64 - 1):
    return type(value) is int and 0 <= value <= most


def is_bytes(value, size):
    return isinstance(value, bytes) and len(value) == size


def is_text(value, most, least=0):
    return isinstance(value, str) and least <= len(value.encode()) <= most


def check_key(key):
    require(isinstance(key, str) and len(key) <= 64, "key")
    require(re.fullmatch(r"[a-z][a-z0-9_]*(/[a-z0-9_]+)*", key), "key")


def check_entry(entry):
    require(isinstance(entry, list) and len(entry) >= 5, "entry")
    require(is_uint(entry[0]), "version of an entry")
    require(is_uint(entry[1], CLOCK_MAX) and is_uint(entry[2], CLOCK_MAX), "time of an entry")
    require(is_text(entry[3], 16), "unit")
    require(len(encode(entry[4])) <= 1024 and depth(entry[4]) <= 8, "value")
    require(len(entry) == 5 or is_text(entry[5], 160, 1), "error")
    require(all(depth(item) <= 8 for item in entry[6:]), "depth")


def check_entries(entries):
    require(isinstance(entries, dict) and len(entries) <= 256, "entries")
    for key, entry in entries.items():
        check_key(key)
        check_entry(entry)


def check_deleted(keys):
    require(isinstance(keys, list) and len(keys) <= 64, "deleted")
    for key in keys:
        check_key(key)
    encoded = [encode(key) for key in keys]
    require(all(a < b for a, b in zip(encoded, encoded[1:])), "order of deleted keys")


def chunks_of(canonical):
    return [canonical[at:at + CHUNK] for at in range(0, len(canonical), CHUNK)]


def chunk_hash(chunk):
    return short_hash(b"\x00" + chunk)


def chunk_hashes(canonical):
    return b"".join(chunk_hash(chunk) for chunk in chunks_of(canonical))


def state_root(canonical):
    return short_hash(b"\x01" + chunk_hashes(canonical))


class Replica:
    """Section 6.2: what an update or snapshot does."""

    def __init__(self):
        self.version = (0, 0)
        self.entries = {}

    def apply(self, message):
        if message["type"] == SNAPSHOT:
            target = (message["incarnation"], message["version"])
            return self.replace(target, message["entries"]) if target > self.version else "stale"
        return self.update(message)

    def update(self, message):
        target = (message["incarnation"], message["to"])
        if target[0] < self.version[0]:
            return "stale"
        if target[0] > self.version[0]:
            return self.replace(target, message["entries"]) if message["from"] == 0 else "gap"
        if message["from"] > self.version[1]:
            return "gap"
        if target <= self.version:
            return "stale"
        kept = {key: entry for key, entry in self.entries.items()
                if key not in message["deleted"]}
        return self.replace(target, dict(kept, **message["entries"]))

    def replace(self, target, entries):
        if len(entries) > 256 or len(encode(entries)) > STATE_MAX:
            return "too_large"
        self.version, self.entries = target, dict(entries)
        return "applied"


# Section 6: messages. Fields are those of docs/protocol.cddl, by name.

def check_items(items):
    require(isinstance(items, list), "items")
    for item in items:
        require(isinstance(item, list) and len(item) == 4, "item")
        require(is_uint(item[0]) and is_uint(item[1], 2**32 - 1), "item")
        require(is_uint(item[2]) and is_uint(item[3]), "item")


def check_addresses(addresses):
    require(isinstance(addresses, list) and len(addresses) <= 32, "addresses")
    for address in addresses:
        require(isinstance(address, list) and len(address) == 3, "address")
        require(is_bytes(address[0], 16), "address")
        require(is_bytes(address[1], 4) or is_bytes(address[1], 16), "address")
        require(is_uint(address[2], 65535), "port")


def check_uints(values, count, most):
    require(isinstance(values, list) and len(values) <= count, "list")
    require(all(is_uint(value, most) for value in values), "list")


def uint(most=2**64 - 1):
    return lambda value: require(is_uint(value, most), "number")


def data(*sizes):
    return lambda value: require(isinstance(value, bytes) and len(value) in sizes, "bytes")


def up_to(most):
    return lambda value: require(isinstance(value, bytes) and len(value) <= most, "bytes")


def incarnation(value):
    require(is_uint(value, 2**32 - 1) and value > 0, "incarnation")


def check_name(name):
    require(is_text(name, 63, 1), "name")
    require(not any(ord(c) < 0x20 or ord(c) == 0x7F for c in name), "name")


SIGNED_HEAD = [("head", up_to(HEAD_MAX)), ("signature", data(64))]
STATE_VERSION = [("incarnation", uint(2**32 - 1)), ("version", uint())]
EXISTING_VERSION = [("incarnation", incarnation), ("version", uint())]
CLOCK = ("clock", uint(CLOCK_MAX))
ENTRIES = ("entries", check_entries)
TOKEN = ("token", uint())
ITEMS = ("items", check_items)

GREETING = SIGNED_HEAD + [
    ("public_key", data(65)), ("member_sum", uint()), ("members", uint())]
UPDATE = [("incarnation", incarnation), ("from", uint()), ("to", uint()), CLOCK,
          ("flags", uint()), ENTRIES, ("deleted", check_deleted)]

ORIGIN_ID = ("origin", data(16))


def check_rumours(value):
    require(isinstance(value, bytes) and len(value) % RUMOUR == 0, "rumours")
    require(len(value) <= 64 * RUMOUR, "rumours")


MESSAGES = {
    HELLO: GREETING,
    WELCOME: GREETING + [("echo", uint())],
    MAIL: UPDATE,
    SYN: [TOKEN, ("state_sum", uint()), ITEMS],
    ACK: [TOKEN, ITEMS, ("buckets", data(0, 512))],
    LIST: [TOKEN, ("answer", lambda value: require(isinstance(value, bool), "boolean")),
           ("mask", uint()), ITEMS],
    PULL: STATE_VERSION,
    DELTA: UPDATE,
    SNAPSHOT: EXISTING_VERSION + [CLOCK, ENTRIES],
    MANIFEST: EXISTING_VERSION + [CLOCK, ("size", uint(STATE_MAX)), ("hashes", up_to(1024))],
    WANT: STATE_VERSION + [("indexes", lambda value: check_uints(value, 16, 63))],
    CHUNK_MESSAGE: STATE_VERSION + [("index", uint(63)), ("bytes", up_to(1024))],
    OWNHEAD: SIGNED_HEAD,
    WHO: [("prefixes", lambda value: check_uints(value, 16, 2**64 - 1))],
    PEERS: [("addresses", check_addresses)],
    BYE: [("reason", uint())],
    RUMOURS: [("own_index", uint()), ("own_element", data(8)), ("others", check_rumours)],
    LATE: [("prefixes", lambda value: check_uints(value, 16, 2**64 - 1))],
    HEAD: SIGNED_HEAD,
    ORIGIN: SIGNED_HEAD + [("public_key", data(65)), ("beat_index", uint()),
                           ("beat_element", data(8))],
}
# Fields that follow the others in some messages of the type only.
OPTIONAL = {message_type: [ORIGIN_ID] for message_type in (PULL, MANIFEST, WANT, CHUNK_MESSAGE)}


def encode_message(message, *more):
    """`more` are elements after the known ones, such as the padding of HELLO."""
    optional = [field for field in OPTIONAL.get(message["type"], []) if field[0] in message]
    known = [message[name] for name, _ in MESSAGES[message["type"]] + optional]
    return encode([message["type"], *known, *more])


def check_together(message):
    """What several fields must satisfy together."""
    if message["type"] in (MAIL, DELTA):
        require(message["from"] <= message["to"], "from after to")
    if message["type"] == MANIFEST:
        hashes_size = -(-message["size"] // CHUNK) * 16
        require(hashes_size > 0 and len(message["hashes"]) == hashes_size, "number of hashes")


def message_of(items):
    """One decoded array as a message; a message of an unknown type has no fields."""
    require(isinstance(items, list) and items and is_uint(items[0]), "not a message")
    fields = MESSAGES.get(items[0], [])
    require(len(items) > len(fields), "too few elements")
    fields = (fields + OPTIONAL.get(items[0], []))[:len(items) - 1]
    message = {"type": items[0]}
    for (name, check), value in zip(fields, items[1:]):
        check(value)
        message[name] = value
    require(all(depth(item) <= 4 for item in items[len(fields) + 1:]), "depth")
    check_together(message)
    return message


def decode_messages(plaintext):
    return [message_of(items) for items in decode_sequence(plaintext)]


# Section 7.2: fingerprints.

def rotate(value, bits):
    return (value << bits | value >> (64 - bits)) & (2**64 - 1)


def sip_round(v):
    mask = 2**64 - 1
    v[0] = v[0] + v[1] & mask
    v[2] = v[2] + v[3] & mask
    v[1] = rotate(v[1], 13) ^ v[0]
    v[3] = rotate(v[3], 16) ^ v[2]
    v[0] = rotate(v[0], 32)
    v[2] = v[2] + v[1] & mask
    v[0] = v[0] + v[3] & mask
    v[1] = rotate(v[1], 17) ^ v[2]
    v[3] = rotate(v[3], 21) ^ v[0]
    v[2] = rotate(v[2], 32)


def siphash24(key, message):
    k0, k1 = int.from_bytes(key[:8], "little"), int.from_bytes(key[8:], "little")
    v = [k0 ^ 0x736F6D6570736575, k1 ^ 0x646F72616E646F6D, k0 ^ 0x6C7967656E657261,
         k1 ^ 0x7465646279746573]
    padded = message + bytes(7 - len(message) % 8) + bytes([len(message) & 0xFF])
    for at in range(0, len(padded), 8):
        word = int.from_bytes(padded[at:at + 8], "little")
        v[3] ^= word
        sip_round(v)
        sip_round(v)
        v[0] ^= word
    v[2] ^= 0xFF
    for _ in range(4):
        sip_round(v)
    return v[0] ^ v[1] ^ v[2] ^ v[3]


def fingerprint(sum_key, node_id, incarnation, version, root):
    return siphash24(sum_key, node_id + be(incarnation, 4) + be(version, 8) + root)


def member_sum(sum_key, node_ids):
    return sum(siphash24(sum_key, node_id) for node_id in node_ids) % 2**64
