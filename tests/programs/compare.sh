#!/bin/sh
# Runs a command twice, without and with a preload, and passes if nothing but the heap was different.
#
#   sh compare.sh PRELOAD DIRECTORY PROGRAM:OPERATIONS COMMAND ARGUMENT...
#
# Each run starts in an empty directory of the same name, with the same environment. What it prints, its exit
# status and the files it leaves must be the same. Every report of the preload must call its heap sound, and one
# process called PROGRAM must report at least OPERATIONS heap operations, so that a preload that did not take
# effect fails. Exit status: 0 same, 1 different, 2 the command itself cannot be judged.
set -u
preload=$1 directory=$2 wanted=$3
shift 3
largest_regions=64
run_limit=${ALLOT_TEST_RUN_LIMIT:-120}

cannot_judge() { echo "compare.sh: $*" >&2; exit 2; }
differs() { echo "compare.sh: $*" >&2; exit 1; }

# run NAME VARIABLE=VALUE... -- COMMAND...: leaves DIRECTORY/NAME/{stdout,stderr,status,files/}.
run() {
    name=$1
    shift
    mkdir -p "$directory/$name" "$directory/here"
    (cd "$directory/here" && ulimit -c 0 && exec timeout -k 5 "$run_limit" env -i PATH=/usr/bin:/bin \
        HOME="$directory/here" LC_ALL=C.UTF-8 TZ=UTC "$@") \
        </dev/null >"$directory/$name/stdout" 2>"$directory/$name/stderr"
    echo $? >"$directory/$name/status"
    mv "$directory/here" "$directory/$name/files"
}

case "$preload$directory" in *[\ :]*) cannot_judge "LD_PRELOAD cannot hold a blank or a colon: $preload" ;; esac
test -r "$preload" || cannot_judge "$preload: no such shared object"
rm -rf "$directory"
mkdir -p "$directory" || cannot_judge "$directory: cannot be made"
reports=$directory/reports

run plain "$@"
test "$(cat "$directory/plain/status")" = 0 || {
    head -n 20 "$directory/plain/stderr" >&2
    cannot_judge "without a preload the command fails with status $(cat "$directory/plain/status")"
}
run preloaded LD_PRELOAD="$preload" ALLOT_PRELOAD_REPORT="$reports" "$@"

if ! (cd "$directory" && diff -r plain preloaded >difference 2>&1); then
    head -n 20 "$directory/difference" | cut -c 1-200 >&2
    differs "the preload made a difference (< without, > with it)"
fi
test -s "$reports" || differs "no process reported: the preload did not take effect"
if grep -v ' verdict=sound ' "$reports" | head -n 5 | grep . >&2; then
    differs "a heap was not sound at exit"
fi
awk -F '[ =]' -v program="${wanted%:*}" -v least="${wanted#*:}" -v largest="$largest_regions" '
    $2 == program && $6 > most { most = $6; peak = $8 }
    $10 > largest { print "a heap had " $10 " regions:\n" $0; many = 1 }
    END {
        printf "%d heaps reported sound; %s: %d operations, peak %d KiB\n", NR, program, most, peak / 1024
        if (most < least) print "too few operations of " program " went through allot: " most + 0 " < " least
        exit many || most < least
    }' "$reports" || differs "the reports in $reports fall short"
