# Sourced by the scripts of bench/ at the top of the repository: says what goes on, installs, builds.
# ALLOT_BENCH_BUILD names another build directory; ALLOT_NO_INSTALL=1 leaves the machine's packages alone.

bench_build=${ALLOT_BENCH_BUILD:-build/bench}
bench_programs=$bench_build/bench
bench_start=$(date +%s)

say() { echo "==> $(($(date +%s) - bench_start)) s: $*" >&2; }

# A sign of life every ten seconds while a command works; its output only if it fails.
with_signs_of_life() {
    what=$1
    shift
    (while sleep 10; do say "$what, still at it"; done) &
    life=$!
    status=0
    "$@" >"$bench_build/build.log" 2>&1 || status=$?
    kill "$life" 2>/dev/null
    [ "$status" -eq 0 ] || cat "$bench_build/build.log" >&2
    return "$status"
}

# install_packages GROUP...
install_packages() {
    [ "${ALLOT_NO_INSTALL:-0}" = 1 ] && return
    say "packages"
    sh cmake/install_packages.sh "$@"
}

# build_bench TARGET...
build_bench() {
    mkdir -p "$bench_build"
    say "building $*"
    with_signs_of_life configuring cmake --preset release -B "$bench_build" -D ALLOT_BUILD_TESTS=OFF
    with_signs_of_life building cmake --build "$bench_build" --parallel 2 --target "$@"
}
