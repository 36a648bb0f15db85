#!/bin/sh
# readme.sh NAME ROOT
# Runs the block of README.md that stands below <!-- run: NAME -->, as it stands there, in a directory with a fresh copy of the
# library in allot/ and README's first program in app.cpp; HOME is that directory too. Exit 77: a program is missing.
#
# readme.sh every_block ROOT NAME...
# Every block of sh or cmake in README.md is one of the NAMEs, or says why it is not run: <!-- not run: reason -->.
# From the environment: CMAKE.
set -eu
name=$1 root=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

block() {
    awk -v wanted="<!-- run: $1 -->" '
        /^```/            { if (inside) exit; inside = (above == wanted) }
        inside && !/^```/ { print }
                          { above = $0 }' "$root/README.md" >"$work/block"
    [ -s "$work/block" ] || { echo "README.md has no block below <!-- run: $1 -->"; exit 1; }
}

if [ "$name" = every_block ]; then
    shift 2
    printf '%s\n' "$@" | sort >"$work/names"
    awk '/^```(sh|cmake)/ && above !~ /^<!-- (run: [a-z_]+|not run: .+) -->$/ { print "README.md:" NR ": nobody runs this block"; bad = 1 }
         { above = $0 } END { exit bad }' "$root/README.md"
    sed -n 's/^<!-- run: \(.*\) -->$/\1/p' "$root/README.md" | sort | diff "$work/names" -
    exit
fi

PATH=$(dirname "$CMAKE"):$PATH
HOME=$work
export PATH HOME
mkdir "$work/allot"
tar -C "$root" -cf - CMakeLists.txt LICENSE cmake include | tar -C "$work/allot" -xf -
sed -n '/\/\/ \[first-program\]/,/\/\/ \[\/first-program\]/p' "$root/tests/examples/first_program.cpp" >"$work/app.cpp"
cp "$root/tests/examples/kernel_heap.cpp" "$work/kernel.cpp"
cp "$root/tests/examples/firmware.cpp" "$work/firmware.cpp"
cd "$work"

run() {
    block "$1"
    sh -eu "$work/block" >"$work/output" 2>&1 || { cat "$work/output"; echo "README.md, run: $1: failed"; exit 1; }
}
# A project whose CMakeLists.txt is what README says, behind the lines that every project begins with.
project() {
    block "$1"
    {
        echo 'cmake_minimum_required(VERSION 3.25)'
        echo 'project(app LANGUAGES CXX)'
        echo 'add_executable(app app.cpp)'
        cat "$work/block"
    } >CMakeLists.txt
}
built_by_cmake() {
    cmake -S . -B build "$@" >"$work/output" 2>&1 && cmake --build build >>"$work/output" 2>&1 || { cat "$work/output"; exit 1; }
    build/app
}
with_repository() {
    git -C allot init -q -b main
    git -C allot add .
    git -C allot -c user.name=test -c user.email=test@localhost commit -q -m test
    built_by_cmake "-DALLOT_REPOSITORY=file://$work/allot"
}

# Each line of a block that calls a compiler, where there is that compiler; then what its objects leave undefined.
lines_of_compilers() {
    block "$1"
    missing=
    grep '=' block | grep -v -- ' -c ' >settings || :
    grep -- ' -c ' block >lines
    while read -r line; do
        compiler=${line%% *}
        if ! command -v "$compiler" >/dev/null; then missing="$missing $compiler"; continue; fi
        { cat settings; echo "$line"; } >one_line
        sh -eu one_line || { echo "README.md: $line: failed"; exit 1; }
    done <lines
    [ "$(find . -name '*.o' | wc -l)" -gt 0 ] || [ -n "$missing" ]
    for object in *.o; do
        [ -e "$object" ] || continue
        for symbol in $(nm --format=just-symbols --undefined-only "$object"); do
            case $object/$symbol in
                */memcpy | */memmove | */memset | riscv64.o/__clzdi2 | riscv64.o/__ctzdi2) ;;
                *) echo "$object: $symbol is undefined, and README.md does not say so"; exit 1 ;;
            esac
        done
    done
    [ -z "$missing" ] || { echo "skipped, for there is no:$missing"; exit 77; }
}

# Exit 77 if a program that the block names is not there.
needs() {
    for program; do
        command -v "$program" >/dev/null || { echo "skipped, for there is no $program"; exit 77; }
    done
}
case $name in
    fetch_content) needs git ;;
    pkg_config) needs g++ pkg-config ;;
    single_header | copy | malloc_install | malloc_use) needs g++ ;;
esac

case $name in
    install) run install; [ -e "$HOME/.local/include/allot/allot.hpp" ] ;;
    malloc_install) run malloc_install; [ -x "$HOME/.local/bin/allot-run" ] && [ -e "$HOME/.local/lib/liballot_malloc.so" ] ;;
    malloc_use) run malloc_install; rm -rf allot; run malloc_use; [ -s sorted ] && grep -q '^allot: sort (.*) at its end$' output ;;
    find_package) run install; project find_package; rm -rf allot; run build; build/app ;;
    build) run install; project find_package; run build; build/app ;;
    add_subdirectory) project add_subdirectory; built_by_cmake ;;
    fetch_content) project fetch_content; with_repository ;;
    pkg_config) run install; rm -rf allot; run pkg_config; ./app ;;
    single_header)
        run single_header
        rm -rf allot
        sed -i 's,<allot/allot.hpp>,"allot.hpp",' app.cpp
        g++ -std=c++20 app.cpp -o app
        ./app
        ;;
    copy) run copy; ./app ;;
    kernel | firmware) lines_of_compilers "$name" ;;
    *) echo "readme.sh: nothing is called $name"; exit 2 ;;
esac
