"""The picture of simulated cores: transfers a call over the number of cores, one panel a share of objects freed by another.

    transfer_pictures.py DIR          reads DIR/cores.json, which count_transfers.py leaves there
"""
import argparse
import json
import pathlib

from pictures import plt, save
from transfers import LOCKS, SHARES, is_of_allocator, transfers

COLOURS = {"one_lock": "#000000", "spin_lock": "#D55E00", "core_local": "#0072B2", "hosted": "#56B4E9"}
DASHES = {"one_lock": "-", "spin_lock": (0, (4, 1)), "core_local": "-", "hosted": (0, (2, 1))}
APART = 1.6  # names at lines that end close to each other: one is so many times as high as the one below


def line(axes, runs):
    """One lock; runs by the number of cores. The name and the end of its line."""
    runs = sorted(runs, key=lambda run: run["cores"])
    lock, values = runs[0]["lock"], [transfers(run, is_of_allocator) for run in runs]
    axes.plot([run["cores"] for run in runs], values, marker="o", ms=3, color=COLOURS[lock], ls=DASHES[lock], lw=1.8)
    return values[-1], lock


def names_at_lines(axes, ends, at):
    lowest = 0
    for value, lock in sorted(ends):
        height = max(value, lowest)
        axes.annotate(LOCKS[lock], (at, height), xytext=(6, 0), textcoords="offset points", color=COLOURS[lock], va="center",
                      fontsize=8)
        lowest = height * APART


def panel(axes, share, runs):
    """A core alone transfers nothing, for which there is no place on a logarithmic axis."""
    shown = [run for run in runs if run["foreign_every"] == share and run["cores"] > 1]
    counts = sorted({run["cores"] for run in shown})
    ends = [line(axes, [run for run in shown if run["lock"] == lock]) for lock in {run["lock"]: None for run in shown}]
    axes.set_title(f"Freed by another core: {SHARES[share]}")
    axes.set_xscale("log", base=2)
    axes.set_yscale("log")
    axes.set_xticks(counts, [str(each) for each in counts])
    axes.yaxis.set_major_formatter("{x:g}")
    axes.set_xlabel("simulated cores (log)")
    axes.grid(axis="y", color="#EEEEEE")
    names_at_lines(axes, ends, counts[-1])


def main():
    parser = argparse.ArgumentParser(description="Draws the transfers of simulated cores.")
    parser.add_argument("results", type=pathlib.Path, help="the directory of cores.json")
    results = parser.parse_args().results
    runs = json.loads((results / "cores.json").read_text())
    figure, axes = plt.subplots(1, len(SHARES), figsize=(10, 4.2), layout="constrained", sharey=True)
    figure.suptitle("Cache-line transfers a call, of the words of the allocator (less is better; flat is the aim)")
    for place, share in zip(axes, SHARES):
        panel(place, share, runs)
    axes[0].set_ylabel("transfers a call (log)")
    for path in save(figure, results, "cores"):
        print(path)


if __name__ == "__main__":
    main()
