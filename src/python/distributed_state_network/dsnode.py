# SPDX-License-Identifier: Apache-2.0
"""What a node knows, says and hears."""

import atexit
import contextlib
import inspect
import json
import logging
import os
import queue
import threading
import time

import dsn
from distributed_state_network.agent import AgentProcess
from distributed_state_network.objects.config import endpoints
from distributed_state_network.objects.endpoint import Endpoint
from distributed_state_network.objects.state_packet import StatePacket

# Messages between nodes of this package, as other programs may send them too.
_DATA = "python-dsn/data"  # bytes for the receive callback; the reply is "OK"
# [incarnation, version] of the sender; the reply comes when the node holds it, or cannot get it in
# time: the names of the nodes that it is connected with.
_SYNC = "python-dsn/sync"

_POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
_CONNECTED = ("live", "late")
_BOOTSTRAP_PATIENCE = 5.0
_SYNC_PATIENCE = 2.0
_SEND_PATIENCE = 5.0
_CALLBACK_PATIENCE = 5.0  # a callback that runs when the node is stopped may end
_WAITING_CALLS_MAX = 1000


def required_arguments(function):
    """How many arguments a callback cannot do without."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return 0
    return sum(one.default is one.empty and one.kind in _POSITIONAL for one in parameters)


def hand_over(callback, node_id, data):
    """Calls a receive callback, if there is one, with as much as it takes."""
    if callback is not None:
        callback(*((node_id, data) if required_arguments(callback) >= 2 else (data,)))


def _text(value):
    """Values are texts here; what another program measured is read as JSON."""
    return value if value is None or isinstance(value, str) else json.dumps(value, default=str)


class DSNode:
    def __init__(self, config, network_ip, create_alert=None, disconnect_callback=None,
                 update_callback=None, receive_callback=None):
        self.config = config
        self.create_alert = create_alert
        self.disconnect_cb = disconnect_callback
        self.update_cb = update_callback
        self.receive_cb = receive_callback
        self.logger = logging.getLogger("DSN: " + config.node_id)
        self.version = None
        self.running = False
        self.shutting_down = False
        self._network_ip = network_ip
        self._process_id = os.getpid()
        self._stopping = threading.Lock()
        self._calls = queue.Queue(_WAITING_CALLS_MAX)
        self._update_waits = False
        self._agent = None
        self._threads = []

    # Life

    def start(self):
        self._agent = AgentProcess(self.config, self.logger)
        atexit.register(self.stop)
        started = queue.SimpleQueue()
        self._run(self._live, started)
        error = started.get()
        if error is not None:
            self.stop()
            raise error
        try:
            if self.config.bootstrap_nodes:
                self._join(endpoints(self.config.bootstrap_nodes))
        except ConnectionError as error:
            self._alert(str(error))
        return self

    def stop(self):
        if os.getpid() != self._process_id:
            return  # a copy of the program, made by fork()
        with self._stopping:
            agent, self._agent = self._agent, None
            self.shutting_down = True
            self.running = False
            if agent is not None:
                agent.stop()
                atexit.unregister(self.stop)
                while not self._calls.empty():
                    self._calls.get_nowait()
                self._calls.put(None)
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join(_CALLBACK_PATIENCE)

    def _run(self, function, *arguments):
        thread = threading.Thread(target=function, args=arguments, daemon=True,
                                  name=f"DSN: {self.config.node_id} {function.__name__}")
        self._threads.append(thread)
        thread.start()

    def _alert(self, text):
        self.logger.error(text)
        if self.create_alert is not None:
            self.create_alert(text)

    def _ask(self):
        """A connection to the agent. Each call has its own, so any thread may call."""
        agent = self._agent
        if agent is None:
            raise dsn.Unreachable(f"the node {self.config.node_id} does not run")
        return dsn.Agent(agent.socket)

    # Threads

    def _live(self, started):
        """The agent and what it tells. The agent ends when this thread does."""
        agent = self._agent
        try:
            status = agent.start()
            with self._ask() as connection:
                messages, events = connection.messages("python-dsn/*"), connection.events()
        except Exception as error:
            started.put(error)
            return
        self.config.port = status["port"]
        self.version = status["program_version"]
        self._incarnation = status["incarnation"]
        self._id = status["node_id"]
        self.running = True
        self._run(self._hear, messages)
        self._run(self._call_back)
        started.put(None)
        try:
            with contextlib.closing(events):
                self._watch(events)
        except dsn.Error:
            with self._stopping:
                lost = not self.shutting_down
                if lost:
                    self.shutting_down = True
                    self.running = False
                    why = agent.complaint()
            if lost:
                self._alert(f"the agent of {self.config.node_id} ended: {why}")

    def _watch(self, events):
        before = set(self.peers())
        for event in events:
            if event["event"] not in ("updated", "removed"):
                now = set(self.peers())
                for _ in before - now:
                    self._calls.put(self._disconnected)
                before = now
            elif event["node_id"] != self._id and not self._update_waits:
                self._update_waits = True
                self._calls.put(self._updated)

    def _hear(self, messages):
        try:
            for message in messages:
                try:
                    self._take(message)
                except dsn.Refused as error:
                    self.logger.error("a message from %s: %s", message.sender, error)
        except dsn.Error:
            pass  # the agent ended; _live() says so

    def _take(self, message):
        if message.name == _SYNC and message.wants_reply:
            message.reply(self._wait_for_state(message.sender, message.payload))
        elif message.name == _DATA and isinstance(message.payload, bytes):
            callback = self.receive_cb
            if self._calls.full():
                message.wants_reply and message.decline("the program is too slow for its messages")
                return
            # The reply comes first: the callback may stop this node.
            message.wants_reply and message.reply("OK")
            self._calls.put(lambda: hand_over(callback, message.sender, message.payload))

    def _wait_for_state(self, name, state):
        deadline = time.monotonic() + _SYNC_PATIENCE
        while True:
            nodes = self._nodes()
            node = nodes.get(name)
            if node is not None and [node["incarnation"], node["version"]] >= state:
                return list(nodes)
            if time.monotonic() > deadline:
                return list(nodes)
            time.sleep(0.005)

    def _call_back(self):
        for call in iter(self._calls.get, None):
            try:
                call()
            except Exception:
                self.logger.exception("a callback of %s failed", self.config.node_id)

    def _updated(self):
        self._update_waits = False
        if self.update_cb is not None:
            self.update_cb()

    def _disconnected(self):
        if self.disconnect_cb is not None:
            self.disconnect_cb()

    # Nodes

    def _nodes(self):
        """{name: node} of those that are connected, this one first. A name that belongs to another
        node has it, but here this node has its own."""
        with self._ask() as agent:
            nodes = agent.nodes()
        own = next(one for one in nodes if one["state"] == "self")
        others = {one["node"]: one for one in nodes
                  if one["state"] in _CONNECTED and not one["conflict"]}
        return {self.config.node_id: own, **{name: one for name, one in others.items()
                                             if name != self.config.node_id}}

    def peers(self):
        """The names of all nodes that are connected, this one included."""
        return list(self._nodes())

    def my_con(self):
        """Where other nodes reach this one."""
        return Endpoint(self._network_ip, self.config.port)

    def connection_from_node(self, node_id):
        if node_id == self.config.node_id:
            return self.my_con()
        nodes = self._nodes()
        if node_id not in nodes:
            raise ConnectionError(f"{node_id} is not connected; these are: {', '.join(nodes)}")
        address, _, port = nodes[node_id]["address"].rpartition(":")
        return Endpoint(address.strip("[]"), int(port))

    @property
    def address_book(self):
        return {name: self.connection_from_node(name) for name in self.peers()}

    def bootstrap(self, con):
        """Meets another network. Raises ConnectionError if nobody answers there; the node goes on
        trying."""
        self.config.bootstrap_nodes = [*endpoints(self.config.bootstrap_nodes), *endpoints([con])]
        self._agent.reload()
        self._join(endpoints([con]))

    def _join(self, contacts):
        """Waits until one of these answers, and then for those that it knows."""
        self._wait_for_contact(contacts)
        with self._ask() as agent:
            status = agent.status()
        deadline = time.monotonic() + _SYNC_PATIENCE
        expected, met = set(), {self.config.node_id}
        while time.monotonic() < deadline:
            new = set(self.peers()) - met
            expected |= self._sync(new, status["version"])
            met |= new
            if expected <= met:
                return
            if not new:
                time.sleep(0.005)

    def _wait_for_contact(self, contacts):
        deadline = time.monotonic() + _BOOTSTRAP_PATIENCE
        ports = {one.port for one in contacts}
        while not ports & {con.port for name, con in self.address_book.items()
                           if name != self.config.node_id}:
            if time.monotonic() > deadline:
                names = ", ".join(one.to_string() for one in contacts)
                raise ConnectionError(f"no bootstrap node answers ({names}); it is tried on. Does "
                                      "it run, has it the same key, and does it let this node in?")
            time.sleep(0.005)

    def _sync(self, names, version):
        """Waits until these hold the version of this node; returns which nodes they know."""
        known = set()
        deadline = time.monotonic() + _SYNC_PATIENCE
        with self._ask() as agent:
            for name in names:
                patience = max(0.1, deadline - time.monotonic())
                try:
                    known.update(agent.ask(name, _SYNC, [self._incarnation, version], patience))
                except (dsn.NotDelivered, dsn.Refused):
                    pass  # no node of this package, or it went away
        allowed = set(self.config.whitelist_node_ids or known)
        return known & allowed

    # Data

    def update_data(self, key, val):
        """Returns when the connected nodes have it, or after two seconds."""
        with self._ask() as agent:
            version = agent.set(key, val)
        self._sync([name for name in self.peers() if name != self.config.node_id], version)

    def read_data(self, node_id, key):
        """A text, or None if the node has no such key. KeyError if no such node was ever met. One
        that was in `peers()` may go before it is read: its last value is still here."""
        with self._ask() as agent:
            if node_id == self.config.node_id:
                return _text(agent.value(self._id, key))
            if not any(one["node"] == node_id for one in agent.nodes()):
                raise KeyError(node_id)
            return _text(agent.value(node_id, key))

    @property
    def node_states(self):
        """{name: StatePacket} of all nodes that are connected, as they are now."""
        with self._ask() as agent:
            readings = agent.read()
        now = time.time()
        states = {}
        for name, node in self._nodes().items():
            own = [one for one in readings if one["node_id"] == node["node_id"]]
            changed = [now - one["age_ms"] / 1000 for one in own]
            states[name] = StatePacket(name, max(changed, default=0),
                                       {one["key"]: _text(one["value"]) for one in own})
        return states

    def send_to_node(self, node_id, data):
        """Returns "OK" when the node has it. Raises ConnectionError if it does not get it."""
        try:
            with self._ask() as agent:
                return agent.ask(node_id, _DATA, bytes(data), _SEND_PATIENCE)
        except dsn.NotDelivered as error:
            raise ConnectionError(str(error)) from error
        except dsn.Refused as error:
            raise ConnectionError(f"{node_id}: {error}") from error
