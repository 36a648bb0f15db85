#!/bin/sh
# Passes if a command finds a fault: it ends with one of these exit statuses, and a line of its output matches the pattern.
#
#   sh must_fail.sh STATUS[,STATUS...] PATTERN COMMAND ARGUMENT...
expected=$1 pattern=$2
shift 2
ulimit -c 0
output=$("$@" 2>&1)
status=$?
printf '%s\n' "$output"
case ,$expected, in
    *,"$status",*) ;;
    *)
        echo "must_fail.sh: expected exit status $expected, got $status" >&2
        exit 1
        ;;
esac
if ! printf '%s\n' "$output" | grep -Eq "$pattern"; then
    echo "must_fail.sh: it failed, but no line matches: $pattern" >&2
    exit 1
fi
