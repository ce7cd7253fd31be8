#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""How long an agent takes from its start until it answers on its socket, and its memory then.

    start.py 'COMMAND LINE OF dsn-agent' [TIMES]

The command line may begin with an emulator; its memory is then that of the emulator too.
"""

import os
import shlex
import statistics
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../integration"))
import agents  # noqa: E402
import lan  # noqa: E402


def main():
    program, times = shlex.split(sys.argv[1]), int((sys.argv[2:] + ["9"])[0])
    seconds = []
    with lan.Lan(1) as net, agents.Site() as site:
        for i in range(times):
            agent = site.agent(f"node{i}", net.hosts[0], start=False)
            agent.program = program
            begin = time.monotonic()
            agent.start()
            seconds.append(time.monotonic() - begin)
            with open(f"/proc/{agent.process.pid}/status") as status:
                resident = next(line.split()[1] for line in status if line.startswith("VmRSS"))
            agent.kill()
    print(f"ready after {statistics.median(seconds):.3f} s (median of {times}), "
          f"{max(seconds):.3f} s (most); {resident} kB resident")


if __name__ == "__main__":
    lan.enter()
    main()
