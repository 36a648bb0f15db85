#!/bin/sh
# single_header.sh CMAKE GENERATOR COMPILER FLAG...
# The single header is the same bytes every time, and is all that a program needs: hosted with every adapter, and
# freestanding with those that can be.
set -eu

cmake=$1 generator=$2
shift 2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$cmake" -P "$generator" "$work/first/allot.hpp"
"$cmake" -P "$generator" "$work/second/allot.hpp"
cmp "$work/first/allot.hpp" "$work/second/allot.hpp"
if grep -n '# *include [<"]allot\|# *pragma once' "$work/first/allot.hpp"; then
    echo "the single header is not on its own"
    exit 1
fi

cat >"$work/hosted.cpp" <<'END'
#include "first/allot.hpp"
allot::locked_heap<> program_heap;
#define ALLOT_WITH_ALLOCATOR
#define ALLOT_WITH_MALLOC
#define ALLOT_WITH_MEMORY_RESOURCE
#define ALLOT_WITH_NEW_DELETE
#include "first/allot.hpp"
ALLOT_REPLACE_NEW_DELETE(program_heap)
ALLOT_DEFINE_MALLOC(my_, program_heap)
allot::memory_resource<allot::locked_heap<>> resource(program_heap);
allot::allocator<int, allot::locked_heap<>> allocator(program_heap);
END
cat >"$work/freestanding.cpp" <<'END'
#define ALLOT_WITH_NEW_DELETE
#include "first/allot.hpp"
allot::locked_heap<> kernel_heap;
ALLOT_REPLACE_NEW_DELETE(kernel_heap)
END
"$@" -fsyntax-only "$work/hosted.cpp"
"$@" -ffreestanding -fno-exceptions -fno-rtti -mgeneral-regs-only -fsyntax-only "$work/freestanding.cpp"
