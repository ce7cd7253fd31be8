# SPDX-License-Identifier: Apache-2.0
"""What a receiver makes of MAIL, DELTA and SNAPSHOT: docs/protocol.md, section 6.2."""
import dsn_wire as dsn
from det_cbor import Refused, encode, require
from entries import entry_tail, is_short


def whole_entry(entry, held, version, clock):
    """Section 6.2. `held` is what the receiver has under the key, `version` that of the update."""
    if not is_short(entry):
        return entry
    age, value, back = (*entry, 0)[:3]
    require(held is not None and len(held) <= 10, "nothing to make it whole with")
    require(age <= clock and back <= version, "before the beginning")
    _, absent, *described = entry_tail(held)
    require(absent is None, "a value that is not there")
    whole = [version - back, clock - age, held[2], held[3], value, None, None, *described]
    while len(whole) > 5 and whole[-1] is None:
        whole.pop()
    return whole


class Replica:
    """Section 6.2: what an update or snapshot does. `clock` is what its frame tells."""

    def __init__(self):
        self.version = (0, 0)
        self.entries = {}
        self.parts_of = None  # the update of which there are parts
        self.parts = {}

    def apply(self, message, clock=0):
        if message["type"] == dsn.SNAPSHOT:
            target = (message["incarnation"], message["version"])
            return self.replace(target, message["entries"]) if target > self.version else "stale"
        message = self.whole(dict(dsn.UPDATE_DEFAULTS, **message))
        return self.update(message, clock) if message else "part"

    def whole(self, message):
        """Section 6.2 [mail-parts]: nothing until the last part is there."""
        if message["parts"] == 1:
            return message
        update = [message[name] for name in ("incarnation", "to", "steps", "flags", "parts")]
        if update != self.parts_of:
            self.parts_of, self.parts = update, {}
        self.parts[message["part"]] = message
        if len(self.parts) < message["parts"]:
            return None
        entries = {key: entry for _, part in sorted(self.parts.items())
                   for key, entry in part["entries"].items()}
        deleted = [key for part in self.parts.values() for key in part["deleted"]]
        return dict(message, entries=entries, deleted=deleted)

    def update(self, message, clock):
        """The incarnation of the message is that of the sender's RUN, if it said none."""
        target = (message["incarnation"], message["to"])
        first = message["to"] - message["steps"]
        if target[0] < self.version[0]:
            return "stale"
        if target[0] > self.version[0]:
            held = {}
            if first > 0:
                return "gap"
        else:
            held = self.entries
            if first > self.version[1]:
                return "gap"
            if target <= self.version:
                return "stale"
        try:
            entries = {key: whole_entry(entry, held.get(key), message["to"], clock)
                       for key, entry in message["entries"].items()}
        except Refused:
            return "gap"
        kept = {key: entry for key, entry in held.items() if key not in message["deleted"]}
        return self.replace(target, dict(kept, **entries))

    def replace(self, target, entries):
        if len(entries) > 256 or len(encode(entries)) > dsn.STATE_MAX:
            return "too_large"
        self.version, self.entries = target, dict(entries)
        return "applied"
