# SPDX-License-Identifier: Apache-2.0
"""Messages between programs on different nodes: send, ask, emit, listen and reply.

    agents_messages.py PATH_OF_dsn-agent PATH_OF_dsn [unittest arguments]
"""

import json
import os
import subprocess
import unittest

import agents
import lan

NOT_TAKEN, NO_ANSWER, UNKNOWN, USAGE = 6, 7, 4, 2


class Messages(unittest.TestCase):
    def setUp(self):
        self.members = agents.meet_on_a_lan(self, "attic", "barn", "cellar")
        self.attic, self.barn, self.cellar = self.members

    def dsn(self, agent, *arguments, **more):
        return subprocess.run([agents.DSN, "--socket", agent.socket, *arguments], text=True,
                              capture_output=True, timeout=60 * lan.SLOWEST, **more)

    def listen(self, agent, *arguments):
        """A `dsn listen` that is there already: it has taken a first message."""
        process = subprocess.Popen([agents.DSN, "--socket", agent.socket, "listen", *arguments],
                                   stdout=subprocess.PIPE, text=True)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        lan.wait_until(lambda: self.dsn(agent, "send", agent.name, "probe").returncode == 0, 10)
        self.assertIn("\tprobe\t", process.stdout.readline())
        return process

    def next_line(self, process):
        """The next message that is no probe, as its fields."""
        while True:
            fields = process.stdout.readline().rstrip("\n").split("\t")
            if len(fields) < 2 or fields[1] != "probe":
                return fields

    def test_a_message_arrives_and_the_sender_is_told(self):
        nobody = self.dsn(self.attic, "send", "barn", "light", "on")
        self.assertEqual(nobody.returncode, NOT_TAKEN)
        self.assertIn("nobody listens to 'light' on barn", nobody.stderr)
        listener = self.listen(self.barn, "light", "probe")
        sent = self.dsn(self.attic, "send", "barn", "light", '{"level": 0.5}')
        self.assertEqual((sent.returncode, sent.stdout),
                         (0, "delivered to 1 listener on barn\n"))
        self.assertEqual(self.next_line(listener), ["attic", "light", '{"level":0.5}', ""])
        other = self.dsn(self.attic, "send", "barn", "door", "open")
        self.assertEqual(other.returncode, NOT_TAKEN, "nobody listens to that name")
        report = json.loads(self.dsn(self.attic, "send", "barn", "light", "--json").stdout)
        self.assertEqual((report["node"], report["outcome"], report["listeners"]),
                         ("barn", "delivered", 1))

    def test_what_is_wrong_is_said(self):
        unknown = self.dsn(self.attic, "send", "bran", "light")
        self.assertEqual(unknown.returncode, UNKNOWN)
        self.assertIn("there is no node 'bran'", unknown.stderr)
        for arguments in (["barn", ""], ["barn", "li\nght"], ["barn", "light", "{"],
                          ["barn", "light", "--file", "/nowhere"],
                          ["barn", "light", "--timeout", "10ms"]):
            self.assertEqual(self.dsn(self.attic, "send", *arguments).returncode, USAGE, arguments)
        large = self.dsn(self.attic, "send", "barn", "light", "--file", "-", input="x" * 70000)
        self.assertEqual(large.returncode, USAGE)
        self.assertIn("64 KiB", large.stderr)

    def test_64_kib_arrive_whole(self):
        listener = self.listen(self.cellar)
        text = "".join(chr(97 + i % 26) for i in range(65_533))
        sent = self.dsn(self.attic, "send", "cellar", "large", "--file", "-", input=text)
        self.assertEqual(sent.returncode, 0, sent.stderr)
        self.assertEqual(self.next_line(listener)[2], text)

    def test_an_ask_is_answered(self):
        listener = self.listen(self.barn, "*")
        ask = subprocess.Popen([agents.DSN, "--socket", self.attic.socket, "ask", "barn", "height"],
                               stdout=subprocess.PIPE, text=True)
        token = self.next_line(listener)[3]
        self.assertEqual(self.dsn(self.barn, "reply", token, "2.5").returncode, 0)
        self.assertEqual((ask.communicate()[0], ask.returncode), ("2.5\n", 0))
        again = self.dsn(self.barn, "reply", token, "3")
        self.assertEqual(again.returncode, UNKNOWN, "the first reply counts")

        ask = subprocess.Popen([agents.DSN, "--socket", self.attic.socket, "ask", "barn", "height"],
                               stderr=subprocess.PIPE, text=True)
        token = self.next_line(listener)[3]
        self.dsn(self.barn, "reply", token, "--failure", "no ruler")
        self.assertIn("barn: no ruler", ask.communicate()[1])
        self.assertEqual(ask.returncode, NOT_TAKEN)

        silent = self.dsn(self.attic, "ask", "barn", "height", "--timeout", "300ms")
        self.assertEqual(silent.returncode, NO_ANSWER)
        self.assertIn("did not reply in time", silent.stderr)

    def test_a_command_runs_for_whom_it_is_for(self):
        bell = os.path.join(self.barn.folder, "bell")
        self.barn.config.update(
            commands={"light": {"run": ["/bin/sh", "-c", 'echo "$DSN_NODE: $(cat)"; exit 3'],
                                "from": ["attic"]},
                      "slow": {"run": ["/bin/sleep", "60"], "timeout": "100ms"}},
            hooks={"ring": {"on_message": {"name": "bell"}, "write": bell, "format": "json"}})
        self.barn.write_config()
        self.assertEqual(self.dsn(self.barn, "reload").returncode, 0)
        asked = self.dsn(self.attic, "ask", "barn", "light", '{"level": 7}')
        self.assertEqual(json.loads(asked.stdout),
                         {"status": 3, "output": 'attic: {"level":7}\n', "error": ""})
        refused = self.dsn(self.cellar, "ask", "barn", "light")
        self.assertEqual((refused.returncode, refused.stdout), (NOT_TAKEN, ""))
        self.assertIn("refuse", refused.stderr)
        slow = self.dsn(self.attic, "ask", "barn", "slow")
        self.assertEqual(slow.returncode, NOT_TAKEN)
        self.assertIn("was stopped after 100ms", slow.stderr)
        self.assertEqual(self.dsn(self.attic, "send", "barn", "bell", "twice").returncode, 0)
        lan.wait_until(lambda: os.path.exists(bell), 10)
        with open(bell) as file:
            self.assertEqual(json.load(file)["payload"], "twice")
        hooks = json.loads(self.dsn(self.barn, "status", "--json").stdout)["hooks"]
        self.assertEqual({hook["name"]: (hook["event"], hook["runs"]) for hook in hooks},
                         {"light": ("command", 1), "slow": ("command", 1),
                          "ring": ("on_message", 1)})

    def test_an_emit_reaches_all(self):
        listeners = [self.listen(member) for member in self.members]
        emitted = self.dsn(self.barn, "emit", "alarm", "fire")
        self.assertEqual(emitted.stdout, "delivered to 3 listeners on 3 of 3 nodes\n")
        for listener in listeners:
            self.assertEqual(self.next_line(listener), ["barn", "alarm", "fire", ""])

    def test_an_emit_to_a_node_that_has_no_room_left_is_answered(self):
        self.barn.freeze()
        with self.attic.connect() as connection:
            stream = connection.makefile("rw")
            for number in range(16):  # a node that acknowledges nothing has room for some of them
                stream.write(json.dumps({
                    "jsonrpc": "2.0", "id": number, "method": "emit",
                    "params": {"name": "large", "payload": "x" * 60_000, "timeout_ms": 2000}}) + "\n")
            stream.flush()
            answers = [json.loads(stream.readline()) for _ in range(16)]
        self.barn.thaw()
        self.assertEqual({answer["id"] for answer in answers}, set(range(16)))
        told = [node["outcome"] for answer in answers for node in answer["result"]["nodes"]
                if node["node"] == "barn"]
        self.assertEqual(told.count("busy") + told.count("unanswered"), 16)
        self.assertIn(told.count("unanswered"), range(4, 9))

    def test_a_frozen_node_is_not_waited_for_longer_than_asked(self):
        self.barn.freeze()
        sent = self.dsn(self.attic, "send", "barn", "light", "--timeout", "1s")
        self.barn.thaw()
        self.assertEqual(sent.returncode, NO_ANSWER)
        self.assertIn("it may have arrived or not", sent.stderr)

    def test_a_thousand_messages_arrive_once_each(self):
        listener = self.listen(self.barn, "count", "probe", "--count", "1001")
        with self.attic.connect() as connection:
            stream = connection.makefile("rw")
            waiting, answers = 0, []
            for i in range(1000):
                stream.write(json.dumps({
                    "jsonrpc": "2.0", "id": i, "method": "send",
                    "params": {"node": "barn", "name": "count", "payload": i}}) + "\n")
                waiting += 1
                if waiting == 50 or i == 999:
                    stream.flush()
                    answers += [json.loads(stream.readline()) for _ in range(waiting)]
                    waiting = 0
        self.assertEqual({answer["result"]["outcome"] for answer in answers}, {"delivered"})
        numbers = [int(self.next_line(listener)[2]) for _ in range(1000)]
        self.assertEqual(sorted(numbers), list(range(1000)))

    def test_a_listener_that_does_not_read_does_not_hold_up_the_sender(self):
        with self.barn.connect() as deaf:
            deaf.sendall(b'{"jsonrpc":"2.0","id":1,"method":"listen","params":{}}\n')
            deaf.recv(1000)
            text = "x" * 60_000
            for _ in range(40):
                sent = self.dsn(self.attic, "send", "barn", "large", "--file", "-", input=text)
                if sent.returncode == NOT_TAKEN:
                    break
            self.assertEqual(sent.returncode, NOT_TAKEN, "it was disconnected, so nobody listens")


if __name__ == "__main__":
    agents.main("AGENT", "DSN")
