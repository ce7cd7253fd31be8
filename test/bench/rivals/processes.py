# SPDX-License-Identifier: Apache-2.0
"""What processes cost: processor time, memory, and the bytes on loopback."""

import os
import subprocess


def cpu_ns(pids):
    """Processor time of all their threads so far."""
    total = 0
    for pid in pids:
        for thread in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{thread}/schedstat") as file:
                total += int(file.read().split()[0])
    return total


def resident_kib(pid):
    with open(f"/proc/{pid}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))


def loopback_bytes():
    """Of IP packets, since the namespace was made."""
    with open("/proc/net/dev") as devices:
        line = next(line for line in devices if line.strip().startswith("lo:"))
    return int(line.split(":")[1].split()[0])


class Processes:
    """Those of one run; they end with it."""

    def __init__(self, log):
        self._log = log
        self._all = []

    def start(self, command, environment=None):
        process = subprocess.Popen(command, stdout=self._log, stderr=self._log,
                                   env=dict(os.environ, **(environment or {})))
        self._all.append(process)
        return process.pid

    @property
    def pids(self):
        return [process.pid for process in self._all]

    def check(self):
        for process in self._all:
            if process.poll() is not None:
                raise RuntimeError(f"{process.args[0]} ended with {process.returncode}")

    def end(self):
        for process in self._all:
            process.kill()
        for process in self._all:
            process.wait()
