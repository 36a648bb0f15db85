#!/bin/sh
# The process of a hosted peer really calls that peer: the dynamic linker says where it bound malloc.
#
#     malloc_of_peers.sh PROGRAM...        PROGRAM: allot_bench, with the arguments of a short run
set -eu
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# expect ALLOCATOR LIBRARY COMMAND...
expect() {
    allocator=$1 library=$2
    shift 2
    rm -f "$scratch"/*
    LD_DEBUG=bindings LD_DEBUG_OUTPUT="$scratch/bindings" "$@" --allocator "$allocator" >/dev/null 2>&1
    for name in malloc free realloc; do
        grep -hE "binding file [^ ]*$(basename "$1") .* to [^ ]*/$library.* symbol \`$name'" "$scratch"/bindings* |
            tail -n 1 | grep -q . || {
            echo "malloc_of_peers.sh: $name of $allocator does not come from $library" >&2
            exit 1
        }
    done
}

for each in glibc:libc.so heap:libc.so mimalloc:libmimalloc jemalloc:libjemalloc tcmalloc:libtcmalloc_minimal; do
    expect "${each%%:*}" "${each#*:}" "$@"
done
