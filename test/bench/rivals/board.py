# SPDX-License-Identifier: Apache-2.0
"""What the processes of a run share (board.hpp), from the driver's side."""

import mmap
import struct
import tempfile
import time

NODES_MAX = 64
UPDATES_MAX = 4096
_WORDS = 8
_LINES = _WORDS
_TOOK = _LINES + NODES_MAX * _WORDS
_HEARD, _HELD, _STARTED, _COMPLETE = 1, 2, 3, 4


class Board:
    def __init__(self):
        self._file = tempfile.NamedTemporaryFile(prefix="dsn-bench-", dir="/dev/shm")
        self.path = self._file.name
        size = 8 * (_TOOK + NODES_MAX * UPDATES_MAX)
        self._file.truncate(size)
        self._memory = mmap.mmap(self._file.fileno(), size)

    def close(self):
        self._memory.close()
        self._file.close()

    def _word(self, index):
        return struct.unpack_from("q", self._memory, 8 * index)[0]

    def _of_node(self, node, word):
        return self._word(_LINES + node * _WORDS + word)

    def allow(self, step):
        struct.pack_into("q", self._memory, 0, step)

    def reached(self):
        return self._word(1)

    def heard(self, node):
        return self._of_node(node, _HEARD)

    def held(self, node):
        return self._of_node(node, _HELD)

    def complete_after_ms(self, node):
        """From its start until it had all keys; None if it has not."""
        complete = self._of_node(node, _COMPLETE)
        return (complete - self._of_node(node, _STARTED)) / 1e6 if complete else None

    def last_us(self, readers, updates):
        """Of each update that everybody heard the time until the last of them did, and how many
        of all there should have been were heard."""
        last, heard = [], 0
        for update in range(updates):
            took = [self._word(_TOOK + reader * UPDATES_MAX + update) for reader in readers]
            heard += sum(1 for one in took if one > 0)
            if all(one > 0 for one in took):
                last.append(max(took) / 1000)
        return last, heard / (updates * len(readers))


def wait_for(condition, seconds, what):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(what)
        time.sleep(0.005)
