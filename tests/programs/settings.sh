#!/bin/sh
# settings.sh LIBRARY PYTHON
# What the malloc library does as the environment says.
set -u
library=$1 python=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 2

faults=0
fault() { echo "$*"; faults=$((faults + 1)); }
with() { env -i PATH=/usr/bin:/bin LD_PRELOAD="$library" "$@"; }

# A sort closes stderr before it ends.
with ALLOT_STATISTICS=stderr sort /dev/null 2>err
grep -v -E '^  (in use   |free     |cached   |overhead |total    |threads  ) [a-z ]*[0-9]' err | sed 's/([0-9]*)/(N)/' >first
[ "$(cat first)" = 'allot: sort (N) at its end' ] && [ "$(wc -l <err)" -eq 7 ] || fault "statistics on stderr: $(cat err)"

mkdir below
with ALLOT_STATISTICS=of.%p.%p "$python" -c 'import os; os.chdir("below"); print(os.getpid())' >number 2>err
[ -s "of.$(cat number).$(cat number)" ] && [ ! -s err ] || fault "no file of statistics with the number of the process: $(ls)"
with ALLOT_STATISTICS=all sort /dev/null
with ALLOT_STATISTICS=all sort /dev/null
[ "$(grep -c '^allot: sort ([0-9]*) at its end$' all)" -eq 2 ] || fault "two processes do not add to one file: $(cat all)"
with ALLOT_STATISTICS=/no/such/file sort /dev/null 2>err
[ "$(cat err)" = 'allot: statistics cannot be written to /no/such/file: No such file or directory' ] || fault "no directory: $(cat err)"

# In a program that closed everything, nothing is written to what has the number of the copy of stderr now.
with ALLOT_STATISTICS=stderr "$python" -c 'import os
os.closerange(3, 1000)
for n in range(300): os.open("mine", os.O_WRONLY | os.O_CREAT)' 2>err
[ -f mine ] && [ ! -s mine ] && grep -q 'at its end' err || fault "statistics where a file of the program is: $(cat mine err)"

for variable in ALLOT_VERIFY ALLOT_HUGE_PAGES ALLOT_KEEP_MEMORY; do
    with "$variable=maybe" true 2>err || fault "$variable=maybe ends a program"
    [ "$(cat err)" = "allot: $variable=maybe: is neither 0 nor 1, and ignored" ] || fault "$variable=maybe: $(cat err)"
    for value in 0 1 ''; do
        [ -z "$(with "$variable=$value" true 2>&1)" ] || fault "$variable=$value says something"
    done
done
long=$(printf '%5000s' x)
with ALLOT_STATISTICS="$long" true 2>err || fault 'a long name ends a program'
grep -q 'is too long a name, and ignored$' err || fault "a long name: $(cat err)"

with cat /proc/self/smaps >plain
with ALLOT_HUGE_PAGES=1 cat /proc/self/smaps >huge
grep -q '^VmFlags:.* hg' plain && fault 'huge pages are asked for by default'
[ ! -e /sys/kernel/mm/transparent_hugepage ] || grep -q '^VmFlags:.* hg' huge || fault 'ALLOT_HUGE_PAGES=1 asks for none'
[ "$faults" -eq 0 ]
