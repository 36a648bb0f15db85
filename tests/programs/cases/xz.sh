# Two threads compress blocks, two decompress them.
set -eu
xz=$1 here=${0%/*}
mawk -v lines=30000 -v seed=6 -f "$here/words.awk" >text
cksum <text
"$xz" -T2 --block-size=400KiB -3 -k text
cksum <text.xz
"$xz" -T2 -l text.xz | tail -n 1
"$xz" -T2 -d -c text.xz | cksum
rm text text.xz
