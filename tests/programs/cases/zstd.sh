# Two workers compress in long mode, a dictionary is trained and used on many small files.
set -eu
zstd=$1 here=${0%/*}
mawk -v lines=30000 -v seed=7 -f "$here/words.awk" >text
"$zstd" -q -T2 -B512KiB -9 --long=20 text
"$zstd" -q -d -c text.zst | cksum
split -l 150 -a 3 text part.
"$zstd" -q --train part.* --maxdict=16KB -o dictionary 2>/dev/null
"$zstd" -q -D dictionary part.*
"$zstd" -q -D dictionary -d -c part.*.zst | cksum
cat text.zst part.*.zst | cksum
rm -f text* part.* dictionary
