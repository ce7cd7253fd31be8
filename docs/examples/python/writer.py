#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Appends each change of a value to a file, a line each: writer.py NODE KEY FILE"""

import json
import sys
import time

import dsn

node, key, path = sys.argv[1:]
last = None


def write(reading):
    """The same state is written once, however often it is heard."""
    global last
    state = (reading["node_id"], reading["value"], reading["status"])
    if state != last:
        last = state
        line = [reading["time"], reading["status"], reading["value"], reading["unit"]]
        print(json.dumps(line, default=repr), file=file, flush=True)


def follow():
    with dsn.Agent() as agent:
        events = agent.events()
        for reading in agent.read(node, key):
            write(reading)
        for event in events:
            if event["node"] != node:
                continue
            if event["event"] == "updated" and event["key"] == key:
                write(event["reading"])
            elif event["event"] in ("late", "gone", "left"):
                for reading in agent.read(node, key):
                    write(reading)


with open(path, "a") as file:
    while True:
        try:
            follow()
        except dsn.Unreachable:
            time.sleep(1)  # the agent restarts
