#!/bin/sh
# allot_run.sh CMAKE BUILD_DIRECTORY
# What allot-run does, in an installed tree that was moved.
set -eu
cmake=$1 build=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"$cmake" --install "$build" --prefix "$work/first" >log || { cat log; exit 1; }
mkdir moved
mv first moved/tree
run=$work/moved/tree/bin/allot-run
library=$(find "$work/moved" -name 'liballot_malloc.so')

faults=0
fault() { echo "allot-run: $*"; faults=$((faults + 1)); }

# refused PATTERN COMMAND...: one line on stderr that matches, nothing else, and exit status 2.
refused() {
    pattern=$1
    shift
    status=0
    "$@" >out 2>err || status=$?
    [ "$status" -eq 2 ] || fault "exit status $status, not 2: $*"
    [ ! -s out ] && [ "$(wc -l <err)" -eq 1 ] && grep -q "$pattern" err || fault "not one line with '$pattern': $(cat out err)"
}
refused 'no program is named' "$run"
refused '^allot-run: no_such_program: no such program$' "$run" no_such_program
refused '^allot-run: /etc/passwd: is no program$' "$run" /etc/passwd
refused '^allot-run: /etc: is no program$' "$run" /etc

# prints WANTED COMMAND...
prints() {
    wanted=$1
    shift
    found=$("$@" 2>&1) || fault "exit status $?: $*"
    [ "$found" = "$wanted" ] || fault "printed '$found', not '$wanted': $*"
}
real=$(readlink -f "$library")
# shellcheck disable=SC2016  # the shell that is run expands it
{
    prints "$real" "$run" sh -c 'echo "$LD_PRELOAD"'
    prints "$real:libm.so.6" env LD_PRELOAD=libm.so.6 "$run" sh -c 'echo "$LD_PRELOAD"'
    prints 'two words|-x|' "$run" printf '%s|%s|' 'two words' -x
}
ln -s "$run" linked
env ALLOT_STATISTICS="$work/statistics" ./linked sort /dev/null
grep -q '^allot: sort (' statistics || fault 'a program that it runs by a link has another malloc'
status=0
"$run" sh -c 'exit 7' || status=$?
[ "$status" -eq 7 ] || fault "exit status $status of a program that ends with 7"

mv "$work/moved/tree" "$work/moved/a tree"
refused 'LD_PRELOAD cannot name a file with a blank or a colon$' "$work/moved/a tree/bin/allot-run" true
find "$work/moved" -name 'liballot_malloc.so*' -delete
refused 'liballot_malloc.so: no such library$' "$work/moved/a tree/bin/allot-run" true
[ "$faults" -eq 0 ]
