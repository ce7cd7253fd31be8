# SPDX-License-Identifier: Apache-2.0
"""All C++ looks as clang-format writes it: this one version, for another writes some lines otherwise.

    format.py SOURCE_ROOT
"""

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import layout

ROOT = None

VERSION = "14"  # Debian 12
SKIPPED = 77


def find_program():
    for name in (f"clang-format-{VERSION}", "clang-format"):
        if program := shutil.which(name):
            text = subprocess.run([program, "--version"], check=True, capture_output=True, text=True).stdout
            if re.search(rf"version {VERSION}\.", text):
                return program
    return None


def wrong_lines(root):
    """The first line of each file that clang-format would change."""
    with tempfile.TemporaryDirectory() as folder:
        copy = pathlib.Path(folder)
        shutil.copy(ROOT / ".clang-format", copy)
        paths = layout.sources(root, ("src", "include", "test"))
        for path in paths:
            target = copy / path.relative_to(root)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
        # Changed copies are compared: --dry-run also reports changes that change nothing.
        subprocess.run([find_program(), "-i", *(path.relative_to(root) for path in paths)], check=True,
                       cwd=copy)
        for path in paths:
            was = path.read_text().splitlines()
            becomes = (copy / path.relative_to(root)).read_text().splitlines()
            for number, (line, other) in enumerate(zip(was + [None], becomes + [None]), 1):
                if line != other:
                    yield f"{path.relative_to(root)}:{number}: {line}"
                    break


class Format(unittest.TestCase):
    maxDiff = None

    def test_is_that_of_clang_format(self):
        self.assertEqual(list(wrong_lines(ROOT)), [], "run tools/format")


class Finding(unittest.TestCase):
    def test_wrong_lines(self):
        root = layout.tree(self, {"src/a.cpp": "int a = 1;\nint  b = 2;\n", "src/b.hpp": "int b;\n",
                                  "test/c/d.cpp": "int d;\n\n\n\nint e;\n"})
        self.assertEqual(list(wrong_lines(root)), ["src/a.cpp:2: int  b = 2;", "test/c/d.cpp:3: "])


if __name__ == "__main__":
    ROOT = pathlib.Path(sys.argv[1])
    if not find_program():
        print(f"skipped: clang-format {VERSION} is not there")
        sys.exit(SKIPPED)
    unittest.main(argv=sys.argv[:1], verbosity=2)
