# SPDX-License-Identifier: Apache-2.0
"""A name means one thing: of a file, of a class, and of what stands in the public namespace.

    names.py SOURCE_ROOT
"""

import collections
import pathlib
import re
import sys
import unittest

import layout

ROOT = None
# What a program sees of the core's class of this name.
FACES = {"Node": ("include/dsn", "src/core")}


def doubled_files(root):
    """A name of a file stands in one folder. A public header may have its source in another."""
    places = collections.defaultdict(set)
    for path in layout.sources(root, ("src", "include")):
        is_source_of_header = path.suffix == ".cpp" and not path.with_suffix(".hpp").exists() and (
            root / "include/dsn" / f"{path.stem}.hpp").exists()
        if path.stem != "main":
            kind = ".cpp of include/dsn" if is_source_of_header else ""
            places[path.stem + kind].add(str(path.parent.relative_to(root)))
    faces = {name.lower(): set(folders) for name, folders in FACES.items()}
    return [f"{name} in {', '.join(sorted(folders))}" for name, folders in sorted(places.items())
            if len(folders) > 1 and folders != faces.get(name)]


def doubled_classes(root):
    """The name of a class that stands in a namespace is that of no other class, be it within a class
    or in a namespace without a name."""
    found = collections.defaultdict(set)
    shared = set()
    for path in layout.sources(root, ("src", "include")):
        for one in layout.classes(path.read_text()):
            name = one.name.rpartition("::")[2]
            is_local = one.indent > 0 or "::" in one.name or "-" in one.namespace
            found[name].add(f"{path.relative_to(root)}" + (f":{one.begin}" if is_local else ""))
            if not is_local:
                shared.add(name)
    return [f"{name} in {', '.join(sorted(places))}" for name, places in sorted(found.items())
            if name in shared and len(places) > 1 and
            {place.rpartition("/")[0] for place in places} != set(FACES.get(name, ()))]


def not_public(root):
    """Namespace dsn without more holds what a header of include/dsn declares."""
    public = "\n".join(path.read_text() for path in layout.sources(root, ("include/dsn",)))
    for path in layout.sources(root, ("src",)):
        text = path.read_text()
        namespaces = layout.namespaces(text.splitlines())
        names = [(line, name) for _, line, name in layout.functions(text, one_liners=True)]
        names += [(one.begin, one.name) for one in layout.classes(text) if one.indent == 0]
        for line, name in sorted(names):
            own = name.partition("::")[0]
            if namespaces[line - 1] == "dsn" and not re.search(rf"\b{re.escape(own)}\b", public):
                yield f"{path.relative_to(root)}:{line}: {name}"


class Names(unittest.TestCase):
    maxDiff = None

    def test_of_files_stand_once(self):
        self.assertEqual(doubled_files(ROOT), [])

    def test_of_classes_stand_once(self):
        self.assertEqual(doubled_classes(ROOT), [])

    def test_in_the_public_namespace_are_declared_by_public_headers(self):
        self.assertEqual(list(not_public(ROOT)), [])


class Finding(unittest.TestCase):
    def test_files(self):
        root = layout.tree(self, {name: "" for name in (
            "include/dsn/a.hpp", "src/one/a.cpp", "include/dsn/b.hpp", "src/one/b.cpp",
            "src/two/b.cpp", "include/dsn/c.hpp", "src/one/c.hpp", "src/one/c.cpp",
            "src/one/d.hpp", "src/one/d.cpp", "src/one/main.cpp", "src/two/main.cpp")})
        self.assertEqual(doubled_files(root), ["b.cpp of include/dsn in src/one, src/two",
                                               "c in include/dsn, src/one"])

    def test_classes(self):
        def source(namespace, text):
            return f"namespace {namespace} {{\n{text}}}  // namespace\n".replace("  {", " {")
        root = layout.tree(self, {
            "src/a.hpp": source("dsn::a", "class Node final {\n};\nclass Declared;\n"),
            "src/b.hpp": source("dsn::b", "class Demo {\n  struct Node {\n  };\n};\n"),
            "src/c.hpp": source("dsn::c", "enum class Node : int { x };\nclass Declared {\n};\n"),
            "src/d.cpp": "namespace dsn {\nclass Declared;\n}\nnamespace dsn {\n" + source("", "struct Demo {};\nstruct Own {};\n")
                         + "}  // namespace dsn\n",
            "src/e.cpp": source("", "struct Own {};\nstruct Demo::Own {\n};\n"),
        })
        self.assertEqual(doubled_classes(root), ["Demo in src/b.hpp, src/d.cpp:6",
                                                 "Node in src/a.hpp, src/b.hpp:3, src/c.hpp"])

    def test_public_namespace(self):
        root = layout.tree(self, {
            "include/dsn/a.hpp": "namespace dsn {\nclass A;\nint f();\n}  // namespace dsn\n",
            "src/a.cpp": "namespace dsn {\nnamespace {\nint g() { return 1; }\n}  // namespace\n"
                         "int f() { return g(); }\nint A::h() { return 1; }\n"
                         "int i() {\n  return 1;\n}\nclass B {\n};\n}  // namespace dsn\n"
                         "namespace dsn::a {\nint j() { return 1; }\n}  // namespace dsn::a\n",
        })
        self.assertEqual(list(not_public(root)), ["src/a.cpp:7: i", "src/a.cpp:10: B"])


if __name__ == "__main__":
    ROOT = pathlib.Path(sys.argv[1])
    unittest.main(argv=sys.argv[:1], verbosity=2)
