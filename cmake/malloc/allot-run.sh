#!/bin/sh
# allot-run PROGRAM [ARGUMENT...]
# Runs a program with allot as its malloc. Exit status: that of the program, or 2 if it cannot be started with allot.
set -eu

refuse() {
    echo "allot-run: $*" >&2
    exit 2
}

[ $# -gt 0 ] || refuse 'no program is named: allot-run PROGRAM [ARGUMENT...]'
program=$(command -v -- "$1") || refuse "$1: no such program"
case $program in
    */*) [ -f "$program" ] && [ -x "$program" ] || refuse "$1: is no program" ;;
esac

# Relative to this script, behind links: an installed tree may be moved.
here=$(dirname -- "$(readlink -f -- "$0")")
library=$(readlink -f -- "$here/@allot_run_to_library@") || library=$here/@allot_run_to_library@
[ -r "$library" ] || refuse "$library: no such library"
case $library in
    *[\ :]*) refuse "$library: LD_PRELOAD cannot name a file with a blank or a colon" ;;
esac

LD_PRELOAD=$library${LD_PRELOAD:+:$LD_PRELOAD}
export LD_PRELOAD
exec "$@"
