#!/bin/sh
# Passes if a command finds a fault: it ends with this exit status, and a line of its output matches the pattern.
#
#   sh must_fail.sh STATUS PATTERN COMMAND ARGUMENT...
expected=$1 pattern=$2
shift 2
ulimit -c 0
output=$("$@" 2>&1)
status=$?
printf '%s\n' "$output"
if [ "$status" -ne "$expected" ]; then
    echo "must_fail.sh: expected exit status $expected, got $status" >&2
    exit 1
fi
if ! printf '%s\n' "$output" | grep -Eq "$pattern"; then
    echo "must_fail.sh: it failed, but no line matches: $pattern" >&2
    exit 1
fi
