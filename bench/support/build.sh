# Sourced by the scripts of bench/ at the top of the repository: installs what is missing and builds programs.
# ALLOT_BENCH_BUILD names another build directory; ALLOT_NO_INSTALL=1 leaves the machine's packages alone.

bench_build=${ALLOT_BENCH_BUILD:-build/bench}
bench_programs=$bench_build/bench

say() { echo "==> $*" >&2; }

# build_bench TARGET...
build_bench() {
    if [ "${ALLOT_NO_INSTALL:-0}" != 1 ]; then
        say "packages"
        sh cmake/install_packages.sh build bench
    fi
    say "building $*"
    mkdir -p "$(dirname "$bench_build")"
    cmake --preset release -B "$bench_build" -D ALLOT_BUILD_TESTS=OFF > "$bench_build.log" 2>&1 ||
        { cat "$bench_build.log" >&2; exit 1; }
    cmake --build "$bench_build" --parallel 2 --target "$@" >> "$bench_build.log" 2>&1 ||
        { cat "$bench_build.log" >&2; exit 1; }
}
