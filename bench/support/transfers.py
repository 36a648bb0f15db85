"""What a run of allot_cores is called, and transfers a call in it."""

LOCKS = {
    "one_lock": "spin_lock, no lanes",
    "spin_lock": "spin_lock, lanes",
    "core_local": "core_local",
    "hosted": "hosted_lock",
}
SHARES = {0: "none", 8: "an eighth"}  # of the objects, freed by another core
CORES_RUN = "{cores} cores, {share}"  # as a workload: how many, and one in how many objects is freed by another core


def is_of_allocator(row):
    """True for transfers of what the allocator reads and writes; false for those of payload bytes that the program writes."""
    return row["verb"] != "write"


def transfers(run, wanted):
    """A call, of the rows that are wanted."""
    return sum(row["count"] for row in run["transfers"] if wanted(row)) / run["calls"]
