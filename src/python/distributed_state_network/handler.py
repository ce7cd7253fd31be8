# SPDX-License-Identifier: Apache-2.0
"""A node of this program."""

import dataclasses
import socket

from distributed_state_network.dsnode import DSNode, hand_over, required_arguments
from distributed_state_network.util.aes import generate_aes_key, write_key

_CALLBACKS = ("disconnect_callback", "update_callback", "receive_callback")


class DSNodeServer:
    """`disconnect_callback()` is called when a node is no longer there, `update_callback()` when
    something of another node changed, `receive_callback(data)` or `receive_callback(node_id, data)`
    when another node sent something. All of them run one after another on a thread of this node.

    `create_alert(text)`, if there is one, hears what a person should know. It may be the first
    callback without a name: it is the only one of the first two that takes an argument.
    """

    def __init__(self, config, *callbacks, **named):
        names = _CALLBACKS
        if callbacks and (len(callbacks) > len(names) or required_arguments(callbacks[0]) == 1):
            names = ("create_alert", *names)
        if len(callbacks) > len(names):
            raise TypeError(f"{len(callbacks)} callbacks, {len(names)} at most: {', '.join(names)}")
        named.update(zip(names, callbacks))
        self.network_ip = config.network_ip or self._detect_local_ip()
        self.config = dataclasses.replace(config)
        self.node = DSNode(self.config, self.network_ip, **named)
        self.logger = self.node.logger

    @staticmethod
    def start(config, *callbacks, **named):
        """Returns when the node runs and has met the nodes of the network. If no bootstrap node
        answers, the node runs all the same, says so in the log, and goes on trying.

        Raises ValueError if the configuration is wrong, OSError if the port is taken or the address
        is not of this machine, FileNotFoundError if there is no dsn-agent.
        """
        server = DSNodeServer(config, *callbacks, **named)
        server.node.start()
        return server

    @staticmethod
    def generate_key(out_file_path=None):
        """A new key for a network, which is also written to the file if one is named."""
        key = generate_aes_key().hex()
        if out_file_path is not None:
            write_key(out_file_path, key)
        return key

    @property
    def running(self):
        return self.node.running

    def stop(self):
        """The node says good-bye, and nothing of it is left. A second time does nothing."""
        self.node.stop()

    def peers(self):
        return self.node.peers()

    def read_data(self, node_id, key):
        return self.node.read_data(node_id, key)

    def update_data(self, key, value):
        self.node.update_data(key, value)

    def send_to_node(self, node_id, data):
        return self.node.send_to_node(node_id, data)

    def is_shut_down(self):
        return self.node.shutting_down

    def node_id(self):
        return self.config.node_id

    def set_receive_cb(self, cb):
        self.node.receive_cb = cb

    def set_update_cb(self, cb):
        self.node.update_cb = cb

    def set_disconnect_cb(self, cb):
        self.node.disconnect_cb = cb

    def receive_data(self, data):
        """As if this node had sent it to itself."""
        hand_over(self.node.receive_cb, self.config.node_id, data)

    def _detect_local_ip(self):
        """The address by which this machine reaches others; nothing is sent to learn it."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            try:
                probe.connect(("192.0.2.1", 9))
                return probe.getsockname()[0]
            except OSError:
                return "127.0.0.1"
