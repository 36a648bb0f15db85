#!/bin/sh
# mirrored_tests.sh ROOT
# What a user includes, and the seams of the core, have a test at the mirrored path that includes them:
# include/allot/policy/lock.hpp has tests/policy/lock.cpp or lock_*.cpp. Other rooms are tested by what the heap does.
set -eu

cd "$1"
public=$(cd include && find allot -maxdepth 1 -name '*.hpp' && find allot/base allot/memory allot/policy allot/diagnostics allot/adapters -name '*.hpp')
seams="allot/chunks/chunk.hpp allot/free/free_index.hpp allot/free/free_memory.hpp allot/core/chunk_store.hpp
allot/core/heap_core.hpp allot/lanes/lane.hpp allot/lanes/guarded_heap.hpp allot/lanes/contended_heap.hpp"
[ -n "$public" ] || { echo "no headers in $1/include"; exit 1; }
faults=0
for header in $public $seams; do
    path=${header#allot/}
    path=tests/${path%.hpp}
    if ! grep -qs "^#include <$header>" "$path.cpp" "$path"_*.cpp; then
        echo "$header: no $path.cpp or ${path}_*.cpp that includes it"
        faults=$((faults + 1))
    fi
done
[ "$faults" -eq 0 ]
