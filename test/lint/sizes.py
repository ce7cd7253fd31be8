# SPDX-License-Identifier: Apache-2.0
"""How long functions and files are: prints the longest, and fails for those that are too long.

    sizes.py SOURCE_ROOT

Functions are found by the layout that clang-format gives them: one ends at the first brace in the
column in which it begins.
"""

import pathlib
import re
import sys
import unittest

ROOT = None

FUNCTION_LINES_MAX = 70
FILE_LINES_MAX = 450
PYTHON_LINES_MAX = 500
SHOWN = 10

CONTAINER = re.compile(r" *(namespace|class|struct|enum|union|extern|public:|private:|protected:)\b")
NO_CODE = re.compile(r"\s*(#|//|\}|$)|.*\\$")
NAME = re.compile(r"([\w:~]+|operator\S+)\s*\(([^()]*)")
END_OF_STATEMENT = ("{", "}", ";", ":")


def functions(text):
    """(lines, line of the beginning, name) of each function that has a body of its own lines."""
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
        if not statement.endswith("{") or not (is_table or "(" in statement):
            continue
        indent = re.match(" *", statement).group()
        while at < len(lines) and not lines[at].startswith(indent + "}"):
            at += 1
        at += 1
        if not is_table:
            name, arguments = NAME.search(statement).groups()
            is_test = name.startswith("TEST")
            found.append((at - begin, begin + 1, f"{name}({arguments})" if is_test else name))
    return found


def sources():
    for folder in ("src", "include", "test"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in (".cpp", ".hpp", ".py"):
                yield path


def show(what, sizes):
    print(f"\nThe longest {what}:")
    for size, name in sizes[:SHOWN]:
        print(f"{size:5} {name}")


class Sizes(unittest.TestCase):
    def test_functions(self):
        found = sorted(((size, f"{path.relative_to(ROOT)}:{line} {name}")
                        for path in sources() if path.suffix != ".py"
                        for size, line, name in functions(path.read_text())), reverse=True)
        show("functions", found)
        self.assertGreater(len(found), 1000, "they are not found")
        self.assertEqual([f for f in found if f[0] > FUNCTION_LINES_MAX], [])

    def test_files(self):
        found = sorted(((len(path.read_text().splitlines()), str(path.relative_to(ROOT)))
                        for path in sources()), reverse=True)
        show("files", found)
        self.assertEqual([f for f in found if f[0] > FILE_LINES_MAX and not f[1].endswith(".py")
                          or f[0] > PYTHON_LINES_MAX], [])


class Finding(unittest.TestCase):
    def test_functions(self):
        self.assertEqual(functions("""
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


if __name__ == "__main__":
    ROOT = pathlib.Path(sys.argv[1])
    unittest.main(argv=sys.argv[:1], verbosity=2)
