#!/bin/sh
# Prints what a heap costs beside its region: the bytes of its control block, and of its code at -Os, of each setting on this
# machine and on a Cortex-M3:
#
#     sh bench/footprint.sh
set -eu
cd "$(dirname "$0")/.."
. bench/support/build.sh
install_packages build bench kernels
build_bench allot_footprint
/usr/bin/python3 bench/support/measure_footprint.py --output "$bench_build/results" \
    "$bench_programs/CMakeFiles/allot_footprint.dir/footprint/verbs.cpp.o"
for compiler in g++ "arm-none-eabi-g++ -mthumb -mcpu=cortex-m3"; do
    for what in sizeof code; do
        printf '\n%s, bytes, by %s\n' "$what" "$compiler"
        sh tests/examples/sizes.sh "$what" $compiler
    done
done
