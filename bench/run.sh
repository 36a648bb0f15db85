#!/bin/sh
# Runs the workloads of the benchmark over every allocator:
#
#     sh bench/run.sh [W4 W1 ...] [--allocators heap,glibc] [--repetitions 5] [--scale 1]
#
# Prints a table and leaves it with the raw results and the pictures in build/bench/results.
set -eu
cd "$(dirname "$0")/.."
. bench/support/build.sh
install_packages build bench
build_bench allot_bench
exec /usr/bin/python3 bench/support/run_workloads.py --program "$bench_programs/allot_bench" \
    --output "$bench_build/results" "$@"
