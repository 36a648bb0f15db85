"""What allot aims at, one row a measure, and what a run reached of it: the rows that it has figures for."""
from statistics import median

from figures import table
from transfers import CORES_RUN

GROWTH = [f"growth-1e{power}" for power in range(3, 8)]
TRACES = ["git_log", "git_repack", "perl", "python3", "cc1plus", "as", "sqlite3", "cmake", "sort", "xz"]  # record.sh
THREADS = ["W11", "W12", "W13", "W14", "W15"]
STREAMS = {"W8-W4": "W4", "W8-W6-50": "W6 50 %", "W8-W6-85": "W6 85 %"}
CALLS = {"take": "allocate", "put": "deallocate"}
WORST = {"take": "most instructions of allocate", "put": "most instructions of deallocate",
         "resize": "most instructions of reallocate, without the copy"}


# How a figure is read: functions of {figure: Samples over (workload, allocator)} that raise KeyError where it is missing.

def value(figure, workload, allocator):
    return lambda samples: samples[figure].median((workload, allocator))


def quotient(measured, case, to):
    found = measured.ratio(case, to)
    if found is None:
        raise KeyError(case, to)
    return found


def ratio(workload, allocator, to, figure="M/s"):
    return lambda samples: quotient(samples[figure], (workload, allocator), (workload, to))


def to_lowest(figure, workload, peers, allocator="heap"):
    """Over the lowest of those peers that were measured."""
    def read(samples):
        measured = samples[figure]
        others = [measured.median((workload, peer)) for peer in peers if (workload, peer) in measured]
        if not others:
            raise KeyError(peers)
        return measured.median((workload, allocator)) / min(others)
    return read


def whole(read):
    """To the nearest whole: the region's own end is spread over the objects."""
    return lambda samples: round(read(samples))


def lock_share(figure, costs):
    """What a locked heap adds to a pair, in % of the pair; the harness subtracted."""
    def read(samples):
        heap, locked, harness = (samples[figure].values["W4", name] for name in ("heap", "locked", "null"))
        return median(100 * (costs(locked[r]) - costs(heap[r])) / (costs(heap[r]) - costs(harness[r])) for r in heap)
    return read


def steepest_step(samples):
    """Of the steps to ten times the objects the largest, in steps of the array walk."""
    speed = samples["M/s"]
    steps = zip(GROWTH, GROWTH[1:])
    return max(quotient(speed, (a, "heap"), (b, "heap")) / quotient(speed, (a, "array"), (b, "array")) for a, b in steps)


def most_in(heap, figure, than):
    """The largest figure in heaps of one size over the largest in those of another, whatever is free in them."""
    def read(samples):
        def most(size):
            return max(samples[figure].median(case) for case in samples[figure].values if case[0] == size)
        return most(heap) / most(than)
    return read


def most_of(figure, allocator):
    """The largest figure of one allocator."""
    def read(samples):
        found = [samples[figure].median(case) for case in samples[figure].values if case[1] == allocator]
        if not found:
            raise KeyError(allocator)
        return max(found)
    return read


REGION_PEERS = ["boost"]
PEERS = ["boost", "glibc", "mimalloc", "jemalloc", "tcmalloc", "pmr_pool"]
THREADED_PEERS = ["glibc", "mimalloc", "jemalloc", "tcmalloc"]
AT_LEAST, AT_MOST = "at least", "at most"

