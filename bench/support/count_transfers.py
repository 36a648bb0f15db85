"""Cache-line transfers a call of small churn by 1 to 64 simulated cores on one locked heap, by a MESI model: exact, of a seed.

    count_transfers.py --program build/bench/bench/allot_cores --output DIR [core_local ...]

Two tables: of the words that the allocator reads and writes, and of the payload bytes that the program writes; then where the
most transfers are. DIR/cores.json has all of it, for transfer_pictures.py.
"""
import argparse
import json
import pathlib
import sys
from collections import Counter

from aims import aims_table
from figures import Samples, table
from interleaved import Progress, output_of
from transfers import CORES_RUN, LOCKS, SHARES, is_of_allocator, transfers

PLACES = 12


def arguments():
    parser = argparse.ArgumentParser(description="Counts cache-line transfers of simulated cores.")
    parser.add_argument("locks", nargs="*", help=" ".join(LOCKS))
    parser.add_argument("--program", required=True, help="the built allot_cores")
    parser.add_argument("--output", required=True, type=pathlib.Path, help="directory for the results")
    parser.add_argument("--cores", default="1,2,4,8,16,32,64", help="comma separated, up to 64")
    parser.add_argument("--pairs", type=int, default=2000, help="pairs of each core that are counted")
    parser.add_argument("--objects", type=int, default=2000, help="live objects of each core")
    options = parser.parse_args()
    for name in options.locks:
        if name not in LOCKS:
            print(f"cores.sh: there is no lock {name}; there are {' '.join(LOCKS)}", file=sys.stderr)
            sys.exit(2)
    return options


def place_of(row, side):
    part, offset = row[side], row["offset" if side == "part" else "because_offset"]
    return f"{part}+{offset:#x}" if "_" in part else part


def place(row):
    """Where a transfer was, and on account of what, if that is another word of the line."""
    where = place_of(row, "part")
    because = "" if row["same_word"] else place_of(row, "because_of")
    path = "" if row["verb"] == "write" else "past its lane" if row["past_lane"] else "in its lane"
    return row["verb"] + (", foreign" if row["foreign"] else ""), path, where, because


def places_table(run):
    """The places with the most transfers."""
    found = Counter()
    for row in run["transfers"]:
        found[place(row)] += row["count"]
    title = f"{LOCKS[run['lock']]}, {run['cores']} cores, freed by another core: {SHARES[run['foreign_every']]}"
    rows = [[*what, f"{count / run['calls']:.4f}"] for what, count in found.most_common(PLACES)]
    return title + "\n" + table(["call", "met", "word", "because of", "a call"], rows, words=4) if rows else ""


def row_of(runs, lock, share, counts, wanted):
    return [LOCKS[lock], SHARES[share], *(f"{transfers(runs[lock, share, n], wanted):.4f}" for n in counts)]


def samples_of(runs):
    """{figure: Samples} for the aims."""
    found = {name: Samples() for name in ("transfers a pair", "shared words a pair", "shared lines a pair")}
    for (lock, share, cores), run in runs.items():
        case = (CORES_RUN.format(cores=cores, share=share), lock)
        found["transfers a pair"].add(case, 0, 2 * transfers(run, is_of_allocator))
        if run["hits"]:
            found["shared words a pair"].add(case, 0, 2 * run["hit_stores"]["shared_control_words"] / run["hits"])
            found["shared lines a pair"].add(case, 0, 2 * run["hit_stores"]["shared_control_lines"] / run["hits"])
    return found


def measure(options, locks, counts):
    """{(lock, share, cores): what allot_cores counted}"""
    progress = Progress(len(locks) * len(SHARES) * len(counts))
    runs = {}
    for share in SHARES:
        for lock in locks:
            for cores in counts:
                progress.step(f"{lock}, {cores} cores")
                runs[lock, share, cores] = json.loads(output_of([
                    options.program, f"--lock={lock}", f"--cores={cores}", f"--foreign-every={share}",
                    f"--pairs={options.pairs}", f"--objects={options.objects}"]))
    progress.end()
    return runs


def text_of(runs, locks, counts):
    header = ["transfers a call", "freed by another", *(str(cores) for cores in counts)]
    cases = [(lock, share) for share in SHARES for lock in locks]
    parts = [f"{what}\n" + table(header, [row_of(runs, *case, counts, wanted) for case in cases], words=2) for what, wanted in (
        ("words of the allocator, by cores", is_of_allocator),
        ("payload bytes that the program writes, by cores", lambda row: not is_of_allocator(row)))]
    parts += [places_table(runs[lock, share, counts[-1]]) for lock, share in cases]
    return "\n".join([*filter(None, parts), aims_table(samples_of(runs))])


def main():
    options = arguments()
    locks = options.locks or list(LOCKS)
    counts = [int(cores) for cores in options.cores.split(",")]
    runs = measure(options, locks, counts)
    text = text_of(runs, locks, counts)
    options.output.mkdir(parents=True, exist_ok=True)
    (options.output / "cores.txt").write_text(text)
    (options.output / "cores.json").write_text(json.dumps(list(runs.values()), indent=1))
    print(text, end="")


if __name__ == "__main__":
    main()
