#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes a C++ file that holds files of the page: embed_assets.py OUTPUT FILE..."""

import pathlib
import sys

TYPES = {".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8",
         ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}


def literal(data):
    # Octal escapes end after three digits, whatever follows them.
    lines = (data[at:at + 500] for at in range(0, len(data), 500))
    plain = set(range(32, 127)) - set(b'"\\?')
    return "\n".join('     "' + "".join(chr(c) if c in plain else f"\\{c:03o}" for c in line) + '"'
                     for line in lines)


def main():
    output, names = sys.argv[1], sys.argv[2:]
    entries = []
    for path in map(pathlib.Path, names):
        data = path.read_bytes()
        url = "/" if path.name == "index.html" else "/" + path.name
        entries.append(f'    {{"{url}", "{TYPES[path.suffix]}",\n     {{\n{literal(data)},\n     '
                       f'{len(data)}}}}},')
    pathlib.Path(output).write_text(
        '#include "web/assets.hpp"\n\n#include <array>\n\nnamespace dsn::web {\nnamespace {\n\n'
        f"constexpr std::array<Asset, {len(entries)}> kAssets{{{{\n" + "\n".join(entries) +
        "\n}};\n\n}  // namespace\n\nstd::span<const Asset> assets() { return kAssets; }\n\n"
        "}  // namespace dsn::web\n", encoding="utf-8")


main()
