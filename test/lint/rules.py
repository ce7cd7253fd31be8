# SPDX-License-Identifier: Apache-2.0
"""Every rule of docs/protocol.md has a tag, and code and a test that cite it.

    rules.py SOURCE_ROOT

A rule is a sentence with MUST or SHOULD. It is cited as "protocol.md [tag]", and several as
"protocol.md [tag] [tag]". Where what is cited is no rule: "docs/protocol.md, section 3.1".
"""

import pathlib
import re
import sys
import unittest

ROOT = None

KEYWORD = re.compile(r"\b(MUST|SHOULD)\b")
TAG = re.compile(r"\[([a-z][a-z0-9]*(?:-[a-z0-9]+)*)\]")
HEADING = re.compile(r"^#{2,3} ([0-9.]*[0-9])\.? ", re.MULTILINE)
CITATION = re.compile(r"protocol\.md((?: \[[a-z0-9-]+\])+)")
SECTION = re.compile(r"docs/protocol\.md, sections? ([0-9.]*[0-9])")
SENTENCE_END = re.compile(r"(?<=[.:]) (?=[A-Z*`])")
POINT = re.compile(r"- |\d+\. |\| ")


class Rules:
    """The rules of a document: tags with their sentences, and what is wrong with it."""

    def __init__(self, text):
        self.rules = {}
        self.wrong = []
        self.points_are_rules = False
        # The introduction says what the words mean; the examples have none of them.
        specified = text.partition("\n## 1. ")[2].partition("\n## 10. ")[0]
        for block in self.blocks(specified):
            self.read(block)
        for tag in TAG.findall(re.sub(r"`[^`]*`", "", specified)):
            if tag not in self.rules:
                self.wrong.append(f"[{tag}] stands at no rule")

    @staticmethod
    def blocks(text):
        """Paragraphs, points of lists and rows of tables, each in one line."""
        block = ""
        for line in re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL).splitlines():
            if not line.strip() or POINT.match(line):
                yield block
                block = ""
            block = f"{block} {line.strip()}".strip()
        yield block

    def read(self, block):
        if not block or block.startswith(("|--", "#")):
            return
        if POINT.match(block):
            if self.points_are_rules and not block.startswith("| Condition "):
                self.add(block)
            elif KEYWORD.search(block):
                self.read_sentences(block)
            return
        self.points_are_rules = self.read_sentences(block)

    def read_sentences(self, block):
        """Whether the points that follow are the rules."""
        for sentence in SENTENCE_END.split(block):
            if KEYWORD.search(sentence) and not TAG.search(sentence) and sentence.endswith(":"):
                return True
            if KEYWORD.search(sentence):
                self.add(sentence)
        return False

    def add(self, sentence):
        tags = TAG.findall(sentence)
        if len(tags) != 1:
            self.wrong.append(f"a rule with {len(tags)} tags: {sentence}")
        for tag in tags:
            if tag in self.rules:
                self.wrong.append(f"[{tag}] stands at two rules: {sentence}")
            self.rules[tag] = sentence


def citations(expression, *folders):
    """(file, what is cited) in the sources of these folders, wherever a comment is broken."""
    found = []
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix not in (".cpp", ".hpp", ".py") or path.parent.name == "lint":
                continue
            text = re.sub(r"\s*\n\s*(///?<?|#)\s*", " ", path.read_text())
            found += [(path.relative_to(ROOT), cited) for cited in expression.findall(text)]
    return found


def cited_tags(*folders):
    return {tag: path for path, tags in citations(CITATION, *folders) for tag in TAG.findall(tags)}


class Protocol(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.text = (ROOT / "docs/protocol.md").read_text()
        self.protocol = Rules(self.text)

    def uncited(self, *folders):
        cited = cited_tags(*folders)
        return [rule for tag, rule in self.protocol.rules.items() if tag not in cited]

    def test_every_rule_has_a_tag_of_its_own(self):
        self.assertEqual(self.protocol.wrong, [])
        self.assertGreater(len(self.protocol.rules), 60)

    def test_every_rule_is_cited_by_code(self):
        self.assertEqual(self.uncited("src", "include"), [])

    def test_every_rule_is_cited_by_a_test(self):
        self.assertEqual(self.uncited("test"), [])

    def test_every_cited_rule_and_section_is_there(self):
        wrong = [f"{path} cites [{tag}]" for tag, path in cited_tags("src", "include", "test").items()
                 if tag not in self.protocol.rules]
        sections = set(HEADING.findall(self.text))
        wrong += [f"{path} cites section {section}"
                  for path, section in citations(SECTION, "src", "include", "test")
                  if section not in sections]
        self.assertEqual(wrong, [])


class Reading(unittest.TestCase):
    """What is no rule, or one without a tag, is told apart."""

    def of(self, text):
        return Rules("x\n## 1. Start\n\n" + text + "\n\n## 10. Examples\n\nIt MUST NOT count.\n")

    def test_sentences(self):
        rules = self.of("It MUST be so [a]. It is\nso. A node SHOULD NOT go\non [b-2].")
        self.assertEqual((list(rules.rules), rules.wrong), (["a", "b-2"], []))
        self.assertEqual(len(self.of("It MUST be so. It is so [a].").wrong), 2)
        self.assertEqual(len(self.of("One MUST [a]. Two MUST [a].").wrong), 1)
        self.assertEqual(len(self.of("It SHOULD be [a] and [b].").wrong), 1)

    def test_points(self):
        rules = self.of("It MUST:\n\n- do [a];\n- do\n  more [b].\n\nMore:\n\n- nothing")
        self.assertEqual((list(rules.rules), rules.wrong), (["a", "b"], []))
        self.assertEqual(len(self.of("It MUST:\n\n- do [a];\n- more.").wrong), 1)
        self.assertEqual(self.of("It MUST [a]:\n\n- do;\n- more.").wrong, [])
        self.assertEqual(len(self.of("It may:\n\n1. do; this MUST be").wrong), 1)
        rows = "| Condition | Effect |\n|---|---|\n| x | y [a] |\n| z | w |"
        self.assertEqual(len(self.of("It MUST:\n\n" + rows).wrong), 1)


if __name__ == "__main__":
    ROOT = pathlib.Path(sys.argv[1])
    unittest.main(argv=sys.argv[:1], verbosity=2)
