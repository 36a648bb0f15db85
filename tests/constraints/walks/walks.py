#!/usr/bin/env python3
"""walks.py INCLUDE_DIR COMPILER GCOV: how many functions of the library a request runs through, and in how many files.

Each walk of walk.cpp runs at -O0, where nothing is inlined, and gcov says which functions ran. What counts:
  * a function of a header under INCLUDE_DIR/allot that has a name, its instances as a template once;
  * a constructor or a destructor that is written out.
What does not: lambdas (they belong to the function that holds them), and what is defaulted.
"""
import gzip
import json
import os
import re
import subprocess
import sys
import tempfile

# walk: functions and files, at most; and what they are to come to. The limit goes down with each step there; it went up twice, by
# the file of the cursors that a region which is joined to others must not leave within its one chunk, and by the heads of lists.
LIMITS = {
    "allocate": ((16, 6), (16, 6)),
    "deallocate": ((14, 6), (14, 6)),
    "reallocate_downward": ((125, 20), (50, 9)),
    "lane_hit": ((37, 12), (24, 8)),
    "locked_source": ((183, 32), (60, 11)),
}


def name_of(demangled):
    """The name alone: no template arguments, no parameters, no return type. Empty for a lambda."""
    if "{lambda" in demangled:
        return ""
    text = demangled.replace("operator()", "operator_call").replace("operator<=>", "operator_compare")
    text = re.sub(r"\[with .*\]$", "", text).replace("(anonymous namespace)", "")
    while True:
        plain = re.sub(r"<[^<>]*>", "", re.sub(r"\([^()]*\)", "", text))
        if plain == text:
            break
        text = plain
    text = re.sub(r"(\s(const|noexcept|&|&&))+$", "", text.strip())
    return text.split(" ")[-1]


def functions_that_ran(work, include, gcov):
    """{(file, name)} of the last run."""
    subprocess.run([gcov, "--json-format", "walk.gcda"], cwd=work, check=True, stdout=subprocess.DEVNULL)
    ran = set()
    with gzip.open(os.path.join(work, "walk.gcov.json.gz")) as report:
        files = json.load(report)["files"]
    for file in files:
        path = os.path.realpath(os.path.join(work, file["file"]))
        if not path.startswith(include + "/allot/"):
            continue
        with open(path, encoding="utf-8") as header:
            lines = header.read().splitlines()
        for function in file["functions"]:
            is_defaulted = "= default;" in lines[function["start_line"] - 1]
            name = name_of(function["demangled_name"])
            if function["execution_count"] > 0 and name and not is_defaulted:
                ran.add((os.path.relpath(path, include + "/allot"), name.replace("allot::", "").replace("detail::", "")))
    return ran


def print_table(walk, ran, limits, aims):
    files = sorted({file for file, _ in ran})
    print(f"{walk}: {len(ran)} functions ({limits[0]} at most, aim {aims[0]}) in {len(files)} files ({limits[1]} at most, aim {aims[1]})")
    for file in files:
        print(f"    {file:32}" + ", ".join(sorted(name for where, name in ran if where == file)))
    print()


def main():
    include, compiler, gcov = os.path.realpath(sys.argv[1]), sys.argv[2], sys.argv[3]
    source = os.path.join(os.path.dirname(os.path.realpath(__file__)), "walk.cpp")
    faults = 0
    with tempfile.TemporaryDirectory() as work:
        command = [compiler, "-std=c++20", "-O0", "-w", "--coverage", "-fno-pie", "-I" + include, source, "-o", "walk"]
        subprocess.run(command[:-2] + ["-c", "-o", "walk.o"], cwd=work, check=True)
        subprocess.run([compiler, "--coverage", "-no-pie", "walk.o", "-o", "walk", "-lpthread"], cwd=work, check=True)
        for walk, (limits, aims) in LIMITS.items():
            data = os.path.join(work, "walk.gcda")
            if os.path.exists(data):
                os.remove(data)
            subprocess.run(["./walk", walk], cwd=work, check=True)
            ran = functions_that_ran(work, include, gcov)
            print_table(walk, ran, limits, aims)
            if not ran:
                sys.exit(f"{walk}: nothing ran: the count is broken")
            if len(ran) > limits[0] or len({file for file, _ in ran}) > limits[1]:
                faults += 1
    sys.exit(f"{faults} walks are longer than they may be" if faults else 0)


main()
