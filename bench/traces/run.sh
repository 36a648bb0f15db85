#!/bin/sh
# Records every real program that record.sh knows and replays the traces on every allocator (W10):
#
#     sh bench/traces/run.sh [--allocators heap,glibc] [--repetitions 5]
#
# Prints a table a trace and leaves them with a picture a trace in build/bench/results.
set -eu
cd "$(dirname "$0")/../.."
. bench/support/build.sh
sh bench/traces/record.sh "$bench_build/traces"
build_bench allot_replay
exec /usr/bin/python3 bench/support/run_traces.py --program "$bench_programs/allot_replay" \
    --output "$bench_build/results" "$@" "$bench_build"/traces/*.trace.zst
