#!/bin/sh
# readme_blocks.sh ROOT
# Every block of C++ in README.md is cut from a file that is compiled and run. The line above the block says from where:
#
#     <!-- tests/examples/pmr.cpp [pmr] -->      what stands there between // [pmr] and // [/pmr], without its indentation
#
# A block that differs from its file, that names no file, or a file in tests/examples that is marked and not quoted, fails.
set -eu
cd "$1"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Each block goes into a file of its own, N.quoted, and what the line above it says into N.source.
awk -v work="$work" '
    /^```/ && inside    { inside = 0; close(quoted); next }
    /^```cpp/           { ++count; inside = 1; quoted = work "/" count ".quoted"; printf "" > quoted
                          print NR " " above > (work "/" count ".source") }
    inside && !/^```cpp/ { print > quoted }
                        { above = $0 }' README.md

# The lines between two marks, moved left by the indentation of the first mark.
cut_from() {
    awk -v mark="$2" '
        index($0, "// [/" mark "]") { inside = 0 }
        inside                      { print substr($0, 1, margin) ~ /^ *$/ ? substr($0, margin + 1) : $0 }
        index($0, "// [" mark "]")  { inside = 1; margin = index($0, "//") - 1 }' "$1"
}

faults=0
fault() { echo "README.md:$1"; faults=$((faults + 1)); }
: >"$work/named"
for source in "$work"/*.source; do
    [ -e "$source" ] || { echo "README.md has no block of C++"; exit 1; }
    read -r line comment <"$source" || true
    file=$(expr "$comment" : '<!-- \([^ ]*\) \[[^]]*\] -->$') || { fault "$line: the line above the block names no file"; continue; }
    mark=$(expr "$comment" : '<!-- [^ ]* \[\([^]]*\)\] -->$')
    echo "$file $mark" >>"$work/named"
    [ -r "$file" ] || { fault "$line: there is no $file"; continue; }
    cut_from "$file" "$mark" >"$work/cut"
    [ -s "$work/cut" ] || { fault "$line: $file has no [$mark]"; continue; }
    diff -u "${source%.source}.quoted" "$work/cut" || fault "$line: differs from $file [$mark]"
done

for file in tests/examples/*.cpp; do
    for mark in $(sed -n 's,^ *// \[\([^]/]*\)\]$,\1,p' "$file"); do
        grep -qx "$file $mark" "$work/named" || { echo "$file: [$mark] is quoted nowhere in README.md"; faults=$((faults + 1)); }
    done
done
echo "$(wc -l <"$work/named") blocks, $faults faults"
[ "$faults" -eq 0 ]
