#!/bin/sh
# Builds one kernel and boots it in front of you: everything it says on its serial port.
#
#   sh tests/kernels/run.sh [-B <build directory>] <architecture> [<kernel>]
#
#   architecture   x86_64 aarch64 riscv64 cortex_m3 cortex_m0
#   kernel         life (default), life_bounded, life_compact, cores, interrupts, ...: see CMakeLists.txt
#
# Exit status: 0 if the kernel ended as its test expects, 1 if not, 2 for a wrong call.
set -eu

refuse() {
    echo "run.sh: $1" >&2
    exit 2
}

here=$(cd "$(dirname "$0")" && pwd)
build=$here/../../build/kernels
if [ "${1:-}" = -B ]; then
    [ $# -ge 2 ] || refuse "-B needs a directory"
    build=$2
    shift 2
fi
[ $# -eq 1 ] || [ $# -eq 2 ] || refuse "usage: run.sh [-B <build directory>] <architecture> [<kernel>]"
architecture=$1 kernel=${2:-life}
case $architecture in
    x86_64 | aarch64 | riscv64 | cortex_m3 | cortex_m0) ;;
    *) refuse "'$architecture' is no machine: x86_64, aarch64, riscv64, cortex_m3 or cortex_m0" ;;
esac

# A step that says something only when it fails.
quietly() {
    "$@" >"$log" 2>&1 || {
        cat "$log" >&2
        exit 1
    }
}

mkdir -p "$build"
log=$build/run.log
if [ -z "${CMAKE_GENERATOR:-}" ] && command -v ninja >/dev/null; then
    export CMAKE_GENERATOR=Ninja
fi
quietly cmake -S "$here" -B "$build/$architecture" "-DALLOT_KERNEL_ARCHITECTURES=$architecture"
image=$build/$architecture/$architecture/$kernel
[ -r "$image.boot" ] || refuse "'$kernel' is no kernel of $architecture: see tests/kernels/CMakeLists.txt"
echo "building the kernel '$kernel' for $architecture ..."
quietly cmake --build "$build/$architecture" --parallel "$(nproc)" --target "kernel_${architecture}_$kernel"
read -r cores expected seconds <"$image.boot"
exec sh "$here/boot.sh" "$architecture" "$cores" "$image.elf" "$expected" "$seconds"
