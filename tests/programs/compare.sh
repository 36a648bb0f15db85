#!/bin/sh
# Runs a command twice, without and with a malloc library preloaded, and passes if nothing but the heap was different.
#
#   sh compare.sh LIBRARY DIRECTORY PROGRAM:KIB[:THREADS] COMMAND ARGUMENT...
#
# Each run starts in an empty directory of the same name, with the same environment. What it prints, its exit
# status and the files it leaves must be the same. Every heap must be sound when its process ends, and the statistics of one
# process called PROGRAM must tell of KIB kibibytes in use at once, so that a library that did not take effect fails, and of
# THREADS that used the heap at once. Exit status: 0 same, 1 different, 2 the command itself cannot be judged.
set -u
library=$1 directory=$2 wanted=$3
shift 3
most_regions=4
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

case "$library$directory" in *[\ :]*) cannot_judge "LD_PRELOAD cannot hold a blank or a colon: $library" ;; esac
test -r "$library" || cannot_judge "$library: no such shared object"
rm -rf "$directory"
mkdir -p "$directory" || cannot_judge "$directory: cannot be made"
statistics=$directory/statistics

run plain "$@"
test "$(cat "$directory/plain/status")" = 0 || {
    head -n 20 "$directory/plain/stderr" >&2
    cannot_judge "without a preload the command fails with status $(cat "$directory/plain/status")"
}
run preloaded LD_PRELOAD="$library" ALLOT_STATISTICS="$statistics" ALLOT_VERIFY=1 "$@"

if ! (cd "$directory" && diff -r plain preloaded >difference 2>&1); then
    head -n 20 "$directory/difference" | cut -c 1-200 >&2
    differs "the library made a difference (< without, > with it)"
fi
test -s "$statistics" || differs "no process wrote statistics: the library did not take effect"
if grep -v -E '^(allot: .* at its end$|  [a-z])' "$statistics" | head -n 5 | grep . >&2; then
    differs "a heap was not sound at its end"
fi
awk -v wanted="$wanted" -v most_regions="$most_regions" '
    BEGIN           { split(wanted, part, ":"); program = part[1]; least = part[2]; least_threads = part[3] + 0 }
    /^allot: /      { ++heaps; own = ($2 == program) }
    $1 == "in"      { if (own && $10 / 1024 > kib) kib = $10 / 1024 }
    $1 == "threads" { if (own && $4 > threads) threads = $4 }
    $1 == "total" && $5 > most_regions { print "a heap had " $5 " regions"; bad = 1 }
    END {
        printf "%d heaps were sound; %s: at most %d KiB in use, %d threads at once\n", heaps, program, kib, threads
        if (kib < least) { print "too little of " program " went through allot: " kib " KiB < " least; bad = 1 }
        if (threads < least_threads) { print "too few threads of " program " used the heap at once"; bad = 1 }
        exit bad
    }' "$statistics" || differs "the statistics in $statistics fall short"
