# SPDX-License-Identifier: Apache-2.0
"""Deterministic signatures: RFC 6979 for P-256 with SHA-256."""
import hashlib
import hmac

from cryptography.hazmat.primitives.asymmetric import ec

P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def be(number):
    return number.to_bytes(32, "big")


# Section 3.2.
def deterministic_nonces(scalar, digest):
    value, key = b"\x01" * 32, b"\x00" * 32
    seed = be(scalar) + be(int.from_bytes(digest, "big") % P256_ORDER)
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
            return be(r) + be(s)
