#!/bin/sh
# function_sizes.sh CTAGS INCLUDE_DIR
# No function of the library is longer than 25 lines, from its name to its closing brace. ctags finds the functions.
set -eu

tags=$("$1" --languages=C++ -I ALLOT_INLINE,ALLOT_SHARED,ALLOT_PART,ALLOT_COLD --kinds-C++=f --fields=+ne -f - -R "$2")
printf '%s\n' "$tags" | awk -F'\t' '
    {
        line = end = 0
        for (field = 4; field <= NF; field++) {
            if (sub(/^line:/, "", $field)) line = $field
            if (sub(/^end:/, "", $field)) end = $field
        }
        if (!line || !end) { print $2 ": where " $1 " ends is unknown"; faults++ }
        else if (end - line + 1 > 25) { print $2 ":" line ": " $1 " has " end - line + 1 " lines, 25 at most"; faults++ }
    }
    END {
        print NR " functions"
        exit faults > 0 || NR < 100
    }'
