# SPDX-License-Identifier: Apache-2.0
"""A name that programs import."""

from distributed_state_network.objects.absent import Absent


class PeersPacket(Absent):
    pass
