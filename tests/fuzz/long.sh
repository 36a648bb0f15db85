#!/bin/sh
# The long forms: 10^8 operations optimised, 10^7 under the address and undefined-behaviour sanitizers, 10^6 under
# valgrind, and every reachable state of more tiny heaps than the tests have time for.
#
#     sh tests/fuzz/long.sh [SEED] [BUILD_DIRECTORY]
#
# SEED: default 1; it is printed. Half an hour to an hour on one core. Ends with the first step that fails.
set -eu

seed=${1:-1}
build=${2:-build/fuzz_long}
source=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)

say_why() {
    cat "$1"
    exit 1
}

configure() {
    cmake -S "$source" -B "$build/$1" -DCMAKE_BUILD_TYPE=None -DCMAKE_CXX_FLAGS="$2" -DALLOT_TESTS_SINGLE_HEADER=OFF \
        -DALLOT_TESTS_HOUSE=OFF -DALLOT_TESTS_KERNELS=OFF -DALLOT_TESTS_PROGRAMS=OFF -DALLOT_TESTS_PACKAGE=OFF \
        >"$build/$1.log" 2>&1 || say_why "$build/$1.log"
    nice -n 10 cmake --build "$build/$1" --target model_fuzz dropped_lock closure >>"$build/$1.log" 2>&1 || say_why "$build/$1.log"
}

step() {
    echo "--- $1"
    shift
    start=$(date +%s)
    nice -n 10 "$@"
    echo "--- $(($(date +%s) - start)) s"
}

mkdir -p "$build"
configure optimised "-O2 -g"
configure sanitized "-O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer"

step "10^8 operations" "$build/optimised/tests/fuzz/model_fuzz" --operations 100000000 --seed "$seed"
step "10^6 operations in each of 25 configurations, a step of another caller at every unlock" \
    "$build/optimised/tests/fuzz/dropped_lock" --operations 1000000 --seed "$seed"
step "every reachable state" "$build/optimised/tests/fuzz/closure" --all
step "10^7 operations, sanitized" "$build/sanitized/tests/fuzz/model_fuzz" --operations 10000000 --seed "$seed"
step "10^5 operations in each, a step of another caller at every unlock, sanitized" \
    "$build/sanitized/tests/fuzz/dropped_lock" --operations 100000 --seed "$seed"
step "10^6 operations, valgrind" valgrind -q --error-exitcode=9 \
    "$build/optimised/tests/fuzz/model_fuzz" --operations 1000000 --seed "$seed"
echo "all long forms passed, seed $seed"
