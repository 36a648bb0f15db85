#!/bin/sh
# newlib.sh EMULATOR COMPILER FLAG...
# Builds the program whose C library is newlib and whose malloc is allot's, and runs it under the emulator.
set -eu

here=$(dirname "$0") emulator=$1
shift
program=$(mktemp)
trap 'rm -f "$program"' EXIT
"$@" -std=gnu++20 -D_GNU_SOURCE -O1 -march=armv7-a -mthumb -mfloat-abi=soft -ffunction-sections -Wl,--gc-sections \
    "$here/functions.cpp" "$here/newlib.cpp" -o "$program"
[ "$(timeout 60 "$emulator" "$program")" = sound ]
