#!/bin/sh
# format.sh ROOT CLANG_FORMAT
# The library, its tests and its benchmarks are formatted as .clang-format says. To mend it: CLANG_FORMAT -i FILE...
set -eu

cd "$1"
files=$(find include tests bench -name '*.hpp' -o -name '*.cpp' | sort)
[ -n "$files" ] || { echo "no files in $1"; exit 1; }
# shellcheck disable=SC2086  # a name has no spaces
"$2" --dry-run -Werror $files
