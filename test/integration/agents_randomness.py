# SPDX-License-Identifier: Apache-2.0
"""An agent on a machine that has no randomness yet: mute until it has.

    agents_randomness.py PATH_OF_dsn-agent PATH_OF_no_randomness.so [unittest arguments]
"""

import os
import unittest

import agents
import lan

SAYS = "the kernel has no randomness yet"


class Randomness(unittest.TestCase):
    def test_is_mute_until_there_is_some_and_joins_then(self):
        with lan.Lan(2) as net, agents.Site() as site:
            cellar = site.agent("cellar", net.hosts[0])
            attic = site.agent("attic", net.hosts[1], start=False)
            ready = os.path.join(site.path, "randomness")
            attic.program = ["/usr/bin/env", f"LD_PRELOAD={agents.NO_RANDOMNESS}", f"DSN_RANDOMNESS={ready}",
                             *attic.program]
            attic.launch()
            lan.wait_until(lambda: size(ready + ".asked") >= 8, 20, "it asks again and again")
            self.assertTrue(attic.is_running(), attic.log_text())
            self.assertEqual(attic.log_text().count(SAYS), 1, attic.log_text())
            self.assertFalse(attic.answers())
            self.assertEqual(datagrams_sent(attic.host), 0)
            self.assertFalse(os.path.exists(attic.config["credential_dir"]), "it made keys")
            self.assertEqual(cellar.live(), {"cellar"})

            with open(ready, "w"):
                pass
            lan.wait_until(attic.answers, 15, f"it answers; log: {attic.log_text()}")
            lan.wait_until(lambda: agents.all_meet([attic, cellar]), 30, "both meet")
            self.assertIn("the kernel has randomness now", attic.log_text())
            self.assertGreater(datagrams_sent(attic.host), 0)


def size(path):
    return os.path.getsize(path) if os.path.exists(path) else 0


def datagrams_sent(host):
    """Over IPv4 and IPv6."""
    lines = host.run(["cat", "/proc/net/snmp", "/proc/net/snmp6"]).stdout.splitlines()
    names, numbers = (line.split() for line in lines if line.startswith("Udp:"))
    of_6 = dict(line.split() for line in lines if line.startswith("Udp6"))
    return int(dict(zip(names, numbers))["OutDatagrams"]) + int(of_6["Udp6OutDatagrams"])


if __name__ == "__main__":
    agents.main("AGENT", "NO_RANDOMNESS")
