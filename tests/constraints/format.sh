#!/bin/sh
# format.sh CLANG_FORMAT ROOT
# Every source file is as clang-format writes it by ROOT/.clang-format. The files that are not: how many places, and how to mend.
set -eu
clang_format=$1 root=$2

cd "$root"
places=$(mktemp)
trap 'rm -f "$places"' EXIT
find include tests bench -name '*.?pp' -exec "$clang_format" --dry-run {} + 2>"$places"
[ -s "$places" ] || exit 0

grep -o '^[^:]*:[0-9]*' "$places"
echo "places that differ: $(grep -c 'not formatted\|clang-format-violations' "$places")"
echo "to mend: find include tests bench -name '*.?pp' -exec $(basename "$clang_format") -i {} +"
exit 1
