#!/bin/sh
# headers_alone.sh INCLUDE_DIR COMPILER FLAG...
# Each header compiles as the only thing in its translation unit, and twice over.
set -eu

include_dir=$1
shift
faults=0
headers=$(cd "$include_dir" && find allot -name '*.hpp' | sort)
for header in $headers; do
    printf '#include <%s>\n#include <%s>\n' "$header" "$header" |
        "$@" "-I$include_dir" -fsyntax-only -x c++ - || { echo "$header does not compile alone"; faults=$((faults + 1)); }
done
[ -n "$headers" ] && [ "$faults" -eq 0 ]
