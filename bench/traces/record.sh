#!/bin/sh
# Records allocation traces of real programs, each at a fixed piece of work:
#
#     sh bench/traces/record.sh OUTPUT_DIR [name...]
#
# Leaves OUTPUT_DIR/NAME.trace.zst. Of several processes of a program the one with the most calls is kept.
set -eu
cd "$(dirname "$0")/../.."
. bench/support/build.sh

all="git_log git_repack perl python3 cc1plus as sqlite3 cmake sort xz"
[ $# -ge 1 ] || { echo "usage: record.sh OUTPUT_DIR [$all]" >&2; exit 2; }
mkdir -p "$1"
output=$(cd "$1" && pwd)
shift
for name; do
    case " $all " in *" $name "*) ;; *) echo "record.sh: cannot record $name, only: $all" >&2; exit 2 ;; esac
done

install_packages build bench programs
build_bench allot_recorder allot_trace
recorder=$(cd "$bench_programs" && pwd)/liballot_recorder.so
packer=$(cd "$bench_programs" && pwd)/allot_trace
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' HUP INT TERM

# --- the pieces of work: prepare_NAME is not recorded, run_NAME is, process_NAME is the process to keep ---------------

# numbers COUNT SEED: that many numbers below 2^31, the same every time
numbers() {
    awk -v n="$1" -v x="$2" 'BEGIN { for (i = 0; i < n; ++i) { x = (x * 1103515245 + 12345) % 2147483648; print x } }'
}

prepare_repository() {
    export GIT_CONFIG_NOSYSTEM=1 HOME="$scratch"
    export GIT_AUTHOR_DATE="2024-01-01T00:00:00Z" GIT_COMMITTER_DATE="2024-01-01T00:00:00Z"
    git init -q . && git config user.name nobody && git config user.email nobody@example.org
    for commit in $(seq 40); do
        for file in $(seq $((commit % 7 + 1))); do
            numbers 400 $((commit * 100 + file)) > "file_$((file * commit % 23)).txt"
        done
        git add . && git commit -q -m "Commit $commit"
    done
}

process_git_log=git
prepare_git_log() { prepare_repository; }
run_git_log() { git --no-pager log -p --stat -M > /dev/null; }

process_git_repack=git
prepare_git_repack() { prepare_repository; }
run_git_repack() { git -c pack.threads=2 repack -adfq; }

process_perl=perl
prepare_perl() { numbers 60000 1 | awk '{ printf "%s%s", "w" $1 % 7919, NR % 12 ? " " : "\n" }' > words.txt; }
run_perl() {
    perl -ne 'for my $w (split) { push @{$seen{$w}}, "$.:" . length; $first{substr($w, 0, 3)}{$w}++ }
        delete $seen{"w" . $. % 7919};
        END { for my $w (sort { @{$seen{$b}} <=> @{$seen{$a}} || $a cmp $b } keys %seen) {
                  print join(",", map { s/:/-/r } @{$seen{$w}}), "\n" } }' words.txt > /dev/null
}

process_python3=python3
prepare_python3() { :; }
run_python3() {
    PYTHONMALLOC=malloc PYTHONHASHSEED=0 /usr/bin/python3 -S -c '
import json, random
random.seed(1)
class Node:
    def __init__(self, key): self.key, self.left, self.right = key, None, None
def insert(root, key):
    while True:
        side = "left" if key < root.key else "right"
        if getattr(root, side) is None: return setattr(root, side, Node(key))
        root = getattr(root, side)
root = Node(0.5)
for _ in range(8000): insert(root, random.random())
text = json.dumps([{"id": i, "name": "n%d" % (i % 97), "tags": [str(t) for t in range(i % 9)]} for i in range(4000)])
for _ in range(3): found = json.loads(text)
groups = {}
for each in found: groups.setdefault(each["name"], []).append(each)
print(sum(len(v) for v in groups.values()))' > /dev/null
}

process_cc1plus=cc1plus
prepare_cc1plus() {
    cat > program.cpp <<'PROGRAM'
#include <map>
#include <regex>
int main(int count, char** arguments) {
    std::map<std::string, int> known;
    std::regex pattern{arguments[count - 1]};
    return known[arguments[0]] + std::regex_match(arguments[0], pattern);
}
PROGRAM
}
run_cc1plus() { g++ -std=c++20 -O1 -c program.cpp; }

process_as=as
prepare_as() { prepare_cc1plus && g++ -std=c++20 -O0 -g -S program.cpp; }
run_as() { as program.s -o program.o; }

process_sqlite3=sqlite3
prepare_sqlite3() { numbers 12000 3 | awk '{ print NR "," $1 % 997 "," "name" $1 }' > rows.csv; }
run_sqlite3() {
    sqlite3 :memory: 'create table t(id integer primary key, kind integer, name text)' '.import --csv rows.csv t' \
        'create index by_kind on t(kind)' 'update t set name = name || kind where kind % 3 = 0' \
        'delete from t where kind % 5 = 1' \
        'select a.kind, count(*), group_concat(a.name) from t a join t b on a.id = b.id + 1 group by a.kind' \
        > /dev/null
}

process_cmake=cmake
prepare_cmake() {
    cat > script.cmake <<'CMAKE'
set(all "")
foreach(i RANGE 3000)
    math(EXPR n "(${i} * 7919) % 10007")
    list(APPEND all "item_${n}_of_${i}")
    string(MD5 sum "${n}")
    set(sum_${n} "${sum}")
endforeach()
list(SORT all)
list(FILTER all INCLUDE REGEX "_[0-9]*3_of_")
string(REPLACE ";" "\n" text "${all}")
CMAKE
}
run_cmake() { cmake -P script.cmake; }

process_sort='sort'
prepare_sort() { numbers 200000 5 > numbers.txt; }
run_sort() { sort --parallel=2 -S 8M -T . numbers.txt > /dev/null; }

process_xz=xz
prepare_xz() { numbers 400000 7 > numbers.txt; }
run_xz() { xz -1 -T2 --block-size=256KiB -c numbers.txt > /dev/null; }

# --- recording -------------------------------------------------------------------------------------------------------

largest_log() { ls -S "$scratch/logs" | sed -n "/^$1\.[0-9]*\.log\$/{p;q;}"; }

record() {
    say "recording $1"
    rm -rf "$scratch/work" "$scratch/logs"
    mkdir "$scratch/work" "$scratch/logs"
    eval "process=\$process_$1"
    (cd "$scratch/work" && "prepare_$1")
    (cd "$scratch/work" && export ALLOT_TRACE_DIR="$scratch/logs" LD_PRELOAD="$recorder" && "run_$1")
    log=$(largest_log "$process")
    [ -n "$log" ] || { echo "record.sh: $process left no log" >&2; exit 1; }
    "$packer" pack "$scratch/logs/$log" "$output/$1.trace.zst"
}

# shellcheck disable=SC2086  # a list of words
[ $# -gt 0 ] || set -- $all
for name; do record "$name"; done
