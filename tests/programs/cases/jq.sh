# JSON built, grouped, sorted, indexed by path and printed again.
set -eu
jq=$1 here=${0%/*}
mawk -v lines=6000 -v seed=10 -f "$here/words.awk" >text
"$jq" -R 'split(" ") | {key: .[0], words: .[1:8], number: (.[8] | tonumber)}' text >objects
"$jq" -s 'group_by(.key[0:1]) | map({first: .[0].key, many: length, sum: (map(.number) | add)})' objects
"$jq" -s -c 'sort_by(.number, .key) | .[0:50][] | [paths(scalars)] | length' objects | sort | uniq -c
"$jq" -s '[.[] | .words[]] | unique | map(select(test("^b[aeiou]b"))) | join(" ") | @base64' objects | cksum
rm text objects
