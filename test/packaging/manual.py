# SPDX-License-Identifier: Apache-2.0
"""The part of a manual page that says what the help of the programs says."""

import re
import subprocess

BEGIN = '.\\" From here to the end of these lines: what --help says (DSN_WRITE_GOLDEN writes it).\n'
END = '.\\" The end of what --help says.\n'


def help_of(*words):
    return subprocess.run([*words, "--help"], capture_output=True, text=True, check=True).stdout


def commands_of(help_text):
    below = help_text.partition("Subcommands:\n")[2].partition("\n\n")[0]
    return re.findall(r"^  (\w+)  ", below, re.MULTILINE)


def roff(text):
    """The text as it is, whatever characters it has."""
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq")
    return "\\&" + text if text.startswith(".") else text


def items(help_text, title):
    """The lines of a section as items with their sentences."""
    lines = help_text.partition(f"\n{title}:\n")[2].partition("\n\n")[0].splitlines()
    found = []
    for line in lines:
        word, sentence = re.match(r"  (\S.*?)(?:  +(\S.*)|$)", line).groups() if line[2:3] != " " else (None, line.strip())
        if word is None:
            found[-1][1] += " " + sentence
        else:
            found.append([word, sentence or ""])
    return [f".TP\n.B {roff(word)}\n{roff(sentence)}\n" for word, sentence in found]


def notes(help_text):
    """What stands behind the options and commands."""
    parts = re.split(r"\n\n+", help_text.rstrip())
    last = max(i for i, part in enumerate(parts) if re.match(r"(Options|Subcommands|Positionals):", part))
    text = "\n\n".join(parts[last + 1:])
    if not text:
        return ""
    return ".PP\n.nf\n" + "".join(roff(line) + "\n" if line else ".sp\n" for line in text.splitlines()) + ".fi\n"


def section(program, *words):
    """A command with all that is below it."""
    said = help_of(program, *words)
    text = f".SS {roff(' '.join(('dsn', *words)))}\n" if words else ""
    text += "".join(items(said, "Positionals") + items(said, "Options")) + notes(said)
    if words:
        text += "".join(section(program, *words, name) for name in commands_of(said))
    return text


def page_of_dsn(dsn):
    return "".join(section(dsn, name) for name in commands_of(help_of(dsn)))


def page_of_dsn_read(dsn_read):
    return section(dsn_read)


def replaced(page, text):
    head, _, rest = page.partition(BEGIN)
    return head + BEGIN + text + END + rest.partition(END)[2]
