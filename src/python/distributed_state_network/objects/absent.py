# SPDX-License-Identifier: Apache-2.0
"""What Python DSN sends over HTTP. Here the agents have a protocol of their own."""


class Absent:
    """A class that programs import, and that has no form on the wire."""

    @classmethod
    def from_bytes(cls, data):
        raise ValueError(f"there is no {cls.__name__} of {len(data)} bytes: agents speak the "
                         "protocol of docs/protocol.md, and programs see none of it")
