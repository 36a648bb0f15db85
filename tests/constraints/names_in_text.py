#!/usr/bin/env python3
"""names_in_text.py ROOT: what comments and READMEs name in backticks is there.

    `free_memory::cut`     both names are identifiers of the library's code; the last one stands in the file that declares the first
    `take_plain`           an identifier of the library's code
    `free/bins.hpp`        a file of the repository
    take_plain(96)         in a comment, with or without backticks: as `take_plain`, if the name has an underscore

Looked at are the comments of include/ and the READMEs. names_in_text.txt beside this file lists the names of other things, each
with what it is.
"""
import os
import re
import sys

NAME = re.compile(r"`([a-z_][a-z0-9_]*(?:::[a-z_][a-z0-9_]*)*)(?:\(\))?`")
PICTURED = re.compile(r"(?<![\w.>:/#])([a-z][a-z0-9]*(?:_[a-z0-9]+)+)\(")
FILE = re.compile(r"`((?:[a-z0-9_]+/)*[a-z0-9_]+\.(?:hpp|cpp|txt|py|sh|cmake))`")
COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def files_under(folder, ending):
    for home, _, names in os.walk(folder):
        if not home.startswith(os.path.join(folder, "build")) and "/." not in home:
            yield from (os.path.join(home, name) for name in sorted(names) if name.endswith(ending))


def main():
    root = os.path.realpath(sys.argv[1])
    headers = {path: read(path) for path in files_under(root + "/include", ".hpp")}
    code = {path: set(re.findall(r"[A-Za-z_]\w*", COMMENT.sub("", text))) for path, text in headers.items()}
    known = set().union(*code.values())
    others = {line.split("|")[0].strip() for line in read(os.path.splitext(os.path.realpath(__file__))[0] + ".txt").splitlines()
              if line.strip() and not line.startswith("#")}
    paths = [os.path.relpath(path, root) for path in files_under(root, "")]
    texts = {path: "\n".join(COMMENT.findall(text)) for path, text in headers.items()}
    for readme in ("README.md", "include/allot/README.md"):
        texts[os.path.join(root, readme)] = re.sub(r"```.*?```", "", read(os.path.join(root, readme)), flags=re.DOTALL)

    looked_at, faults = 0, []
    for path, text in texts.items():
        for name in NAME.findall(text) + (PICTURED.findall(text) if path in headers else []):
            looked_at += 1
            parts = [part for part in name.split("::") if part not in ("allot", "detail")]
            is_there = all(part in known for part in parts)
            if is_there and len(parts) > 1:
                is_there = any(parts[-1] in words and parts[-2] in words for words in code.values())
            if not is_there and name not in others and not name.startswith("std::"):
                faults.append(f"{os.path.relpath(path, root)}: `{name}` is not in the code")
        for name in FILE.findall(text):
            looked_at += 1
            if name not in others and not any(known_path.endswith("/" + name) or known_path == name for known_path in paths):
                faults.append(f"{os.path.relpath(path, root)}: there is no file `{name}`")
    if looked_at < 300:
        sys.exit(f"only {looked_at} names were looked at: the search is broken")
    print("\n".join([*faults, f"{looked_at} names in {len(texts)} texts, {len(faults)} are not there"]))
    sys.exit(1 if faults else 0)


main()
