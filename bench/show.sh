#!/bin/sh
# The first thing to run. On a Debian 12 machine with nothing prepared:
#
#     sh bench/show.sh [TRACE]
#
# 1. boots a kernel whose only allocator is allot and shows what it prints on its serial port, heap map included;
# 2. replays what a real program asked of malloc on allot and on every peer, prints the table, leaves a picture.
#
# TRACE is the name of one in bench/traces/recorded, or the path of a file; cmake if none is given.
set -eu
cd "$(dirname "$0")/.."
. bench/support/build.sh

case ${1:-cmake} in
    */*) trace=$1 ;;
    *) trace=bench/traces/recorded/${1:-cmake}.trace.zst ;;
esac
[ -r "$trace" ] || { echo "show.sh: $trace: no such trace" >&2; exit 2; }

install_packages build kernels bench
say "a kernel on allot"
sh tests/kernels/run.sh x86_64
build_bench allot_replay
say "replaying $(basename "$trace") on every allocator"
/usr/bin/python3 bench/support/run_traces.py --program "$bench_programs/allot_replay" --output "$bench_build/results" \
    --repetitions 5 "$trace"
say "done"
