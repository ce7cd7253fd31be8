# SPDX-License-Identifier: Apache-2.0
"""dsn-web beside an agent: lists, metrics, events, writes, and what it refuses.

    agents_web.py PATH_OF_dsn-agent PATH_OF_dsn-web [unittest arguments]
"""

import http.client
import json
import os
import subprocess
import tempfile
import unittest

import agents
import lan

try:
    from prometheus_client.openmetrics import parser as openmetrics
except ImportError:
    openmetrics = None


class Events:
    """Server-sent events of a connection."""

    def __init__(self, web, last_id=None):
        self.connection = web.connection()
        headers = {"Last-Event-ID": last_id} if last_id else {}
        self.connection.request("GET", "/api/v1/events", headers=headers)
        self.response = self.connection.getresponse()
        self.status = self.response.status
        self.last_id = None

    def close(self):
        self.response.close()
        self.connection.close()

    def next(self):
        event, data = None, None
        while True:
            line = self.response.readline().decode()
            if not line:
                raise EOFError("dsn-web ended the events")
            line = line.rstrip("\n")
            if line.startswith("event: "):
                event = line[7:]
            elif line.startswith("data: "):
                data = json.loads(line[6:])
            elif line.startswith("id: "):
                self.last_id = line[4:]
            elif line == "" and event:
                return event, data

    def until(self, wanted):
        seen = []
        while not seen or not wanted(*seen[-1]):
            seen.append(self.next())
        return seen


class Web:
    def __init__(self, test, agent, **config):
        folder = tempfile.TemporaryDirectory(prefix="dsn-web-")
        test.addCleanup(folder.cleanup)
        self.config = os.path.join(folder.name, "web.yaml")
        with open(self.config, "w") as file:
            json.dump({"port": 0, **config}, file)
        self.process = subprocess.Popen([agents.WEB, "--config", self.config, "--socket",
                                         agent.socket], stdout=subprocess.PIPE, text=True)
        test.addCleanup(self.end)
        line = self.process.stdout.readline()
        assert line.startswith("dsn-web: http://127.0.0.1:"), line
        self.port = int(line.rsplit(":", 1)[1].strip("/\n"))

    def end(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def connection(self):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=10 * lan.SLOWEST)

    def ask(self, method, path, body=None, headers=None):
        connection = self.connection()
        try:
            connection.request(method, path, body=body, headers=headers or {})
            response = connection.getresponse()
            return response.status, response.read().decode(), response.headers
        finally:
            connection.close()

    def get(self, path, **headers):
        status, text, _ = self.ask("GET", path, headers=headers)
        assert status == 200, (path, status, text)
        return text


