#!/bin/sh
# must_not_compile.sh SOURCE COMPILER FLAG...
set -eu

source=$1
shift
expected=$(sed -n '1s,^// expect: ,,p' "$source")
[ -n "$expected" ] || { echo "$source:1: no line '// expect: REGULAR EXPRESSION'"; exit 2; }

"$@" -DALLOT_TEST_CONTROL -fsyntax-only "$source" || { echo "the corrected program does not compile either"; exit 1; }

if messages=$("$@" -fsyntax-only "$source" 2>&1); then
    echo "it compiles"
    exit 1
fi
printf '%s\n' "$messages"
printf '%s\n' "$messages" | grep -E 'error:|note:' | grep -qE -- "$expected" || { echo "refused, but not with: $expected"; exit 1; }

# A sentence of the library comes alone, whatever was written after the mistake.
case $expected in
traits:* | locked_heap:* | adapters:*)
    errors=$(printf '%s\n' "$messages" | grep -c 'error:')
    [ "$errors" -eq 1 ] || { echo "$errors errors, and one sentence would do"; exit 1; }
    ;;
esac
