#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Takes what send.py sends, and answers what ask.py asks."""

import dsn

agent = dsn.Agent()
for message in agent.messages("light", "height"):
    if message.name == "light":
        state = "on" if message.payload["on"] else "off"
        print(message.sender, "switches the light", state, flush=True)
    elif message.wants_reply:
        message.reply(2.5)
