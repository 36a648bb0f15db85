"""In the workloads of threads, objects are freed by the threads that should free them, and no call fails.

    freed_elsewhere.py ALLOT_BENCH SUPPORT        SUPPORT: the directory of the scripts of the benchmark
"""
import sys

# The share of objects, in %, that another thread frees than the one that made them: at least and at most. Short runs
# have few threads that follow each other (W13), and begin and end with objects on their way (W11).
EXPECTED = {
    "W11-1": (0, 0), "W11-2": (3, 20), "W11-8": (1, 20),
    "W12-1": (0, 0), "W12-2": (100, 100), "W12-8": (100, 100),
    "W13-1": (10, 60), "W13-2": (10, 60), "W13-8": (10, 95),
    "W14-1": (0, 0), "W14-2": (100, 100), "W14-8": (100, 100),
    "W15-1": (0, 0), "W15-2": (0, 0), "W15-8": (0, 0),
}


def main():
    program, support = sys.argv[1:]
    sys.path.insert(0, support)
    from interleaved import google_benchmark
    wrong = []
    for workload, (least, most) in EXPECTED.items():
        for allocator in ("glibc", "hosted"):
            result = google_benchmark([program, f"--workload={workload}", f"--allocator={allocator}", "--scale=0.02"])
            if not least <= result["elsewhere %"] <= most or result["failures"] != 0:
                wrong.append(f"{workload} over {allocator}: {result['elsewhere %']} % were freed elsewhere, not {least} to "
                             f"{most}; {result['failures']:.0f} calls failed")
    sys.exit("\n".join(wrong) or None)


if __name__ == "__main__":
    main()
