# SPDX-License-Identifier: Apache-2.0
"""A source names only what the headers that it includes declare.

    includes.py SOURCE_ROOT

Tests compile eight sources as one (test/build.ini), so that one lives by the includes of another.
Packages compile each source alone. What is looked at: classes of this project, whose names are
unique (names.py), functions that one header declares in a namespace, and what the standard library
declares in one header only.
"""

import functools
import pathlib
import re
import sys
import unittest

import layout

ROOT = None

# Headers that declare it. Names that several headers have to declare are not listed.
STANDARD = {
    "array": r"std::array\b",
    "atomic": r"std::atomic\b",
    "bitset": r"std::bitset\b",
    "charconv": r"std::(from_chars|to_chars)\b",
    "condition_variable": r"std::condition_variable\b",
    "deque": r"std::deque\b",
    "filesystem": r"std::filesystem::",
    "fmt/format.h": r"fmt::format\b",
    "fstream": r"std::[io]fstream\b",
    "functional": r"std::(function|move_only_function)\b",
    "list": r"std::list\b",
    "map": r"std::(multi)?map\b",
    "mutex": r"std::(mutex|lock_guard|scoped_lock)\b",
    "optional": r"std::(optional|nullopt)\b",
    "set": r"std::(multi)?set\b",
    "sstream": r"std::[io]?stringstream\b",
    "thread": r"std::(thread|this_thread)\b",
    "unordered_map": r"std::unordered_map\b",
    "unordered_set": r"std::unordered_set\b",
    "variant": r"std::(variant|visit|get_if|holds_alternative|monostate)\b",
}
INCLUDE = re.compile(r'^#include [<"]([^>"]+)[>"]', re.M)
NOT_CODE = re.compile(r'//[^\n]*|"(?:\\.|[^"\\\n])*"|R"\((?:.|\n)*?\)"|^\w*TEST\w*\(\s*\w+,\s*\w+', re.M)
DECLARED = re.compile(r"\b(?:class|struct|enum|using|namespace) (\w+)|\b(?:typename|class) (\w+)[,>]")
# A function that is declared or defined: in a namespace it begins in the first column.
FUNCTION = re.compile(r"^( *)(?!using |return |namespace |#)[\w\[][\w:<>&*\[\], ]*[ &*:](\w+)\(", re.M)


def code_of(text):
    return NOT_CODE.sub("", text)


class Tree:
    """Texts of all sources, by the names under which they are included."""

    def __init__(self, texts):
        self.texts = texts

    @functools.cache
    def reached(self, name):
        """All that is included by it, with what those include."""
        found, waiting = set(), [name]
        while waiting:
            includer = waiting.pop()
            for target in INCLUDE.findall(self.texts.get(includer, "")):
                beside = includer.rpartition("/")[0] + "/" + target
                target = beside if beside in self.texts else target
                if target not in found:
                    found.add(target)
                    waiting.append(target)
        return frozenset(found)

    @functools.cached_property
    def declared(self):
        """{class: header}, of all that are declared in a namespace of one header only."""
        found = {}
        for name, text in self.texts.items():
            if name.endswith(".hpp"):
                for declared in layout.classes(text):
                    if declared.indent == 0 and "::" not in declared.name:
                        found.setdefault(declared.name, set()).add(name)
        return {name: headers.pop() for name, headers in found.items() if len(headers) == 1}

    @functools.cache
    def functions_of(self, name):
        """{function: whether it stands in a namespace, not in a class}"""
        found = FUNCTION.findall(self.texts.get(name, ""))
        return {function: indent == "" for indent, function in found}

    @functools.cached_property
    def functions(self):
        """{function: header}, of all that one header only declares in a namespace."""
        found = {}
        for name in self.texts:
            if name.endswith(".hpp"):
                free = [word for word, is_free in self.functions_of(name).items() if is_free]
                for function in free:
                    found.setdefault(function, set()).add(name)
        return {name: headers.pop() for name, headers in found.items() if len(headers) == 1}

    def missing(self, name):
        text = code_of(self.texts[name])
        reached = self.reached(name)
        for header, use in STANDARD.items():
            if header not in reached and (used := re.search(use, text)):
                yield f"{name} names {used.group()} without <{header}>"
        for word in sorted(set(re.findall(r"(?<![\w.>:])([a-z]+_\w+)\(", text))):
            header = self.functions.get(word)
            if header and header != name and header not in reached and not any(
                    word in self.functions_of(near) for near in (name, *reached)):
                yield f'{name} calls {word}() without "{header}"'
        own = {word for header in (name, *reached)
               for pair in DECLARED.findall(self.texts.get(header, "")) for word in pair}
        for word in sorted(set(re.findall(r"(?<![\w.>:])[A-Z]\w+\b(?=[ &*({:>;,.])", text)) - own):
            header = self.declared.get(word)
            if header and header != name and header not in reached:
                yield f'{name} names {word} without "{header}"'


def tree_of(root):
    texts = {}
    for path in layout.sources(root, ("src", "include", "test")):
        name = path.relative_to(root)
        texts["/".join(name.parts[1:])] = path.read_text()
    return Tree(texts)


class Includes(unittest.TestCase):
    maxDiff = None

    def test_bring_what_a_source_names(self):
        tree = tree_of(ROOT)
        self.assertGreater(len(tree.declared), 300)
        self.assertEqual([line for name in sorted(tree.texts) for line in tree.missing(name)], [])


class Finding(unittest.TestCase):
    HEADERS = {
        "a.hpp": "#include <map>\n\nnamespace dsn {\n\nclass Shed {\n  int a;\n};\n\nint open_shed(int);\n\n}\n",
        "b.hpp": '#include "a.hpp"\n',
    }

    def missing(self, text):
        return list(Tree({**self.HEADERS, "c.cpp": text}).missing("c.cpp"))

    def test_class_of_a_header_that_is_not_included(self):
        self.assertEqual(self.missing("Shed shed;\n"), ['c.cpp names Shed without "a.hpp"'])
        self.assertEqual(self.missing('#include "b.hpp"\nShed shed;\n'), [])
        self.assertEqual(self.missing("class Shed;\nShed* shed;\n"), [])
        self.assertEqual(self.missing("int x = open_shed(1);\n"),
                         ['c.cpp calls open_shed() without "a.hpp"'])
        self.assertEqual(self.missing("int open_shed(int x) {\n}\nint x = open_shed(1);\n"), [])
        self.assertEqual(self.missing('// Shed shed;\nauto x = "Shed ";\n'), [])

    def test_what_the_standard_library_declares(self):
        self.assertEqual(self.missing("std::map<int, int> m;\n"),
                         ["c.cpp names std::map without <map>"])
        self.assertEqual(self.missing('#include "b.hpp"\nstd::map<int, int> m;\n'), [])


if __name__ == "__main__":
    ROOT = pathlib.Path(sys.argv.pop(1))
    unittest.main(verbosity=2)
