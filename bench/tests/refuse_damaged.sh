#!/bin/sh
# The tools refuse a damaged trace: exit code 2, one line with file, offset and reason, nothing on standard output,
# nothing left behind.
#
#     refuse_damaged.sh ALLOT_TRACE ALLOT_REPLAY GOOD.trace.zst
set -eu
tool=$1 replay=$2 good=$3
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

fail() { echo "refuse_damaged.sh: $*" >&2; exit 1; }

# expect_refusal FILE COMMAND...
expect_refusal() {
    file=$1
    shift
    status=0
    "$@" >"$scratch/out" 2>"$scratch/err" || status=$?
    [ "$status" -eq 2 ] || fail "$*: exit code $status, not 2"
    [ ! -s "$scratch/out" ] || fail "$*: wrote to standard output"
    [ "$(wc -l <"$scratch/err")" -eq 1 ] || fail "$*: not one line: $(cat "$scratch/err")"
    grep -Eq "$file: (unpacked )?offset [0-9]+: ." "$scratch/err" || fail "$*: said $(cat "$scratch/err")"
}

cd "$scratch"
"$tool" info "$good" >/dev/null || fail "the good trace is refused"
head -c 1000 "$good" >cut.trace.zst
{ head -c 1000 "$good"; printf 'X'; tail -c +1002 "$good"; } >flipped.trace.zst
zstd -qdc "$good" | head -c 100 >cut.trace
: >empty.trace
for damaged in cut.trace.zst flipped.trace.zst cut.trace empty.trace; do
    expect_refusal "$damaged" "$tool" info "$damaged"
    for allocator in heap glibc mimalloc; do
        expect_refusal "$damaged" "$replay" "$damaged" --allocator "$allocator" --measure speed
    done
done
expect_refusal cut.trace "$tool" pack cut.trace made.trace.zst
[ ! -e made.trace.zst ] && [ ! -e made.trace.zst.unfinished ] || fail "pack left a file"
