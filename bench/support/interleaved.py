"""Runs every case once, then every case once more, and so on, each in a process of its own; shows progress."""
import json
import subprocess
import sys
import tempfile
import time


class Progress:
    """One line: which step of how many, how long so far, how long about to go."""

    def __init__(self, steps):
        self.steps = steps
        self.done = 0
        self.start = time.monotonic()
        self.said = 0.0

    def step(self, what):
        passed = time.monotonic() - self.start
        left = passed / self.done * (self.steps - self.done) if self.done else 0
        line = f"[{self.done + 1:3}/{self.steps}] {passed:4.0f} s so far, about {left:4.0f} s to go: {what}"
        if sys.stderr.isatty():
            print(f"\r\033[K{line}", end="", file=sys.stderr, flush=True)
        elif passed >= self.said:
            print(line, file=sys.stderr, flush=True)
            self.said = passed + 10
        self.done += 1

    def end(self):
        if sys.stderr.isatty():
            print("\r\033[K", end="", file=sys.stderr)
        print(f"{self.steps} runs in {time.monotonic() - self.start:.0f} s", file=sys.stderr, flush=True)


def interleave(cases, repetitions, run, describe):
    """[(case, repetition, what run(case) returned)], all cases of one repetition before the next."""
    progress = Progress(len(cases) * repetitions)
    results = []
    for repetition in range(repetitions):
        for case in cases:
            progress.step(describe(case))
            results.append((case, repetition, run(case)))
    progress.end()
    return results


def output_of(command):
    """The standard output of a command; its own message and exit code if it fails."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}: exit code {done.returncode}\n{done.stderr.strip()}")
    return done.stdout


def google_benchmark(command):
    """The one result of a Google Benchmark process, as a dictionary."""
    with tempfile.NamedTemporaryFile(suffix=".json") as out:
        output_of([*command, f"--benchmark_out={out.name}", "--benchmark_out_format=json"])
        result = json.load(out)["benchmarks"][0]
    if result.get("error_occurred"):
        sys.exit(f"{' '.join(command)}: {result['error_message']}")
    return result
