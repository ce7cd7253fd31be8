#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Checks DSN's CBOR codec against cbor2.

Usage: cbor_interop.py PATH-TO-CBOR-ECHO [SEED]

cbor-echo gets one encoding a line and answers with what our reader and writer make of it, or with
"refused". Deterministic encodings must come back as they are; everything else must be refused.
"""
import datetime
import decimal
import math
import random
import resource
import struct
import subprocess
import sys

try:
    import cbor2
except ImportError:
    print("skipped: no cbor2 for this Python (Debian: python3-cbor2)")
    sys.exit(77)

from det_cbor import depth, encode

DEPTH_MAX = 8
NUMBER_EDGES = [0, 23, 24, 255, 256, 65535, 65536, 2**32 - 1, 2**32, 2**63 - 1, 2**63, 2**64 - 1]


def random_integer(rng):
    if rng.random() < 0.3:
        number = max(0, min(2**64 - 1, rng.choice(NUMBER_EDGES) + rng.randint(-1, 1)))
    else:
        number = rng.getrandbits(rng.randint(1, 64))
    return number if rng.random() < 0.5 else -1 - number


def random_real(rng):
    choice = rng.randrange(4)
    if choice == 0:
        return rng.randint(-(2**12), 2**12) * 2.0 ** rng.randint(-30, 10)
    if choice == 1:
        return struct.unpack(">e", rng.randbytes(2))[0]
    if choice == 2:
        return struct.unpack(">f", rng.randbytes(4))[0]
    return struct.unpack(">d", rng.randbytes(8))[0]


def random_text(rng):
    return "".join(rng.choices("aZ09 \u00fc\u07ff\u6c34\uffff\U00010151", k=rng.randrange(30)))


def random_scalar(rng):
    choice = rng.randrange(6)
    if choice == 0:
        return random_integer(rng)
    if choice == 1:
        return random_real(rng)
    if choice == 2:
        return random_text(rng)
    if choice == 3:
        return rng.randbytes(rng.choice([rng.randrange(30), rng.randrange(250, 260)]))
    return rng.choice([True, False, None])


def random_value(rng, levels):
    if levels == 0 or rng.random() < 0.3:
        return random_scalar(rng)
    count = rng.randrange(5)
    if rng.random() < 0.5:
        return [random_value(rng, levels - 1) for _ in range(count)]
    keys = (random_integer, random_text, random_scalar)[rng.randrange(3)]
    return {keys(rng): random_value(rng, levels - 1) for _ in range(count)}


def mutated(rng, encoded):
    data = bytearray(encoded)
    for _ in range(rng.randint(1, 2)):
        at = rng.randrange(len(data)) if data else 0
        choice = rng.randrange(4)
        if choice == 0 and data:
            data[at] ^= 1 << rng.randrange(8)
        elif choice == 1 and data:
            data[at] = rng.randrange(256)
        elif choice == 2 and data:
            del data[at]
        else:
            data.insert(at, rng.randrange(256))
    return bytes(data)


def outside_of_model():
    """Well-formed CBOR that DSN does not speak."""
    yield cbor2.dumps(2**64)
    yield cbor2.dumps(-(2**64) - 1)
    yield cbor2.dumps(decimal.Decimal("1.5"))
    yield cbor2.dumps(datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc))
    yield cbor2.dumps(cbor2.undefined)
    yield cbor2.dumps(cbor2.CBORSimpleValue(99))
    yield cbor2.dumps(cbor2.CBORTag(24, b""))
    yield cbor2.dumps({1, 2})
    yield cbor2.dumps({"b": 1, "a": 2})
    yield cbor2.dumps(1.5)
    yield cbor2.dumps([1.5])
    yield cbor2.dumps({"aa": 0, 1000: 0}, canonical=True)[:1] + b"\x62aa\x00\x19\x03\xe8\x00"


def same(a, b):
    """Equality that knows NaN, and takes a tuple (an array as a key) for a list."""
    if isinstance(a, (list, tuple)) and isinstance(b, (list, tuple)):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b))
    if isinstance(a, dict) and isinstance(b, dict):
        return encode(a) == encode(b)
    if isinstance(a, float) and isinstance(b, float) and math.isnan(a):
        return math.isnan(b)
    return type(a) is type(b) and a == b


def check_valid(rng, echo):
    values = [random_value(rng, DEPTH_MAX) for _ in range(3000)]
    encodings = [encode(value) for value in values]
    for value, encoded, answer in zip(values, encodings, echo(encodings)):
        assert answer == encoded.hex(), f"{encoded.hex()} came back as {answer}"
        assert same(cbor2.loads(bytes.fromhex(answer)), value), encoded.hex()
    # cbor2's own canonical mode, where it means RFC 8949: keys of one type and sign, no reals.
    plain = [{random_text(rng): random_integer(rng) for _ in range(20)} for _ in range(200)]
    plain += [{abs(random_integer(rng)) % 2**64: random_text(rng) for _ in range(20)}
              for _ in range(200)]
    encodings = [cbor2.dumps(value, canonical=True) for value in plain]
    for encoded, answer in zip(encodings, echo(encodings)):
        assert answer == encoded.hex(), f"{encoded.hex()} came back as {answer}"
    return len(values) + len(plain)


def check_refused(echo):
    encodings = list(outside_of_model())
    for encoded, answer in zip(encodings, echo(encodings)):
        assert answer == "refused", f"{encoded.hex()} came back as {answer}"
    return len(encodings)


def check_damaged(rng, echo):
    sources = [encode(random_value(rng, 4)) for _ in range(1500)]
    inputs = [mutated(rng, source) for source in sources for _ in range(10)]
    answers = echo(inputs)
    # cbor2 allocates what a head declares.
    resource.setrlimit(resource.RLIMIT_AS, (2**29, resource.getrlimit(resource.RLIMIT_AS)[1]))
    accepted = 0
    for encoded, answer in zip(inputs, answers):
        try:
            value = cbor2.loads(encoded)
            understood = True
            deterministic = encode(value) == encoded and depth(value) <= DEPTH_MAX
        except Exception:  # whatever cbor2 raises, it means that it does not understand the bytes
            understood = deterministic = False
        if answer != "refused":
            accepted += 1
            assert answer == encoded.hex(), f"{encoded.hex()} came back as {answer}"
            assert understood, f"accepted, but not by cbor2: {encoded.hex()}"
        elif deterministic:
            # Tags, undefined and other simple values come back from cbor2 as they were.
            assert any(0xC0 <= byte < 0xF4 or byte in (0xF7, 0xF8) for byte in encoded), \
                f"refused without a reason: {encoded.hex()}"
    assert 1000 < accepted < len(inputs) - 1000, f"only {accepted} of {len(inputs)} accepted"
    return len(inputs)


def main():
    program = sys.argv[1]
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1

    def echo(encodings):
        text = "".join(encoded.hex() + "\n" for encoded in encodings)
        ran = subprocess.run([program], input=text, capture_output=True, text=True, check=True)
        answers = ran.stdout.split("\n")[:-1]
        assert len(answers) == len(encodings), ran.stderr
        return answers

    rng = random.Random(seed)
    print(f"seed {seed}: {check_valid(rng, echo)} values, {check_refused(echo)} foreign items, "
          f"{check_damaged(rng, echo)} damaged inputs")


if __name__ == "__main__":
    main()
