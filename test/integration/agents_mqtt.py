# SPDX-License-Identifier: Apache-2.0
"""dsn-mqtt beside agents, with a real mosquitto: what Home Assistant is told, commands, other sites.

    agents_mqtt.py PATH_OF_dsn-agent PATH_OF_dsn-mqtt [unittest arguments]
"""

import json
import os
import shutil
import subprocess
import tempfile
import unittest

import agents
import lan
from mqtt_peers import Broker, Listener, Mqtt, paho

class Beside(unittest.TestCase):
    def meet(self, *names, **config):
        members = agents.meet_on_a_lan(self, *names, **config)
        return members if len(members) > 1 else members[0]

    def listen(self, broker, **more):
        return Listener(self, broker, **more)


class HomeAssistant(Beside):
    def setUp(self):
        self.attic, self.barn = self.meet("attic", "barn")
        self.barn.set("room/temperature", 21.5, unit="Cel", max_age_ms=600000)
        self.barn.set("door", True)
        self.broker = Broker(self)
        self.home = self.listen(self.broker)

    def config(self, component, node, key, prefix="dsn"):
        return f"homeassistant/{component}/{prefix}--{node}/{key}/config"

    def test_is_told_of_each_key_with_unit_class_and_expiry(self):
        Mqtt(self, self.attic, self.broker)
        topic = self.config("sensor", "barn", "room--temperature")
        told = self.home.until(lambda home: home.json(topic), "the sensor is told")
        self.assertEqual(
            {name: told[name] for name in ("name", "unique_id", "state_topic", "unit_of_measurement",
                                           "device_class", "state_class", "expire_after",
                                           "value_template", "availability_mode")},
            {"name": "room/temperature", "unique_id": "dsn:dsn/barn/room/temperature",
             "state_topic": "dsn/readings/barn/room/temperature", "unit_of_measurement": "°C",
             "device_class": "temperature", "state_class": "measurement", "expire_after": 605,
             "value_template": "{{ value_json.value }}", "availability_mode": "all"})
        self.assertEqual(told["device"]["identifiers"], ["dsn:dsn/barn"])
        self.assertEqual([entry["topic"] for entry in told["availability"]],
                         ["dsn/status", "dsn/readings/barn/room/temperature"])
        self.home.until(lambda home: home.json(self.config("binary_sensor", "barn", "door")), "door")
        reading = self.home.json("dsn/readings/barn/room/temperature")
        self.assertEqual((reading["value"], reading["status"]), (21.5, "ok"))
        self.assertEqual(self.home.text("dsn/status"), "online")
        self.assertEqual(self.home.text("dsn/nodes/barn"), "live")

    def test_has_no_ghosts_after_unset_and_forget(self):
        Mqtt(self, self.attic, self.broker)
        door = self.config("binary_sensor", "barn", "door")
        self.home.until(lambda home: door in home.topics(), "the door is told")
        self.barn.call("unset", keys=["door"])
        self.home.until(lambda home: not [topic for topic in home.topics() if "door" in topic],
                        "the door is gone")
        self.barn.call("leave")
        self.home.until(lambda home: home.text("dsn/nodes/barn") == "left", "barn left")
        self.home.until(lambda home: home.json("dsn/readings/barn/room/temperature")["status"]
                        == "node gone", "its reading is no good any more")
        self.assertIn(self.config("sensor", "barn", "room--temperature"), self.home.topics())
        self.attic.call("forget", node="barn")
        self.home.until(lambda home: not [topic for topic in home.topics() if "barn" in topic],
                        "barn is gone")

    def test_has_no_ghosts_of_what_happened_while_the_program_was_off(self):
        mqtt = Mqtt(self, self.attic, self.broker, commands={"light": {"node": "barn"}})
        door = self.config("binary_sensor", "barn", "door")
        light = self.config("button", "commands", "light")
        self.home.until(lambda home: {door, light} <= set(home.topics()), "all is told")
        self.assertEqual(mqtt.end(), 0)
        self.home.until(lambda home: home.text("dsn/status") == "offline", "it said good-bye")
        self.barn.call("unset", keys=["door"])
        self.barn.set("room/temperature", False)
        lan.wait_until(lambda: not self.attic.readings("barn", "door"), 15)
        self.assertIn(door, self.home.topics())
        mqtt.start(commands={})
        self.home.until(lambda home: not [topic for topic in home.topics()
                                          if "door" in topic or "light" in topic],
                        "neither the door nor the light is there")
        self.home.until(lambda home: home.topics("homeassistant/") ==
                        [self.config("binary_sensor", node, key) for node, key in
                         (("attic", "-node"), ("barn", "-node"), ("barn", "room--temperature"))],
                        "the number is a truth value now, and nothing else is there")

    def test_thousands_of_ghosts_are_removed(self):
        for number in range(5000):
            self.home.client.publish(f"dsn/readings/old/k{number}", "{}", qos=1, retain=True)
        self.home.until(lambda home: len(home.topics("dsn/readings/old/")) == 5000, "ghosts")
        Mqtt(self, self.attic, self.broker)
        self.home.until(lambda home: not home.topics("dsn/readings/old/"), "the ghosts are gone")

    def test_follows_a_node_to_its_new_name(self):
        Mqtt(self, self.attic, self.broker)
        self.home.until(lambda home: self.config("binary_sensor", "barn", "door") in home.topics(),
                        "barn is told")
        self.barn.terminate()
        self.barn.config["node_id"] = "shed"
        self.barn.start()
        self.barn.set("door", True)
        self.home.until(lambda home: self.config("binary_sensor", "shed", "door") in home.topics(),
                        "shed is told")
        self.home.until(lambda home: not [topic for topic in home.topics() if "barn" in topic],
                        "barn is gone")

    def test_a_dead_node_is_not_available_and_stays(self):
        Mqtt(self, self.attic, self.broker)
        self.home.until(lambda home: home.json("dsn/readings/barn/door"), "the door is there")
        self.barn.kill()
        self.home.until(lambda home: home.json("dsn/readings/barn/door")["status"] == "node gone",
                        "barn is gone")
        self.assertIn(self.config("binary_sensor", "barn", "door"), self.home.topics())
        self.barn.start()
        self.barn.set("door", False)
        self.home.until(lambda home: home.json("dsn/readings/barn/door")["status"] == "ok", "back")

    def test_the_will_says_that_the_program_died(self):
        mqtt = Mqtt(self, self.attic, self.broker)
        self.home.until(lambda home: home.text("dsn/status") == "online", "online")
        mqtt.kill()
        self.home.until(lambda home: home.text("dsn/status") == "offline", "the will")

    def test_says_when_the_agent_is_away(self):
        mqtt = Mqtt(self, self.attic, self.broker)
        self.home.until(lambda home: home.text("dsn/status") == "online", "online")
        self.attic.terminate()
        self.home.until(lambda home: home.text("dsn/status") == "offline", "offline")
        self.attic.start()
        self.home.until(lambda home: home.text("dsn/status") == "online", "online again")
        self.assertIn("the agent is there again", mqtt.log())

    def test_a_broker_that_was_emptied_is_told_everything_anew(self):
        mqtt = Mqtt(self, self.attic, self.broker)
        topic = self.config("sensor", "barn", "room--temperature")
        self.home.until(lambda home: topic in home.topics(), "told")
        before = self.home.topics()
        self.broker.stop()
        self.barn.set("room/temperature", 22.5, unit="Cel", max_age_ms=600000)
        lan.wait_until(lambda: "no connection to the broker" in mqtt.log(), 15)
        with self.home.lock:
            self.home.retained.clear()
        self.broker.start()
        self.home.until(lambda home: home.topics() == before, "told again")
        self.assertEqual(self.home.json("dsn/readings/barn/room/temperature")["value"], 22.5)
        self.assertEqual(mqtt.log().count("no connection to the broker"), 1, mqtt.log())
        self.assertEqual(mqtt.log().count("connected to the broker"), 2, mqtt.log())

    def test_names_of_others_make_no_topics(self):
        self.barn.set("a+b/#", 1)
        self.barn.set('c"{{ 1 }}/\U0001f600', '"}\n{{ states }}')
        Mqtt(self, self.attic, self.broker)
        plus = "dsn/readings/barn/a%2bb/%23"
        self.home.until(lambda home: home.json(plus), "the key with a plus")
        smile = "dsn/readings/barn/c%22%7b%7b%201%20%7d%7d/%f0%9f%98%80"
        self.home.until(lambda home: home.json(smile), "the key with a smile")
        self.assertEqual(self.home.json(smile)["value"], '"}\n{{ states }}')
        topic = self.config("sensor", "barn", "a-2bb---23")
        told = self.home.until(lambda home: home.json(topic), "its sensor")
        self.assertEqual(told["state_topic"], plus)
        self.assertEqual(told["name"], "a+b/#")


