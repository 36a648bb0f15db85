"""Recorded traces replayed over every allocator: interleaved repetitions, a table and a picture a trace.

    run_traces.py --program build/bench/bench/allot_replay --output DIR bench/traces/recorded/perl.trace.zst ...
"""
import argparse
import json
import pathlib

from aims import aims_table
from figures import Samples, cell, table
from interleaved import interleave, output_of
from trace_pictures import trace_picture

ALLOCATORS = "heap,compact,bounded,boost,glibc,mimalloc,jemalloc,tcmalloc,null"
EXPLANATION = """
calls/s        of thread CPU time, in millions; the heap warm, both ends of each payload written
x glibc        calls/s over glibc's in the same repetition, median
peak/live      most memory resident over most bytes live, every payload written whole
region/live    smallest region in which no call fails, over most bytes live
p99.9, largest of single calls in ns; of each call the quickest of five passes
null           no allocator: what the replay itself costs
Speed: medians of {repetitions} interleaved repetitions. Each run in a process of its own.
"""


def arguments():
    parser = argparse.ArgumentParser(description="Replays traces over allocators and reports them.")
    parser.add_argument("traces", nargs="+", type=pathlib.Path)
    parser.add_argument("--program", required=True, type=pathlib.Path, help="the built allot_replay")
    parser.add_argument("--output", required=True, type=pathlib.Path, help="directory for the results")
    parser.add_argument("--allocators", default=ALLOCATORS, help="comma separated")
    parser.add_argument("--repetitions", type=int, default=5)
    return parser.parse_args()


def chosen_allocators(options):
    available = json.loads(output_of([str(options.program), "--list"]))["allocators"]
    known = {each["name"]: each for each in available}
    return [known[name] for name in options.allocators.split(",")]


def measure(options, case):
    trace, allocator, what = case
    return json.loads(output_of([str(options.program), str(trace), "--allocator", allocator, "--measure", what]))


def cases_of(options, allocators, *measures):
    return [
        (trace, each["name"], what)
        for trace in options.traces
        for what in measures
        for each in allocators
        if what != "region" or each["has_region"]
    ]


class Report:
    """Everything that was measured of one trace."""

    def __init__(self, trace, allocators, results):
        self.name = trace.name.split(".")[0]
        self.allocators = allocators
        self.speed = Samples()
        self.pauses, self.resident, self.region, self.timelines = {}, {}, {}, {}
        self.facts = None
        for (of_trace, allocator, what), repetition, found in results:
            if of_trace == trace:
                self.facts = found
                getattr(self, f"add_{what}")(allocator, repetition, found)

    def add_speed(self, allocator, repetition, found):
        self.speed.add(allocator, repetition, found["operations_per_second"] / 1e6)

    def add_pauses(self, allocator, _, found):
        self.pauses[allocator] = found

    def add_memory(self, allocator, _, found):
        self.resident[allocator] = found["peak_resident_bytes"] / found["peak_live_bytes"]
        self.timelines[allocator] = found["timeline"]

    def add_region(self, allocator, _, found):
        self.region[allocator] = found["smallest_region_bytes"] / found["peak_live_bytes"]

    def row(self, allocator):
        name = allocator["name"]
        own_memory = allocator["allocates"]
        return [
            allocator["title"],
            cell(self.speed.median(name), "{:.1f}"),
            cell(self.speed.ratio(name, "glibc")),
            cell(self.speed.spread(name), "{:.0%}"),
            cell(self.resident[name] if own_memory else None, "{:.3f}"),
            cell(self.region.get(name), "{:.3f}"),
            cell(self.pauses[name]["p99.9_ns"], "{:.0f}"),
            cell(self.pauses[name]["largest_ns"], "{:.0f}"),
        ]

    def text(self):
        facts = self.facts
        threads = "1 thread" if facts["threads"] == 1 else f"{facts['threads']} threads"
        title = (f"{self.name}: {facts['operations']:,} calls, {threads}, "
                 f"at most {facts['peak_live_bytes'] / (1 << 20):.1f} MiB live\n")
        header = ["allocator", "calls/s", "x glibc", "spread", "peak/live", "region/live", "p99.9", "largest"]
        return title + table(header, [self.row(each) for each in self.allocators])

    def picture(self, directory):
        figures = {
            each["name"]: {
                "speed": self.speed.median(each["name"]),
                "resident": self.resident[each["name"]],
                "largest": self.pauses[each["name"]]["largest_ns"] / 1000,
            }
            for each in self.allocators
        }
        return trace_picture(directory / self.name, self.facts, self.allocators, figures, self.timelines)


def summary(reports, allocators):
    """Time and space of every trace: one row a trace, one column an allocator and measure."""
    timed = [each["name"] for each in allocators if each["allocates"]]
    tight = [each["name"] for each in allocators if each["has_region"]]
    header = ["all traces", *(f"{name} x" for name in timed), *(f"{name} region" for name in tight)]
    rows = [
        [report.name, *(cell(report.speed.ratio(name, "glibc")) for name in timed),
         *(cell(report.region[name], "{:.3f}") for name in tight)]
        for report in reports
    ]
    return table(header, rows) + "x: calls/s over glibc's; region: the smallest in which no call fails over most bytes live\n"


def samples_of(reports):
    """The traces as workloads."""
    speed, region = Samples(), Samples()
    for report in reports:
        for allocator, repetitions in report.speed.values.items():
            for repetition, calls in repetitions.items():
                speed.add((report.name, allocator), repetition, calls)
        for allocator, share in report.region.items():
            region.add((report.name, allocator), 0, share)
    return {"M/s": speed, "region/live": region}


def main():
    options = arguments()
    allocators = chosen_allocators(options)
    run = lambda case: measure(options, case)
    describe = lambda case: f"{case[0].name.split('.')[0]}, {case[1]}, {case[2]}"
    results = interleave(cases_of(options, allocators, "speed"), options.repetitions, run, describe)
    results += interleave(cases_of(options, allocators, "pauses", "memory", "region"), 1, run, describe)
    options.output.mkdir(parents=True, exist_ok=True)
    reports = [Report(trace, allocators, results) for trace in options.traces]
    text = "\n".join(report.text() for report in reports) + EXPLANATION.format(repetitions=options.repetitions)
    if len(reports) > 1:
        text += "\n" + summary(reports, allocators)
    text += "\n" + aims_table(samples_of(reports))
    (options.output / "traces.txt").write_text(text)
    print(text)
    for report in reports:
        for path in report.picture(options.output):
            print(path)


if __name__ == "__main__":
    main()
