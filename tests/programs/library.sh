#!/bin/sh
# library.sh NM READELF LIBRARY NAMES
# The malloc library defines the functions that the file NAMES lists and nothing else, needs the C library and nothing else, and
# says which version it is. It stays loaded: threads that end call it.
set -eu
nm=$1 readelf=$2 library=$3 names=$4
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

faults=0
fault() { echo "$library: $*"; faults=$((faults + 1)); }
"$nm" -D --defined-only --format=just-symbols "$library" | sort >"$work/defined"
sort "$names" | diff - "$work/defined" || fault 'what it defines is not what is listed (< listed, > defined)'
"$readelf" -d "$library" >"$work/dynamic"
grep NEEDED "$work/dynamic" | grep -v -E '\[(libc\.so\.6|ld-linux.*)\]' && fault 'it needs more than the C library'
grep -q NODELETE "$work/dynamic" || fault 'it may be unloaded while threads run'
grep -q -E 'SONAME.*\[liballot_malloc\.so\.[0-9]+\]' "$work/dynamic" || fault 'its name has no version'
"$readelf" -r "$library" | grep -E 'DTPMOD|TLSDESC' && fault 'it finds the data of a thread by a call'
[ "$faults" -eq 0 ]
