#!/bin/sh
# readme_tables.sh ROOT
# The tables of tests/README.md and bench/README.md against the files: each file that is named exists, each R number stands
# in the files that are said to hold it, each R number of the tests has a row, and so has each workload.
set -eu
cd "$1"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
: >"$work/faults"
fault() { echo "$1" | tee -a "$work/faults"; }

# Lines "ID FILE", of the last cell of each row.
awk -F'|' '/^\| *[RCI]-?[0-9]+ *\|/ {
        gsub(/ /, "", $2)
        count = split($(NF - 1), parts, "`")
        for (part = 2; part <= count; part += 2) if (parts[part] ~ /\.(cpp|sh|hpp)$/) print $2, parts[part]
    }' tests/README.md >"$work/rows"
[ -s "$work/rows" ] || { echo "tests/README.md has no row that names a file"; exit 1; }
while read -r id file; do
    path=$file
    [ -e "$path" ] || path=tests/$file
    if [ ! -e "$path" ]; then fault "tests/README.md: $id: there is no $file"
    else
        case $id in R-*) grep -q -- "$id" "$path" || fault "tests/README.md: $id: not in $file" ;; esac
    fi
done <"$work/rows"

grep -rhoE --include='*.cpp' 'TEST_CASE\(.*' tests | grep -oE '\bR-[0-9][0-9]\b' | sort -u >"$work/tested"
[ -s "$work/tested" ] || { echo "no test has an R number"; exit 1; }
while read -r id; do
    grep -q "^| $id |" tests/README.md || fault "tests/README.md: no row for $id, which is tested"
done <"$work/tested"

for workload in bench/workloads/w[0-9]*.cpp; do
    id=$(sed -n '1s,^// \(W[0-9]*[a-z]*\)[^a-z0-9].*,\1,p' "$workload")
    grep -q "^| ${id:-$workload} |" bench/README.md || fault "bench/README.md: no row for $workload"
done
echo "$(wc -l <"$work/rows") files in tests/README.md, $(wc -l <"$work/faults") faults"
[ ! -s "$work/faults" ]
