# Many files with long names, one sparse, into a GNU archive through gzip and into a POSIX one; extracted and compared.
set -eu
tar=$1 here=${0%/*}
stable='--sort=name --owner=0 --group=0 --numeric-owner --mtime=@0 --mode=a=rX,u+w'
long=a_name_that_needs_more_than_the_one_hundred_characters_which_the_header_of_an_archive_member_has_room_for_
mkdir tree out
mawk -v lines=20000 -v seed=9 -f "$here/words.awk" | split -l 25 -a 4 - "tree/$long"
truncate -s 3M tree/hole
"$tar" $stable --format=gnu -S -c tree | gzip -n -6 >tree.tar.gz
cksum <tree.tar.gz
"$tar" -tvzf tree.tar.gz | cksum
"$tar" -xzf tree.tar.gz -C out
diff -r tree out/tree
"$tar" $stable --format=posix --pax-option=delete=atime,delete=ctime -c -f posix.tar -C out tree
cksum <posix.tar
rm -rf tree tree.tar.gz out posix.tar
