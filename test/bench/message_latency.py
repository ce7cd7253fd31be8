# SPDX-License-Identifier: Apache-2.0
"""How long a message, an ask and an update take from a program on one node to a program on another:

    message_latency.py SOCKET OTHER_SOCKET OTHER_NODE
"""

import os
import queue
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../src/python"))
import dsn  # noqa: E402

ROUNDS = 1000
LARGE = "x" * 65_000


def measure(what, act, rounds=ROUNDS):
    took = []
    for number in range(rounds):
        begin = time.perf_counter()
        act(number)
        took.append((time.perf_counter() - begin) * 1e6)
    took.sort()
    print(f"{what:18} median {took[rounds // 2]:7.0f} us   99 % {took[rounds * 99 // 100]:7.0f} us")


def main():
    here, there, node = dsn.Agent(sys.argv[1]), dsn.Agent(sys.argv[2]), sys.argv[3]
    messages, events = there.messages(patience=0.2), there.events(patience=0.2)
    next(messages)
    next(events)
    updated = queue.Queue()

    def reply():
        for message in messages:
            if message is not None and message.wants_reply:
                message.reply(message.payload)

    def note():
        for event in events:
            if event is not None and event.get("key") == "latency":
                updated.put(event)

    for serve in (reply, note):
        threading.Thread(target=serve, daemon=True).start()

    def update(number):
        here.set("latency", number)
        updated.get()

    measure("update", update)
    measure("send", lambda number: here.send(node, "latency", number))
    measure("ask", lambda number: here.ask(node, "latency", number))
    measure("send of 65 kB", lambda _: here.send(node, "latency", LARGE), 100)


main()
