# A file system of many small files with duplicates and fragments, by a reader, two compressors, a writer and others.
set -eu
mksquashfs=$1 here=${0%/*}
mkdir tree
mawk -v lines=24000 -v seed=14 -f "$here/words.awk" | split -l 40 -a 4 - tree/part
cp -r tree/. copy && mv copy tree/copy
mawk -v lines=20000 -v seed=15 -f "$here/words.awk" >tree/large
"$mksquashfs" tree image -processors 2 -no-progress -all-root -reproducible -mkfs-time 0 -all-time 0 -no-xattrs -b 16384 >log
cksum <image
grep -E 'duplicate files|number of inodes' -i log
rm -rf tree image log
