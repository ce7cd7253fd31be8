# SPDX-License-Identifier: Apache-2.0
"""The package distributed_state_network: what programs of Python DSN rely on, with real agents.

    python_nodes.py PATH_OF_dsn-agent FOLDER_OF_THE_PACKAGE [unittest arguments]
"""

import errno
import logging
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import unittest
import unittest.mock

import agents
import lan

KEEPER = """
import signal, sys
from distributed_state_network import DSNodeServer, DSNodeConfig
node = DSNodeServer.start(DSNodeConfig(node_id="kept", aes_key=sys.argv[1],
                                       bootstrap_nodes=[{"address": "127.0.0.1", "port": int(sys.argv[2])}]))
print("runs", flush=True)
signal.pause()
"""


def load():
    os.environ["DSN_AGENT"] = agents.AGENT
    os.environ["PYTHONPATH"] = agents.PYTHON
    sys.path.insert(0, agents.PYTHON)
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    global dsn, network
    import dsn
    import distributed_state_network as network
    logging.disable(logging.CRITICAL)


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="dsn-python-test-", dir="/tmp")
        self.addCleanup(shutil.rmtree, self.folder)
        os.environ["TMPDIR"] = tempfile.tempdir = os.path.join(self.folder, "tmp")
        os.environ["XDG_CONFIG_HOME"] = os.path.join(self.folder, "config")
        os.mkdir(tempfile.tempdir)
        before = os.getcwd()
        os.chdir(self.folder)
        self.addCleanup(os.chdir, before)
        self.key = network.DSNodeServer.generate_key()
        self.nodes = []
        self.addCleanup(self.stop_all)

    def stop_all(self):
        for node in self.nodes:
            node.stop()
        self.assertEqual([t for t in threading.enumerate() if "DSN" in t.name], [])
        self.assertEqual([n for n in os.listdir(tempfile.tempdir) if n.startswith("dsn-python")], [])

    def node(self, name, *contacts, callbacks=(), **config):
        config = {"aes_key": self.key, "network_ip": "127.0.0.1", **config,
                  "bootstrap_nodes": [one.node.my_con().to_json() for one in contacts]}
        node = network.DSNodeServer.start(
            network.DSNodeConfig.from_dict({"node_id": name, "port": 0, **config}), *callbacks)
        self.nodes.append(node)
        return node

    def network(self, *names):
        first = self.node(names[0])
        return [first] + [self.node(name, first) for name in names[1:]]

    def patience(self, kind, seconds):
        patch = unittest.mock.patch(f"distributed_state_network.dsnode.{kind}", seconds)
        patch.start()
        self.addCleanup(patch.stop)

    def agent_of(self, node):
        with dsn.Agent(node.node._agent.socket) as agent:
            return agent.status()["pid"]


