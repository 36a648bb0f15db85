#!/bin/sh
# laws_refused.sh ROOT
# Every law that the library states in words, `static_assert(..., "traits: ...")`, is seen refusing a program: some case
# in tests/misuse expects its sentence.
set -eu

cd "$1"
laws=$(find include -name '*.hpp' -exec cat '{}' + |
    awk '/static_assert\(/ { open = 1 } open && match($0, /"[a-z_]+: [^"]*"/) { print substr($0, RSTART + 1, RLENGTH - 2) } /;/ { open = 0 }' |
    sort -u)
[ -n "$laws" ] || { echo "no law found in include/"; exit 1; }

faults=0
while IFS= read -r law; do
    seen=no
    for case in tests/misuse/*.cpp; do
        expected=$(sed -n '1s,^// expect: ,,p' "$case")
        if printf '%s\n' "$law" | grep -qE -- "$expected"; then seen=yes; fi
    done
    [ "$seen" = yes ] || { echo "no case in tests/misuse expects: $law"; faults=$((faults + 1)); }
done <<END
$laws
END
[ "$faults" -eq 0 ]
