# SPDX-License-Identifier: Apache-2.0
"""A mosquitto, a client of it, and dsn-mqtt beside an agent, for tests."""

import json
import os
import signal
import socket
import subprocess
import tempfile
import threading

import agents
import lan

try:
    import paho.mqtt.client as paho
except ImportError:
    paho = None

SETTLE = "1s"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Broker:
    """A mosquitto of the test's own. A port is free in the test's own network namespace."""

    def __init__(self, test, *lines):
        self._folder = tempfile.TemporaryDirectory(prefix="dsn-mosquitto-")
        test.addCleanup(self._folder.cleanup)
        self.folder = self._folder.name
        os.chmod(self.folder, 0o755)
        self.port = free_port()
        self.config = os.path.join(self.folder, "mosquitto.conf")
        with open(self.config, "w") as file:
            file.write("\n".join([f"listener {self.port} 127.0.0.1", "user root",
                                  *(lines or ["allow_anonymous true"])]) + "\n")
        self.process = None
        test.addCleanup(self.stop)
        self.start()

    def start(self):
        self.process = subprocess.Popen(["mosquitto", "-c", self.config], stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)
        lan.wait_until(self._answers, 15, "mosquitto listens")

    def _answers(self):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def freeze(self):
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self):
        self.process.send_signal(signal.SIGCONT)

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()


class Listener:
    """Has all retained messages of a broker, as a Home Assistant that was there all the time."""

    def __init__(self, test, broker, set_up=None):
        self.retained = {}  # payload by topic
        self.heard = []  # topic and payload of all that was not retained
        self.lock = threading.Lock()
        self.client = paho.Client()
        if set_up:
            set_up(self.client)
        self.client.on_connect = lambda client, *_: client.subscribe("#")
        self.client.on_message = self._take
        self.client.connect("127.0.0.1", broker.port)
        self.client.loop_start()
        test.addCleanup(self.close)

    def close(self):
        self.client.loop_stop()
        self.client.disconnect()

    # The broker says of what is published from now on that it is not retained.
    def _take(self, _client, _data, message):
        payload = message.payload.decode()
        with self.lock:
            self.heard.append((message.topic, payload))
            if payload:
                self.retained[message.topic] = payload
            else:
                self.retained.pop(message.topic, None)

    def publish(self, topic, payload, retain=False):
        self.client.publish(topic, payload, qos=1, retain=retain).wait_for_publish()

    def topics(self, begin=""):
        with self.lock:
            return sorted(topic for topic in self.retained if topic.startswith(begin))

    def json(self, topic):
        with self.lock:
            return json.loads(self.retained.get(topic, "null"))

    def text(self, topic):
        with self.lock:
            return self.retained.get(topic)

    def heard_on(self, topic):
        with self.lock:
            return [payload for heard, payload in self.heard if heard == topic]

    def until(self, wanted, what):
        return lan.wait_until(lambda: wanted(self), 15, what)


class Mqtt:
    """dsn-mqtt beside an agent."""

    def __init__(self, test, agent, broker, **config):
        self._folder = tempfile.TemporaryDirectory(prefix="dsn-mqtt-")
        test.addCleanup(self._folder.cleanup)
        self.folder = self._folder.name
        self.config = {"broker": "127.0.0.1", "port": broker.port, "settle": SETTLE, **config}
        self.path = os.path.join(self.folder, "mqtt.yaml")
        self.log_file = os.path.join(self.folder, "log")
        self.agent = agent
        self.process = None
        test.addCleanup(self.kill)
        self.start()

    def start(self, **config):
        self.config.update(config)
        with open(self.path, "w") as file:
            json.dump(self.config, file)
        with open(self.log_file, "a") as log:
            self.process = subprocess.Popen(
                [agents.MQTT, "--config", self.path, "--socket", self.agent.socket],
                stdout=subprocess.DEVNULL, stderr=log)

    def log(self):
        with open(self.log_file) as file:
            return file.read()

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def end(self):
        self.process.terminate()
        return self.process.wait(10 * lan.SLOWEST)
