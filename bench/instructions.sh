#!/bin/sh
# Counts the instructions of an operation over every allocator, exactly, by valgrind:
#
#     sh bench/instructions.sh [W4 W1 ...] [--allocators heap,glibc]
#
# One item is an operation, or in W4 and W5 a pair. The harness's own instructions are subtracted.
set -eu
cd "$(dirname "$0")/.."
. bench/support/build.sh
install_packages build bench
build_bench allot_bench
exec /usr/bin/python3 bench/support/count_instructions.py --program "$bench_programs/allot_bench" \
    --output "$bench_build/results" "$@"
