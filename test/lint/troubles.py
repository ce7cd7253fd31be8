# SPDX-License-Identifier: Apache-2.0
"""docs/troubleshooting.md explains every warning and every counter.

    troubles.py SOURCE_ROOT
"""

import pathlib
import re
import sys
import unittest

ROOT = None

# A warning begins with its code: {"send-refused", about, ...
WARNING = re.compile(r'\{\{?\s*(?:silent \? "[a-z-]+" : )?"([a-z]+(?:-[a-z]+)*)",\s*'
                     r'(?:""|[a-z_]+(?:[.(]|->|,)|"[^"%]+ [^"]*",$)', re.M)
# A line of the table of counters.
COUNTER = re.compile(r"X\((\w+)\)")


def explained():
    text = (ROOT / "docs/troubleshooting.md").read_text()
    return {word for cells in re.findall(r"^\| (`[^|]+) \|", text, re.M)
            for word in re.findall(r"`([^`]+)`", cells)}


class Troubles(unittest.TestCase):
    maxDiff = None

    def test_every_counter_is_explained(self):
        source = (ROOT / "src/core/common/counters.hpp").read_text()
        counters = {name for name in COUNTER.findall(source) if name != "name"}
        self.assertGreater(len(counters), 30)
        self.assertEqual(counters - explained(), set())

    def test_every_code_of_a_warning_is_explained(self):
        files = [ROOT / "src/agent/doctor.cpp", ROOT / "src/agent/status_view.cpp",
                 *ROOT.glob("src/node/*warnings.cpp"), ROOT / "src/node/node_labels.cpp",
                 ROOT / "src/node/unheld_states.cpp"]
        codes = {code for file in files for code in WARNING.findall(file.read_text())}
        codes |= set(re.findall(r', \d, "([a-z-]+)",', (ROOT / "src/node/drop_warnings.cpp").read_text()))
        self.assertGreater(len(codes), 30, codes)
        self.assertEqual(codes - explained(), set())


if __name__ == "__main__":
    ROOT = pathlib.Path(sys.argv[1])
    unittest.main(argv=sys.argv[:1], verbosity=2)
