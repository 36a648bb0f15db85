#!/usr/bin/env python3
"""numbers_in_text.py ROOT: a number that a text gives for a constant of the library is the value of that constant.

    | `fit_looks` | 32 | ...     a row of a README: a knob, by its value in default_traits
    `most_refilled` (15)         after a name in backticks: a number in parentheses, or behind `=`, "is" or "are"
    16 `waits_until_contended`   not looked at: a number before a name is a factor as often as a value

Looked at are the comments of include/ and the READMEs. A constant whose value is no plain number is not looked at, and of one
that several classes have, any of its values will do.
"""
import os
import re
import sys

CONSTANT = re.compile(r"\bconstexpr\s+[\w:]+(?:<[^>]*>)?\s+(\w+)\s*=\s*([^;]+);")
NUMBER = r"(\d[\d,']*|\d+ ?\* ?\d+)"
ROW = re.compile(r"^\| `(\w+)` \| (\d[\d,]*)(?= \|| \(64-bit\))", re.MULTILINE)
GIVEN = re.compile(r"`(?:\w+::)*(\w+)`(?: \(| = | is | are )(?:now )?" + NUMBER + r"(?![\w.*^/]| ?\*)")
COMMENT = re.compile(r"//[^\n]*")


def value_of(text):
    """The number that a simple initialiser comes to on a 64-bit target; None for any other."""
    plain = re.sub(r"std::size_t\{(\d+)\}", r"\1", text.replace("'", ""))
    plain = re.sub(r"^sizeof\(std::size_t\) == 8 \? (.*) : .*$", r"\1", plain.strip())
    plain = re.sub(r"(?<=\d)[uU]?[lL]*\b", "", plain)
    return eval(plain) if re.fullmatch(r"[\d\s*+<()-]+", plain) else None  # digits and operators, nothing else


def files_under(folder, ending):
    for home, _, names in os.walk(folder):
        yield from (os.path.join(home, name) for name in sorted(names) if name.endswith(ending))


def main():
    root = os.path.realpath(sys.argv[1])
    headers = {path: open(path, encoding="utf-8").read() for path in files_under(root + "/include", ".hpp")}
    values, knobs = {}, {}
    for path, text in headers.items():
        for name, said in CONSTANT.findall(COMMENT.sub("", text)):
            if value_of(said) is not None:
                values.setdefault(name, set()).add(value_of(said))
    defaults = re.search(r"^struct default_traits \{.*?^\};", headers[root + "/include/allot/traits.hpp"], re.MULTILINE | re.DOTALL)
    for name, said in CONSTANT.findall(COMMENT.sub("", defaults[0])):
        knobs[name] = {value_of(said)}

    texts = {path: " ".join(line.lstrip("/ ") for line in COMMENT.findall(text)) for path, text in headers.items()}
    for readme in ("README.md", "include/allot/README.md", "bench/README.md", "tests/README.md"):
        texts[os.path.join(root, readme)] = open(os.path.join(root, readme), encoding="utf-8").read()
    faults, looked_at = [], 0
    for path, text in texts.items():
        given = [(name, number, knobs) for name, number in ROW.findall(text)] + [(name, number, values) for name, number in GIVEN.findall(text)]
        for name, number, known in given:
            wanted = known.get(name, set()) - {None}
            looked_at += bool(wanted)
            if wanted and int(re.sub(r"[,']", "", number)) not in wanted:
                faults.append(f"{os.path.relpath(path, root)}: `{name}` is {sorted(wanted)}, not {number}")
    print("\n".join([*faults, f"{looked_at} numbers of constants, {len(faults)} wrong"]))
    sys.exit(bool(faults) or looked_at < 8)


main()
