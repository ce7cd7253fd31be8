# SPDX-License-Identifier: Apache-2.0
"""The agent of this machine, over its local socket (docs/local-api.md).

    import dsn
    with dsn.Agent() as agent:
        agent.set("door", "open")
        for reading in agent.read("attic"):
            print(reading["key"], reading["value"], reading["status"])

An Agent is one connection; use it from one thread at a time. events() and messages() have a
connection of their own each, so an Agent can be asked while they run. Times are in seconds. What the
agent refuses raises dsn.Refused; an agent that is not there, or went away, dsn.Unreachable.
"""

import json
import math
import os
import socket

__all__ = ["Agent", "Error", "Message", "NotDelivered", "Refused", "Unreachable",
           "default_socket_path"]

_SYSTEM_SOCKET = "/run/dsn/agent.sock"
_ANSWER_PATIENCE = 5.0
_NOT_FOUND = -32004


class Error(Exception):
    """What all errors of this module are."""


class Unreachable(Error):
    """No agent listens, or the connection to it ended. Connect anew."""


class Refused(Error):
    """The agent said no. `code` is that of docs/local-api.md, section "Errors"."""

    def __init__(self, message, code):
        super().__init__(message)
        self.code = code


class NotDelivered(Error):
    """An ask that nobody replied to. `report` is the answer of the agent, `outcome` its word."""

    def __init__(self, report):
        outcome = report["outcome"]
        super().__init__(f"{report['node']}: {report.get('reason') or outcome}")
        self.outcome = outcome
        self.report = report


def default_socket_path():
    """Where dsn, dsn-read and this module look for the agent."""
    if os.environ.get("DSN_SOCKET"):
        return os.environ["DSN_SOCKET"]
    folder = os.environ.get("XDG_RUNTIME_DIR")
    if os.path.exists(_SYSTEM_SOCKET) or os.geteuid() == 0 or not folder:
        return _SYSTEM_SOCKET
    return os.path.join(folder, "dsn", "agent.sock")


def _to_json(value):
    """A value of Python in the JSON of the local API."""
    if isinstance(value, float) and not math.isfinite(value):
        return {"$float": "NaN" if math.isnan(value) else
                "Infinity" if value > 0 else "-Infinity"}
    if isinstance(value, int) and not isinstance(value, bool) and value < -2**63:
        return {"$int": str(value)}
    if isinstance(value, (bytes, bytearray, memoryview)):
        return {"$bytes": bytes(value).hex()}
    if isinstance(value, (list, tuple)):
        return [_to_json(element) for element in value]
    if isinstance(value, dict):
        if not all(isinstance(key, str) for key in value):
            return {"$map": [[_to_json(key), _to_json(one)] for key, one in value.items()]}
        members = {key: _to_json(one) for key, one in value.items()}
        if len(members) == 1:
            (key, one), = members.items()
            if key in ("$bytes", "$map", "$float", "$int") or key.startswith("$$"):
                return {"$" + key: one}
        return members
    return value


