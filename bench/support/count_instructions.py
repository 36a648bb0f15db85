"""Instructions an operation, counted by valgrind's callgrind in the timed section alone, less those of the harness.

    count_instructions.py --program build/bench/bench/allot_bench --output DIR [W4 W1 ...]
"""
import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

from aims import aims_table
from figures import Samples, cell, table
from interleaved import Progress, output_of

WORKLOADS = ["W1", "W4", "W5-LIFO", "W5-FIFO", "W6-50", "W6-85"]
SECTION = "*timed_section*"


def arguments():
    parser = argparse.ArgumentParser(description="Counts instructions an operation.")
    parser.add_argument("workloads", nargs="*", help=" ".join(WORKLOADS))
    parser.add_argument("--program", required=True, help="the built allot_bench")
    parser.add_argument("--output", required=True, type=pathlib.Path, help="directory for the results")
    parser.add_argument("--allocators", default="", help="comma separated (all)")
    parser.add_argument("--scale", type=float, default=0.02, help="share of the usual number of operations")
    return parser.parse_args()


def counted(profile):
    """The instructions of a callgrind profile."""
    found = re.search(r"^(?:summary|totals): (\d+)", profile.read_text(), re.MULTILINE)
    if not found:
        sys.exit(f"{profile}: no total in it")
    return int(found.group(1))


def instructions(options, workload, allocator):
    """Instructions of one item. The peer's library is preloaded here: valgrind cannot restart a program."""
    with tempfile.TemporaryDirectory() as scratch:
        profile, result = pathlib.Path(scratch, "profile"), pathlib.Path(scratch, "result")
        command = ["valgrind", "--tool=callgrind", f"--toggle-collect={SECTION}", f"--callgrind-out-file={profile}",
                   options.program, f"--workload={workload}", f"--allocator={allocator['name']}",
                   f"--scale={options.scale}", f"--benchmark_out={result}", "--benchmark_out_format=json"]
        preload = {"LD_PRELOAD": allocator["preload"]} if allocator["preload"] else {}
        done = subprocess.run(command, env={**os.environ, **preload}, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            sys.exit(f"{' '.join(command)}: exit code {done.returncode}\n{done.stderr}")
        return counted(profile) / json.loads(result.read_text())["benchmarks"][0]["items"]


def main():
    options = arguments()
    workloads = options.workloads or WORKLOADS
    for name in workloads:
        if name not in WORKLOADS:
            print(f"instructions.sh: {name} is not counted; there are {' '.join(WORKLOADS)}", file=sys.stderr)
            sys.exit(2)
    available = json.loads(output_of([options.program, "--list"]))["allocators"]
    names = options.allocators.split(",") if options.allocators else [each["name"] for each in available]
    allocators = [each for each in available if each["name"] in {*names, "null"} and each["name"] != "array"]
    progress = Progress(len(workloads) * len(allocators))
    counts, net = {}, Samples()
    for workload in workloads:
        for allocator in allocators:
            progress.step(f"{workload} {allocator['name']}")
            counts[workload, allocator["name"]] = instructions(options, workload, allocator)
    progress.end()
    for (workload, allocator), count in counts.items():
        net.add((workload, allocator), 0, count - counts[workload, "null"])
    rows = [
        [each["title"], *(cell(net.median((w, each["name"])), "{:.1f}") for w in workloads)]
        for each in allocators if each["allocates"]
    ]
    rows.append(["harness, subtracted", *(cell(counts[w, "null"], "{:.1f}") for w in workloads)])
    text = table(["instructions an item", *workloads], rows) + "\n" + aims_table({"instructions": net})
    options.output.mkdir(parents=True, exist_ok=True)
    (options.output / "instructions.txt").write_text(text)
    print(text, end="")


if __name__ == "__main__":
    main()
