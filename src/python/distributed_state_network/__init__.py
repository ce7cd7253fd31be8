# SPDX-License-Identifier: Apache-2.0
"""The names of Python DSN, so that its programs run on this one: docs/python.md.

    from distributed_state_network import DSNodeServer, DSNodeConfig

Each node is a dsn-agent of its own, which ends with the program.
"""

from distributed_state_network.dsnode import DSNode
from distributed_state_network.handler import DSNodeServer
from distributed_state_network.objects.config import DSNodeConfig
from distributed_state_network.objects.endpoint import Endpoint

__all__ = ["DSNode", "DSNodeConfig", "DSNodeServer", "Endpoint"]
