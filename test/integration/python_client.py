# SPDX-License-Identifier: Apache-2.0
"""The module dsn for Python, against real agents.

    python_client.py PATH_OF_dsn-agent FOLDER_OF_THE_MODULE [unittest arguments]
"""

import math
import sys
import threading
import unittest

import agents
import lan

class PythonClient(unittest.TestCase):
    def setUp(self):
        global dsn
        if agents.PYTHON not in sys.path:
            sys.path.insert(0, agents.PYTHON)
        import dsn
        self.attic, self.barn = agents.meet_on_a_lan(self, "attic", "barn")
        self.here, self.there = dsn.Agent(self.attic.socket), dsn.Agent(self.barn.socket)
        self.addCleanup(self.here.close)
        self.addCleanup(self.there.close)

    def listen(self, agent, *names):
        messages = agent.messages(*names, patience=0.2)
        self.addCleanup(messages.close)
        self.assertIsNone(next(messages), "from here on it is a listener")
        return messages

    def next_of(self, stream):
        return next(one for one in stream if one is not None)

    def test_every_value_comes_back_as_it_was(self):
        values = [None, True, -1, 2**64 - 1, -2**64, 0.5, 21.0, float("inf"), "text \u00e9\n", b"\x00\xff",
                  [1, [2]], {"a": {"b": 1}}, {1: "one"}, {"$bytes": "00"}, {"$$x": 1}]
        for value in values:
            self.here.set("value", value)
            got = self.here.value("attic", "value")
            self.assertEqual((got, type(got)), (value, type(value)))
        self.here.set("value", float("nan"))
        self.assertTrue(math.isnan(self.here.value("attic", "value")))
        self.assertIsNone(self.here.value("attic", "nothing"))

    def test_a_key_lasts_as_it_is_said(self):
        with dsn.Agent(self.attic.socket) as holder:
            holder.set("held", 1, hold=True)
            holder.set("short", 1, ttl=0.05)
            holder.set("kept", 1, keep=True)
            self.assertEqual(self.here.fetch("attic", "held")["value"], 1)
        lan.wait_until(lambda: self.here.value("attic", "held") is None, 10)
        lan.wait_until(lambda: self.here.value("attic", "short") is None, 10)
        self.assertEqual(self.here.unset("ke*"), 1)
        with self.assertRaises(dsn.Refused):
            self.here.set("wrong", 1, ttl=1, keep=True)

    def test_readings_and_nodes(self):
        self.here.set("door", "open", unit="", max_age=30)
        self.here.set_many({"a": 1, "b": 2}, unit="Cel")
        reading = lan.wait_until(lambda: self.there.read("attic", "door"), 10)[0]
        self.assertEqual((reading["value"], reading["status"], reading["max_age_ms"]),
                         ("open", "ok", 30000))
        self.assertEqual({node["node"]: node["state"] for node in self.there.nodes()},
                         {"attic": "live", "barn": "self"})
        self.assertEqual(self.here.unset("door", "a", "nothing"), 2)
        self.assertEqual(self.here.status()["node"], "attic")
        with self.assertRaises(dsn.Refused) as refused:
            self.here.set(" blank before it", 1)
        self.assertEqual(refused.exception.code, -32000)
        self.assertEqual(self.here.value("attic", "b"), 2, "the connection works on")

    def test_a_selection_begins_with_the_present(self):
        named = dsn.Agent(self.attic.socket, name="watcher")
        self.addCleanup(named.close)
        self.here.set_many({"room/door": 1, "room/window": 2, "alarm": 3})
        events = named.events(key="room/*", snapshot=True)
        self.addCleanup(events.close)
        told = [next(events) for _ in range(3)]
        self.assertEqual([(one["event"], one.get("key")) for one in told],
                         [("updated", "room/door"), ("updated", "room/window"), ("snapshot", None)])
        self.here.set_many({"alarm": 4, "room/door": 5})
        self.assertEqual(next(events)["reading"]["value"], 5)
        self.assertEqual([one["key"] for one in self.here.read("att*", database="room")],
                         ["room/door", "room/window"])

    def test_events(self):
        events = self.there.events(patience=0.2)
        self.assertIsNone(next(events))
        self.here.set("door", b"\x01")
        event = self.next_of(events)
        self.assertEqual((event["event"], event["node"], event["reading"]["value"]),
                         ("updated", "attic", b"\x01"))
        self.attic.kill()
        while event["event"] != "gone":
            event = self.next_of(events)

    def test_messages(self):
        self.assertEqual(self.here.send("barn", "light")["outcome"], "nobody listens")
        messages = self.listen(self.there, "light*")
        report = self.here.send("barn", "light/1", {"on": True})
        self.assertEqual((report["outcome"], report["listeners"]), ("delivered", 1))
        message = self.next_of(messages)
        self.assertEqual((message.sender, message.name, message.payload, message.wants_reply),
                         ("attic", "light/1", {"on": True}, False))
        self.assertEqual({one["node"]: one["outcome"] for one in self.here.emit("light")},
                         {"attic": "nobody listens", "barn": "delivered"})
        with self.assertRaises(dsn.Refused) as refused:
            self.here.send("nobody", "light")
        self.assertEqual(refused.exception.code, -32004)

    def test_asks(self):
        messages = self.listen(self.there, "*")
        answers = []

        def serve():
            for message in messages:
                if message is None:
                    continue
                if message.payload == "end":
                    message.decline("no more")
                    return
                answers.append((message.reply(message.payload * 2), message.reply(0)))

        server = threading.Thread(target=serve)
        server.start()
        self.assertEqual(self.here.ask("barn", "double", 21), 42)
        with self.assertRaises(dsn.NotDelivered) as failed:
            self.here.ask("barn", "double", "end")
        server.join()
        self.assertEqual(failed.exception.outcome, "failed")
        self.assertIn("no more", str(failed.exception))
        self.assertEqual(answers, [(True, False)], "the first reply counts")

    def test_an_agent_that_is_sent_to_sleep_ends(self):
        attic = self.site.agent("sleeper")
        agent = dsn.Agent(attic.socket)
        self.addCleanup(agent.close)
        with self.assertRaises(dsn.Refused):
            agent.sleep(0)
        agent.sleep(600)
        self.assertEqual(attic.process.wait(10 * lan.SLOWEST), 0)

    def test_an_agent_that_goes_away_is_unreachable(self):
        self.attic.kill()
        with self.assertRaises(dsn.Unreachable):
            self.here.status()
        with self.assertRaises(dsn.Unreachable):
            dsn.Agent(self.attic.socket)


if __name__ == "__main__":
    agents.main("AGENT", "PYTHON")
