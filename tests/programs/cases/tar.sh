# Many files into a sorted archive through gzip, listed, extracted and compared; then sparse and with long names.
set -eu
tar=$1 here=${0%/*}
mkdir tree
mawk -v lines=20000 -v seed=9 -f "$here/words.awk" | split -l 25 -a 4 - tree/a_name_that_is_long_enough_to_need_more_than_one_hundred_characters_in_the_header_of_an_archive_member_
truncate -s 3M tree/hole
"$tar" --sort=name --owner=0 --group=0 --numeric-owner --mtime=@0 --mode=a=rX,u+w --format=gnu -S -c tree | gzip -n -6 >tree.tar.gz
cksum <tree.tar.gz
"$tar" -tvzf tree.tar.gz | cksum
mkdir out
"$tar" -xzf tree.tar.gz -C out
diff -r tree out/tree
"$tar" --sort=name --mtime=@0 --owner=0 --group=0 --pax-option=delete=atime,delete=ctime --format=posix -c -f posix.tar -C out tree
cksum <posix.tar
rm -rf tree tree.tar.gz out posix.tar
