# SPDX-License-Identifier: Apache-2.0
"""What dsn-mqtt costs beside a mosquitto: memory, processor time, and the time until all is told.

    mqtt_load.py PATH_OF_dsn-mqtt [NODES KEYS UPDATES_A_SECOND SECONDS]

A stand-in plays the agent of a large network; it answers what dsn-mqtt asks, and nothing else.
"""

import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time


class StandIn:
    """An agent with `nodes` nodes of `keys` keys each."""

    def __init__(self, path, nodes, keys):
        self.names = [f"node{number}" for number in range(nodes)]
        self.keys = [f"room{number}/temperature" for number in range(keys)]
        self.version = 1
        self.subscriber = None
        self.lock = threading.Lock()
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(path)
        self.listener.listen()
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            connection, _ = self.listener.accept()
            threading.Thread(target=self.answer, args=(connection,), daemon=True).start()

    def reading(self, node, key):
        return {"node": node, "node_id": f"{hash(node) & (1 << 128) - 1:032x}", "key": key,
                "value": 20 + self.version % 100 / 10, "unit": "Cel", "age_ms": 10,
                "max_age_ms": 60000, "status": "ok", "incarnation": 1, "version": self.version,
                "time": "2026-11-21T09:14:07Z", "clock": "synced"}

    def nodes(self):
        return [{"node": name, "node_id": f"{hash(name) & (1 << 128) - 1:032x}",
                 "state": "live" if at else "self", "heard_ms": 1, "keys": len(self.keys),
                 "incarnation": 1, "version": self.version, "conflict": False, "role": "node",
                 "uptime_ms": 3600000} for at, name in enumerate(self.names)]

    def status(self):
        return {"program_version": "0", "node": self.names[0], "node_id": "0" * 32, "network": "",
                "config_file": "", "port": 0, "pid": 1, "incarnation": 1, "version": 1,
                "uptime_ms": 3600000, "nodes_live": 1, "nodes_known": 1, "keys_held": 1,
                "replica_bytes": 1, "interfaces": [], "bootstrap_nodes": [], "half_met": [],
                "sensors": [], "hooks": [], "counters": {}, "warnings": []}

    def event(self, node, key):
        return {"jsonrpc": "2.0", "method": "event", "params": {
            "event": "updated", "node": node, "key": key, "reading": self.reading(node, key)}}

    def answer(self, connection):
        results = {"hello": lambda: {"named": True}, "status": self.status, "peers": self.nodes,
                   "subscribe": lambda: {"subscribed": True}}
        with connection.makefile("rb") as lines:
            for line in lines:
                request = json.loads(line)
                with self.lock:
                    self.say(connection, {"jsonrpc": "2.0", "id": request["id"],
                                          "result": results[request["method"]]()})
                    if request["method"] == "subscribe":
                        self.snapshot(connection)

    def snapshot(self, connection):
        for node in self.names:
            self.say(connection, *[self.event(node, key) for key in self.keys])
        self.say(connection, {"jsonrpc": "2.0", "method": "event", "params": {"event": "snapshot"}})
        self.subscriber = connection

    @staticmethod
    def say(connection, *messages):
        connection.sendall("".join(json.dumps(message) + "\n" for message in messages).encode())

    def update(self, count):
        """So many readings change."""
        self.version += 1
        all_keys = len(self.names) * len(self.keys)
        with self.lock:
            for number in range(self.version * count, (self.version + 1) * count):
                node, key = divmod(number % all_keys, len(self.keys))
                self.say(self.subscriber, self.event(self.names[node], self.keys[key]))


def usage(pid):
    """Processor seconds, and resident MB."""
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    seconds = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return seconds, int(fields[21]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def wait_until(condition):
    while not condition():
        time.sleep(0.01)


def main(program, nodes=50, keys=20, updates=100, seconds=30):
    folder = tempfile.TemporaryDirectory(prefix="dsn-load-")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    broker_config = os.path.join(folder.name, "mosquitto.conf")
    with open(broker_config, "w") as file:
        file.write(f"listener {port} 127.0.0.1\nallow_anonymous true\nuser root\n")
    config = os.path.join(folder.name, "mqtt.yaml")
    with open(config, "w") as file:
        json.dump({"broker": "127.0.0.1", "port": port}, file)
    import paho.mqtt.client as paho
    told = set()
    listener = paho.Client()
    listener.on_connect = lambda client, *_: client.subscribe("homeassistant/sensor/#")
    listener.on_message = lambda client, _, message: message.payload and told.add(message.topic)
    broker = subprocess.Popen(["mosquitto", "-c", broker_config], stderr=subprocess.DEVNULL)
    time.sleep(1)
    listener.connect("127.0.0.1", port)
    listener.loop_start()
    path = os.path.join(folder.name, "agent.sock")
    agent = StandIn(path, nodes, keys)

    def start():
        return subprocess.Popen([program, "--config", config, "--socket", path],
                                stdout=subprocess.DEVNULL)
    began = time.monotonic()
    mqtt = start()
    try:
        wait_until(lambda: len(told) == nodes * keys)
        first, memory = usage(mqtt.pid)
        print(f"{nodes} x {keys} keys: told within {time.monotonic() - began:.1f} s, "
              f"{first:.2f} s of processor time, {memory:.1f} MB")
        time.sleep(5)
        before, began = usage(mqtt.pid)[0], time.monotonic()
        time.sleep(10)
        print(f"idle: {100 * (usage(mqtt.pid)[0] - before) / (time.monotonic() - began):.2f} %")
        before, began = usage(mqtt.pid)[0], time.monotonic()
        while time.monotonic() < began + seconds:
            agent.update(max(1, updates // 10))
            time.sleep(0.1)
        span = time.monotonic() - began
        after, memory = usage(mqtt.pid)
        print(f"{updates} updates a second: {100 * (after - before) / span:.1f} % of a core, "
              f"{memory:.1f} MB; the broker {usage(broker.pid)[1]:.1f} MB")
    finally:
        mqtt.terminate()
        mqtt.wait()
        broker.terminate()
        broker.wait()


if __name__ == "__main__":
    main(sys.argv[1], *[int(word) for word in sys.argv[2:]])
