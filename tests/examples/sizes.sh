#!/bin/sh
# sizes.sh sizeof|code COMPILER [FLAG...]
# Prints the bytes of the control block of each setting, or those of the code of add_region, allocate,
# deallocate and reallocate at -Os. `unchecked`: small_traits without checks.
#
#     sh tests/examples/sizes.sh sizeof g++
#     sh tests/examples/sizes.sh code arm-none-eabi-g++ -mthumb -mcpu=cortex-m3
# Exit 77: there is no such compiler.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
what=$1
shift
command -v "$1" >/dev/null || { echo "skipped, for there is no $1" >&2; exit 77; }
object=$(mktemp)
trap 'rm -f "$object"' EXIT

compile() { "$@" -std=c++20 -Os -ffreestanding -fno-exceptions -fno-rtti -fno-asynchronous-unwind-tables \
    "-I$here/../../include" -c "$here/sizes.cpp" -o "$object"; }
with_commas() { printf '%s\n' "$1" | sed -e ':a' -e 's/\([0-9]\)\([0-9]\{3\}\)\($\|,\)/\1,\2\3/;ta'; }
row() { printf '%-10s %8s %8s\n' "$1" "$2" "$3"; }

# The bytes of one symbol of the object.
bytes_of() {
    bytes=$(nm --print-size --radix=d "$object" | awk -v name="$1" '$4 == name { print $2 + 0 }')
    [ -n "$bytes" ] || { echo "sizes.sh: the object has no $1" >&2; exit 1; }
    with_commas "$bytes"
}
# All code and constants of the object, those functions included that are not inlined.
text_of() {
    compile "$@"
    with_commas "$(size "$object" | awk 'NR == 2 { print $1 }')"
}

row setting heap locked
case $what in
    sizeof)
        compile "$@"
        for setting in default compact bounded small; do
            row "$setting" "$(bytes_of heap_$setting)" "$(bytes_of locked_$setting)"
        done
        ;;
    code)
        row default "$(text_of "$@" -DALLOT_CODE_OF=allot::heap)" "$(text_of "$@" '-DALLOT_CODE_OF=allot::locked_heap<>')"
        for setting in compact bounded small unchecked; do
            row "$setting" "$(text_of "$@" "-DALLOT_CODE_OF=${setting}_heap")" \
                "$(text_of "$@" "-DALLOT_CODE_OF=allot::locked_heap<${setting}_heap>")"
        done
        ;;
    *) echo "sizes.sh: sizeof or code, not '$what'" >&2; exit 2 ;;
esac
