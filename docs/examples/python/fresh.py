#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Keeps values fresh: sets keys of this node again before they are late. fresh.py PATTERN...

For values that are true until somebody changes them, and that come from a program which sets them
once. What a sensor measures is not touched.
"""

import fnmatch
import sys
import time

import dsn

patterns = sys.argv[1:]


def refresh(agent):
    """Returns after how many seconds the next one is due."""
    due = 1.0
    for reading in agent.read(agent.status()["node"]):
        limit = reading["max_age_ms"]
        if limit is None or not any(fnmatch.fnmatchcase(reading["key"], one) for one in patterns):
            continue
        if reading["status"] == "ok" and reading["age_ms"] >= limit / 2:
            try:
                agent.set(reading["key"], reading["value"], reading["unit"], limit / 1000)
            except dsn.Refused as error:
                print(f"{reading['key']}: {error}", file=sys.stderr)
        due = min(due, limit / 4000)
    return due


while True:
    try:
        with dsn.Agent() as agent:
            while True:
                time.sleep(refresh(agent))
    except dsn.Unreachable:
        time.sleep(1)  # the agent restarts
