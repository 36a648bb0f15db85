# A parallel merge sort of lines, by two keys and by number.
set -eu
sort=$1 here=${0%/*}
mawk -v lines=40000 -v seed=4 -f "$here/words.awk" >text
for turn in 1 2 3 4; do cat text; done >long
"$sort" --parallel=2 -S 40M long >by_line
"$sort" --parallel=2 -S 40M -s -k3,3 -k2,2r long >by_keys
"$sort" --parallel=2 -S 4M -n -k9 -u long >by_number
cksum by_line by_keys by_number
rm text long
