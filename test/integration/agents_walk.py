# SPDX-License-Identifier: Apache-2.0
"""An operator with fifty nodes: finds those that are ill with one command, adds a sensor, and sees
it on every node.

    agents_walk.py PATH_OF_dsn-agent PATH_OF_dsn [unittest arguments]
"""

import json
import os
import subprocess

import agents
import lan

NODES = 50
HOSTS = 10  # more would fill the kernel's table of neighbours, which all namespaces share
GONE, FROZEN, BROKEN, CHANGED = 7, 23, 31, 42
MET = 20  # seconds in which fifty nodes that start at once have met


def name_of(index):
    return f"room-{index:02}"


class Walk(agents.OnALan):
    def setUp(self):
        agents.make_lan(self, HOSTS)
        self.nodes = [self.node(index, self.net.hosts[index % HOSTS]) for index in range(NODES)]
        self.station = self.nodes[0]
        for first in range(0, NODES, HOSTS):  # all at once would be another test
            self.start(self.nodes[first:first + HOSTS])
        self.until_all(lambda node: self.has_met_all(node.call("status")))

    def start(self, nodes):
        for node in nodes:
            node.launch()
        for node in nodes:
            lan.wait_until(node.answers, MET, f"{node.name} answers")
        known = self.nodes.index(nodes[-1])
        lan.wait_until(lambda: self.station.call("status")["nodes_live"] == known, MET, f"{known} nodes")

    def node(self, index, host):
        node = self.site.agent(name_of(index), host, start=False)
        node.source = os.path.join(node.folder, "temperature")
        self.write(node, 200 + index)
        node.config["sensors"] = {"room/temperature": {
            "file": node.source, "every": "2s", "unit": "Cel", "scale": 0.1, "precision": 1,
            "delta": 0.1, "ha_class": "temperature"}}
        return node

    @staticmethod
    def write(node, tenths):
        with open(node.source, "w") as file:
            file.write(f"{tenths}\n")

    @staticmethod
    def has_met_all(status):
        return status["nodes_live"] == NODES - 1 and status["keys_held"] == NODES

    def until_all(self, question):
        for node in self.nodes:
            lan.wait_until(lambda node=node: question(node), MET, f"all is well at {node.name}")

    def lines(self, *words):
        done = self.dsn(self.station, *words)
        self.assertEqual(done.stderr, "")
        return [line.split("\t") for line in done.stdout.splitlines()]

    def test_finds_the_ill_and_adds_a_sensor(self):
        self.assertEqual(self.lines("read", "--bad"), [])
        self.make_three_ill()
        self.finds_them()
        self.adds_a_sensor()

    def make_three_ill(self):
        self.nodes[GONE].kill()
        self.nodes[FROZEN].freeze()
        os.unlink(self.nodes[BROKEN].source)

    def ill(self):
        """By the local API, which is cheaper to ask than a program."""
        return {one["node"] for one in self.station.readings() if one["status"] != "ok"}

    def finds_them(self):
        silent = {name_of(GONE), name_of(FROZEN)}
        lan.wait_until(lambda: self.ill() == silent | {name_of(BROKEN)}, 20, "the three and no other")
        shown = {line[0]: line[5] for line in self.lines("read", "--bad")}
        self.assertEqual(set(shown), silent | {name_of(BROKEN)})
        self.assertIn("No such file or directory", shown[name_of(BROKEN)])
        for name in silent:
            self.assertIn(shown[name], ("node late", "node gone"))
        self.assertEqual({line[0] for line in self.lines("nodes", "--bad")}, silent)
        self.nodes[FROZEN].thaw()
        self.write(self.nodes[BROKEN], 215)
        self.nodes[GONE].launch()
        lan.wait_until(lambda: not self.ill(), 20, "all are well again")
        self.assertEqual(self.lines("read", "--bad"), [])

    def adds_a_sensor(self):
        node = self.nodes[CHANGED]
        folder = os.path.join(node.folder, "conf.d")
        os.mkdir(folder)
        with open(os.path.join(folder, "humidity.yaml"), "w") as file:
            json.dump({"sensors": {"room/humidity": {
                "file": node.source, "unit": "%RH", "scale": 0.1, "precision": 1,
                "ha_class": "humidity"}}}, file)
        checked = subprocess.run([agents.DSN, "check", node.config_file], capture_output=True, text=True)
        self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)
        self.assertEqual(self.dsn(node, "reload").returncode, 0)
        self.until_all(lambda at: at.readings(node.name, "room/humidity"))
        for at in self.nodes:
            reading, = at.readings(node.name, "room/humidity")
            self.assertEqual(
                [reading[member] for member in ("value", "unit", "class", "precision", "status")],
                [24.2, "%RH", "humidity", 1, "ok"], at.name)


if __name__ == "__main__":
    agents.main("AGENT", "DSN")
