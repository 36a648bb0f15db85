#!/bin/sh
# invariants.sh ROOT
# One list of invariants, four appearances: the enum, verify's check_ functions, the table of the README and
# tests/corruption. Numbers and names must agree.
set -eu

cd "$1"
enum=include/allot/diagnostics/invariant.hpp
verify=include/allot/diagnostics/verify.hpp
chunk_check=include/allot/diagnostics/chunk_check.hpp
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Each list has lines "NUMBER name", the number without leading zeros.
sed -n '/^enum class invariant/,/^};/s/^ *\([a-z_]*\) = \([1-9][0-9]*\),\{0,1\}.*/\2 \1/p' "$enum" >"$work/enum"

while read -r number name; do
    if grep -q "constexpr bool check_$name(.*{" "$verify" "$chunk_check"; then echo "$number $name"; fi
done <"$work/enum" >"$work/verify"

# shellcheck disable=SC2016  # the README may set a name between backticks
sed -n 's/^| *I\([0-9]*\) *| *`\{0,1\}\([a-z][a-z_ -]*[a-z]\)`\{0,1\} *|.*/\1 \2/p' README.md |
    sed 's/\([a-z]\)[ -]/\1_/g' >"$work/readme"

for file in tests/corruption/i[0-9]*; do
    echo "$file"
done | sed -n 's,.*/i0*\([0-9]*\)_\([a-z_]*\)\..*,\1 \2,p' >"$work/corruption"

[ -s "$work/enum" ] || { echo "no invariant found in $enum"; exit 1; }
faults=0
for appearance in verify readme corruption; do
    sort -n "$work/$appearance" | diff -u --label "enum invariant" "$work/enum" --label "$appearance" - || faults=$((faults + 1))
done
[ "$faults" -eq 0 ]
