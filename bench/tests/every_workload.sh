#!/bin/sh
# The workloads that the program lists are the ones named: none can be added without its smoke run.
#
#     every_workload.sh ALLOT_BENCH WORKLOAD...
set -eu
program=$1
shift
listed=$("$program" --list | sed -n '/"workloads"/,$ s/.*"name": "\(.*\)".*/\1/p' | sort)
named=$(printf '%s\n' "$@" | sort)
[ -n "$listed" ] && [ "$listed" = "$named" ] || {
    printf 'every_workload.sh: listed:\n%s\nwith a smoke run:\n%s\n' "$listed" "$named" >&2
    exit 1
}
