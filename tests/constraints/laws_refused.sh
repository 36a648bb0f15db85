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
expected=$(mktemp)
trap 'rm -f "$expected"' EXIT
for case in tests/misuse/*.cpp; do sed -n '1s,^// expect: ,,p' "$case"; done >"$expected"
while IFS= read -r law; do
    printf '%s\n' "$law" | grep -qEf "$expected" || { echo "no case in tests/misuse expects: $law"; faults=$((faults + 1)); }
done <<END
$laws
END

# A law of the traits that is found broken, but has no sentence, would let a heap go on with other traits and say nothing.
names=$(sed -n '/^enum class traits_law/,/^};/p' include/allot/policy/laws.hpp | sed 1d | grep -oE '[a-z_]+')
[ -n "$names" ] || { echo "no enum class traits_law in policy/laws.hpp"; exit 1; }
for law in $names; do
    [ "$law" = kept ] || grep -q "Broken != traits_law::$law," include/allot/policy/laws.hpp ||
        { echo "traits_law::$law has no sentence"; faults=$((faults + 1)); }
done
[ "$faults" -eq 0 ]
