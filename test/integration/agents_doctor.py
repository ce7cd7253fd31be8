# SPDX-License-Identifier: Apache-2.0
"""dsn doctor, and the warnings of agents: each broken network is named by its code.

    agents_doctor.py PATH_OF_dsn-agent PATH_OF_dsn [unittest arguments]
"""

import json
import subprocess
import unittest

import agents
import lan

OK, FOUND = 0, 1


class Doctor(unittest.TestCase):
    def network(self, *names, bare=False, **config):
        self.net = lan.Lan(len(names), bare)
        self.net.__enter__()
        self.addCleanup(self.net.__exit__, None, None, None)
        self.site = agents.Site()
        self.addCleanup(self.site.__exit__)
        return [self.site.agent(name, host, **config) for name, host in zip(names, self.net.hosts)]

    def dsn(self, agent, *words):
        return subprocess.run([agents.DSN, *words, "--socket", agent.socket], text=True,
                              capture_output=True, timeout=130 * lan.SLOWEST)

    def findings(self, agent):
        """{(code, about): finding}, by `dsn doctor --json`."""
        done = self.dsn(agent, "doctor", "--json")
        examination = json.loads(done.stdout)
        self.assertEqual(done.returncode, FOUND if examination["findings"] else OK, done.stderr)
        return {(one["code"], one.get("about", "")): one for one in examination["findings"]}

    def codes(self, agent):
        return {code for code, _ in self.findings(agent)}

    def warns(self, agent, code):
        return [one for one in agent.call("status")["warnings"] if one["code"] == code]

    def test_a_healthy_network_has_no_findings(self):
        attic, shed, barn = self.network("attic", "shed", "barn")
        lan.wait_until(lambda: agents.all_meet([attic, shed, barn]), 20)
        for agent in (attic, shed):
            done = self.dsn(agent, "doctor")
            self.assertEqual((done.returncode, done.stderr), (OK, ""), done.stdout)
            self.assertEqual(done.stdout, "nothing is wrong; 3 of 3 nodes answered\n")
            own_version = agent.call("status")["program_version"]
            for node in agent.nodes().values():
                self.assertEqual(node["program_version"], own_version)
                self.assertGreater(node["uptime_ms"], 0)

    def test_bootstrap_nodes_that_are_of_no_use_are_named(self):
        attic, shed = self.network("attic", "shed", port=17373, bootstrap_nodes=[
            {"address": "10.77.0.2", "port": 17373}, {"address": "10.77.0.99", "port": 17373},
            {"address": "no-such-host.invalid", "port": 17373}])
        lan.wait_until(lambda: agents.all_meet([attic, shed]), 20)
        lan.wait_until(lambda: self.warns(attic, "bootstrap-silent"), 30)
        lan.wait_until(lambda: self.warns(attic, "bootstrap-unusable"), 30)
        by_address = {one["address"]: one for one in attic.call("status")["bootstrap_nodes"]}
        self.assertEqual(by_address["10.77.0.2"]["node"], "shed")
        self.assertEqual(by_address["10.77.0.2"]["problem"], "")
        self.assertEqual(by_address["10.77.0.99"]["problem"], "no answer")
        own = next(one for one in shed.call("status")["bootstrap_nodes"]
                   if one["address"] == "10.77.0.2")
        self.assertEqual(own["problem"], "it is this node itself")
        found = self.findings(attic)
        silent = found["bootstrap-silent", "10.77.0.99:17373"]
        self.assertEqual(silent["nodes"], ["attic", "shed"])
        self.assertIn("bootstrap-unusable", {code for code, _ in found})
        self.assertIn("10.77.0.99:17373", self.dsn(attic, "status").stdout)
        lan.wait_until(lambda: "no answer" in attic.log_text(), 20)

    def test_another_network_key_is_told_with_its_address(self):
        attic, shed = self.network("attic", "shed", start=False)
        shed.config["aes_key_file"] = self.site.new_key("other.key")
        shed.config["bootstrap_nodes"] = [{"address": "10.77.0.1", "port": 17373}]
        attic.config["port"] = shed.config["port"] = 17373
        attic.start()
        shed.start()
        lan.wait_until(lambda: self.warns(attic, "other-network"), 60)
        self.assertIn("10.77.0.2:17373", self.warns(attic, "other-network")[0]["text"])
        lan.wait_until(lambda: self.warns(shed, "bootstrap-silent"), 60)
        self.assertIn("other-network", self.codes(attic))

    def test_a_firewall_on_output_is_told(self):
        attic, shed = self.network("attic", "shed")
        lan.wait_until(lambda: agents.all_meet([attic, shed]), 20)
        self.net.hosts[0].nft("add table inet f; add chain inet f o { type filter hook output "
                              "priority 0; }; add rule inet f o meta l4proto udp drop")
        lan.wait_until(lambda: self.warns(attic, "send-refused"), 30)
        self.assertIn("EPERM", self.warns(attic, "send-refused")[0]["text"])

    def half_met(self, agent):
        return {one["node"]: one for one in agent.call("status")["half_met"]}

    def test_a_node_that_is_heard_and_does_not_answer_is_told(self):
        attic, shed = self.network("attic", "shed", start=False, port=17373)
        block = "add table inet f; add chain inet f i { type filter hook input priority 0; }; " \
                "add rule inet f i udp dport 17373 drop"
        self.net.hosts[1].nft(block)
        attic.start()
        shed.start()
        lan.wait_until(lambda: self.warns(attic, "half-met"), 60)
        warning = self.warns(attic, "half-met")[0]
        self.assertEqual(warning["about"], "shed")
        self.assertRegex(warning["text"], r"^shed is heard at \S+:17373 on eth0 and does not answer")
        self.assertFalse(self.half_met(attic)["shed"]["left_out"])
        self.assertIn(("half-met", "shed"), self.findings(attic))
        self.net.hosts[1].nft("delete table inet f")
        lan.wait_until(lambda: agents.all_meet([attic, shed]), 90)
        self.assertEqual((self.half_met(attic), self.half_met(shed)), ({}, {}))
        self.assertEqual(self.warns(attic, "half-met"), [])

    # protocol.md [examined-itself]
    def test_a_node_answers_itself(self):
        attic, shed = self.network("attic", "shed")
        lan.wait_until(lambda: agents.all_meet([attic, shed]), 20)
        asked = self.dsn(attic, "ask", "shed", "dsn/facts")
        self.assertEqual((asked.returncode, asked.stderr), (OK, ""))
        self.assertTrue(asked.stdout.startswith("[["), asked.stdout)
        self.assertIn("no such question", self.dsn(attic, "ask", "shed", "dsn/more").stderr)

    def test_a_node_that_is_gone_is_a_finding(self):
        attic, shed = self.network("attic", "shed")
        lan.wait_until(lambda: agents.all_meet([attic, shed]), 20)
        shed.kill()
        lan.wait_until(lambda: attic.nodes()["shed"]["state"] == "gone", 40)
        self.assertIn(("node-gone", "shed"), self.findings(attic))

    def test_a_small_mtu_on_the_way_is_told(self):
        attic, shed = self.network("attic", "shed")
        lan.wait_until(lambda: agents.all_meet([attic, shed]), 20)
        self.net.nft("add table bridge f; add chain bridge f c { type filter hook forward "
                     "priority 0; }; add rule bridge f c ip length > 1100 drop; "
                     "add rule bridge f c ip6 length > 1060 drop")
        found = self.findings(attic)
        self.assertIn("1200 bytes", found["large-lost", "shed"]["text"])

    def test_multicast_that_is_not_passed_on_is_told(self):
        attic, shed = self.network("attic", "shed")
        lan.wait_until(lambda: agents.all_meet([attic, shed]), 20)
        self.net.drop_multicast()
        self.assertIn("multicast-not-passed", self.codes(attic))
        self.net.drop_multicast(False)
        self.assertNotIn("multicast-not-passed", self.codes(attic))

    def test_a_node_that_only_others_hear_is_a_finding(self):
        attic, shed, coop = self.network("attic", "shed", "coop")
        shed.set("door", "open")
        lan.wait_until(lambda: attic.value("shed", "door") == "open", 20)
        lan.wait_until(lambda: attic.counters()["rounds"] >= 10, 60)
        self.net.cut(0, 1)
        lan.wait_until(lambda: attic.nodes()["shed"]["via"] == "via coop", 60)
        self.assertIn(("not-direct", "shed"), self.findings(attic))

    def test_a_node_alone_says_so(self):
        (attic,) = self.network("attic")
        lan.wait_until(lambda: self.warns(attic, "alone"), 90)
        self.assertEqual(self.codes(attic), {"alone"})
        self.assertIn("10.77.0.1", self.warns(attic, "alone")[0]["advice"])


if __name__ == "__main__":
    agents.main("AGENT", "DSN")
