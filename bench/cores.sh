#!/bin/sh
# Counts the cache-line transfers a call of small churn by 1 to 64 simulated cores on one locked heap, by a MESI model:
#
#     sh bench/cores.sh [core_local spin_lock ...] [--cores 1,2,4] [--pairs 2000] [--objects 2000]
#
# Exact, so no repetition is needed, and it does not matter how many cores the machine has.
set -eu
cd "$(dirname "$0")/.."
. bench/support/build.sh
install_packages build bench
build_bench allot_cores
/usr/bin/python3 bench/support/count_transfers.py --program "$bench_programs/allot_cores" --output "$bench_build/results" "$@"
exec /usr/bin/python3 bench/support/transfer_pictures.py "$bench_build/results"
