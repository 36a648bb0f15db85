#!/bin/sh
# Counts the instructions of single calls on a bounded heap, exactly, by valgrind, and shows the most:
#
#     sh bench/worst_case.sh [--steps 10000]
#
# Heaps of 4 KiB, 1 MiB and 1 GiB with up to 10 ... 1,000,000 free chunks, set up to be hard to serve. A heap of 4 KiB has
# room for few of the things that cost: bins in many words of the bin map, aligned fits to be looked for in vain.
set -eu
cd "$(dirname "$0")/.."
. bench/support/build.sh
install_packages build bench
build_bench allot_worst_case
exec /usr/bin/python3 bench/support/count_worst_case.py --program "$bench_programs/allot_worst_case" \
    --output "$bench_build/results" "$@"
