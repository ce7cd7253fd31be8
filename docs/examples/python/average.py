#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Publishes the average of a key over all nodes whose reading can be trusted: average.py KEY

The result is the key average/KEY of this node. While nobody can be trusted it gets late.
"""

import sys
import time

import dsn

key = sys.argv[1]


def publish(agent):
    good = [one for one in agent.read(key=key)
            if one["status"] == "ok" and type(one["value"]) in (int, float)]
    if good:
        values = [one["value"] for one in good]
        agent.set("average/" + key, sum(values) / len(values), unit=good[0]["unit"], max_age=30)


while True:
    try:
        with dsn.Agent() as agent:
            events = agent.events(patience=5)  # at least so often, for what got late
            publish(agent)
            for event in events:
                if event is None or event.get("key", key) == key:
                    publish(agent)
    except dsn.Unreachable:
        time.sleep(1)  # the agent restarts
