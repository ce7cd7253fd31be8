# SPDX-License-Identifier: Apache-2.0
"""Programs outside of this tree against an installed libdsn, by pkg-config: shared and static.

    library_test.py BUILD_ROOT PATH_OF_dsn-agent COMPILER...
"""

import contextlib
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

BUILD = None
SOURCE = pathlib.Path(__file__).resolve().parents[2]
AGENT = None
COMPILER = []

PROGRAM = """
#include <dsn/client.hpp>
#include <cstdio>
int main(int, char** words) {
  auto agent = dsn::Client::connect(words[1]);
  if (!agent) return agent.code() == dsn::ErrorCode::unreachable ? 5 : 1;
  if (!agent->set({{.key = "greeting", .value = dsn::Value::text("hello")}})) return 1;
  const auto readings = agent->read({{}, "greeting"});
  for (const auto& reading : readings.value())
    std::printf("%s %s\\n", std::string(*reading.value.as_text()).c_str(), to_string(reading.freshness));
}
"""

# Whatever the headers declare can be linked.
EVERYTHING = """
#include <dsn/client.hpp>
#include <dsn/version.hpp>
int main(int count, char**) {
  using dsn::Client;
  using dsn::Value;
  if (count < 100) return dsn::default_socket_path().empty();
  auto client = *Client::connect("");
  Client other = std::move(client);
  client = std::move(other);
  const auto used = [](auto&&... results) { return (sizeof(results) + ... + 0); };
  const Value values[] = {Value(), Value::boolean(true), Value::integer(1), Value::real(1.5),
                          Value::text("t"), Value::bytes({}), *Value::from_cbor({}),
                          *Value::array({}), *Value::map({})};
  const Value& value = values[0];
  return used(client.read({}), client.nodes(), client.set({}), client.unset({}), client.status(),
              client.forget(""), client.leave(), client.reload(), client.subscribe(),
              client.next_event({}), client.connected(), client.descriptor(), client.fetch({}),
              client.send({}), client.ask({}), client.emit({}), client.reply("", {}),
              client.decline("", ""), client.listen({}), client.next_message({}), value.is_null(),
              value.as_bytes(), value.as_array(), value.as_map(), value.find(""), value.as_boolean(),
              value.as_integer(), value.as_number(), value.as_text(), value.cbor(),
              dsn::summary({}), dsn::next_start_text(""), to_string(dsn::Freshness::ok),
              to_string(dsn::NodeState::live), to_string(dsn::NodeEvent::Kind::live),
              to_string(dsn::ForgetOutcome::nothing), dsn::kVersion) > 0;
}
"""


ASYNC_EVERYTHING = """
#include <dsn/async_client.hpp>
int main(int count, char**) {
  if (count < 100) return 0;
  auto client = *dsn::AsyncClient::connect("");
  dsn::AsyncClient other = std::move(client);
  client = std::move(other);
  client.process();
  client.read({}, {});
  client.fetch({}, {});
  client.nodes({});
  client.set({}, {});
  client.unset({}, {});
  client.status({});
  client.examine({});
  client.hello("", "", {});
  client.modules({});
  client.forget("", {});
  client.leave({});
  client.sleep({}, {});
  client.reload({});
  client.send({}, {});
  client.ask({}, {});
  client.emit({}, {});
  client.reply("", {}, {});
  client.decline("", "", {});
  client.subscribe({}, false, {});
  client.listen({}, {});
  return client.descriptor() + client.wants_to_write() + client.connected() + !client.time_left();
}
"""

NODE_EVERYTHING = """
#include <dsn/node.hpp>
int main(int count, char**) {
  using dsn::Node;
  if (count < 100) return 0;
  auto node = *Node::start({});
  Node other = std::move(node);
  node = std::move(other);
  node.send({}, Node::Sent());
  node.ask({}, Node::Sent());
  node.emit({}, Node::SentToAll());
  node.stop();
  node.leave();
  const auto used = [](auto&&... results) { return (sizeof(results) + ... + 0); };
  return used(node.name(), node.id(), node.port(), node.set({}), node.set("", {}), node.unset({}),
              node.read(), node.read("", ""), node.nodes(), node.send(dsn::SendRequest()),
              node.ask(dsn::SendRequest()), node.emit(dsn::SendRequest()), node.reply("", {}),
              node.decline("", ""), Node::new_key()) > 0;
}
"""