def _from_json(value):
    """The reverse. A map that has lists or maps for keys becomes a list of pairs."""
    if isinstance(value, list):
        return [_from_json(element) for element in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        (key, one), = value.items()
        if key == "$bytes":
            return bytes.fromhex(one)
        if key in ("$float", "$int"):
            return float(one) if key == "$float" else int(one)
        if key == "$map":
            pairs = [(_from_json(k), _from_json(v)) for k, v in one]
            return pairs if any(isinstance(k, (list, dict)) for k, _ in pairs) else dict(pairs)
        if key.startswith("$$"):
            return {key[1:]: _from_json(one)}
    return {key: _from_json(one) for key, one in value.items()}


def _query(node, key, selection):
    """The parameters that were given."""
    query = {"node": node, "key": key, **selection}
    return {name: one for name, one in query.items() if one is not None}


class _Connection:
    def __init__(self, path):
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(_ANSWER_PATIENCE)
        try:
            self._socket.connect(path)
        except OSError as error:
            self._socket.close()
            raise Unreachable(f"no agent listens on {path}: {error.strerror}") from error
        self._input = b""
        self._requests = 0

    def close(self):
        self._socket.close()

    def line(self, patience):
        """The next message of the agent; None if `patience` passed without a byte (None: wait)."""
        self._socket.settimeout(patience)
        while b"\n" not in self._input:
            try:
                chunk = self._socket.recv(65536)
            except socket.timeout:
                return None
            except OSError as error:
                raise Unreachable(f"the connection to the agent broke: {error}") from error
            if not chunk:
                raise Unreachable("the agent ended the connection")
            self._input += chunk
        line, self._input = self._input.split(b"\n", 1)
        return json.loads(line)

    def ask(self, method, params, patience=_ANSWER_PATIENCE):
        self._requests += 1
        request = {"jsonrpc": "2.0", "id": self._requests, "method": method, "params": params}
        self._socket.settimeout(patience)
        try:
            self._socket.sendall(json.dumps(request).encode() + b"\n")
        except OSError as error:
            raise Unreachable(f"the connection to the agent broke: {error}") from error
        while True:
            answer = self.line(patience)
            if answer is None:
                self.close()
                raise Unreachable(f"the agent did not answer within {patience:g} s")
            if answer.get("id") not in (self._requests, None) or "method" in answer:
                continue
            if "error" in answer:
                raise Refused(answer["error"]["message"], answer["error"]["code"])
            return answer["result"]


class Message:
    """A message that arrived. `wants_reply`: its sender waits for reply() or decline()."""

    def __init__(self, agent, params):
        self._agent = agent
        self._ask = params.get("ask")
        self.sender = params["from"]
        self.sender_id = params["from_id"]
        self.name = params["name"]
        self.payload = _from_json(params["payload"])

    @property
    def wants_reply(self):
        return self._ask is not None

    def reply(self, payload=None):
        """The first reply of any listener counts; for later ones this returns False."""
        return self._answer(payload=_to_json(payload))

    def decline(self, reason):
        """Tells the sender why there is no reply."""
        return self._answer(failure=reason)

    def _answer(self, **params):
        # The agent that hands out messages waits for nothing else: a connection for each reply.
        connection = _Connection(self._agent.path)
        try:
            connection.ask("reply", {"ask": self._ask, **params})
            return True
        except Refused as error:
            if error.code == _NOT_FOUND:
                return False
            raise
        finally:
            connection.close()


class Agent:
    def __init__(self, path=None, name=None):
        """Connects to the agent on this socket, or on the usual one. With a name, the program is
        listed by `dsn nodes --modules`."""
        self.path = path or default_socket_path()
        self.name = name
        self._connection = self._connect()

    def _connect(self):
        connection = _Connection(self.path)
        if self.name is not None:
            connection.ask("hello", {"name": self.name})
        return connection

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self._connection.close()

    def read(self, node=None, key=None, **selection):
        """Readings as dictionaries, sorted by node and key, with the members of docs/local-api.md,
        which has the other parameters too: database, state and status. Texts may be patterns."""
        readings = self._connection.ask("read", _query(node, key, selection))
        for reading in readings:
            reading["value"] = _from_json(reading["value"])
        return readings

    def value(self, node, key, default=None):
        """The value alone, however old it is; `default` if there is none."""
        readings = self.read(node, key)
        return readings[0]["value"] if readings else default

    def nodes(self):
        """All nodes that are known, this one (state "self") included."""
        return self._connection.ask("peers", {})

    def set(self, key, value, unit="", max_age=None, **more):
        """Sets a key of this node. Late after `max_age` seconds. Returns the node's new version.

        `device_class="door"` says what it is, as Home Assistant does, `precision=1` how many decimals
        are shown. It lasts until the agent ends, or with `ttl=SECONDS`, `hold=True` (as long as this connection)
        or `keep=True` (over restarts of the agent).
        """
        return self.set_many({key: value}, unit=unit, max_age=max_age, **more)

    def set_many(self, values, unit="", max_age=None, ttl=None, hold=False, keep=False,
                 device_class="", precision=None):
        """Sets several keys at once: all of them, or none if one is refused."""
        told = {
            "unit": unit or None,
            "class": device_class or None,
            "precision": precision,
            "max_age_ms": None if max_age is None else round(max_age * 1000),
            "ttl_ms": None if ttl is None else round(ttl * 1000),
            "hold": hold or None,
            "keep": keep or None,
        }
        same = {name: one for name, one in told.items() if one is not None}
        entries = [{"key": key, "value": _to_json(value), **same} for key, value in values.items()]
        return self._connection.ask("set", {"entries": entries})["version"]

    def fetch(self, node, key, fresh=False, timeout=5):
        """One reading, whose value is fetched if it is on demand; `fresh`: its sensor measures first."""
        params = {"node": node, "key": key, "timeout_ms": round(timeout * 1000)}
        if fresh:
            params["fresh"] = True
        reading = self._connection.ask("fetch", params)
        reading["value"] = _from_json(reading["value"])
        return reading

    def unset(self, *keys):
        """Removes keys of this node, or those that fit a pattern. Returns how many were removed."""
        return self._connection.ask("unset", {"keys": list(keys)})["removed"]

    def status(self):
        return self._connection.ask("status", {})

    def forget(self, node):
        return self._connection.ask("forget", {"node": node})["outcome"]

    def leave(self):
        self._connection.ask("leave", {})

    def sleep(self, silence):
        """The node says that it will be back after so many seconds at the latest, and its agent ends."""
        self._connection.ask("sleep", {"for_ms": round(silence * 1000)})

    def reload(self):
        return self._connection.ask("reload", {})

    def send(self, node, name, payload=None, timeout=10.0):
        """Sends a message to the programs that listen on a node. Returns what became of it: a
        dictionary whose "outcome" is "delivered" if somebody has it."""
        return self._send("send", timeout, node=node, name=name, payload=_to_json(payload))

    def ask(self, node, name, payload=None, timeout=10.0):
        """Sends a message and returns the payload of the reply. Raises NotDelivered without one."""
        report = self._send("ask", timeout, node=node, name=name, payload=_to_json(payload))
        if report["outcome"] != "delivered":
            raise NotDelivered(report)
        return _from_json(report.get("payload"))

    def emit(self, name, payload=None, timeout=10.0):
        """Sends a message to all nodes. Returns what became of it at each of them."""
        return self._send("emit", timeout, name=name, payload=_to_json(payload))["nodes"]

    def _send(self, method, timeout, **params):
        params["timeout_ms"] = round(timeout * 1000)
        return self._connection.ask(method, params, timeout + _ANSWER_PATIENCE)

    def events(self, patience=None, node=None, key=None, **selection):
        """Changes from the call on, of what read() would select: dictionaries, without an end. With
        `patience`, None comes whenever nothing happened for so long. With `snapshot=True` the
        present comes first, and then an event "snapshot"."""
        query = _query(node, key, selection)
        return self._stream("subscribe", query, "event", patience, _event)

    def messages(self, *names, patience=None):
        """Messages whose names fit one of the patterns (* and ?), or all, without an end. With
        `patience`, None comes whenever there was none for so long. The agent counts this as a
        listener from the call on."""
        return self._stream("listen", {"names": list(names)}, "message", patience,
                            lambda params: Message(self, params))

    def _stream(self, method, params, kind, patience, make):
        connection = self._connect()
        try:
            connection.ask(method, params)
        except Error:
            connection.close()
            raise
        stream = _notifications(connection, kind, patience, make)
        next(stream)
        return stream


def _notifications(connection, kind, patience, make):
    try:
        yield  # from here on, close() closes the connection
        while True:
            line = connection.line(patience)
            if line is None:
                yield None
            elif line.get("method") == kind:
                yield make(line["params"])
    finally:
        connection.close()


def _event(params):
    if "reading" in params:
        params["reading"]["value"] = _from_json(params["reading"]["value"])
    return params
