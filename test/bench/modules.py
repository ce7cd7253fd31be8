# SPDX-License-Identifier: Apache-2.0
"""Memory and processor time of dsn-web, with a page open, or of dsn-record, beside a stand-in agent.

    modules.py PROGRAM [NODES [KEYS [SECONDS]]]     each key changes every 10 s
"""

import contextlib
import http.client
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

EVERY_S = 10
SLICE_S = 0.1
TICKS = os.sysconf("SC_CLK_TCK")


def reading(node, key, version):
    return {"node": f"node{node}", "node_id": f"{node:032x}", "key": f"sensor/value_{key}",
            "value": 20 + version % 50 / 10, "unit": "Cel", "age_ms": 3, "max_age_ms": 30000, "status": "ok",
            "incarnation": 1, "version": version, "time": "2026-03-01T00:00:00Z", "clock": "synced",
            "via": "mcast4@eth0", "heard_ms": 100}


def node(number, keys):
    return {"node": f"node{number}", "node_id": f"{number:032x}", "state": "self" if number == 0 else "live",
            "since_ms": 1000, "reason": "", "heard_ms": 1200, "round_trip_us": 3020, "loss": 0.003,
            "via": "mcast4@eth0", "address": "192.168.1.7:17373", "keys": keys, "incarnation": 1,
            "version": 912, "conflict": False, "role": "node", "program_version": "0.1.0",
            "uptime_ms": 86520000, "warnings": 0}


def event(**params):
    return json.dumps({"jsonrpc": "2.0", "method": "event", "params": params}).encode() + b"\n"


def updated(of):
    return event(event="updated", node=of["node"], node_id=of["node_id"], key=of["key"], reading=of)


class StandIn:
    def __init__(self, path, nodes, keys):
        self.names = [(n, k) for n in range(nodes) for k in range(keys)]
        self.peers = [node(n, keys) for n in range(nodes)]
        self.lock = threading.Lock()
        self.subscribed = threading.Event()
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(path)
        self.listener.listen()
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        self.connection = self.listener.accept()[0]
        for line in self.connection.makefile():
            request = json.loads(line)
            result = {"hello": {"named": True}, "peers": self.peers, "subscribe": {"subscribed": True}}.get(request["method"], {})
            self.send(json.dumps({"jsonrpc": "2.0", "id": request["id"], "result": result}).encode() + b"\n")
            if request["method"] == "subscribe":
                self.send(b"".join(updated(reading(n, k, 1)) for n, k in self.names))
                self.send(event(event="snapshot"))
                self.subscribed.set()

    def send(self, text):
        with self.lock:
            self.connection.sendall(text)

    def change_for(self, seconds):
        """All keys in turn, each every 10 s. How many changes there were."""
        begun, done = time.monotonic(), 0
        rate = len(self.names) / EVERY_S
        while (now := time.monotonic() - begun) < seconds:
            due = int(now * rate)
            self.send(b"".join(updated(reading(*self.names[i % len(self.names)], 2 + i)) for i in range(done, due)))
            done = due
            time.sleep(SLICE_S)
        return done


def usage(pid):
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rpartition(")")[2].split()
    with open(f"/proc/{pid}/status") as file:
        memory = {line.split(":")[0]: line.split()[1] for line in file if line.startswith("Vm")}
    return (int(fields[11]) + int(fields[12])) / TICKS, int(memory["VmRSS"]) / 1024, int(memory["VmHWM"]) / 1024


def follow(url):
    with contextlib.suppress(http.client.HTTPException, OSError):
        with urllib.request.urlopen(url + "api/v1/events") as answer:
            while answer.read(1 << 16):
                pass


def main(program, nodes=50, keys=20, seconds=60):
    with tempfile.TemporaryDirectory() as folder:
        agent = StandIn(folder + "/agent.sock", nodes, keys)
        is_web = os.path.basename(program) == "dsn-web"
        with open(folder + "/config.yaml", "w") as file:
            file.write("port: 0\n" if is_web else "database: history.sqlite\n")
        process = subprocess.Popen([program, "--config", folder + "/config.yaml", "--socket", folder + "/agent.sock"],
                                   stdout=subprocess.PIPE, text=True)
        try:
            line = process.stdout.readline()
            agent.subscribed.wait()
            if is_web:
                url = line.split()[-1]
                threading.Thread(target=follow, args=(url,), daemon=True).start()
            agent.change_for(2)
            before = usage(process.pid)[0]
            changes = agent.change_for(seconds)
            after, now, most = usage(process.pid)
            print(f"{os.path.basename(program)}, {nodes} x {keys} keys, {changes / seconds:.0f} changes a second: "
                  f"{(after - before) / seconds * 100:.1f} % of a core, {now:.0f} MiB, at most {most:.0f} MiB", end="")
            if is_web:
                begun = time.monotonic()
                size = len(urllib.request.urlopen(url + "metrics").read())
                print(f"; /metrics {size / 1e6:.1f} MB in {time.monotonic() - begun:.2f} s", end="")
            print()
        finally:
            process.kill()
            process.wait()


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
