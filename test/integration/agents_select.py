# SPDX-License-Identifier: Apache-2.0
"""Selecting and subscribing: patterns, a snapshot without a gap, late and back, modules.

    agents_select.py PATH_OF_dsn-agent PATH_OF_dsn [unittest arguments]
"""

import json
import subprocess
import unittest

import agents
import lan


class Stream:
    """A connection that subscribed."""

    def __init__(self, agent, **params):
        self.connection = agent.connect()
        self.lines = self.connection.makefile("r")
        self.say(1, "subscribe", **params)
        assert json.loads(self.lines.readline())["id"] == 1

    def say(self, number, method, **params):
        request = {"jsonrpc": "2.0", "id": number, "method": method, "params": params}
        self.connection.sendall(json.dumps(request).encode() + b"\n")

    def close(self):
        self.lines.close()
        self.connection.close()

    def next(self):
        line = self.lines.readline()
        if not line:
            raise EOFError("the agent ended the connection")
        return json.loads(line)

    def until(self, wanted):
        """The events up to the first that is wanted."""
        seen = []
        while not seen or not wanted(seen[-1]):
            line = self.next()
            if "params" in line:
                seen.append(line["params"])
        return seen


class Select(unittest.TestCase):
    def setUp(self):
        self.attic, self.barn = agents.meet_on_a_lan(self, "sensor_attic", "barn")

    def stream(self, agent, **params):
        stream = Stream(agent, **params)
        self.addCleanup(stream.close)
        return stream

    def dsn(self, agent, *words):
        return subprocess.run([agents.DSN, *words, "--socket", agent.socket], timeout=20,
                              capture_output=True, text=True, check=False)

    def test_a_subnode_is_late_and_gone_by_itself(self):
        stream = self.stream(self.barn, node="sensor_attic.esp1")

        def told():
            return [(one["event"], one.get("key")) for one in stream.until(lambda one: "key" not in one)]

        self.attic.set("pump", "on", max_age_ms=1000, **{"as": "esp1"})
        self.assertEqual(told(), [("updated", "pump"), ("late", "pump"), ("late", None)])
        self.assertEqual(told(), [("gone", None)])
        self.assertEqual(self.barn.nodes()["sensor_attic.esp1"]["state"], "gone")
        self.attic.set("pump", "off", max_age_ms=3_600_000, **{"as": "esp1"})
        self.assertEqual(told(), [("updated", "pump"), ("back", "pump"), ("joined", None)])
        self.assertEqual(self.barn.nodes()["sensor_attic"]["state"], "live")

    def test_patterns_of_another_node(self):
        self.attic.set_many({"room/door": 1, "room/window": 2, "alarm": 3})
        self.barn.set("alarm", 4)
        lan.wait_until(lambda: len(self.barn.call("read", node="sensor_*")) == 3, 10)
        found = self.dsn(self.barn, "read", "sensor_*", "room/*", "--value")
        self.assertEqual((found.stdout, found.returncode), ("1\n2\n", 0))
        self.assertEqual(self.dsn(self.barn, "read", "*", "alarm", "--value").stdout, "4\n3\n")
        self.assertEqual(self.dsn(self.barn, "read", "--database", "room", "--value").stdout,
                         "1\n2\n")
        nothing = self.dsn(self.barn, "read", "pump_*")
        self.assertEqual(nothing.returncode, 4)
        self.assertIn("no node that fits 'pump_*'; known: barn sensor_attic", nothing.stderr)
        page = self.barn.call("read", limit=2)
        rest = self.barn.call("read", after={"node_id": page[-1]["node_id"], "key": page[-1]["key"]})
        self.assertEqual([one["value"] for one in page + rest], [4, 3, 1, 2])

    def test_a_snapshot_has_no_gap(self):
        """One connection sets a counter without a pause while others begin."""
        self.attic.set_many({f"n{i}": 0 for i in range(200)})
        lan.wait_until(lambda: len(self.barn.readings("sensor_attic")) == 200, 10)
        for turn in range(1, 6):
            streams = [self.stream(agent, key="n*", snapshot=True)
                       for agent in (self.attic, self.barn)]
            for i in range(0, 200, 7):
                self.attic.set(f"n{i}", turn)
            for stream in streams:
                held = {}
                told = set()
                def take(event):
                    if event["event"] == "updated":
                        reading = event["reading"]
                        self.assertGreaterEqual(reading["version"],
                                                held.get(event["key"], reading)["version"])
                        held[event["key"]] = reading
                    told.add(event["event"])
                    return "snapshot" in told and all(
                        held[f"n{i}"]["value"] == turn for i in range(0, 200, 7))
                stream.until(take)
                self.assertEqual(len(held), 200)
                stream.close()

    def test_late_and_back_are_events(self):
        stream = self.stream(self.barn, node="sensor_*", key="door", snapshot=True)
        self.assertEqual(stream.until(lambda e: e["event"] == "snapshot")[0]["event"], "snapshot")
        self.attic.set("door", 1, max_age_ms=300)
        late = stream.until(lambda e: e["event"] == "late")
        self.assertEqual([e["event"] for e in late], ["updated", "late"])
        self.assertEqual(late[-1]["reading"]["status"], "late")
        self.assertGreater(late[-1]["reading"]["age_ms"], 300)
        self.assertEqual([r["key"] for r in self.barn.call("read", status="late")], ["door"])
        self.attic.set("door", 2, max_age_ms=60000)
        back = stream.until(lambda e: e["event"] == "back")
        self.assertEqual([e["event"] for e in back], ["updated", "back"])
        stream.say(2, "read", key="door")
        self.assertEqual(stream.next()["result"][0]["value"], 2, "it can go on asking")
        stream.say(3, "subscribe", node="barn")
        self.assertEqual(stream.next()["id"], 3)
        self.attic.set("door", 3)
        self.barn.set("alarm", True)
        self.assertEqual([e["node"] for e in stream.until(lambda e: "key" in e)], ["barn"])

    def test_modules_are_listed(self):
        stream = self.stream(self.barn)
        stream.say(2, "hello", name="logger", version="1")
        stream.say(3, "set", key="logger/on", value=True, hold=True)
        lan.wait_until(lambda: stream.next().get("id") == 3, 10)
        listed = self.dsn(self.barn, "nodes", "--modules")
        self.assertRegex(listed.stdout, r"^logger\t1\t[0-9]+\t\w+\tsubscribed; holds 1 key\n$")


if __name__ == "__main__":
    agents.main("AGENT", "DSN")
