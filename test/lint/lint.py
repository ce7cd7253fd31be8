# SPDX-License-Identifier: Apache-2.0
"""Rules of the project that a compiler does not know.

    lint.py SOURCE_ROOT LIBRARY_OF_PURE_CODE...
"""

import pathlib
import re
import subprocess
import sys
import unittest

import layout

ROOT = None
PURE_LIBRARIES = []

# What base, wire and core must not reach: clocks, sockets, files, devices, processes, the console.
IMPURE = re.compile(
    r"\b(clock_gettime|gettimeofday|time|clock|nanosleep|usleep|sleep|socket|bind|sendto|sendmsg|"
    r"sendmmsg|recvfrom|recvmsg|recvmmsg|open|open64|openat|fopen|fopen64|read|write|close|getrandom|"
    r"rand|random|srand|getenv|fork|execve|system|psa_\w+|_ZNSt6chrono3_V212\w+clock3nowEv|"
    r"_ZNSt13random_device\w*|_ZNSt14basic_ofstream\w*|_ZNSt14basic_ifstream\w*|_ZSt4cout)$")
CALLBACK = r"\bstd::(move_only_)?function\b"
# check.cpp says what broke before it aborts.
ALLOWED_IMPURE = {"fprintf", "stderr", "abort"}


def sources(folder, *suffixes):
    return layout.sources(ROOT, (folder,), suffixes)


def lines_with(pattern, paths):
    expression = re.compile(pattern)
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in paths
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if expression.search(line.split("//")[0])
    ]


def stray_comments(text):
    """(line, comment) of each comment for a declaration that none follows."""
    lines = text.splitlines() + [""]
    return [(number, line.strip()) for number, (line, following) in enumerate(zip(lines, lines[1:]), 1)
            if re.match(r" *///(?!<)", line) and not re.match(r" *///(?!<)", following)
            and re.match(r" *($|//|\}|(public|private|protected):)", following)]


class Lint(unittest.TestCase):
    def test_the_core_reaches_no_clock_socket_file_or_device(self):
        for library in PURE_LIBRARIES:
            names = subprocess.run(["nm", "--undefined-only", "--format=just-symbols", library],
                                   check=True, capture_output=True, text=True).stdout.split()
            reached = {name for name in names if IMPURE.match(name.split("@")[0])}
            self.assertEqual(reached - ALLOWED_IMPURE, set(), library)
            self.assertGreater(len(names), 20, "nm lists nothing?")

    def test_the_core_calls_nobody_back(self):
        # What is set after construction may be forgotten: references and return values cannot.
        self.assertEqual(lines_with(CALLBACK, sources("src/core", ".cpp", ".hpp")), [])

    def test_comments_stand_on_declarations(self):
        wrong = [f"{path.relative_to(ROOT)}:{line}: {comment}"
                 for path in layout.sources(ROOT, ("src", "include", "test"))
                 for line, comment in stray_comments(path.read_text())]
        self.assertEqual(wrong, [])

    def test_input_is_never_parsed_by_what_throws_or_hides_errors(self):
        found = lines_with(r"\bsto(i|l|ul|ll|ull|d|f|ld)\(|\bato(i|l|ll|f)\(|\bstrto\w+\(|"
                           r"\bv?f?scanf\(|\bsscanf\(|\.at\(", sources("src", ".cpp", ".hpp"))
        self.assertEqual(found, [])

    def test_errors_of_the_system_are_compared_by_their_numbers(self):
        # An error_code of Asio never equals a std::errc: its category maps no number to a condition.
        found = lines_with(r"[=!]=\s*std::errc::|std::errc::\w+\s*[=!]=", sources("src", ".cpp", ".hpp"))
        self.assertEqual(found, [])

    def test_tests_do_not_sleep(self):
        # Those of real networks and the benchmarks wait for real time.
        for folder in ("unit", "sim", "support", "fuzz", "vectors"):
            found = lines_with(r"\b(sleep|usleep|nanosleep|sleep_for|sleep_until)\(",
                               sources("test/" + folder, ".cpp", ".hpp", ".py"))
            self.assertEqual(found, [])

    def test_files_have_a_licence_line(self):
        for path in sources("src", ".cpp", ".hpp") + sources("test", ".cpp", ".hpp", ".py"):
            self.assertIn("SPDX-License-Identifier", path.read_text()[:120], path)


class Finding(unittest.TestCase):
    def setUp(self):
        global ROOT
        self.addCleanup(globals().update, ROOT=ROOT)
        ROOT = layout.tree(self, {"a.hpp": "// std::function\n  std::function<void()> on_change;\n"
                                           "int x;\n"})

    def test_callbacks(self):
        self.assertEqual(lines_with(CALLBACK, sources(".", ".hpp")),
                         ["a.hpp:2: std::function<void()> on_change;"])

    def test_stray_comments(self):
        self.assertEqual(stray_comments("""
/// Of a.
/// And more.
void a();

/// Of b, which is gone.

  /// Of c, which moved.
 private:
  int d;  ///< of d

  int e;  ///< of e
  /// Of f.
  int f;
  /// Of nothing.
};"""), [(6, "/// Of b, which is gone."), (8, "/// Of c, which moved."), (15, "/// Of nothing.")])


if __name__ == "__main__":
    ROOT = pathlib.Path(sys.argv[1])
    PURE_LIBRARIES = sys.argv[2:]
    unittest.main(argv=sys.argv[:1], verbosity=2)
