#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Keeps the keys NAME/... of this node in a file, and gives them back after a restart of the agent
or of the machine: persist.py NAME FILE

Values are those that JSON has: no bytes.
"""

import json
import os
import sys
import time

import dsn

name, path = sys.argv[1:]


def load():
    try:
        with open(path) as file:
            return json.load(file)
    except FileNotFoundError:
        return {}


def save(entries):
    """Either the old file is there or the new one, also after a loss of power."""
    with open(path + ".new", "w") as file:
        json.dump(entries, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    os.replace(path + ".new", path)


def entry_of(reading):
    limit = reading["max_age_ms"]
    return {"value": reading["value"], "unit": reading["unit"], "max_age": limit and limit / 1000}


def follow():
    with dsn.Agent() as agent:
        own = agent.status()["node"]
        events = agent.events()
        there = {one["key"]: entry_of(one) for one in agent.read(own)
                 if one["key"].startswith(name + "/")}
        entries = {**load(), **there}
        for key in entries.keys() - there.keys():
            agent.set(key, **entries[key])
        save(entries)
        for event in events:
            if event["node"] != own or not event.get("key", "").startswith(name + "/"):
                continue
            if event["event"] == "removed":
                entries.pop(event["key"], None)
            else:
                entries[event["key"]] = entry_of(event["reading"])
            save(entries)


while True:
    try:
        follow()
    except dsn.Unreachable:
        time.sleep(1)  # the agent restarts
