#!/bin/sh
# defines_all.sh NM OBJECT NAMES
# Every name of NAMES, a file with one demangled name a line, must be a function that OBJECT defines for others.
set -eu
export LC_ALL=C

defined=$(mktemp)
trap 'rm -f "$defined"' EXIT
"$1" --demangle --defined-only --extern-only "$2" |
    sed -n -E 's/^[0-9a-f]+ T //p' | sed -E 's/unsigned (int|long)/size_t/g' | sort > "$defined"

missing=$(sort "$3" | comm -23 - "$defined")
[ -z "$missing" ] || { echo "not defined:"; echo "$missing"; exit 1; }
