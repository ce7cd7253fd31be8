# SPDX-License-Identifier: Apache-2.0
"""Finds functions and classes in C++ by the layout that clang-format gives them: what begins in one
column ends at the first brace in that column."""

import collections
import pathlib
import re
import tempfile

CONTAINER = re.compile(r" *(namespace|class|struct|enum|union|extern|public:|private:|protected:)\b")
NO_CODE = re.compile(r"\s*(#|//|\}|$)|.*\\$")
NAME = re.compile(r"([\w:~]+|operator\S+)\s*\(([^()]*)")
END_OF_STATEMENT = ("{", "}", ";", ":")
NAMESPACE = re.compile(r"(?:inline )?namespace(?: ([\w: ]+))? \{$")
CLASS = re.compile(r"( *)(?:class|struct|enum class|enum|union) (?:alignas\(.*?\) |\[\[.*?\]\] )?"
                   r"([\w:]+)(?:<.*?>)?(?: final)?(?: : .*)? \{")

Class = collections.namedtuple("Class", "namespace name begin lines indent")


def functions(text, one_liners=False):
    """(lines, line of the beginning, name) of each function that has a body of its own lines, and,
    if asked for, of those in one line."""
    lines = text.splitlines()
    found, at = [], 0
    while at < len(lines):
        begin = at
        at += 1
        if NO_CODE.match(lines[begin]) or CONTAINER.match(lines[begin]):
            continue
        while at < len(lines) and not lines[at - 1].endswith(END_OF_STATEMENT):
            at += 1
        statement = " ".join(lines[begin:at])
        is_table = " = " in statement.partition("(")[0]
        if is_table or "(" in statement:
            if statement.endswith("{"):
                indent = re.match(" *", statement).group()
                while at < len(lines) and not lines[at].startswith(indent + "}"):
                    at += 1
                at += 1
            elif not (one_liners and statement.endswith("}") and ") " in statement):
                continue
            if not is_table:
                name, arguments = NAME.search(statement).groups()
                is_test = name.startswith("TEST")
                found.append((at - begin, begin + 1, f"{name}({arguments})" if is_test else name))
    return found


def namespaces(lines):
    """The namespace of each line. One without a name is "-"."""
    stack, found = [], []
    only_declared = False  # since the latest began: such a one ends without a comment
    for line in lines:
        if begin := NAMESPACE.match(line):
            stack.append(begin.group(1) or "-")
            only_declared = True
        elif stack and (line.startswith("}  // namespace") or line == "}" and only_declared):
            stack.pop()
        elif line and not line.endswith(";"):
            only_declared = False
        found.append("::".join(stack))
    return found


def classes(text):
    """The classes, structures and enumerations that are defined, those within others too. Lines count
    from 1."""
    lines = text.splitlines()
    found = []
    for at, (line, namespace) in enumerate(zip(lines, namespaces(lines))):
        if begin := CLASS.match(line):
            end = at
            if "}" not in line:
                while end + 1 < len(lines) and not lines[end].startswith(begin.group(1) + "}"):
                    end += 1
            found.append(Class(namespace, begin.group(2), at + 1, end - at + 1, len(begin.group(1))))
    return found


def sources(root, folders, suffixes=(".cpp", ".hpp")):
    return [path for folder in folders for path in sorted((root / folder).rglob("*"))
            if path.suffix in suffixes]


def tree(test, files):
    """A folder with these files, {path: text}, that lasts as long as the test."""
    folder = tempfile.TemporaryDirectory()
    test.addCleanup(folder.cleanup)
    for name, text in files.items():
        path = pathlib.Path(folder.name, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return pathlib.Path(folder.name)
