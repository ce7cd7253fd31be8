# SPDX-License-Identifier: Apache-2.0
"""Rules of the project that a compiler does not know.

    lint.py SOURCE_ROOT LIBRARY_OF_PURE_CODE...
"""

import pathlib
import re
import subprocess
import sys
import unittest

ROOT = None
PURE_LIBRARIES = []

# Which folders of src each folder may include, besides itself and include/dsn.
MAY_INCLUDE = {
    "base": set(),
    "wire": {"base"},
    "core": {"base", "wire"},
    "file": {"base"},
    "crypto": {"base", "file", "core/session/crypto_port.hpp"},
    "loop": set(),
    "net": {"base", "loop"},
    "sensor": {"base", "loop", "wire"},
    "config": {"base", "sensor/catalogue.hpp"},
    "local": {"base", "loop", "wire"},
    "node": {"base", "loop", "wire", "core", "file", "crypto", "net"},
    "agent": {"base", "loop", "wire", "core", "file", "crypto", "net", "sensor", "config", "local",
              "node"},
    "cli": {"base", "file", "local", "crypto", "config", "sensor"},
}
# The folders, or files, that alone include a third-party header.
THIRD_PARTY = {
    "psa/": {"crypto"},
    "mbedtls/": {"crypto"},
    "yaml-cpp/": {"config/document"},
    "asio": {"loop", "net", "sensor", "local", "node", "agent"},
    "nlohmann/": {"sensor", "local"},
    "CLI/": {"cli"},
}
# What base, wire and core must not reach: clocks, sockets, files, devices, processes, the console.
IMPURE = re.compile(
    r"\b(clock_gettime|gettimeofday|time|clock|nanosleep|usleep|sleep|socket|bind|sendto|sendmsg|"
    r"sendmmsg|recvfrom|recvmsg|recvmmsg|open|open64|openat|fopen|fopen64|read|write|close|getrandom|"
    r"rand|random|srand|getenv|fork|execve|system|psa_\w+|_ZNSt6chrono3_V212\w+clock3nowEv|"
    r"_ZNSt13random_device\w*|_ZNSt14basic_ofstream\w*|_ZNSt14basic_ifstream\w*|_ZSt4cout)$")
# check.cpp says what broke before it aborts.
ALLOWED_IMPURE = {"fprintf", "stderr", "abort"}


def sources(folder, *suffixes):
    return sorted(p for p in (ROOT / folder).rglob("*") if p.suffix in suffixes)


def lines_with(pattern, paths):
    expression = re.compile(pattern)
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in paths
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if expression.search(line.split("//")[0])
    ]


def includes(path, pattern):
    return re.findall(pattern, path.read_text(), re.MULTILINE)


class Lint(unittest.TestCase):
    def test_includes_point_one_way(self):
        wrong = []
        for path in sources("src", ".cpp", ".hpp"):
            folder = path.relative_to(ROOT / "src").parts[0]
            for name in includes(path, r'^#include "([^"]+)"'):
                target = name.split("/")[0]
                if target not in (folder, "dsn") and not {target, name} & MAY_INCLUDE[folder]:
                    wrong.append(f"{path.relative_to(ROOT)} includes {name}")
        self.assertEqual(wrong, [])

    def test_third_party_headers_stay_in_their_folders(self):
        wrong = []
        for path in sources("src", ".cpp", ".hpp"):
            inner = path.relative_to(ROOT / "src")
            owners = {inner.parts[0], str(inner.with_suffix(""))}
            for name in includes(path, r"^#include <([^>]+)>"):
                for prefix, folders in THIRD_PARTY.items():
                    if name.startswith(prefix) and not owners & folders:
                        wrong.append(f"{path.relative_to(ROOT)} includes {name}")
        self.assertEqual(wrong, [])

    def test_the_core_reaches_no_clock_socket_file_or_device(self):
        for library in PURE_LIBRARIES:
            names = subprocess.run(["nm", "--undefined-only", "--format=just-symbols", library],
                                   check=True, capture_output=True, text=True).stdout.split()
            reached = {name for name in names if IMPURE.match(name.split("@")[0])}
            self.assertEqual(reached - ALLOWED_IMPURE, set(), library)
            self.assertGreater(len(names), 20, "nm lists nothing?")

    def test_input_is_never_parsed_by_what_throws_or_hides_errors(self):
        found = lines_with(r"\bsto(i|l|ul|ll|ull|d|f|ld)\(|\bato(i|l|ll|f)\(|\bstrto\w+\(|"
                           r"\bv?f?scanf\(|\bsscanf\(|\.at\(", sources("src", ".cpp", ".hpp"))
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


if __name__ == "__main__":
    ROOT = pathlib.Path(sys.argv[1])
    PURE_LIBRARIES = sys.argv[2:]
    unittest.main(argv=sys.argv[:1], verbosity=2)
