#!/bin/sh
# Prints what a heap costs beside its region: the bytes of its control block, and of its code at -Os:
#
#     sh bench/footprint.sh
set -eu
cd "$(dirname "$0")/.."
. bench/support/build.sh
install_packages build bench
build_bench allot_footprint
exec /usr/bin/python3 bench/support/measure_footprint.py --output "$bench_build/results" \
    "$bench_programs/CMakeFiles/allot_footprint.dir/footprint/verbs.cpp.o"
