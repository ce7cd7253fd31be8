# SPDX-License-Identifier: Apache-2.0
"""The agent of one node: a process with a private folder, which ends with the program."""

import contextlib
import ctypes
import errno
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time

import dsn
from distributed_state_network.objects.config import endpoints
from distributed_state_network.util.aes import is_key, usual_key_file

_NAME = re.compile("[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?")
_START_PATIENCE = 30.0
_END_PATIENCE = 5.0
_WRONG_CONFIGURATION = 78
_LOG_MAX = 1 << 20
_LIBC = ctypes.CDLL(None)
_PR_SET_PDEATHSIG = 1


def _program():
    path = os.environ.get("DSN_AGENT") or shutil.which("dsn-agent") or "/usr/bin/dsn-agent"
    if not os.path.exists(path):
        raise FileNotFoundError(errno.ENOENT, "each node is an agent of its own: install the "
                                "package dsn, or name the program in DSN_AGENT", path)
    return path


def _end_with(parent):
    # The kernel sends the signal when the thread ends that started this process.
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        os._exit(1)


class _IdentityInUse(RuntimeError):
    """Another agent has the folder of the identity."""


class AgentProcess:
    def __init__(self, config, logger):
        if not _NAME.fullmatch(config.node_id):
            raise ValueError("node_id must be 1 to 63 of a-z, 0-9, '-' and '_', the last two not "
                             f"at an end, not {config.node_id!r}")
        if config.aes_key is not None and not is_key(config.aes_key):
            raise ValueError("aes_key must be 32 hexadecimal digits (16 bytes), as "
                             "DSNodeServer.generate_key() makes them")
        self._config = config
        self._logger = logger
        self._process = None
        self._log = None
        self._folder = tempfile.mkdtemp(prefix="dsn-python-")
        self.socket = os.path.join(self._folder, "agent.sock")
        self._config_file = os.path.join(self._folder, "agent.yaml")

    def _settings(self):
        config = self._config
        settings = {"node_id": config.node_id, "port": config.port, "multicast": False,
                    "bootstrap_nodes": [one.to_json() for one in endpoints(config.bootstrap_nodes)],
                    "whitelist_node_ids": list(config.whitelist_node_ids or []),
                    "credential_dir": self._identity}
        if config.network_ip:
            settings["network_ip"] = config.network_ip
        if config.aes_key is not None:
            settings["aes_key"] = config.aes_key
        elif config.aes_key_file is not None:
            settings["aes_key_file"] = os.path.abspath(config.aes_key_file)
        else:
            settings["aes_key_file"] = usual_key_file()
            self._logger.warning("no aes_key was given: the network has the key of %s, and nodes "
                                 "on other machines need a copy of it", settings["aes_key_file"])
        return settings

    @contextlib.contextmanager
    def _config_written(self):
        # The key is in it, so it is there only while the agent reads it. JSON is YAML.
        with open(os.open(self._config_file, os.O_CREAT | os.O_WRONLY, 0o600), "w") as file:
            json.dump(self._settings(), file)
        try:
            yield
        finally:
            os.unlink(self._config_file)

    def start(self):
        """The agent gets SIGTERM when the calling thread ends, however it ends."""
        parent = self._config.credential_dir or "credentials"
        folder = os.path.abspath(os.path.join(parent, self._config.node_id))
        os.makedirs(folder, mode=0o700, exist_ok=True)
        try:
            status = self._start_as(folder)
        except _IdentityInUse:
            self._logger.warning("%s is the identity of another node that runs: this one gets a "
                                 "new one until it is stopped", folder)
            status = self._start_as(os.path.join(self._folder, "credentials"))
        if status["port"] == 0:
            complaint = self.complaint().partition("; trying again")[0]
            taken = " has it; choose another" in complaint
            raise OSError(errno.EADDRINUSE if taken else errno.EADDRNOTAVAIL, complaint)
        return status

    def _start_as(self, identity):
        self._identity = identity
        program, parent = _program(), os.getpid()
        self._log = tempfile.TemporaryFile()
        with self._config_written():
            self._process = subprocess.Popen(
                [program, "--config", self._config_file, "--socket", self.socket],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=self._log,
                start_new_session=True, preexec_fn=lambda: _end_with(parent))
            return self._wait_for_answer()

    def _wait_for_answer(self):
        deadline = time.monotonic() + _START_PATIENCE
        while True:
            try:
                with dsn.Agent(self.socket) as agent:
                    return agent.status()
            except dsn.Unreachable:
                if self._process.poll() == _WRONG_CONFIGURATION:
                    raise ValueError(self.complaint()) from None
                if self._process.returncode is not None or time.monotonic() > deadline:
                    complaint = self.complaint()
                    error = _IdentityInUse if " is in use by " in complaint else RuntimeError
                    raise error(f"dsn-agent did not start: {complaint}") from None
            time.sleep(0.005)

    def reload(self):
        """The agent takes what changed in the configuration of the node."""
        with self._config_written(), dsn.Agent(self.socket) as agent:
            agent.reload()

    def complaint(self):
        """What the agent said last that was wrong."""
        # The agent writes where this file stands, so its place is not to be moved.
        text = os.pread(self._log.fileno(), _LOG_MAX, 0).decode(errors="replace")
        errors = [line for line in text.splitlines() if ": error: " in line]
        return errors[-1].partition(": error: ")[2] if errors else "it gave no reason"

    def stop(self):
        """The others see the node leave. Nothing stays but its identity."""
        if self._process is not None:
            try:
                with dsn.Agent(self.socket) as agent:
                    agent.leave()
            except dsn.Error:
                self._process.terminate()
            try:
                self._process.wait(_END_PATIENCE)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        if self._log is not None:
            self._log.close()
        shutil.rmtree(self._folder, ignore_errors=True)
