#!/bin/sh
# headers_alone.sh INCLUDE_DIR COMPILER FLAG...
# Each header compiles as the only thing in its translation unit, twice over, and all of them together in either order.
set -eu

include_dir=$1
shift
headers=$(cd "$include_dir" && find allot -name '*.hpp' | sort)
[ -n "$headers" ] || { echo "no headers in $include_dir"; exit 1; }

including() { printf '#include <%s>\n' "$@"; }
faults=0
fault() { echo "$1 by itself does not compile"; faults=$((faults + 1)); }

for header in $headers; do
    including "$header" "$header" | "$@" "-I$include_dir" -fsyntax-only -x c++ - || fault "$header"
done
# shellcheck disable=SC2046,SC2086  # lists of paths without spaces
{
    including $headers | "$@" "-I$include_dir" -fsyntax-only -x c++ - || fault "the whole, in order,"
    including $(printf '%s\n' $headers | sort -r) | "$@" "-I$include_dir" -fsyntax-only -x c++ - || fault "the whole, reversed,"
}
[ "$faults" -eq 0 ]
