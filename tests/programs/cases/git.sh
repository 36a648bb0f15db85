# A repository lives: commits, branches, merges with a conflict, blame, a threaded pack, a clone, a bundle.
set -eu
git=$1 here=${0%/*}
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=c GIT_COMMITTER_EMAIL=c@d GIT_CONFIG_NOSYSTEM=1
export GIT_AUTHOR_DATE='1700000000 +0000' GIT_COMMITTER_DATE='1700000000 +0000'
"$git" init -q -b main origin
cd origin
"$git" config pack.threads 2
for round in 1 2 3 4 5 6; do
    mawk -v lines=3000 -v seed="$round" -f "$here/words.awk" >>text
    split -l 200 -d -a 3 text part
    "$git" add .
    "$git" commit -q -m "round $round"
done
"$git" checkout -q -b side HEAD~2
sed 's/a/A/' text >changed && mv changed text
"$git" commit -q -a -m side
"$git" merge main >merge 2>&1 || echo "merge: conflict"
"$git" checkout -q -f main
"$git" log --stat --patch --find-copies-harder | cksum
"$git" blame -C text | cksum
"$git" grep -c "babe" | head -n 20
"$git" repack -q -a -d -f --depth=20 --window=20
"$git" fsck --full --strict
cd ..
"$git" clone -q --no-local origin copy
"$git" -C copy fast-export --all | cksum
"$git" -C copy rev-list --objects --all | sort | cksum
rm -rf origin copy
