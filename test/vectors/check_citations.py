#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Checks that each section of docs/protocol.md that a source file cites is there.

Usage: check_citations.py SOURCE-ROOT
"""
import pathlib
import re
import sys

CITATION = re.compile(r"docs/protocol\.md, sections? ([0-9.]*[0-9])")
HEADING = re.compile(r"^#{2,3} ([0-9.]*[0-9])\.? ", re.MULTILINE)


def main():
    root = pathlib.Path(sys.argv[1])
    sections = set(HEADING.findall((root / "docs/protocol.md").read_text()))
    cited = 0
    for folder in ("src", "include", "test"):
        for path in sorted((root / folder).rglob("*.?pp")):
            # A comment may be broken between the words.
            text = re.sub(r"\s*\n\s*///?\s*", " ", path.read_text())
            for section in CITATION.findall(text):
                cited += 1
                if section not in sections:
                    name = path.relative_to(root)
                    sys.exit(f"{name} cites section {section}, which is not there")
    if cited == 0:
        sys.exit("no citation found: the pattern is wrong")
    print(f"{cited} citations of {len(sections)} sections")


if __name__ == "__main__":
    main()
