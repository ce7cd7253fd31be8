#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Switches a light on another node, and says whether somebody there took it: send.py NODE on|off"""

import sys

import dsn

node, state = sys.argv[1:]
with dsn.Agent() as agent:
    report = agent.send(node, "light", {"on": state == "on"})
if report["outcome"] != "delivered":
    sys.exit(f"{node} did not get it: {report['outcome']}")
