#!/usr/bin/env python3
"""words.py ROOT [TABLE]: no word that the glossary retired, in code, comments, test names and file names.

The table is words.txt beside this file: what is looked for, where, where it is allowed, and what to say instead.
"""
import os
import re
import sys

HOMES = ("include", "tests", "bench", "README.md", "cmake", "CMakeLists.txt")
TEXT = re.compile(r"\.(hpp|cpp|h|c|cmake|txt|sh|py|md|in)$")
NOT_LOOKED_AT = re.compile(r"tests/constraints/(words|foreign_macros)|bench/traces/recorded/")


def rows(path):
    """(pattern, where, allowed, instead) of every row of the table."""
    with open(path, encoding="utf-8") as table:
        for number, line in enumerate(table, 1):
            if not line.strip() or line.startswith("#"):
                continue
            cells = [cell.strip() for cell in re.split(r"(?<=\s)\|(?=\s)", line.rstrip("\n"))]
            if len(cells) != 4 or not cells[0] or not cells[3]:
                sys.exit(f"{path}:{number}: word | where | allowed where | say instead")
            word = re.compile(rf"(?<![a-zA-Z])(?:{cells[0]})(?![a-zA-Z])", re.IGNORECASE)
            yield word, re.compile(cells[1]), re.compile(cells[2]) if cells[2] else None, cells[3]


def texts(root):
    """(path from the root, lines) of every file that is looked at."""
    for home in HOMES:
        top = os.path.join(root, home)
        found = [top] if os.path.isfile(top) else [os.path.join(at, name) for at, _, names in os.walk(top) for name in names]
        for path in sorted(found):
            name = os.path.relpath(path, root)
            if TEXT.search(name) and not NOT_LOOKED_AT.search(name):
                with open(path, encoding="utf-8") as text:
                    yield name, text.read().splitlines()


def main():
    root = sys.argv[1]
    table = list(rows(sys.argv[2] if len(sys.argv) > 2 else os.path.join(os.path.dirname(os.path.realpath(__file__)), "words.txt")))
    faults, files = 0, 0
    for name, lines in texts(root):
        files += 1
        for number, line in enumerate([name, *lines]):
            for word, where, allowed, instead in table:
                match = word.search(line)
                if match and where.search(name) and not (allowed and allowed.search(f"{name}: {line}")):
                    print(f"{name}:{number}: `{match[0]}`: say {instead}    {line.strip()[:100]}")
                    faults += 1
    print(f"{files} files, {len(table)} rows, {faults} retired words")
    sys.exit(faults > 0 or files < 100)


main()