class Commands(Beside):
    def setUp(self):
        self.attic, self.barn = self.meet("attic", "barn", commands={
            "light": {"run": ["/bin/sh", "-c", "cat"]}})
        self.broker = Broker(self)
        self.home = self.listen(self.broker)

    def result(self, name):
        payloads = self.home.until(lambda home: home.heard_on(f"dsn/results/{name}"), "a result")
        return json.loads(payloads[-1])

    def test_are_buttons_and_switches_where_the_configuration_allows_them(self):
        Mqtt(self, self.attic, self.broker, commands={
            "lamp": {"node": "barn", "message": "light", "on": '{"level":1}', "off": "dark",
                     "state": "lamp/on", "ask": True},
            "bell": {"node": "barn", "message": "ring"}})
        lamp = self.home.until(
            lambda home: home.json("homeassistant/switch/dsn--commands/lamp/config"), "the switch")
        self.assertEqual((lamp["command_topic"], lamp["state_topic"]),
                         ("dsn/commands/lamp", "dsn/readings/barn/lamp/on"))
        self.home.until(lambda home: home.json("homeassistant/button/dsn--commands/bell/config"),
                        "the button")
        self.home.publish("dsn/commands/lamp", "ON")
        result = self.result("lamp")
        self.assertEqual((result["node"], result["outcome"]), ("barn", "delivered"), result)
        self.assertIn("level", json.dumps(result["payload"]))
        self.home.publish("dsn/commands/bell", "PRESS")
        self.assertEqual(self.result("bell")["outcome"], "nobody listens")

    def test_that_are_not_allowed_or_kept_by_the_broker_do_nothing(self):
        self.home.publish("dsn/commands/lamp", "ON", retain=True)
        mqtt = Mqtt(self, self.attic, self.broker, commands={
            "lamp": {"node": "barn", "message": "light", "on": "on", "off": "off"}})
        self.home.until(lambda home: home.text("dsn/offers/lamp") == "switch", "offered")
        self.home.publish("dsn/commands/other", "ON")
        self.home.publish("dsn/commands/lamp", "\x1b[31mboo")
        lan.wait_until(lambda: "takes ON and OFF" in mqtt.log(), 15)
        self.assertNotIn("\x1b", mqtt.log())
        self.home.publish("dsn/commands/lamp", "OFF")
        self.result("lamp")
        self.assertEqual(len(self.home.heard_on("dsn/results/lamp")), 1)
        self.assertEqual(self.home.heard_on("dsn/results/other"), [])


