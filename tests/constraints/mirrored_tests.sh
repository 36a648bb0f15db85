#!/bin/sh
# mirrored_tests.sh ROOT
# Every header has a test at the mirrored path: include/allot/free/bins.hpp has tests/core/bins.cpp or bins_*.cpp,
# and that test includes it.
set -eu

cd "$1"
headers=$(cd include && find allot -name '*.hpp' | sort)
[ -n "$headers" ] || { echo "no headers in $1/include"; exit 1; }
faults=0
for header in $headers; do
    path=${header#allot/}
    path=tests/${path%.hpp}
    if ! grep -qs "^#include <$header>" "$path.cpp" "$path"_*.cpp; then
        echo "$header: no $path.cpp or ${path}_*.cpp that includes it"
        faults=$((faults + 1))
    fi
done
[ "$faults" -eq 0 ]
