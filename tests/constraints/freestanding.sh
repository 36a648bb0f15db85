#!/bin/sh
# freestanding.sh NM ALLOWED SOURCE COMPILER FLAG...
# Compiles SOURCE with nothing of a C library and holds what the object leaves undefined against ALLOWED, a list of
# symbols separated by spaces.
set -eu

nm=$1 allowed=$2 source=$3
shift 3
object=$(mktemp --suffix=.o)
strange=no
trap 'rm -f "$object"' EXIT

"$@" -c "$source" -o "$object"
symbols=$("$nm" --format=just-symbols --defined-only "$object")
case $symbols in *basic_heap*) ;; *) echo "the object defines no heap"; exit 1 ;; esac

symbols=$("$nm" --format=just-symbols --undefined-only "$object")
for symbol in $symbols; do
    case " $allowed " in
        *" $symbol "*) ;;
        *) echo "undefined: $symbol"; strange=yes ;;
    esac
done
[ "$strange" = no ]
