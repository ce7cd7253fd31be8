#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Asks a program on another node, and prints what it replies: ask.py NODE"""

import sys

import dsn

with dsn.Agent() as agent:
    try:
        print(agent.ask(sys.argv[1], "height", timeout=5))
    except dsn.NotDelivered as error:
        sys.exit(f"no answer: {error}")
