# SPDX-License-Identifier: Apache-2.0
"""Folders include as the table in docs/architecture.md, section 2, says: that table is the rule.

    folders.py SOURCE_ROOT

A folder may include itself, what stands below it, include/dsn, and what its row names: folders with
all below them, or single headers. "earlier shelves" are the rows above it of the same folder.
"""

import pathlib
import re
import sys
import unittest

import layout

ROOT = None

EARLIER = "earlier shelves"
NAMED = re.compile(r"`([^`]+)`")


def read_table(text):
    """{folder: ({what it may include}, {third-party headers by their beginning})}"""
    table = {}
    for line in text.partition("\n## 2. Folders\n")[2].partition("\n## ")[0].splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not line.startswith("| `") or len(cells) != 4:
            continue
        folder = NAMED.match(cells[0]).group(1)
        may = set(NAMED.findall(cells[2]))
        if EARLIER in cells[2]:
            shelf_of = folder.rpartition("/")[0]
            may |= {row for row in table if row.rpartition("/")[0] == shelf_of}
        table[folder] = (may, set(NAMED.findall(cells[3])))
    return table


def is_in(name, folders):
    return any(name == folder or name.startswith(folder + "/") for folder in folders)


def wrong_includes(root, table):
    third_party = set().union(*(headers for _, headers in table.values()))
    for path in layout.sources(root, ("src", "include")):
        name = path.relative_to(root)
        folder = "/".join(name.parts[1:-1])
        if folder not in table:
            yield f"{name}: {folder} has no row"
            continue
        may, headers = table[folder]
        for mark, target in re.findall(r'^#include (["<])([^">]+)[">]', path.read_text(), re.M):
            if mark == '"':
                right = is_in(target, may | {folder, "dsn"})
            else:
                right = not target.startswith(tuple(third_party - headers))
            if not right:
                yield f"{name} includes {target}"


class Folders(unittest.TestCase):
    maxDiff = None

    def test_include_as_the_table_says(self):
        table = read_table((ROOT / "docs/architecture.md").read_text())
        self.assertEqual(list(wrong_includes(ROOT, table)), [])

    def test_each_row_is_a_folder(self):
        table = read_table((ROOT / "docs/architecture.md").read_text())
        self.assertGreater(len(table), 20)
        named = set(table).union(*(may for may, _ in table.values()))
        self.assertEqual([name for name in sorted(named)
                          if not (ROOT / "src" / name).exists()
                          and not (ROOT / "include" / name).is_dir()], [])


class Finding(unittest.TestCase):
    TABLE = """
## 2. Folders

| Folder | Holds | May include | Third party |
|---|---|---|---|
| `dsn` | x | – | – |
| `base` | x | – | `asio` |
| `house/cellar` | x | `base` | – |
| `house/hall` | x | earlier shelves | – |
| `house/roof` | x | earlier shelves, `base` | – |
| `house` | x | – | – |
| `yard` | x | `house/hall/door.hpp` | – |

## 3. More

| `x` | is | in no | folder |
"""

    def test_table(self):
        table = read_table(self.TABLE)
        self.assertEqual(len(table), 7)
        self.assertEqual(table["base"], (set(), {"asio"}))
        self.assertEqual(table["house/roof"], ({"house/cellar", "house/hall", "base"}, set()))

    def test_wrong_includes(self):
        root = layout.tree(self, {
            "include/dsn/a.hpp": '#include "base/x.hpp"\n#include "dsn/b.hpp"\n',
            "src/base/x.cpp": '#include <asio.hpp>\n#include "dsn/a.hpp"\n#include "house/a.hpp"\n',
            "src/house/cellar/a.cpp": '#include "base/x.hpp"\n#include "house/hall/a.hpp"\n',
            "src/house/roof/a.cpp": '#include <asio/x.hpp>\n#include "house/cellar/a.hpp"\n',
            "src/house/hall/a.cpp": '#include "house/node.hpp"\n',
            "src/house/a.cpp": '#include "house/roof/a.hpp"\n#include "yard/a.hpp"\n',
            "src/yard/a.cpp": '#include "house/hall/door.hpp"\n#include "house/hall/bed.hpp"\n',
            "src/shed/a.cpp": "",
        })
        self.assertEqual(list(wrong_includes(root, read_table(self.TABLE))), [
            "src/base/x.cpp includes house/a.hpp",
            "src/house/a.cpp includes yard/a.hpp",
            "src/house/cellar/a.cpp includes house/hall/a.hpp",
            "src/house/hall/a.cpp includes house/node.hpp",
            "src/house/roof/a.cpp includes asio/x.hpp",
            "src/shed/a.cpp: shed has no row",
            "src/yard/a.cpp includes house/hall/bed.hpp",
            "include/dsn/a.hpp includes base/x.hpp"])


if __name__ == "__main__":
    ROOT = pathlib.Path(sys.argv[1])
    unittest.main(argv=sys.argv[:1], verbosity=2)
