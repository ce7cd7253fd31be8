# SPDX-License-Identifier: Apache-2.0
"""What Prometheus and Grafana make of the metrics of dsn-web.

    prometheus.py PATH_OF_dsn-agent PATH_OF_dsn-web [unittest arguments]
"""

import json
import os
import re
import shutil
import subprocess
import unittest
import urllib.parse
import urllib.request

import agents
import lan
from agents_web import Web, setUpModule  # noqa: F401

EXAMPLES = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))),
                        "docs", "examples")
RULES = os.path.join(EXAMPLES, "prometheus", "alerts.yml")
DASHBOARD = os.path.join(EXAMPLES, "grafana", "dsn.json")
ADDRESS = "127.0.0.1:9090"  # in the network of the test alone
CONFIG = """
global: {{scrape_interval: 200ms, scrape_timeout: 200ms, evaluation_interval: 200ms}}
rule_files: [{rules}]
scrape_configs:
  - job_name: dsn
    static_configs: [{{targets: ["127.0.0.1:{port}"]}}]
"""


def strings(tree):
    if isinstance(tree, str):
        yield tree
    elif isinstance(tree, (dict, list)):
        for below in tree.values() if isinstance(tree, dict) else tree:
            yield from strings(below)


def metrics_in(text):
    return set(re.findall(r"\bdsn_[a-z_]+", text))


class Beside(unittest.TestCase):
    def setUp(self):
        self.attic, self.barn = agents.meet_on_a_lan(self, "attic", "barn")
        self.barn.set("room/temperature", 21.5, unit="Cel")
        self.web = Web(self, self.attic)
        lan.wait_until(lambda: 'key="room/temperature"' in self.web.get("/metrics"), 15, "barn's reading")

    def promtool(self, *words, **options):
        if shutil.which("promtool") is None:
            self.skipTest("promtool is not installed (Debian: prometheus)")
        return subprocess.run(["promtool", *words], capture_output=True, text=True, **options)

    def test_there_is_each_metric_that_the_files_ask_for(self):
        there = set(re.findall(r"^# HELP (dsn_[a-z_]+)", self.web.get("/metrics"), re.MULTILINE))
        with open(DASHBOARD) as file:
            asked = metrics_in(" ".join(strings(json.load(file))))
        with open(RULES) as file:
            asked |= metrics_in(file.read())
        self.assertGreater(len(asked), 6)
        self.assertEqual(asked - there, set())

    def test_promtool_has_nothing_to_say(self):
        rules = self.promtool("check", "rules", RULES)
        self.assertEqual((rules.returncode, rules.stderr), (0, ""), rules.stdout)
        metrics = self.promtool("check", "metrics", input=self.web.get("/metrics"))
        self.assertEqual((metrics.returncode, metrics.stdout + metrics.stderr), (0, ""))

    def prometheus(self):
        if shutil.which("prometheus") is None:
            self.skipTest("prometheus is not installed")
        rules, config = (os.path.join(self.site.path, name) for name in ("alerts.yml", "prometheus.yml"))
        with open(RULES) as file, open(rules, "w") as hasty:
            hasty.write(re.sub(r"^ +for:.*\n", "", file.read(), flags=re.MULTILINE))
        with open(config, "w") as file:
            file.write(CONFIG.format(rules=rules, port=self.web.port))
        process = subprocess.Popen(
            ["prometheus", f"--config.file={config}", f"--web.listen-address={ADDRESS}",
             f"--storage.tsdb.path={self.site.path}/tsdb"], stderr=subprocess.DEVNULL)

        def end():
            process.kill()
            process.wait()
        self.addCleanup(end)

    def ask(self, path, **query):
        url = f"http://{ADDRESS}/api/v1/{path}?{urllib.parse.urlencode(query)}"
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                return json.load(answer)["data"]
        except OSError:
            return {}

    def number(self, query):
        result = self.ask("query", query=query).get("result")
        return float(result[0]["value"][1]) if result else None

    def firing(self):
        return {(alert["labels"]["alertname"], alert["labels"].get("node"))
                for alert in self.ask("alerts").get("alerts", []) if alert["state"] == "firing"}

    def test_an_alert_is_raised_and_ends(self):
        self.prometheus()
        lan.wait_until(lambda: self.number('dsn_reading{key="room/temperature"}') == 21.5, 30, "it is scraped")
        self.assertNotIn(("DsnNodeGone", "barn"), self.firing())
        self.barn.kill()
        lan.wait_until(lambda: ("DsnNodeGone", "barn") in self.firing(), 60, "the alert")
        self.assertIsNone(self.number('dsn_reading{key="room/temperature"}'))
        self.barn.start()
        lan.wait_until(lambda: ("DsnNodeGone", "barn") not in self.firing(), 60, "its end")
        self.attic.kill()
        lan.wait_until(lambda: ("DsnAgentAway", None) in {(name, None) for name, _ in self.firing()}, 60, "the agent")


if __name__ == "__main__":
    agents.main("AGENT", "WEB", side_by_side=True)
