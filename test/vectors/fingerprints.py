# SPDX-License-Identifier: Apache-2.0
"""Section 7.2 of docs/protocol.md: fingerprints and sums."""
from siphash import siphash24


def fingerprint(sum_key, node_id, incarnation, version, root):
    numbers = incarnation.to_bytes(4, "big") + version.to_bytes(8, "big")
    return siphash24(sum_key, node_id + numbers + root)


def member_sum(sum_key, node_ids):
    return sum(siphash24(sum_key, node_id) for node_id in node_ids) % 2**64
