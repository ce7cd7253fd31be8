# SPDX-License-Identifier: Apache-2.0
"""An agent on a machine that slept: what became due meanwhile is done soon after waking.

    agents_suspend.py PATH_OF_dsn-agent PATH_OF_clock_ahead.so [unittest arguments]
"""

import os
import time
import unittest

import agents
import lan


class Suspend(unittest.TestCase):
    def test_a_slow_sensor_is_sampled_soon_after_waking(self):
        with lan.Lan(1) as net, agents.Site() as site:
            attic = site.agent("attic", net.hosts[0], start=False,
                               sensors={"memory": {"proc": "mem_available", "every": "1h"}})
            clock = agents.Clock(os.path.join(site.path, "clock"), time.CLOCK_BOOTTIME)
            attic.program = [*clock.words, *attic.program]
            attic.start()

            def samples():
                return attic.call("status")["sensors"][0]["samples"]

            lan.wait_until(lambda: samples() == 1, what="the first sample")
            clock.advance(7200)
            lan.wait_until(lambda: samples() == 2, 10, "a sample after waking")


if __name__ == "__main__":
    agents.main("AGENT", "CLOCK_AHEAD")
