# SPDX-License-Identifier: Apache-2.0
"""The chain of beats, docs/protocol.md, section 7.4."""
import hashlib

from dsn_wire import be, hkdf

BEATS_PER_SEGMENT = 2048


def beat_before(node_id, sid, index, element):
    """The element of index - 1."""
    data = b"\x02" + node_id + be(sid, 8) + be(index, 8) + element
    return hashlib.sha256(data).digest()[:8]


def beats_of_segment(seed, node_id, sid, segment):
    """All elements, first to last. The last one is the owner's secret: how it is made is its own
    business, and this is how the product makes it."""
    elements = [hkdf(b"", seed, b"dsn1/beat" + be(segment, 8), 8)]
    for index in range(BEATS_PER_SEGMENT - 1, 0, -1):
        at = segment * BEATS_PER_SEGMENT + index
        elements.append(beat_before(node_id, sid, at, elements[-1]))
    return elements[::-1]


def leads_back(node_id, sid, later, known):
    """Beats are (index, element)."""
    index, element = later
    if index < known[0] or index // BEATS_PER_SEGMENT != known[0] // BEATS_PER_SEGMENT:
        return False
    while index > known[0]:
        element = beat_before(node_id, sid, index, element)
        index -= 1
    return element == known[1]
