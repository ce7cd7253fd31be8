#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Prints a value once, if it can be trusted: read.py NODE KEY"""

import sys

import dsn

node, key = sys.argv[1:]
with dsn.Agent() as agent:
    readings = agent.read(node, key)
if not readings:
    sys.exit(f"{node} has no {key}")
reading = readings[0]
if reading["status"] != "ok":
    sys.exit(f"{node} {key}: {reading['status']}, last {reading['value']} "
             f"{reading['age_ms'] / 1000:.0f} s ago")
print(reading["value"], reading["unit"])
