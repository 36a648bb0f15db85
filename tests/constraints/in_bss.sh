#!/bin/sh
# in_bss.sh NM SOURCE COMPILER FLAG...
# A heap is all zeros until it is used, so a global one takes no room in the image of a program: it lies in .bss.
set -eu

nm=$1
source=$2
shift 2
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT

"$@" -c "$source" -o "$directory/object.o"
"$nm" "$directory/object.o" | grep ' control_block_' >"$directory/symbols"
expected=$(grep -c '^constinit' "$source")
found=$(wc -l <"$directory/symbols")
[ "$found" -eq "$expected" ] || { echo "$source defines $expected heaps, the object file $found"; exit 1; }
if grep -v ' [Bb] ' "$directory/symbols"; then
    echo "these are not in .bss"
    exit 1
fi
