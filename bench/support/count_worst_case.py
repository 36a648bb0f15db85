"""The most instructions of any single call on a bounded heap, in heaps of several sizes with few and many free chunks.

    count_worst_case.py --program build/bench/bench/allot_worst_case --output DIR [--steps 10000]

callgrind collects inside the call alone and dumps after each: every call has a count of its own.
"""
import argparse
import pathlib
import re
import subprocess
import sys
import tempfile

from aims import WORST, aims_table
from figures import Samples, table
from interleaved import Progress

KIB, MIB, GIB = 1 << 10, 1 << 20, 1 << 30
HEAPS = [
    ("4 KiB", 4 * KIB, 10),
    ("1 MiB", MIB, 10), ("1 MiB", MIB, 1000), ("1 MiB", MIB, 10_000),
    ("1 GiB", GIB, 10), ("1 GiB", GIB, 10_000), ("1 GiB", GIB, 1_000_000),
]
CALLS = {"one_allocate": "take", "one_deallocate": "put", "one_reallocate": "resize"}


def arguments():
    parser = argparse.ArgumentParser(description="Counts the worst case.")
    parser.add_argument("--program", required=True, help="the built allot_worst_case")
    parser.add_argument("--output", required=True, type=pathlib.Path, help="directory for the results")
    parser.add_argument("--steps", type=int, default=10_000, help="random calls on each set-up of each heap")
    return parser.parse_args()


def counted_calls(profile):
    """(take, put or resize, instructions) of every call in a callgrind profile of many parts."""
    call = None
    with profile.open() as lines:
        for line in lines:
            if found := re.match(r"desc: Trigger: --dump-after=bench::(\w+)", line):
                call = CALLS[found.group(1)]
            elif call and (found := re.match(r"summary: (\d+)", line)):
                yield call, int(found.group(1))
                call = None


def worst_of(options, heap_bytes, free_chunks):
    """What the program said, how many calls were counted, and the most instructions of each kind."""
    with tempfile.TemporaryDirectory() as scratch:
        profile = pathlib.Path(scratch, "profile")
        command = ["valgrind", "--tool=callgrind", "--toggle-collect=*counted_*", "--dump-after=*one_*allocate*",
                   "--combine-dumps=yes", f"--callgrind-out-file={profile}", options.program,
                   f"--heap-bytes={heap_bytes}", f"--free-chunks={free_chunks}", f"--steps={options.steps}"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            sys.exit(f"{' '.join(command)}: exit code {done.returncode}\n{done.stderr}")
        calls, most = 0, dict.fromkeys(WORST, 0)
        for call, count in counted_calls(profile):
            calls, most[call] = calls + 1, max(most[call], count)
        return int(done.stdout), calls, most


def main():
    options = arguments()
    progress = Progress(len(HEAPS))
    samples = {name: Samples() for name in WORST.values()}
    rows = []
    for title, heap_bytes, wanted in HEAPS:
        progress.step(f"{title}, {wanted} free chunks")
        free_chunks, calls, most = worst_of(options, heap_bytes, wanted)
        rows.append([title, f"{free_chunks:,}", f"{calls:,}", *(str(most[call]) for call in WORST)])
        for call, name in WORST.items():
            samples[name].add((title, wanted), 0, most[call])
    progress.end()
    text = table(["bounded heap of", "free chunks", "calls counted", *WORST.values()], rows) + "\n" + aims_table(samples)
    options.output.mkdir(parents=True, exist_ok=True)
    (options.output / "worst_case.txt").write_text(text)
    print(text, end="")


if __name__ == "__main__":
    main()
