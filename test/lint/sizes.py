# SPDX-License-Identifier: Apache-2.0
"""How long functions, classes and files are: prints the longest, and fails for those that are too long.

    sizes.py SOURCE_ROOT

A class is its definition and those of its members, in all files, with the classes within it.
"""

import collections
import pathlib
import sys
import unittest

import layout

ROOT = None

FUNCTION_LINES_MAX = 70
CLASS_LINES_MAX = 450
FILE_LINES_MAX = 450
PYTHON_LINES_MAX = 500
SHOWN = 10


def sources(*suffixes):
    return layout.sources(ROOT, ("src", "include", "test"), suffixes)


def class_sizes(texts):
    """(lines, name) of the classes that are in no other. A name may stand for two in two namespaces."""
    sizes = collections.Counter()
    for text in texts:
        namespaces = layout.namespaces(text.splitlines())
        for found in layout.classes(text):
            if found.indent == 0:
                sizes[namespaces[found.begin - 1], found.name.partition("::")[0]] += found.lines
    for text in texts:
        namespaces = layout.namespaces(text.splitlines())
        for lines, line, name in layout.functions(text, one_liners=True):
            outer, colons, _ = name.partition("::")
            where = namespaces[line - 1], outer
            if colons and where in sizes:
                sizes[where] += lines
    return [(lines, name) for (_, name), lines in sizes.items()]


def show(what, sizes):
    print(f"\nThe longest {what}:")
    for size, name in sizes[:SHOWN]:
        print(f"{size:5} {name}")


class Sizes(unittest.TestCase):
    def test_functions(self):
        found = sorted(((size, f"{path.relative_to(ROOT)}:{line} {name}")
                        for path in sources(".cpp", ".hpp")
                        for size, line, name in layout.functions(path.read_text())), reverse=True)
        show("functions", found)
        self.assertGreater(len(found), 1000, "they are not found")
        self.assertEqual([f for f in found if f[0] > FUNCTION_LINES_MAX], [])

    def test_classes(self):
        texts = [path.read_text() for path in layout.sources(ROOT, ("src", "include"))]
        found = sorted(class_sizes(texts), reverse=True)
        show("classes", found)
        self.assertGreater(len(found), 300, "they are not found")
        self.assertEqual([f for f in found if f[0] > CLASS_LINES_MAX], [])

    def test_files(self):
        found = sorted(((len(path.read_text().splitlines()), str(path.relative_to(ROOT)))
                        for path in sources(".cpp", ".hpp", ".py")), reverse=True)
        show("files", found)
        self.assertEqual([f for f in found if f[0] > FILE_LINES_MAX and not f[1].endswith(".py")
                          or f[0] > PYTHON_LINES_MAX], [])


class Finding(unittest.TestCase):
    def test_functions(self):
        self.assertEqual(layout.functions("""
namespace dsn {
void one() {
  if (x) {
    y();
  }
}
int short_one() { return 1; }
class A {
 public:
  A(int a,
    int b)
      : a_(a) {
    b();
  }
  void declared(int a);
};
TEST(Suite, Case) {
}
constexpr auto kTable = to_array({
    "a",
});
}  // namespace dsn
"""), [(5, 3, "one"), (5, 11, "A"), (2, 18, "TEST(Suite, Case)")])

    def test_classes_over_their_files(self):
        header = """
namespace dsn {
class A {
 public:
  void one();
  struct B {
    int c;
  };
};
struct Empty {};
}  // namespace dsn
"""
        source = """
namespace dsn {
struct A::Hidden {
  int x;
};
void A::one() {
  two();
}
int A::Hidden::two() const { return x; }
int free() { return 1; }
}  // namespace dsn
"""
        self.assertEqual(sorted(class_sizes([header, source])), [(1, "Empty"), (7 + 3 + 3 + 1, "A")])


if __name__ == "__main__":
    ROOT = pathlib.Path(sys.argv[1])
    unittest.main(argv=sys.argv[:1], verbosity=2)
