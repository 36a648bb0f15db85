#!/bin/sh
# sh tests/run.sh [PRESET...]
# Without a PRESET: dev asan tsan m32 release. clang, which asan is too, runs when named.
# Installs what is missing, then builds and runs the tests: everything under `dev`, the parts that can tell a difference
# under the other presets. A failing preset does not keep the later ones from running.
set -u
cd "$(dirname "$0")/.." || exit 2

# What a preset builds and runs: TARGETS, and a choice of ctest's. `dev` is everything.
targets_of() {
    case $1 in
        dev) echo all ;;
        clang | m32) echo allot_unit ;;
        asan) echo allot_sanitized ;;
        tsan) echo allot_concurrency ;;
        release) echo bench/all ;;
        *) echo "tests/run.sh: no preset is called '$1'; there are: dev clang asan tsan m32 release" >&2; return 2 ;;
    esac
}
choice_of() {
    case $1 in
        dev) echo . ;;
        clang | m32) echo '^unit/((base|memory|policy|chunks|free|source|core|lanes|diagnostics|adapters)/)?[a-z0-9_]*\.cpp$' ;;
        asan) echo '^unit/|^fuzz/' ;;
        tsan) echo '^unit/scenarios/locked_threads' ;;
        release) echo '^bench/' ;;
    esac
}

run_preset() {
    preset=$1
    targets=$(targets_of "$preset")
    echo "==> $preset: configure"
    cmake --preset "$preset" -G "Unix Makefiles" >"$work/configure" || { cat "$work/configure"; return 1; }
    echo "==> $preset: build"
    for target in $targets; do
        case $target in
            */all) cmake --build "build/$preset/${target%/all}" --parallel 2 || return 1 ;;
            *) cmake --build --preset "$preset" --target "$target" || return 1 ;;
        esac
    done
    echo "==> $preset: test"
    ctest --preset "$preset" --tests-regex "$(choice_of "$preset")"
}

work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
[ $# -gt 0 ] || set -- dev asan tsan m32 release
for preset in "$@"; do
    targets_of "$preset" >/dev/null || exit 2
done
sh cmake/install_packages.sh build checks kernels programs bench || exit 1

failed=
for preset in "$@"; do
    begin=$(date +%s)
    { run_preset "$preset"; echo $? >"$work/status"; } 2>&1 | tee "$work/output"
    {
        echo "$preset, $(($(date +%s) - begin)) s:"
        grep -E '^[0-9]+% tests passed' "$work/output" || echo "no result: see above"
    } >>"$work/summary"
    [ "$(cat "$work/status")" = 0 ] || failed="$failed $preset"
done

echo
cat "$work/summary"
[ -z "$failed" ] || { echo "failed under:$failed"; exit 1; }
