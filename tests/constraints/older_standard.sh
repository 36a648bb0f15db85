#!/bin/sh
# older_standard.sh INCLUDE COMPILER...
# Whichever header comes first, under C++17 the first error is the sentence that asks for C++20.
set -eu

include=$1
shift
messages=$(mktemp)
trap 'rm -f "$messages"' EXIT

faults=0
for header in $(cd "$include" && find allot -name '*.hpp' | sort); do
    if printf '#include <%s>\n' "$header" | "$@" -std=c++17 -Wfatal-errors "-I$include" -fsyntax-only -x c++ - 2>"$messages"; then
        echo "$header: compiles as C++17"
        faults=$((faults + 1))
    elif ! grep -m1 'error:' "$messages" | grep -q 'allot needs C++20'; then
        echo "$header: $(grep -m1 'error:' "$messages")"
        faults=$((faults + 1))
    fi
done
[ "$faults" -eq 0 ]
