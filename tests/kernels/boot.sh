#!/bin/sh
# Boots one kernel under QEMU, shows its serial port, and compares how it ended with what was expected.
#
#   sh boot.sh <architecture> <cores> <kernel.elf> <verdict,verdict,...> [<seconds>]
#
# Exit status: 0 if the kernel ended as one of the verdicts, 1 if not, 2 for a wrong call.
set -u

refuse() {
    echo "boot.sh: $1" >&2
    exit 2
}

[ $# -eq 4 ] || [ $# -eq 5 ] || refuse "usage: boot.sh <architecture> <cores> <kernel.elf> <verdict,...> [<seconds>]"
architecture=$1 cores=$2 kernel=$3 expected=$4 seconds=${5:-120}
verdicts=$(dirname "$0")/common/verdict.hpp
case $architecture in
    x86_64 | aarch64 | riscv64 | cortex_m3 | cortex_m0) ;;
    *) refuse "'$architecture' is no machine" ;;
esac
[ -r "$kernel" ] || refuse "$kernel: no such file"

scratch=$(mktemp -d) || exit 2
trap 'rm -rf "$scratch"' EXIT

# Boots the kernel; its serial port is our output. The status is that of QEMU, or 124 from timeout.
boot() {
    case $architecture in
        x86_64) set -- qemu-system-x86_64 -M pc -m 16M -device isa-debug-exit,iobase=0xf4,iosize=4 ;;
        aarch64) set -- qemu-system-aarch64 -M virt,gic-version=2 -cpu cortex-a53 -m 16M \
            -semihosting-config enable=on,target=native ;;
        riscv64) set -- qemu-system-riscv64 -M virt -bios none -m 16M ;;
        cortex_m3 | cortex_m0) set -- qemu-system-arm -M mps2-an385 -semihosting-config enable=on,target=native ;;
    esac
    set -- "$@" -smp "$cores" -display none -monitor none -serial stdio -no-reboot -kernel "$kernel"
    timeout "$seconds" "$@" </dev/null
}

# The name of an exit status, as verdict.hpp has it. A kernel that has not ended is hung only if it was at work.
name_of() {
    if [ "$1" -eq 124 ]; then
        grep -q " at work" "$scratch/serial" && echo hung || echo "hung before it was at work"
        return
    fi
    name=$(sed -n "s/^ *\([a-z]*\) = $1,\{0,1\} .*/\1/p" "$verdicts")
    echo "${name:-status $1 of QEMU}"
}

{
    boot
    echo $? >"$scratch/status"
} | tee "$scratch/serial"
ended=$(name_of "$(cat "$scratch/status")")
case ,$expected, in
    *,"$ended",*)
        echo "kernel ended as expected: $ended"
        ;;
    *)
        echo "kernel ended as: $ended; expected: $expected"
        exit 1
        ;;
esac
