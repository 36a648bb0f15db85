#!/usr/bin/env python3
"""verbs_once.py ROOT CTAGS: no test and no benchmark has a heap of its own over the rooms of the library.

What is proved is proved on the heap that is shipped. So, under tests/ and bench/:
  * no file is named core_heap;
  * no function is named like an inner step of a verb;
  * no function that is named like a verb puts chunks into a store, or takes them from one.
"""
import os
import re
import subprocess
import sys

VERBS = {"allocate", "try_allocate", "allocate_zeroed", "deallocate", "reallocate", "try_resize", "add_region", "remove_region"}
STEPS = {"begin_reallocate", "finish_reallocate", "take_unzeroed", "put_back", "resize_in_place", "take_fit", "take_any"}
OF_A_STORE = re.compile(r"\b(\w*store\w*|free_memory\w*|free_index\w*)(\(\))?(\.|->)(\w*take\w*|\w*put\w*|insert|remove|release\w*)\(")


def functions(root, ctags):
    """(name, file, first line, last line) of every function definition in tests/ and bench/."""
    tags = subprocess.run([ctags, "--languages=C++", "--kinds-C++=f", "--fields=+ne", "--sort=no", "-f", "-",
                           "-R", "tests", "bench"], cwd=root, check=True, capture_output=True, text=True).stdout
    for tag in tags.splitlines():
        fields = tag.split("\t")
        numbers = {key: int(value) for key, value in re.findall(r"\t(line|end):(\d+)", tag)}
        if "line" in numbers:
            yield fields[0], fields[1], numbers["line"], numbers.get("end", numbers["line"])


def faults_of(root, ctags):
    for directory in ("tests", "bench"):
        for path, _, files in os.walk(os.path.join(root, directory)):
            for name in files:
                if "core_heap" in name:
                    yield f"{os.path.join(path, name)}: a heap that is not the shipped one"
    for name, file, first, last in functions(root, ctags):
        if name in STEPS:
            yield f"{file}:{first}: {name} is a step of the shipped core"
        if name in VERBS:
            with open(os.path.join(root, file), encoding="utf-8") as source:
                body = "".join(source.readlines()[first - 1:last])
            if OF_A_STORE.search(body):
                yield f"{file}:{first}: {name} works on the store itself: use the shipped heap_core"


def main():
    root, ctags = sys.argv[1], sys.argv[2]
    count = sum(1 for _ in functions(root, ctags))
    faults = list(faults_of(root, ctags))
    print("\n".join(faults))
    print(f"{count} functions of tests and benchmarks")
    sys.exit(bool(faults) or count < 500)


main()
