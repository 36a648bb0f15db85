#!/bin/sh
# readme_output.sh ROOT COMMAND ARGUMENT...
# The block of README.md below a line <!-- output: COMMAND ARGUMENT... --> is what the command prints, run in ROOT.
set -eu
cd "$1"
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

awk -v wanted="<!-- output: $* -->" '
    /^```/ { if (inside) exit; inside = (above == wanted) }
    inside && !/^```/ { print }
    { above = $0 }' README.md >"$work/quoted"
[ -s "$work/quoted" ] || { echo "README.md has no block below <!-- output: $* -->"; exit 1; }
"$@" >"$work/printed"
diff -u "$work/quoted" "$work/printed"
