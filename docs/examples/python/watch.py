#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Prints the values of a key of all nodes, now and whenever one changes: watch.py KEY"""

import sys

import dsn


def show(reading):
    if reading["status"] == "ok":
        print(reading["node"], reading["value"], reading["unit"], flush=True)
    else:
        print(reading["node"], reading["status"], flush=True)


key = sys.argv[1]
with dsn.Agent() as agent:
    events = agent.events()  # first this, then read: so nothing is missed in between
    for reading in agent.read(key=key):
        show(reading)
    for event in events:
        if event["event"] == "updated" and event["key"] == key:
            show(event["reading"])
        elif event["event"] == "gone":
            print(event["node"], "is gone", flush=True)