def is_listening(path):
    """The file of a socket is there before anybody can connect to it."""
    with socket.socket(socket.AF_UNIX) as connection:
        return connection.connect_ex(path) == 0


class Library(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if shutil.which("pkg-config") is None:
            raise unittest.SkipTest("there is no pkg-config")
        folder = tempfile.TemporaryDirectory(prefix="dsn-library-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        cls.root = cls.folder / "root"
        subprocess.run(["meson", "install", "-C", BUILD, "--no-rebuild", "--quiet", "--tags", "devel",
                        "--destdir", cls.root], check=True, stdout=subprocess.DEVNULL)
        cls.library = next(cls.root.rglob("dsn.pc")).parent.parent

    def flags(self, *words, package="dsn"):
        environment = {**os.environ, "PKG_CONFIG_PATH": str(self.library / "pkgconfig"),
                       "PKG_CONFIG_SYSROOT_DIR": str(self.root)}
        return subprocess.run(["pkg-config", *words, package], env=environment, check=True,
                              capture_output=True, text=True).stdout.split()

    def build(self, name, text, *flags):
        source = self.folder / f"{name}.cpp"
        source.write_text(text)
        program = self.folder / name
        said = subprocess.run([*COMPILER, "-std=c++20", "-Wall", "-Wextra", source, *flags,
                               "-o", program], capture_output=True, text=True, check=False)
        self.assertEqual((said.returncode, said.stderr), (0, ""))
        return program

    @contextlib.contextmanager
    def agent(self, path):
        """An agent that listens on this socket."""
        with tempfile.TemporaryDirectory(prefix="dsn-agent-") as folder:
            config = f"{folder}/agent.yaml"
            pathlib.Path(config).write_text(
                json.dumps({"node_id": "bench", "credential_dir": f"{folder}/state"}))
            agent = subprocess.Popen([AGENT, "--config", config, "--socket", path],
                                     stderr=subprocess.PIPE, text=True)
            try:
                deadline = time.monotonic() + 600
                while not is_listening(path) and time.monotonic() < deadline:
                    if agent.poll() is not None:
                        self.fail("the agent ended: " + agent.stderr.read())
                    time.sleep(0.02)
                yield
            finally:
                agent.kill()
                agent.communicate()

    def run_with_agent(self, program):
        """The program's output about an agent that runs, and its exit status when none does."""
        path = str(self.folder / "agent.sock")
        environment = {"LD_LIBRARY_PATH": str(self.library)}
        without = subprocess.run([program, path], env=environment, check=False).returncode
        with self.agent(path):
            said = subprocess.run([program, path], env=environment, capture_output=True, text=True,
                                  check=True).stdout
        return without, said

    def test_a_program_of_five_lines(self):
        program = self.build("shared", PROGRAM, *self.flags("--cflags", "--libs"))
        self.assertEqual(self.run_with_agent(program), (5, "hello ok\n"))

    def start(self, program, path):
        """A program that goes on, beside an agent on this socket."""
        process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   env={"LD_LIBRARY_PATH": str(self.library), "DSN_SOCKET": path},
                                   stderr=subprocess.PIPE, text=True, bufsize=1)
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        return process

    def test_the_examples_of_event_loops(self):
        """docs/examples/cpp, out of the tree: each hears of what the other one does."""
        programs = []
        for name in ("async_poll", "async_asio"):
            source = SOURCE / f"docs/examples/cpp/{name}.cpp"
            programs.append(self.build(name, source.read_text(), "-DASIO_STANDALONE",
                                       *self.flags("--cflags", "--libs")))
        path = str(self.folder / "loops.sock")
        with self.agent(path):
            poll, on_asio = [self.start(program, path) for program in programs]
            poll.stdin.write("door 1\n")
            shown = set()
            while not {"bench door = 1 (ok)\n", "bench uptime = 1 (ok)\n"} <= shown:
                shown.add(poll.stdout.readline())
                self.assertNotIn("", shown)
            with socket.socket(socket.AF_UNIX) as asking:
                asking.connect(path)
                asking.sendall(b'{"jsonrpc":"2.0","id":1,"method":"ask","params":'
                               b'{"node":"bench","name":"uptime"}}\n')
                answer = json.loads(asking.makefile().readline())
            self.assertGreaterEqual(answer["result"]["payload"], 1)
            on_asio.terminate()
            self.assertEqual(on_asio.wait(600), 0)
        self.assertEqual(poll.wait(600), 1)
        self.assertIn("ended the connection", poll.stderr.read())

    def test_the_examples_of_nodes(self):
        """docs/examples/cpp, out of the tree: a sensor and a station on this machine."""
        if not (self.library / "pkgconfig" / "dsn-node.pc").exists():
            self.skipTest("this build makes no libdsn-node")
        flags = self.flags("--cflags", "--libs", package="dsn-node")
        sources = [SOURCE / f"docs/examples/cpp/{name}.cpp"
                   for name in ("first_node", "monitor", "sensor")]
        self.assertEqual({path.stem for path in (SOURCE / "docs/examples/cpp").glob("*.cpp")},
                         {"async_asio", "async_poll", *(source.stem for source in sources)})
        programs = {source.stem: self.build(source.stem, source.read_text(), *flags)
                    for source in sources}
        with tempfile.TemporaryDirectory(prefix="dsn-nodes-") as folder:
            environment = {"LD_LIBRARY_PATH": str(self.library), "HOME": folder, "PATH": "/bin"}
            alone = ["timeout", "300", "unshare", "--user", "--map-root-user", "--net", "sh", "-c"]
            first = subprocess.run([*alone, f"ip link set lo up; exec {programs['first_node']}"],
                                   cwd=folder, env={**environment, "PATH": os.environ["PATH"]},
                                   capture_output=True, text=True, timeout=600, check=False)
            self.assertEqual((first.returncode, first.stdout), (0, "status\ntemperature\n"),
                             first.stderr)
            key = pathlib.Path(folder) / "network.key"
            key.touch(0o600)
            key.write_text("000102030405060708090a0b0c0d0e0f\n")
            station = (f"ip link set lo up; {programs['sensor']} attic 127.0.0.1 & "
                       f"{programs['sensor']} barn 127.0.0.1 & sleep 600 | {programs['monitor']}")
            with subprocess.Popen([*alone, station], cwd=folder, start_new_session=True, text=True,
                                  env={**environment, "PATH": os.environ["PATH"]},
                                  stdout=subprocess.PIPE) as running:
                try:
                    shown = [running.stdout.readline() for _ in range(2)]
                finally:
                    os.killpg(running.pid, signal.SIGKILL)
        self.assertEqual(sorted(line.split(":")[0] for line in shown),
                         ["sensor_attic", "sensor_barn"])

    def test_the_archive_needs_nothing_else(self):
        program = self.build("static", PROGRAM, "-static", *self.flags("--static", "--cflags", "--libs"))
        self.assertEqual(self.run_with_agent(program), (5, "hello ok\n"))

    def test_all_that_the_headers_declare_is_there(self):
        self.build("everything", EVERYTHING, *self.flags("--cflags", "--libs"))
        self.build("async", ASYNC_EVERYTHING, *self.flags("--cflags", "--libs"))
        if (self.library / "pkgconfig" / "dsn-node.pc").exists():
            flags = self.flags("--cflags", "--libs", package="dsn-node")
            self.build("node", NODE_EVERYTHING, *flags)
            self.build("node-client", EVERYTHING, *flags)

    def test_each_header_stands_alone(self):
        for header in sorted((self.root).rglob("*.hpp")):
            text = f"#include <dsn/{header.name}>\n"
            self.build(header.stem, text, "-fsyntax-only", *self.flags("--cflags"))

    def test_nothing_is_visible_but_what_the_headers_declare(self):
        shared = sorted(self.library.glob("libdsn*.so.0"))
        if not shared:
            self.skipTest("there is no shared library in this build")
        for library in shared:
            names = subprocess.run(["nm", "-DC", "--defined-only", "--format=just-symbols", library],
                                   capture_output=True, text=True, check=True).stdout.splitlines()
            self.assertIn("dsn::Client::nodes()", names)
            inner = [name for name in names if not name.startswith("dsn::") or
                     name.startswith(("dsn::base::", "dsn::wire::", "dsn::local::", "dsn::core::"))]
            self.assertEqual(inner, [])


if __name__ == "__main__":
    BUILD = sys.argv[1]
    AGENT = sys.argv[2]
    COMPILER = sys.argv[3:]
    unittest.main(argv=sys.argv[:1], verbosity=2)