AIMS = [
    ("W1", "ops/s / glibc", AT_LEAST, 2.6, ratio("W1", "heap", "glibc")),
    ("W1", "instructions an operation", AT_MOST, 120, value("instructions", "W1", "heap")),
    ("W4", "pairs/s / glibc", AT_LEAST, 2.2, ratio("W4", "heap", "glibc")),
    ("W4", "pairs/s / tcmalloc", AT_LEAST, 1, ratio("W4", "heap", "tcmalloc")),
    ("W4", "instructions a pair", AT_MOST, 40, value("instructions", "W4", "heap")),
    ("W5 LIFO", "pairs/s / glibc", AT_LEAST, 2.7, ratio("W5-LIFO", "heap", "glibc")),
    ("W5 FIFO", "pairs/s / glibc", AT_LEAST, 2.0, ratio("W5-FIFO", "heap", "glibc")),
    ("W6 50 %", "ops/s / boost", AT_LEAST, 5.5, ratio("W6-50", "heap", "boost")),
    ("W6 85 %", "ops/s / boost", AT_LEAST, 3.5, ratio("W6-85", "heap", "boost")),
    ("W6max", "live % at the first failure", AT_LEAST, 87, value("live %", "W6max", "heap")),
    *((name, "live % / that of immediate coalescing", AT_LEAST, 0.995, ratio(name, "heap", "immediate", "live %"))
      for name in ("W6max", "W6fill-2", "W6fill-16", "W6fill-128")),
    ("W7 2x", "growths that move, %", AT_MOST, 28, value("moved %", "W7-2", "heap")),
    ("W7 2x", "bytes copied / fewest of the peers", AT_MOST, 1, to_lowest("MiB copied", "W7-2", PEERS)),
    *((f"W8 {of}", f"p99.9 of {verb} / lowest over a region", AT_MOST, 1, to_lowest(f"{call} p99.9", name, REGION_PEERS))
      for name, of in STREAMS.items() for call, verb in CALLS.items()),
    *(("W9", f"bytes for {asked} (compact)", AT_MOST, taken, whole(value(f"of {asked}", "W9", "compact")))
      for asked, taken in ((8, 16), (24, 32), (32, 48), (64, 80))),
    *((f"W10 {name}", "calls/s / glibc", AT_LEAST, 2, ratio(name, "heap", "glibc")) for name in TRACES),
    *((f"W10 {name}", "region / lowest over a region", AT_MOST, 1, to_lowest("region/live", name, REGION_PEERS))
      for name in TRACES),
    ("W11", "locked: pairs/s of 2 threads / of 1", AT_LEAST, 1,
     lambda samples: quotient(samples["M/s"], ("W11-2", "locked"), ("W11-1", "locked"))),
    ("W11", "hosted: pairs/s of 2 threads / of 1", AT_LEAST, 1.9,
     lambda samples: quotient(samples["M/s"], ("W11-2", "hosted"), ("W11-1", "hosted"))),
    ("W11", "hosted, 2 threads: pairs/s / tcmalloc", AT_LEAST, 0.8, ratio("W11-2", "hosted", "tcmalloc")),
    ("W12", "hosted, 2 threads: pairs/s / mimalloc", AT_LEAST, 0.8, ratio("W12-2", "hosted", "mimalloc")),
    ("W13", "hosted, 1 thread: pairs/s / glibc", AT_LEAST, 1.5, ratio("W13-1", "hosted", "glibc")),
    ("W13", "hosted, 8 threads: pairs/s / glibc", AT_LEAST, 1, ratio("W13-8", "hosted", "glibc")),
    *((family, "hosted, 8 threads: peak/live / lowest of the four", AT_MOST, 1.1,
       to_lowest("peak/live", f"{family}-8", THREADED_PEERS, "hosted")) for family in THREADS),
    ("W4", "uncontended: time of a pair, hosted heap / heap", AT_MOST, 1.25, ratio("W4", "heap", "hosted")),
    ("W11", "free lock, % of the time of a W4 pair", AT_MOST, 25, lock_share("M/s", lambda speed: 1 / speed)),
    ("W11", "free lock, % of the instructions of a W4 pair", AT_MOST, 25, lock_share("instructions", lambda count: count)),
    ("cores", "core_local: transfers a pair, of 64 cores / of 2", AT_MOST, 1.5,
     lambda samples: quotient(samples["transfers a pair"], (CORES_RUN.format(cores=64, share=0), "core_local"),
                              (CORES_RUN.format(cores=2, share=0), "core_local"))),
    *(("cores", f"{lock}: shared {what} that a lane's pair writes", AT_MOST, 0, most_of(f"shared {what} a pair", lock))
      for lock in ("core_local", "hosted") for what in ("words", "lines")),
    ("bounded", "W4: pairs/s / glibc", AT_LEAST, 1.25, ratio("W4", "bounded", "glibc")),
    # The same number: the search for the maxima is the same in each heap.
    *(("bounded", f"{figure}: {large} / {small}", AT_MOST, 1, most_in(large, figure, small))
      for figure in WORST.values() for large, small in (("1 MiB", "4 KiB"), ("1 GiB", "1 MiB"))),
    ("growth", "largest step to 10 x the objects / array walk's", AT_MOST, 2, steepest_step),
    ("control block", "sizeof(heap), bytes", AT_MOST, 8192, value("sizeof", "heap", "default")),
    ("control block", "small_traits, bytes", AT_MOST, 440, value("sizeof", "heap", "small")),
    ("code", "text of the three verbs, -Os, bytes", AT_MOST, 4096, value("text", "heap", "default")),
]


def row_of(aim, samples):
    """One row of the table; none where something was not measured."""
    subject, measure, bound, wanted, read = aim
    try:
        reached = read(samples)
    except KeyError:
        return []
    holds = reached >= wanted if bound == AT_LEAST else reached <= wanted
    return [[subject, measure, f"{bound} {wanted:g}", f"{reached:.4g}", "yes" if holds else "no"]]


def aims_table(samples):
    """samples: {figure: Samples over (workload, allocator)}. Empty if no aim was measured."""
    rows = [row for aim in AIMS for row in row_of(aim, samples)]
    return table(["aims", "measure", "must reach", "reached", "holds"], rows, words=2) if rows else ""