class Networks(Case):
    def test_one(self):
        node = self.node("one")
        self.assertEqual(node.peers(), ["one"])
        self.assertEqual(node.node_id(), "one")
        self.assertFalse(node.is_shut_down())
        self.assertTrue(node.running)
        self.assertIsInstance(node.node.version, str)

    def test_all_know_all_when_the_last_one_has_started(self):
        nodes = self.network("bootstrap", *(f"node_{i}" for i in range(10)))
        names = sorted(node.node_id() for node in nodes)
        for node in nodes:
            self.assertEqual(sorted(node.peers()), names)
            self.assertEqual(node.peers(), node.node.peers())
            self.assertEqual(node.peers()[0], node.node_id())

    def test_the_second_bootstrap_node_counts_if_the_first_is_silent(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
            silent.bind(("127.0.0.1", 0))
            first = self.node("first")
            second = network.DSNodeServer.start(network.DSNodeConfig(
                node_id="second", aes_key=self.key, bootstrap_nodes=[
                    network.Endpoint("127.0.0.1", silent.getsockname()[1]), first.node.my_con()]))
            self.nodes.append(second)
            self.assertEqual(sorted(second.peers()), ["first", "second"])

    def test_networks_meet_later(self):
        first, second = self.node("first"), self.node("second")
        third = self.node("third", second)
        self.assertEqual(first.peers(), ["first"])
        first.node.bootstrap(third.node.my_con())
        for node in (first, second, third):
            self.assertEqual(sorted(node.peers()), ["first", "second", "third"])

    def test_where_a_node_is(self):
        first, second = self.network("first", "second")
        self.assertEqual(first.node.connection_from_node("second"), second.node.my_con())
        self.assertEqual(first.node.address_book,
                         {"first": first.node.my_con(), "second": second.node.my_con()})
        with self.assertRaises(ConnectionError):
            first.node.connection_from_node("nobody")

    def test_another_key_and_a_whitelist_keep_nodes_apart(self):
        first = self.node("first", whitelist_node_ids=["second"])
        alerts = []
        self.patience("_BOOTSTRAP_PATIENCE", 1)  # for nodes that will not answer
        for name, config in (("wrong", {"aes_key": network.DSNodeServer.generate_key()}),
                             ("third", {})):
            other = self.node(name, first, callbacks=(alerts.append, None, None, None), **config)
            self.assertEqual(other.peers(), [name])
        self.assertEqual(len(alerts), 2)
        self.assertIn(first.node.my_con().to_string(), alerts[0])
        self.assertEqual(self.node("second", first).peers(), ["second", "first"])
        self.assertEqual(first.peers(), ["first", "second"])


class Data(Case):
    def test_others_have_it_when_update_data_returns(self):
        first, second, third = self.network("first", "second", "third")
        for number in range(20):
            first.update_data("key", str(number))
            for node in (first, second, third):
                self.assertEqual(node.read_data("first", "key"), str(number))
        second.node.update_data("other key", "Grüße")
        self.assertEqual(first.node.read_data("second", "other key"), "Grüße")
        self.assertEqual(first.node.node_states["second"].state_data, {"other key": "Grüße"})
        self.assertEqual(first.node.node_states["third"].state_data, {})

    def test_update_data_waits_for_those_who_have_not_got_it(self):
        first, second = self.network("first", "second")
        self.patience("_SYNC_PATIENCE", 60)
        second.update_data("key", "so that the ways are known")
        pid = self.agent_of(second)
        os.kill(pid, signal.SIGSTOP)
        self.addCleanup(os.kill, pid, signal.SIGCONT)
        update = threading.Thread(target=first.update_data, args=("key", "value"))
        update.start()
        update.join(0.2)
        self.assertTrue(update.is_alive())
        os.kill(pid, signal.SIGCONT)
        update.join()
        self.assertEqual(second.read_data("first", "key"), "value")

    def test_what_is_not_there(self):
        first, second = self.network("first", "second")
        self.assertIsNone(first.read_data("second", "nothing"))
        self.assertIsNone(first.read_data("first", "nothing"))
        with self.assertRaises(KeyError):
            first.read_data("nobody", "nothing")
        second.update_data("key", "value")
        second.stop()
        lan.wait_until(lambda: first.node.peers() == ["first"])
        self.assertEqual(first.node.read_data("second", "key"), "value")

    def test_values_of_other_programs_are_texts(self):
        node = self.node("one")
        with dsn.Agent(node.node._agent.socket) as agent:
            agent.set_many({"a": 21.5, "b": True, "c": ["x"]})
        self.assertEqual([node.read_data("one", key) for key in "abc"], ["21.5", "true", '["x"]'])

    def test_a_value_that_is_too_large_is_refused_and_named(self):
        node = self.node("one")
        with self.assertRaises(dsn.Refused) as refused:
            node.update_data("key", "x" * 100000)
        self.assertIn("key", str(refused.exception))
        node.update_data("key", "x")


class Messages(Case):
    def test_data_for_a_node(self):
        first, second = self.network("first", "second")
        got = []
        self.assertEqual(second.send_to_node("first", b"nobody looks"), "OK")
        first.set_receive_cb(lambda data: got.append(data))
        self.assertEqual(second.send_to_node("first", b"\x00\xff"), "OK")
        lan.wait_until(lambda: got == [b"\x00\xff"], 5)
        first.set_receive_cb(lambda node_id, data: got.append((node_id, data)))
        self.assertEqual(second.node.send_to_node("first", bytearray(b"")), "OK")
        self.assertEqual(first.send_to_node("first", b"self"), "OK")
        lan.wait_until(lambda: got[1:] == [("second", b""), ("first", b"self")], 5)
        first.receive_data(b"by hand")
        self.assertEqual(got[-1], ("first", b"by hand"))

    def test_data_that_cannot_arrive(self):
        first, second = self.network("first", "second")
        with self.assertRaises(ConnectionError) as failed:
            first.send_to_node("nobody", b"data")
        self.assertIn("nobody", str(failed.exception))
        second.stop()
        lan.wait_until(lambda: first.peers() == ["first"], 10)
        with self.assertRaises(ConnectionError):
            first.send_to_node("second", b"data")
        with self.assertRaises(ConnectionError):
            first.send_to_node("first", bytes(65 * 1024))


class Callbacks(Case):
    def test_an_update_of_another_node(self):
        calls = []
        first = self.node("first", callbacks=(None, lambda: calls.append(1)))
        second = self.node("second", first)
        first.update_data("key", "own")
        self.assertEqual(calls, [])
        second.update_data("key", "value")
        lan.wait_until(lambda: calls == [1], 5)
        first.set_update_cb(lambda: calls.append(2))
        second.update_data("key", "other value")
        lan.wait_until(lambda: calls == [1, 2], 5)

    def test_a_callback_sees_what_it_is_called_for_and_may_ask(self):
        seen = []
        first, second = self.network("first", "second")
        first.set_update_cb(lambda: (seen.append(first.read_data("second", "key")),
                                     first.update_data("answer", seen[-1])))
        second.update_data("key", "question")
        lan.wait_until(lambda: second.read_data("first", "answer") == "question", 10)

    def test_a_callback_that_fails_does_no_harm(self):
        calls = []

        def fail():
            calls.append(1)
            raise RuntimeError("on purpose")

        first, second = self.network("first", "second")
        first.set_update_cb(fail)
        second.update_data("key", "value")
        lan.wait_until(lambda: calls == [1], 5)
        second.update_data("key", "other value")
        lan.wait_until(lambda: calls == [1, 1], 5)

    def test_a_node_that_leaves_and_one_that_dies_are_told_once(self):
        calls = []
        first = self.node("first", callbacks=(lambda: calls.append(1),))
        second, third = self.node("second", first), self.node("third", first)
        second.stop()
        lan.wait_until(lambda: calls == [1], 10)
        first.set_disconnect_cb(lambda: calls.append(first.peers()))
        os.kill(self.agent_of(third), signal.SIGKILL)
        lan.wait_until(lambda: calls[1:] == [["first"]], 20)
        lan.wait_until(third.is_shut_down, 5)

    def test_a_callback_may_stop_its_node(self):
        first, second = self.network("first", "second")
        first.set_receive_cb(lambda _: first.stop())
        second.send_to_node("first", b"stop")
        lan.wait_until(first.is_shut_down, 10)
        lan.wait_until(lambda: second.peers() == ["second"], 10)


class Life(Case):
    def test_stop_ends_the_agent_and_may_come_twice(self):
        node = self.node("one")
        pid = self.agent_of(node)
        node.stop()
        node.stop()
        self.assertTrue(node.is_shut_down())
        self.assertTrue(node.node.shutting_down)
        self.assertFalse(os.path.exists(f"/proc/{pid}"))
        with self.assertRaises(dsn.Unreachable):
            node.peers()

    def test_a_node_that_comes_back_is_the_same(self):
        first, second = self.network("first", "second")
        second.update_data("key", "before")
        second.stop()
        lan.wait_until(lambda: first.peers() == ["first"], 10)
        second = self.node("second", first)
        self.assertEqual(first.peers(), ["first", "second"])
        self.assertIsNone(first.read_data("second", "key"), "values last as long as the program")
        second.update_data("key", "after")
        self.assertEqual(first.read_data("second", "key"), "after")

    def test_the_agent_ends_with_a_program_that_is_killed(self):
        first = self.node("first")
        program = subprocess.Popen([sys.executable, "-B", "-c", KEEPER, self.key, str(first.config.port)],
                                   stdout=subprocess.PIPE, text=True)
        self.addCleanup(program.stdout.close)
        self.assertEqual(program.stdout.readline(), "runs\n")
        self.assertEqual(first.peers(), ["first", "kept"])
        program.kill()
        program.wait()
        lan.wait_until(lambda: first.peers() == ["first"], 10)
        left = lan.wait_until(lambda: [name for name in os.listdir(tempfile.tempdir)
                                       if not os.listdir(os.path.join(tempfile.tempdir, name))], 10)
        self.assertEqual(len(left), 1, "an empty folder: neither key nor socket nor log")
        os.rmdir(os.path.join(tempfile.tempdir, left[0]))

    def test_a_thread_that_started_a_node_may_end(self):
        thread = threading.Thread(target=self.node, args=("one",))
        thread.start()
        thread.join()
        self.nodes[0].update_data("key", "value")
        self.assertFalse(self.nodes[0].is_shut_down())

    def test_two_of_one_identity_are_two(self):
        first = self.node("first")
        self.node("twin", first)
        other = self.node("twin", first)
        self.assertEqual(first.peers(), ["first", "twin"])
        self.assertEqual(other.peers(), ["twin", "first"])
        other.update_data("key", "of the other")
        self.assertEqual(other.read_data("twin", "key"), "of the other")
        self.assertIsNone(first.read_data("twin", "key"), "the name belongs to the first one")

    def test_many_threads_start_nodes_at_once(self):
        threads = [threading.Thread(target=self.node, args=(f"node-{i}",)) for i in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(sorted(node.node_id() for node in self.nodes), [f"node-{i}" for i in range(8)])


class Configurations(Case):
    def test_a_dictionary(self):
        given = {"node_id": "node", "port": 8000, "aes_key": "no-key", "network_ip": "10.0.0.1",
                 "credential_dir": "there", "whitelist_node_ids": ["a", "b"],
                 "bootstrap_nodes": [{"address": "127.0.0.1", "port": 8001}]}
        config = network.DSNodeConfig.from_dict(given)
        for name in ("node_id", "port", "aes_key", "network_ip", "whitelist_node_ids"):
            self.assertEqual(getattr(config, name), given[name])
        self.assertEqual(str(config.credential_dir), "there")
        self.assertEqual(config.bootstrap_nodes, [network.Endpoint("127.0.0.1", 8001)])
        self.assertFalse(config.aes_key_is_valid())
        self.assertNotIn("no-key", config.to_string())
        self.assertEqual(network.DSNodeConfig.from_dict({"node_id": "node", "port": 1}),
                         network.DSNodeConfig(node_id="node", port=1))

    def test_keys(self):
        self.assertRegex(self.key, "^[0-9a-f]{32}$")
        key = network.DSNodeServer.generate_key("new.key")
        self.assertEqual(os.stat("new.key").st_mode & 0o777, 0o600)
        with self.assertRaises(FileExistsError):
            network.DSNodeServer.generate_key("new.key")
        first = self.node("first", aes_key=None, aes_key_file="new.key")
        self.assertEqual(len(self.node("second", first, aes_key=key).peers()), 2)

    @unittest.skipIf(os.path.exists("/etc/dsn/keys/k1.key"), "this machine has a network key")
    def test_programs_that_give_no_key_have_the_key_of_their_user(self):
        first = self.node("first", aes_key=None)
        self.assertEqual(len(self.node("second", first, aes_key=None).peers()), 2)
        with open("config/dsn/k1.key") as file:
            key = file.read().strip()
        self.assertEqual(len(self.node("third", first, aes_key=key).peers()), 3)

    def test_what_is_wrong_is_said_and_leaves_nothing(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
            taken.bind(("127.0.0.1", 0))
            for kind, config, word in (
                    (ValueError, {"node_id": "Bad Name"}, "Bad Name"),
                    (ValueError, {"aes_key": "bad.key"}, "aes_key"),
                    (ValueError, {"aes_key": "00" * 32}, "aes_key"),
                    (ValueError, {"port": 70000}, "port"),
                    (ValueError, {"aes_key": None, "aes_key_file": "no.key"}, "no.key"),
                    (OSError, {"port": taken.getsockname()[1]}, "has it; choose another"),
                    (OSError, {"network_ip": "10.99.99.99"}, "10.99.99.99")):
                with self.subTest(config=config), self.assertRaises(kind) as wrong:
                    self.node("one", **config)
                self.assertIn(word, str(wrong.exception))
                self.stop_all()

    def test_without_an_agent_the_package_is_named(self):
        os.environ["DSN_AGENT"] = "/nowhere/dsn-agent"
        self.addCleanup(os.environ.update, DSN_AGENT=agents.AGENT)
        with self.assertRaises(FileNotFoundError) as wrong:
            self.node("one")
        self.assertIn("DSN_AGENT", str(wrong.exception))
        self.assertEqual(wrong.exception.errno, errno.ENOENT)

    def test_callbacks_by_place_and_by_name(self):
        alert, disconnected, updated, received = lambda text: None, lambda: None, lambda: None, print
        config = network.DSNodeConfig(node_id="one")
        for server in (network.DSNodeServer(config, disconnected, updated, received),
                       network.DSNodeServer(config, alert, disconnected, updated, received),
                       network.DSNodeServer(config, None, disconnected, updated, received),
                       network.DSNodeServer(config, disconnect_callback=disconnected,
                                            update_callback=updated, receive_callback=received)):
            self.assertEqual((server.node.disconnect_cb, server.node.update_cb, server.node.receive_cb),
                             (disconnected, updated, received))
        with self.assertRaises(TypeError):
            network.DSNodeServer(config, None, None, None, None, None)

    def test_names_that_programs_import(self):
        from distributed_state_network.dsnode import DSNode
        from distributed_state_network.handler import DSNodeServer
        from distributed_state_network.objects.config import DSNodeConfig
        from distributed_state_network.objects.data_packet import DataPacket
        from distributed_state_network.objects.endpoint import Endpoint
        from distributed_state_network.objects.hello_packet import HelloPacket
        from distributed_state_network.objects.state_packet import StatePacket
        from distributed_state_network.util.aes import generate_aes_key
        self.assertEqual((DSNode, DSNodeServer, DSNodeConfig, Endpoint),
                         (network.DSNode, network.DSNodeServer, network.DSNodeConfig, network.Endpoint))
        self.assertEqual(len(generate_aes_key()), 16)
        for packet in (DataPacket, HelloPacket, StatePacket):
            with self.assertRaises(ValueError):
                packet.from_bytes(b"Random data")


if __name__ == "__main__":
    setUpModule = load
    agents.main("AGENT", "PYTHON")