class Beside(unittest.TestCase):
    def setUp(self):
        self.attic, self.barn = agents.meet_on_a_lan(self, "attic", "barn")
        self.barn.call("set", key="door", value="open")
        self.barn.call("set", key="room/temperature", value=21.5, unit="Cel")

    def web(self, **config):
        web = Web(self, self.attic, **config)
        lan.wait_until(lambda: web.ask("GET", "/health")[0] == 200, 15, "dsn-web has the agent")
        return web

    def readings(self, web, query=""):
        return json.loads(web.get("/api/v1/readings" + query))

    def events(self, web, last_id=None):
        events = Events(web, last_id)
        self.addCleanup(events.close)
        return events

    def test_lists_have_what_the_agent_holds(self):
        web = self.web()
        lan.wait_until(lambda: len(self.readings(web, "?node=barn")) == 2, 15, "barn's readings")
        reading, = self.readings(web, "?node=b*&key=room/*")
        self.assertEqual((reading["value"], reading["unit"], reading["status"]), (21.5, "Cel", "ok"))
        nodes = json.loads(web.get("/api/v1/nodes"))
        self.assertEqual(sorted(node["node"] for node in nodes), ["attic", "barn"])

    def test_lists_have_other_formats(self):
        web = self.web()
        lan.wait_until(lambda: len(self.readings(web, "?node=barn")) == 2, 15, "barn's readings")
        status, text, headers = web.ask("GET", "/api/v1/readings?node=barn&key=room/*&format=senml")
        self.assertEqual((status, headers["Content-Type"]), (200, "application/senml+json"))
        record, = json.loads(text)
        self.assertEqual((record["n"], record["u"], record["v"]), ("barn/room/temperature", "Cel", 21.5))
        status, text, headers = web.ask("GET", "/api/v1/readings?node=barn&format=csv")
        self.assertTrue(headers["Content-Type"].startswith("text/csv"), headers)
        self.assertEqual(len(text.splitlines()), 3)
        self.assertEqual(web.ask("GET", "/api/v1/readings?format=xml")[0], 400)

    def test_without_dsn_record_there_is_no_history(self):
        web = self.web(history="/nowhere/history.sqlite")
        status, text, _ = web.ask("GET", "/api/v1/history?node=barn&key=room/temperature")
        self.assertEqual(status, 404)
        self.assertIn("does dsn-record run", json.loads(text)["error"])
        self.assertEqual(web.ask("GET", "/api/v1/history?node=barn&since=never")[0], 400)
        self.assertEqual(web.ask("GET", "/api/v1/history?node=barn&format=xml")[0], 400)

    def test_events_tell_the_present_and_then_changes(self):
        web = self.web()
        events = self.events(web)
        seen = events.until(lambda name, data: name == "ready")
        self.assertEqual(seen[0][0], "whole")
        self.barn.call("set", key="door", value="shut")
        seen = events.until(lambda name, data: name == "reading"
                            and data["reading"]["value"] == "shut")
        self.assertNotIn("whole", [name for name, _ in seen])
        self.barn.call("unset", keys=["door"])
        events.until(lambda name, data: name == "gone" and data.get("key") == "door")

    def test_events_go_on_where_they_ended(self):
        web = self.web()
        first = Events(web)
        first.until(lambda name, data: name == "ready")
        first.close()
        self.barn.call("set", key="door", value="ajar")
        lan.wait_until(lambda: any(r["value"] == "ajar" for r in self.readings(web)), 15, "ajar")
        seen = self.events(web, first.last_id).until(lambda name, data: name == "ready")
        self.assertNotIn("whole", [name for name, _ in seen])
        self.assertIn("ajar", [data["reading"]["value"] for name, data in seen if name == "reading"])
        self.assertEqual(self.events(web, "00000000-5").next()[0], "whole")

    def test_a_dead_node_has_no_value(self):
        web = self.web()
        events = self.events(web)
        events.until(lambda name, data: name == "ready")
        self.assertIn('dsn_reading{node="barn",key="room/temperature",unit="Cel"} 21.5',
                      web.get("/metrics"))
        self.barn.kill()
        told = set()

        def is_told(name, data):
            if name == "node":
                told.add((data["node"], data["state"]))
            elif name == "reading":
                told.add((data["reading"]["key"], data["reading"]["status"]))
            return {("barn", "gone"), ("room/temperature", "node gone")} <= told

        events.until(is_told)
        metrics = web.get("/metrics")
        self.assertIn('dsn_node_up{node="barn"} 0', metrics)
        self.assertNotIn('dsn_reading{node="barn"', metrics)

    @unittest.skipUnless(openmetrics, "python3-prometheus-client is not installed")
    def test_metrics_are_openmetrics(self):
        self.barn.call("set", key='we"ird\\', value=float(1))
        web = self.web()
        lan.wait_until(lambda: len(self.readings(web, "?node=barn")) == 3, 15, "barn's readings")
        text = web.get("/metrics", Accept="application/openmetrics-text; version=1.0.0")
        samples = {(sample.name, sample.labels.get("node"), sample.labels.get("key")): sample.value
                   for family in openmetrics.text_string_to_metric_families(text)
                   for sample in family.samples}
        self.assertEqual(samples["dsn_reading", "barn", 'we"ird\\'], 1)
        self.assertEqual(samples["dsn_agent_up", None, None], 1)

    def test_says_when_the_agent_is_away_and_comes_back(self):
        web = self.web()
        events = self.events(web)
        events.until(lambda name, data: name == "agent" and data["connected"])
        self.attic.terminate()
        events.until(lambda name, data: name == "agent" and not data["connected"] and data["problem"])
        status, text, _ = web.ask("GET", "/health")
        self.assertEqual(status, 503)
        self.assertIn("agent", json.loads(text)["error"])
        self.assertIn("dsn_agent_up 0", web.get("/metrics"))
        self.attic.start()
        events.until(lambda name, data: name == "agent" and data["connected"])

    def test_writes_need_the_token(self):
        token = "0123456789abcdef0123456789abcdef"
        token_file = os.path.join(self.attic.folder, "token")
        with open(os.open(token_file, os.O_CREAT | os.O_WRONLY, 0o600), "w") as file:
            file.write(token + "\n")
        web = self.web(token_file=token_file)
        body = json.dumps({"key": "app/mode", "value": "away"})
        self.assertEqual(web.ask("POST", "/api/v1/set", body)[0], 401)
        self.assertEqual(web.ask("POST", "/api/v1/set", body, {"Authorization": "Bearer x"})[0], 401)
        bearer = {"Authorization": "Bearer " + token}
        status, text, _ = web.ask("POST", "/api/v1/set", body, bearer)
        self.assertEqual((status, json.loads(text)["node"]), (200, "attic"))
        lan.wait_until(lambda: len(self.readings(web, "?key=app/mode")) == 1, 15, "app/mode")
        self.assertEqual(web.ask("POST", "/api/v1/set", '{"key": 1}', bearer)[0], 400)
        message = json.dumps({"node": "barn", "name": "light", "payload": "on"})
        status, text, _ = web.ask("POST", "/api/v1/send", message, bearer)
        self.assertEqual((status, json.loads(text)["listeners"]), (200, 0), text)

    def test_without_a_token_nothing_can_be_written(self):
        status, text, _ = self.web().ask("POST", "/api/v1/set", '{"key": "a", "value": 1}')
        self.assertEqual(status, 403)
        self.assertIn("token_file", text)

    def test_is_a_page_for_this_machine_and_asks_nobody_else(self):
        web = self.web()
        status, text, headers = web.ask("GET", "/")
        self.assertEqual(status, 200)
        self.assertIn("default-src 'none'", headers["Content-Security-Policy"])
        for name in ("page.js", "page.css", "dygraph.min.js", "dygraph.min.css", "icon.svg"):
            self.assertIn(name, text)
            web.get("/" + name)
        self.assertNotIn("//", text.replace("<!doctype html>", ""))
        self.assertEqual(web.ask("GET", "/", headers={"Host": "evil.example"})[0], 421)

    def test_has_as_many_pages_as_the_configuration_says(self):
        web = self.web(clients=2)
        first = Events(web)
        first.until(lambda name, data: name == "ready")
        self.events(web).until(lambda name, data: name == "ready")
        self.assertEqual(self.events(web).status, 503)
        web.get("/api/v1/nodes")
        first.close()
        lan.wait_until(lambda: self.events(web).status == 200, 15, "there is room again")

    def test_a_wrong_configuration_is_told_with_its_place(self):
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            file.write("port: 80a\n")
            file.flush()
            done = subprocess.run([agents.WEB, "--config", file.name], capture_output=True, text=True,
                                  check=False)
        self.assertEqual(done.returncode, 78)
        self.assertIn(f"{file.name}:1:7: 'port' must be", done.stderr)

    def test_a_port_that_is_taken_is_told(self):
        web = self.web()
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            json.dump({"port": web.port}, file)
            file.flush()
            done = subprocess.run([agents.WEB, "--config", file.name, "--socket", self.attic.socket],
                                  capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("Address already in use", done.stderr)


def setUpModule():
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)  # of the test's own namespace


if __name__ == "__main__":
    agents.main("AGENT", "WEB")
