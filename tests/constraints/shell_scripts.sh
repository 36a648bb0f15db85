#!/bin/sh
# shell_scripts.sh ROOT
# Every shell script of the repository, held against shellcheck. Left out: variables that `eval` or a sourcing script
# uses (SC2034, SC2154), and `ulimit -c` (SC3045).
set -eu

cd "$1"
find tests bench cmake -type f -name '*.sh' -exec shellcheck --shell=sh --severity=warning --exclude=SC2034,SC2154,SC3045 '{}' +
shellcheck .ci/run