class Access(Beside):
    def setUp(self):
        self.attic = self.meet("attic")
        self.attic.set("door", True)

    def secret(self, broker, text, mode=0o600):
        path = os.path.join(broker.folder, "secret")
        with open(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600), "w") as file:
            file.write(text + "\n")
        os.chmod(path, mode)
        return path

    def broker_with_password(self):
        folder = tempfile.TemporaryDirectory(prefix="dsn-mosquitto-")
        self.addCleanup(folder.cleanup)
        os.chmod(folder.name, 0o755)
        passwords = os.path.join(folder.name, "passwords")
        subprocess.run(["mosquitto_passwd", "-b", "-c", passwords, "dsn", "open sesame"], check=True)
        os.chmod(passwords, 0o644)
        return Broker(self, "allow_anonymous false", f"password_file {passwords}")

    def test_a_password_comes_from_a_file_and_goes_nowhere_else(self):
        broker = self.broker_with_password()
        home = self.listen(broker, set_up=lambda client: client.username_pw_set("dsn", "open sesame"))
        path = self.secret(broker, "wrong")
        mqtt = Mqtt(self, self.attic, broker, user="dsn", password_file=path)
        lan.wait_until(lambda: "not authorised" in mqtt.log(), 15)
        self.secret(broker, "open sesame")
        home.until(lambda home: home.text("dsn/status") == "online", "let in")
        self.assertNotIn("sesame", mqtt.log())
        with open(f"/proc/{mqtt.process.pid}/cmdline") as file:
            self.assertNotIn("sesame", file.read())

    def test_a_password_that_others_can_read_is_refused(self):
        broker = self.broker_with_password()
        path = self.secret(broker, "open sesame", 0o644)
        mqtt = Mqtt(self, self.attic, broker, user="dsn", password_file=path)
        self.assertEqual(mqtt.process.wait(10 * lan.SLOWEST), 78)
        self.assertIn("chmod", mqtt.log())

    def openssl(self, *words):
        subprocess.run(["openssl", *words], check=True, capture_output=True)

    def certificates(self):
        """An authority, and certificates of a broker and of a client that it signed."""
        folder = tempfile.TemporaryDirectory(prefix="dsn-tls-")
        self.addCleanup(folder.cleanup)
        os.chmod(folder.name, 0o755)
        at = lambda name: os.path.join(folder.name, name)
        self.openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=authority",
                     "-keyout", at("ca.key"), "-out", at("ca.crt"), "-days", "2")
        for name in ("broker", "client"):
            self.openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={name}",
                         "-keyout", at(name + ".key"), "-out", at(name + ".csr"),
                         "-addext", "subjectAltName=IP:127.0.0.1")
            self.openssl("x509", "-req", "-in", at(name + ".csr"), "-CA", at("ca.crt"), "-CAkey",
                         at("ca.key"), "-CAcreateserial", "-copy_extensions", "copy", "-out",
                         at(name + ".crt"), "-days", "2")
        return at

    @unittest.skipUnless(shutil.which("openssl"), "openssl is not installed")
    def test_tls_with_a_certificate_of_both(self):
        at = self.certificates()
        broker = Broker(self, "allow_anonymous true", f"cafile {at('ca.crt')}",
                        f"certfile {at('broker.crt')}", f"keyfile {at('broker.key')}",
                        "require_certificate true")
        home = self.listen(broker, set_up=lambda client: client.tls_set(
            at("ca.crt"), at("client.crt"), at("client.key")))
        mqtt = Mqtt(self, self.attic, broker, ca_file=at("ca.crt"),
                    certificate_file=at("client.crt"), key_file=at("client.key"))
        home.until(lambda home: home.text("dsn/status") == "online", "let in")
        self.assertEqual(mqtt.end(), 0)
        other = self.certificates()
        mqtt.start(ca_file=other("ca.crt"))
        lan.wait_until(lambda: "certificate verify failed" in mqtt.log(), 15, mqtt.log())


