# SPDX-License-Identifier: Apache-2.0
"""What is known of a node."""

import dataclasses
from typing import Dict

from distributed_state_network.objects.absent import Absent


@dataclasses.dataclass(frozen=True)
class StatePacket(Absent):
    """The state of a node as it was when it was asked for. `last_update` is in seconds, as of
    time.time(), and 0 if there are no values."""

    node_id: str
    last_update: float
    state_data: Dict[str, str]
