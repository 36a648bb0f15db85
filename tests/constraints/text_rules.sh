#!/bin/sh
# text_rules.sh ROOT
# What can be seen in the text of the headers, without a compiler.
set -eu

cd "$1"
faults=$(mktemp)
trap 'rm -f "$faults"' EXIT

headers=$(find include -name '*.hpp' | sort)
[ -n "$headers" ] || { echo "no headers in $1/include"; exit 1; }

for header in $headers; do
    awk -v file="$header" '
        opening && !/^\/\// { opening = 0; comment = NR - 1 }
        NR == 1             { opening = /^\/\// }
        END {
            if (NR > 300) print file ": " NR " lines, 300 at most"
            if (comment == 0) print file ":1: does not open with a comment"
            if (comment > 25) print file ":1: opens with " comment " lines of comment, 25 at most"
        }' "$header"
done >>"$faults"

# forbidden WHAT PATTERN FIND_ARGUMENT...: every line that matches, in the files found, is a fault.
forbidden() {
    what=$1 pattern=$2
    shift 2
    find "$@" -type f -exec grep -InHE "$pattern" '{}' + | while read -r line; do echo "$line   <- $what"; done >>"$faults"
}
forbidden 'belongs in memory/direct.hpp' 'reinterpret_cast *<' \
    include -not -path '*/adapters/*' -not -path '*/memory/direct.hpp'
forbidden 'the compiler is known in base/ and adapters/ only' '^ *# *(if|define)' \
    include -not -path '*/base/*' -not -path '*/adapters/*'
forbidden 'left open' '\b(TO[D]O|FIX[M]E|X[X]X|HA[C]K)\b' include tests bench cmake CMakeLists.txt
forbidden 'without a reason beside it' 'NO[L]INT(NEXTLINE|BEGIN)?(\([^)]*\))? *$' include tests bench cmake

cat "$faults"
[ ! -s "$faults" ]
