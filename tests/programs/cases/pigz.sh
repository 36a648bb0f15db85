# Three threads compress pieces of a text; a small one also by the slowest search.
set -eu
pigz=$1 here=${0%/*}
mawk -v lines=60000 -v seed=12 -f "$here/words.awk" >text
cksum <text
"$pigz" -p 3 -b 128 -n -k -9 text
cksum <text.gz
"$pigz" -p 3 -d -c text.gz | cksum
head -n 4000 text | "$pigz" -p 3 -11 -b 64 -n | cksum
rm text text.gz
