# SPDX-License-Identifier: Apache-2.0
"""One run of one system: its nodes, in which order they start, and what is looked at."""

import os
import tempfile
import time

from board import Board, wait_for
from processes import Processes, cpu_ns, loopback_bytes, resident_kib

KEYS_OF_A_BURST = 200


def percentile(values, part):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))] if ordered else None


class Run:
    """A system with its processes, in a folder of its own."""

    def __init__(self, system, folder, kind, nodes, keys, updates=0, pause_us=0, flood_ms=0):
        self.system, self.folder, self.nodes = system, folder, nodes
        self._words = [str(word) for word in (nodes, keys, updates, pause_us, flood_ms)]
        self._kind = kind
        self._site = tempfile.TemporaryDirectory(prefix="dsn-bench-")
        self.path = self._site.name
        self._log = open(os.path.join(self.path, "log"), "w")
        self.processes = Processes(self._log)
        self.board = Board()
        self.where = None

    def __enter__(self):
        self.where = self.system.prepare(self)
        return self

    def __exit__(self, kind, *_):
        self.processes.end()
        self._log.close()
        if kind is not None:
            with open(self._log.name) as log:
                print(f"{self.system.name}: {log.read()[-2000:]}", flush=True)
        self.board.close()
        self._site.cleanup()

    def start(self, index):
        self.system.add_node(self, self.where, index)
        program = os.path.join(self.folder, "test/bench/rivals", self.system.program)
        return self.processes.start(
            [program, self.board.path, self._kind, str(index), *self._words, self.where,
             self.system.how], self.system.environment)

    def wait_for_step(self, step, seconds):
        def done():
            self.processes.check()
            return self.board.reached() >= step
        wait_for(done, seconds, f"{self.system.name}: step {step}")


def stream(system, folder, nodes, updates, pause_us, flood_ms):
    """Node 0 publishes, all others hear."""
    readers = range(1, nodes)
    with Run(system, folder, "stream", nodes, KEYS_OF_A_BURST, updates, pause_us, flood_ms) as run:
        for index in [*readers, 0]:
            run.start(index)
        run.wait_for_step(1, 60)
        cpu, sent = cpu_ns(run.processes.pids), loopback_bytes()
        run.board.allow(1)
        run.wait_for_step(2, 60 + 2e-6 * updates * pause_us)
        cpu, sent = cpu_ns(run.processes.pids) - cpu, loopback_bytes() - sent
        last, arrived = run.board.last_us(readers, updates)
        found = {
            "p50_us": percentile(last, 0.5),
            "p99_us": percentile(last, 0.99),
            "arrived": arrived,
            "cpu_us": cpu / 1000 / (updates * len(readers)),
            "bytes": sent / updates / len(readers),
        }
        if flood_ms:
            found["one_key_per_s"] = seen_per_s(run, readers, 2)
            found["keys_per_s"] = seen_per_s(run, readers, 3)
        return found


def seen_per_s(run, readers, step):
    """What each reader sees in a second while the writer is at full speed."""
    before, begun = [run.board.heard(reader) for reader in readers], time.monotonic()
    run.board.allow(step)
    run.wait_for_step(step + 1, 60)
    took = time.monotonic() - begun
    seen = [run.board.heard(reader) - heard for reader, heard in zip(readers, before)]
    time.sleep(0.5)  # what is still under way is not of the next step
    return sum(seen) / len(seen) / took


def join(system, folder, nodes, keys, newcomers):
    """All nodes hold what all others have; then newcomers start, one after another."""
    with Run(system, folder, "hold", nodes, keys) as run:
        pids = [run.start(index) for index in range(nodes)]

        def complete():
            run.processes.check()
            return all(run.board.held(node) == (nodes - 1) * keys for node in range(nodes))
        wait_for(complete, 120, f"{system.name}: all hold all")
        resident = [resident_kib(pid) for pid in pids]
        took = []
        for index in range(nodes, nodes + newcomers):
            time.sleep(0.5)
            run.start(index)
            wait_for(lambda: run.board.complete_after_ms(index) is not None, 60,
                     f"{system.name}: a newcomer holds all")
            took.append(run.board.complete_after_ms(index))
        return {"join_ms": percentile(took, 0.5), "resident_mib": percentile(resident, 0.5) / 1024}
