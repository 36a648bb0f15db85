#!/bin/sh
# One workload, short, over every allocator named: each must print its figure and end well. Streams are played with
# every payload read back, but for three: payloads of null and of the array overlap, and the pool of std::pmr does not
# align 24 bytes to 16.
#
#     smoke.sh ALLOT_BENCH WORKLOAD ALLOCATOR...
set -eu
program=$1 workload=$2
shift 2
said=$(mktemp)
trap 'rm -f "$said"' EXIT

# smoke ALLOCATOR [--check]
smoke() {
    allocator=$1
    shift
    status=0
    "$program" --workload "$workload" --allocator "$allocator" --scale 0.002 "$@" >"$said" 2>&1 || status=$?
    if [ "$status" -ne 0 ] || ! grep "^$workload/$allocator/" "$said"; then
        cat "$said" >&2
        echo "smoke.sh: $workload over $allocator: exit code $status, or no figure" >&2
        exit 1
    fi
}

for allocator; do
    case $allocator in
        array | null | pmr_pool) smoke "$allocator" ;;
        *) smoke "$allocator" --check ;;
    esac
done
