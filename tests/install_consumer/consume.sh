#!/bin/sh
# consume.sh WAY ROOT
# Builds and runs program.cpp against allot, got at in one WAY, in a directory of its own.
# From the environment: CMAKE, CXX, PKG_CONFIG.
set -eu

way=$1 root=$2
here=$root/tests/install_consumer
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
prefix=$work/prefix

# The installed tree is moved before it is used: nothing in it may remember where it was installed.
install_allot() {
    "$CMAKE" -S "$root" -B "$work/allot" -DALLOT_BUILD_TESTS=OFF "-DCMAKE_INSTALL_PREFIX=$work/first_address" >/dev/null
    "$CMAKE" --install "$work/allot" >/dev/null
    mv "$work/first_address" "$prefix"
    rm -rf "$work/allot"
}

# build_with_cmake ARGUMENT...: the project in the directory named as the way.
build_with_cmake() {
    "$CMAKE" -S "$here/$way" -B "$work/build" "$@" >/dev/null
    "$CMAKE" --build "$work/build" >/dev/null
    cp "$work/build/consumer" "$work/consumer"
}

# A project that only uses allot gets none of its tests and targets, and installs nothing of it.
stays_out_of_the_way() {
    "$CMAKE" --install "$work/build" --prefix "$work/installed" >/dev/null
    if [ -e "$work/installed/include" ]; then echo "the consumer installs allot"; exit 1; fi
    if [ -n "$(find "$work/build" -name '*Catch*')" ]; then echo "the consumer looks for Catch2"; exit 1; fi
}

case $way in
    find_package)
        install_allot
        build_with_cmake "-DCMAKE_PREFIX_PATH=$prefix"
        ;;
    add_subdirectory)
        build_with_cmake "-DALLOT_SOURCE=$root"
        stays_out_of_the_way
        ;;
    fetch_content)
        tar -C "$root" -czf "$work/allot.tar.gz" CMakeLists.txt LICENSE cmake include
        build_with_cmake "-DALLOT_ARCHIVE=file://$work/allot.tar.gz"
        stays_out_of_the_way
        ;;
    pkg_config)
        install_allot
        PKG_CONFIG_PATH=$(dirname "$(find "$prefix" -name allot.pc)")
        export PKG_CONFIG_PATH
        # shellcheck disable=SC2046  # a list of flags
        "$CXX" -std=c++20 $("$PKG_CONFIG" --cflags allot) "$here/program.cpp" -o "$work/consumer"
        ;;
    single_header)
        install_allot
        cp "$prefix/include/allot/single/allot.hpp" "$work/allot.hpp"
        rm -rf "$prefix"
        "$CXX" -std=c++20 "-I$work" '-DALLOT_TEST_SINGLE_HEADER="allot.hpp"' "$here/program.cpp" -o "$work/consumer"
        ;;
    *)
        echo "consume.sh: no way is called $way"
        exit 2
        ;;
esac

"$work/consumer"
