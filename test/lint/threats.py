# SPDX-License-Identifier: Apache-2.0
"""Every attack in docs/threat-model.md names tests that exist.

    threats.py SOURCE_ROOT
"""

import pathlib
import re
import sys
import unittest

ROOT = None

# `file`: `test`, `test`
CITATION = re.compile(r"`([\w/]+\.(?:cpp|py))`: ((?:`\w+`(?:, )?)+)")
NOT_PREVENTED = "none: this is not prevented"


def rows(text):
    """The last cells of the rows of all tables."""
    cells = [line.strip("|").split("|")[-1].strip() for line in text.splitlines()
             if line.startswith("| ")]
    return [cell for cell in cells if cell != "Test"]


def wrong_in(cell, root):
    if cell == NOT_PREVENTED:
        return []
    wrong = [] if CITATION.search(cell) else [f"no test: {cell}"]
    for file, tests in CITATION.findall(cell):
        path = root / "test" / file
        source = path.read_text() if path.exists() else ""
        wrong += [f"{file} has no {test}" for test in re.findall(r"`(\w+)`", tests)
                  if not re.search(rf"\b{test}\b", source)]
    return wrong


class ThreatModel(unittest.TestCase):
    maxDiff = None

    def test_every_attack_has_tests_that_exist(self):
        cells = rows((ROOT / "docs/threat-model.md").read_text())
        self.assertGreater(len(cells), 30)
        self.assertEqual([wrong for cell in cells for wrong in wrong_in(cell, ROOT)], [])

    def test_what_is_missing_is_noticed(self):
        self.assertEqual(len(wrong_in("", ROOT)), 1)
        self.assertEqual(len(wrong_in("`unit/core/peers/name_owners_test.cpp`: `NoSuchTest`", ROOT)), 1)
        self.assertEqual(len(wrong_in("`unit/core/none.cpp`: `A`, `B`", ROOT)), 2)


if __name__ == "__main__":
    ROOT = pathlib.Path(sys.argv[1])
    unittest.main(argv=sys.argv[:1], verbosity=2)
