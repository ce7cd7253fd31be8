#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""From `set` in one program to the event in others, through one agent each.

    api_latency.py PATH_OF_dsn-agent PATH_OF_api_latency [READERS [UPDATES]]
"""

import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../integration"))
import agents  # noqa: E402
import lan  # noqa: E402


def main():
    agents.AGENT = os.path.abspath(sys.argv[1])
    readers, updates = (int(a) for a in (sys.argv[3:] + ["1", "1000"][len(sys.argv) - 3:]))
    with lan.Lan(1, bare=True) as net, agents.Site() as site:
        members = [
            site.agent(f"node{i}", net.hosts[0], interfaces=["lo"]) for i in range(readers + 1)
        ]
        lan.wait_until(lambda: agents.all_meet(members), 60)
        subprocess.run([sys.argv[2], str(updates)] + [m.socket for m in members], check=True)


if __name__ == "__main__":
    lan.enter()
    main()
