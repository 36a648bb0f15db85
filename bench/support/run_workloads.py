"""allot's workloads over every allocator: interleaved repetitions, a table, pictures.

    run_workloads.py --program build/bench/bench/allot_bench --output DIR [W4 W1 ...]
"""
import argparse
import json
import pathlib
import re
import sys

from aims import GROWTH, aims_table
from figures import Samples, cell, table
from interleaved import google_benchmark, interleave, output_of
from workload_pictures import draw_all

NOT_FIGURES = {
    "items", "iterations", "repetitions", "repetition_index", "threads", "per_family_instance_index", "family_index",
    "real_time", "cpu_time",
}


def arguments():
    parser = argparse.ArgumentParser(description="Runs workloads over allocators and reports them.")
    parser.add_argument("workloads", nargs="*", help="W4 W11-2 ..., or all that begin alike: W11 W8 ... (all)")
    parser.add_argument("--program", required=True, help="the built allot_bench")
    parser.add_argument("--output", required=True, type=pathlib.Path, help="directory for the results")
    parser.add_argument("--allocators", default="", help="comma separated (all)")
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--scale", type=float, default=1.0, help="share of the usual number of operations")
    return parser.parse_args()


def is_meant(entry, name):
    """W11 means W11-1, W11-2 ..."""
    return entry["name"] == name or entry["name"].startswith(f"{name}-")


def chosen(available, names, what):
    """The named entries in the order of `available`; all of them if none is named."""
    for name in names:
        if not any(is_meant(each, name) for each in available):
            known = " ".join(sorted(each["name"] for each in available))
            print(f"run.sh: no {what} is called {name}; there are {known}", file=sys.stderr)
            sys.exit(2)
    return [each for each in available if not names or any(is_meant(each, name) for name in names)]


def cases_of(workloads, allocators):
    return [
        (workload["name"], allocator["name"])
        for workload in workloads
        for allocator in allocators
        if allocator["name"] in workload["allocators"]
    ]


def run_case(options, case):
    workload, allocator = case
    return google_benchmark(
        [options.program, f"--allocator={allocator}", f"--workload={workload}", f"--scale={options.scale}"]
    )


def figures_of(result):
    """What a run measured: throughput in millions, and the workload's own counters."""
    figures = {k: v for k, v in result.items() if isinstance(v, (int, float)) and k not in NOT_FIGURES}
    if "items_per_second" in figures:
        figures = {"M/s": figures.pop("items_per_second") / 1e6, **figures}
    return figures


def by_figure(results):
    """{figure: Samples over (workload, allocator)}"""
    samples = {}
    for case, repetition, result in results:
        for name, value in figures_of(result).items():
            samples.setdefault(name, Samples()).add(case, repetition, value)
    return samples


def natural(figure):
    """Sorts "M/s" first, "take" before "put", numbers by their size, words after numbers."""
    parts = re.split(r"(\d+\.?\d*)", figure)
    return (figure != "M/s", figure.startswith("put"), [float(p) if p[:1].isdigit() else p for p in parts])


def workload_table(workload, allocators, samples):
    """One row an allocator, one column a figure; throughput also as ratios and with its spread."""
    name = workload["name"]
    columns = sorted((f for f, values in samples.items() if values.has_workload(name)), key=natural)
    ratios = [peer for peer in ("glibc", "boost") if "M/s" in columns and (name, peer) in samples["M/s"]]
    header = [f"{name} {workload['title']}", *columns, *(f"x {peer}" for peer in ratios)]
    if "M/s" in columns:
        header.append("spread")
    rows = []
    for allocator in allocators:
        case = (name, allocator["name"])
        if not any(case in samples[figure] for figure in columns):
            continue
        row = [allocator["title"]]
        row += [cell(samples[f].median(case), "{:.5g}") if case in samples[f] else "-" for f in columns]
        row += [cell(samples["M/s"].ratio(case, (name, peer))) for peer in ratios]
        if "M/s" in columns:
            row.append(cell(samples["M/s"].spread(case), "{:.0%}"))
        rows.append(row)
    return table(header, rows)


def growth_table(workloads, allocators, samples):
    """One row an allocator, one column a number of live objects."""
    names = [each["name"] for each in workloads]
    rows = [
        [each["title"], *(cell(1000 / samples["M/s"].median((name, each["name"])), "{:.1f}") for name in names)]
        for each in allocators
    ]
    return table(["growth: ns a pair, live objects:", *(name.removeprefix("growth-") for name in names)], rows)


def tables(workloads, allocators, samples):
    growth = [each for each in workloads if each["name"] in GROWTH]
    texts = [workload_table(each, allocators, samples) for each in workloads if each not in growth]
    if growth:
        texts.append(growth_table(growth, allocators, samples))
    return "\n".join(texts)


def footnote(options):
    scale = "" if options.scale == 1 else f"; at {options.scale:g} of the usual number of operations"
    return (f"\nMedians of {options.repetitions} interleaved repetitions; ratios within each; thread CPU time "
            f"(W11 to W15: wall clock){scale}.\n")


def main():
    options = arguments()
    available = json.loads(output_of([options.program, "--list"]))
    workloads = chosen(available["workloads"], options.workloads, "workload")
    allocators = chosen(available["allocators"], [n for n in options.allocators.split(",") if n], "allocator")
    cases = cases_of(workloads, allocators)
    results = interleave(cases, options.repetitions, lambda case: run_case(options, case), " ".join)
    samples = by_figure(results)
    text = tables(workloads, allocators, samples) + footnote(options) + "\n" + aims_table(samples)
    options.output.mkdir(parents=True, exist_ok=True)
    (options.output / "workloads.txt").write_text(text)
    (options.output / "workloads.json").write_text(json.dumps(results, indent=1))
    print(text)
    for path in draw_all(options.output, workloads, allocators, samples):
        print(path)


if __name__ == "__main__":
    main()