class Sites(Beside):
    """Two networks that know nothing of each other but what goes through brokers."""

    def setUp(self):
        agents.make_lan(self, 1)
        self.home = self.site.agent("hall", self.net.hosts[0])
        self.other = agents.Site()
        self.addCleanup(self.other.__exit__)
        self.cabin = self.other.agent("stove", self.net.hosts[0])
        self.broker = Broker(self)
        self.listener = self.listen(self.broker)

    def mqtt(self, agent, prefix, broker=None, **config):
        return Mqtt(self, agent, broker or self.broker, prefix=prefix, **config)

    def shown(self, key="temperature", node="hall.cabin.stove"):
        found = self.home.readings(node, key)
        return found[0] if found else None

    def test_readings_are_shown_there_with_their_age(self):
        self.cabin.set("temperature", 21.5, unit="Cel", max_age_ms=3600000, age_ms=0)
        self.mqtt(self.cabin, "cabin")
        self.mqtt(self.home, "home", bridge={"cabin": ["*"]})
        shown = lan.wait_until(self.shown, 15, "the reading of the cabin")
        self.assertEqual((shown["value"], shown["unit"], shown["status"]), (21.5, "Cel", "ok"))
        original = self.cabin.readings("stove", "temperature")[0]
        difference = self.shown()["age_ms"] - original["age_ms"]
        self.assertTrue(-500 < difference < 500 * lan.SLOWEST, difference)
        self.cabin.call("unset", keys=["temperature"])
        lan.wait_until(lambda: self.shown() is None, 15, "it was removed there")

    def test_nothing_goes_round_in_circles(self):
        self.cabin.set("temperature", 21.5)
        self.home.set("door", True)
        self.mqtt(self.cabin, "cabin", bridge={"home": ["*"]})
        self.mqtt(self.home, "home", bridge={"cabin": ["*"]})
        lan.wait_until(self.shown, 15, "the cabin is shown at home")
        lan.wait_until(lambda: self.cabin.readings("stove.home.hall", "door"), 15, "and back")
        self.home.set("door", False)
        lan.wait_until(lambda: self.cabin.value("stove.home.hall", "door") is False, 15)
        names = {reading["node"] for agent in (self.home, self.cabin) for reading in agent.readings()}
        self.assertEqual({"hall", "hall.cabin.stove", "stove", "stove.home.hall"}, names)
        self.assertEqual({topic.split("/")[2] for topic in self.listener.topics("home/readings/")
                          + self.listener.topics("cabin/readings/")}, {"hall", "stove"})

    def test_a_site_that_is_away_does_not_look_fresh(self):
        self.cabin.set("door", True)
        cabin = self.mqtt(self.cabin, "cabin")
        home = self.mqtt(self.home, "home", bridge={"cabin": ["*"]})
        lan.wait_until(lambda: (self.shown("door") or {}).get("status") == "ok", 15, "ok")
        cabin.kill()
        lan.wait_until(lambda: self.shown("door")["status"] != "ok", 15, "the cabin is away")
        # What the broker kept says nothing of how old it is now, where clocks are not to be believed.
        self.assertEqual(home.end(), 0)
        lan.wait_until(lambda: self.shown("door") is None, 15, "dsn-mqtt ended")
        home.start()
        self.listener.until(lambda home: home.text("home/status") == "online", "home again")
        cabin.start()
        lan.wait_until(lambda: (self.shown("door") or {}).get("status") == "ok", 15, "ok again")

    def test_time_under_way_counts(self):
        self.mqtt(self.cabin, "cabin")
        self.mqtt(self.home, "home", bridge={"cabin": ["*"]})
        self.cabin.set("temperature", 1)
        lan.wait_until(self.shown, 15, "the reading of the cabin")
        self.broker.freeze()
        self.cabin.set("temperature", 2)
        original = lambda: self.cabin.readings("stove", "temperature")[0]["age_ms"]
        lan.wait_until(lambda: original() > 3000, 15)
        self.broker.thaw()
        lan.wait_until(lambda: self.shown()["value"] == 2, 15, "it arrived")
        self.assertGreater(self.shown()["age_ms"], 2900)

    def test_two_brokers_that_are_joined(self):
        far = Broker(self, "allow_anonymous true", "connection joined",
                     f"address 127.0.0.1:{self.broker.port}", "topic cabin/# both 0",
                     "remote_clientid joined")
        self.cabin.set("temperature", 21.5)
        self.mqtt(self.cabin, "cabin", far)
        self.mqtt(self.home, "home", bridge={"cabin": ["stove/*"]})
        lan.wait_until(self.shown, 15, "the reading of the cabin")


class Configuration(unittest.TestCase):
    def test_a_wrong_one_is_told_with_its_place(self):
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            file.write("broker: localhost\nport: 80a\n")
            file.flush()
            done = subprocess.run([agents.MQTT, "--config", file.name], capture_output=True,
                                  text=True, check=False)
        self.assertEqual(done.returncode, 78)
        self.assertIn(f"{file.name}:2:7: 'port' must be", done.stderr)


def setUpModule():
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)  # of the test's own namespace


if __name__ == "__main__":
    if not shutil.which("mosquitto"):
        lan.skip("mosquitto is not installed (tools/deps)")
    if paho is None:
        lan.skip("python3-paho-mqtt is not installed (tools/deps)")
    agents.main("AGENT", "MQTT", side_by_side=True)
