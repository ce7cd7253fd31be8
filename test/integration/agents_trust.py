# SPDX-License-Identifier: Apache-2.0
"""Who is who: names that two claim, nodes that go, nodes that are not let in.

    agents_trust.py PATH_OF_dsn-agent PATH_OF_dsn [unittest arguments]
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import unittest

import agents
import lan



def dsn(agent, *words):
    return subprocess.run([agents.DSN, *words, "--socket", agent.socket], capture_output=True, text=True)


def by_id(agent):
    return {node["node_id"]: node for node in agent.call("peers")}


def own_id(agent):
    return agent.call("status")["node_id"]


def seen_as(observer, node_id):
    """Name, state and whether it is in conflict; None if it is not known."""
    node = by_id(observer).get(node_id)
    return node and (node["node"], node["state"], node["conflict"])


class Listener:
    """A subscription: the kinds of events about each node, as they come."""

    def __init__(self, agent):
        self.connection = socket.socket(socket.AF_UNIX)
        self.connection.connect(agent.socket)
        self.connection.sendall(b'{"jsonrpc":"2.0","id":1,"method":"subscribe"}\n')
        self.lines = self.connection.makefile()
        self.lines.readline()

    def close(self):
        self.lines.close()
        self.connection.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def wait_for(self, kind, node_id, timeout=30):
        self.connection.settimeout(timeout * lan.SLOWEST)
        while True:
            event = json.loads(self.lines.readline())["params"]
            if (event["event"], event["node_id"]) == (kind, node_id):
                return event


class Names(unittest.TestCase):
    # protocol.md [name-proven] [name-first] [name-conflict]
    def test_a_second_node_of_a_name_is_shown_apart_and_does_not_touch_the_first(self):
        with lan.Lan(3) as net, agents.Site() as site:
            observer = site.agent("observer", net.hosts[0])
            first = site.agent("attic", net.hosts[1])
            first.set("door", "shut")
            lan.wait_until(lambda: observer.value("attic", "door") == "shut", 20)
            with Listener(observer) as events:
                second = site.agent("attic", net.hosts[2])
                second.set("door", "open")
                self.assertEqual(events.wait_for("conflict", own_id(second))["node"],
                                 f"attic~{own_id(second)[:4]}")
            label = f"attic~{own_id(second)[:4]}"
            lan.wait_until(lambda: observer.value(label, "door") == "open", 20)
            shown = observer.readings("attic")
            self.assertEqual([(r["value"], r["status"]) for r in shown], [("shut", "ok")])
            self.assertEqual(observer.readings(label)[0]["status"], "conflict")
            self.assertEqual(seen_as(observer, own_id(second)), (label, "live", True))
            self.assertIn(own_id(first)[:8], by_id(observer)[own_id(second)]["reason"])
            self.assertIn(f"dsn forget {label}", observer.warnings()[0])
            # Each of the two knows that its own name is its own.
            lan.wait_until(lambda: first.live() >= {"attic", label, "observer"}, 20)
            other = f"attic~{own_id(first)[:4]}"
            lan.wait_until(lambda: second.live() >= {"attic", other, "observer"}, 20)
            # Both live, so the operator has to say which one is meant.
            refused = dsn(observer, "forget", "attic")
            self.assertEqual(refused.returncode, 1)
            self.assertIn(f"dsn forget {label}", refused.stderr)
            moved = dsn(observer, "forget", label)
            self.assertEqual((moved.returncode, moved.stderr), (0, ""))
            self.assertEqual(observer.value("attic", "door"), "open")
            self.assertEqual(observer.value(other, "door"), "shut")

    def test_a_name_stays_with_its_node_when_the_observer_restarts(self):
        with lan.Lan(3) as net, agents.Site() as site:
            observer = site.agent("observer", net.hosts[0])
            first = site.agent("attic", net.hosts[1])
            lan.wait_until(lambda: agents.all_meet([observer, first]), 20)
            first_id = own_id(first)
            self.assertEqual(observer.terminate(), 0)
            first.kill()
            second = site.agent("attic", net.hosts[2])
            observer.start()
            lan.wait_until(lambda: own_id(second) in by_id(observer), 20)
            label = f"attic~{own_id(second)[:4]}"
            lan.wait_until(
                lambda: seen_as(observer, own_id(second)) == (label, "live", True), 20)
            self.assertIn(first_id[:8], by_id(observer)[own_id(second)]["reason"])
            # It has not been met in this run, and its name can be freed all the same.
            self.assertEqual(dsn(observer, "forget", "attic").returncode, 0)
            self.assertEqual(seen_as(observer, own_id(second)), ("attic", "live", False))
            observer.kill()
            observer.start()
            lan.wait_until(
                lambda: seen_as(observer, own_id(second)) == ("attic", "live", False), 20)

    def test_a_reflashed_machine_takes_its_name_over_once_the_old_one_is_forgotten(self):
        with lan.Lan(2) as net, agents.Site() as site:
            observer, attic = (site.agent(n, h) for n, h in zip(("observer", "attic"), net.hosts))
            attic.set("door", "shut")
            lan.wait_until(lambda: observer.value("attic", "door") == "shut", 20)
            old = own_id(attic)
            attic.kill()
            shutil.rmtree(attic.config["credential_dir"])
            attic.start()
            new = own_id(attic)
            self.assertNotEqual(new, old)
            attic.set("door", "open")
            label = f"attic~{new[:4]}"
            lan.wait_until(lambda: observer.value(label, "door") == "open", 20)
            early = dsn(observer, "forget", old)
            self.assertEqual(early.returncode, 1, early)
            lan.wait_until(lambda: seen_as(observer, old) == ("attic", "gone", False), 60)
            self.assertEqual(by_id(observer)[old]["reason"], "silent")
            done = dsn(observer, "forget", "attic")
            self.assertEqual((done.returncode, done.stdout),
                             (0, "attic is forgotten by this node\n"))
            self.assertEqual(seen_as(observer, new), ("attic", "live", False))
            self.assertEqual([r["status"] for r in observer.readings("attic")], ["ok"])
            self.assertIsNone(seen_as(observer, old))
            unknown = dsn(observer, "forget", "attik")
            self.assertEqual(unknown.returncode, 4)
            self.assertIn("did you mean 'attic'?", unknown.stderr)


class Ends(unittest.TestCase):
    """How a node went is seen by the others."""

    def test_leave_stop_and_kill_are_told_apart(self):
        with lan.Lan(4) as net, agents.Site() as site:
            names = ("observer", "leaver", "stopped", "killed")
            observer, leaver, stopped, killed = members = [
                site.agent(name, host) for name, host in zip(names, net.hosts)]
            lan.wait_until(lambda: agents.all_meet(members), 20)
            ids = {name: own_id(agent) for name, agent in zip(names, members)}
            with Listener(observer) as events:
                left = dsn(leaver, "leave")
                self.assertEqual((left.returncode, left.stderr), (0, ""))
                self.assertEqual(leaver.process.wait(10 * lan.SLOWEST), 0, "so that it is not started again")
                events.wait_for("left", ids["leaver"], 5)
                self.assertEqual(stopped.terminate(), 0)
                events.wait_for("restarting", ids["stopped"], 5)
                killed.kill()
                events.wait_for("late", ids["killed"], 60)
                events.wait_for("gone", ids["killed"], 60)
                nodes = by_id(observer)
                self.assertEqual(
                    [(n, nodes[ids[n]]["state"], nodes[ids[n]]["reason"]) for n in names[1:]],
                    [("leaver", "left", ""), ("stopped", "restarting", ""),
                     ("killed", "gone", "silent")])
                self.assertLess(nodes[ids["killed"]]["since_ms"], 5000 * lan.SLOWEST)
                self.assertGreater(nodes[ids["leaver"]]["since_ms"], 1000)
                leaver.start()
                events.wait_for("joined", ids["leaver"], 20)
            lan.wait_until(lambda: seen_as(observer, ids["leaver"]) == ("leaver", "live", False), 5)

    def test_only_those_who_may_write_can_make_a_node_leave_or_forget(self):
        with agents.Site() as site:
            os.chmod(site.path, 0o755)
            agent = site.agent("attic", aes_key_file=None)
            os.chmod(agent.folder, 0o755)
            os.chmod(agent.socket, 0o666)
            script = ("import os,sys,subprocess\nos.setgid(65534); os.setuid(65534)\n"
                      "sys.exit(subprocess.run(sys.argv[1:]).returncode)")
            for words in (["leave"], ["forget", "shed"]):
                done = subprocess.run([sys.executable, "-c", script, agents.DSN, *words, "--socket",
                                       agent.socket], capture_output=True, text=True)
                self.assertEqual(done.returncode, 1, done)
                self.assertIn("is allowed to root", done.stderr)
            self.assertTrue(agent.is_running())
            self.assertEqual(dsn(agent, "leave").returncode, 0)
            self.assertEqual(agent.process.wait(10 * lan.SLOWEST), 0)


class Whitelist(unittest.TestCase):
    # protocol.md [hello-listed]
    def test_only_listed_nodes_are_seen(self):
        with lan.Lan(4) as net, agents.Site() as site:
            by_its_id = site.agent("by-id", net.hosts[0])
            picky = site.agent("picky", net.hosts[1],
                               whitelist_node_ids=["by-name", own_id(by_its_id)])
            by_name = site.agent("by-name", net.hosts[2])
            stranger = site.agent("stranger", net.hosts[3])
            for agent in (by_its_id, by_name, stranger):
                agent.set("site", agent.name)
            lan.wait_until(lambda: agents.all_meet([picky, by_its_id, by_name]), 30)
            lan.wait_until(lambda: agents.all_meet([by_its_id, by_name, stranger]), 30)
            lan.wait_until(lambda: picky.value("by-name", "site") == "by-name", 20)
            lan.wait_until(lambda: picky.value("by-id", "site") == "by-id", 20)
            lan.wait_until(lambda: picky.counters()["drop_not_listed"] > 0, 30)
            self.assertEqual(set(picky.nodes()), {"picky", "by-id", "by-name"})
            told = [one for one in picky.call("status")["warnings"] if one["code"] == "not-listed"]
            self.assertRegex(told[0]["text"], r"leaves out: stranger \(\S*:\d+, \d+ times, ")
            met = {one["node"]: one for one in picky.call("status")["half_met"]}
            self.assertTrue(met["stranger"]["left_out"], met)
            self.assertEqual(met["stranger"]["interface"], "eth0")
            self.assertNotIn("picky", stranger.nodes())


class Identity(unittest.TestCase):
    # protocol.md [marks-kept] [marks-proven]
    def test_a_node_that_lost_its_disk_is_told_its_run_by_one_that_restarted_since(self):
        with lan.Lan(2) as net, agents.Site() as site:
            observer, attic = (site.agent(n, h) for n, h in zip(("observer", "attic"), net.hosts))
            for run in (1, 2, 3):
                attic.set("door", f"run {run}")
                lan.wait_until(lambda: observer.value("attic", "door") == f"run {run}", 20)
                attic.kill()
                if run < 3:
                    attic.start()
            for name in ("state.cbor", "state.cbor.old"):
                os.unlink(os.path.join(attic.config["credential_dir"], name))
            # All that knows of run 3 now is the observer's disk.
            self.assertEqual(observer.terminate(), 0)
            observer.start()
            attic.start()
            attic.set("door", "after")
            lan.wait_until(lambda: observer.value("attic", "door") == "after", 20)
            self.assertEqual(observer.nodes()["attic"]["incarnation"], 4)

    def test_a_second_machine_with_the_same_key_is_noticed(self):
        with lan.Lan(2) as net, agents.Site() as site:
            first = site.agent("attic", net.hosts[0])
            with Listener(first) as events:
                copy = site.agent("attic", net.hosts[1], start=False)
                shutil.copytree(first.config["credential_dir"], copy.config["credential_dir"])
                copy.start()
                self.assertEqual(own_id(copy), own_id(first))
                events.wait_for("clone", own_id(first), 60)
            self.assertTrue(any("identity of this node" in warning
                                for warning in first.warnings()))


if __name__ == "__main__":
    agents.main("AGENT", "DSN")
