#!/bin/sh
# configurations.sh DIRECTORY COMPILER FLAG...
# Translation units that are configured differently: separate types or a link error, never silent. Link-time
# optimisation sees all of a program, and GCC refuses what breaks the one-definition rule in it.
set -eu

directory=$1
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
whole_program="-flto -Wodr -Wlto-type-mismatch -Werror"

# compile SOURCE OBJECT FLAG...
compile() {
    source=$1 object=$2
    shift 2
    # shellcheck disable=SC2086  # a list of flags
    $compiler $whole_program "$@" -c "$directory/$source.cpp" -o "$work/$object.o"
}
part() {
    part=$1 traits=$2
    shift 2
    compile part "$part" "-DALLOT_TEST_PART=$part" "-DALLOT_TEST_TRAITS=$traits" "$@"
}
main() { compile main main "-DALLOT_TEST_FIRST_TRAITS=$1" "-DALLOT_TEST_SECOND_TRAITS=$2" -DALLOT_TEST_OWN_GRANULE=32; }
# shellcheck disable=SC2086  # lists of flags
link() { $compiler $whole_program "$work"/main.o "$work"/first_part.o "$work"/second_part.o -o "$work/program"; }
runs() { if ! { link && "$work/program"; }; then echo "$1"; exit 1; fi; }
refused() {
    if messages=$(link 2>&1); then echo "linked: $1"; exit 1; fi
    case $messages in *"$2"*) ;; *) echo "$messages" | head -20; echo "refused, but not with: $2"; exit 1 ;; esac
}
compiler=$*

# Different traits are different types, side by side in one program.
main allot::bounded_traits allot::compact_traits
part first_part allot::bounded_traits
part second_part allot::compact_traits
runs "two heaps of different traits do not live in one program"

# One heap under opposite compiler settings and macros is one heap.
main allot::default_traits allot::default_traits
part first_part allot::default_traits
part second_part allot::default_traits -O0 -DALLOT_PORTABLE_BITS=1 -fno-exceptions -fno-rtti
runs "one heap does not live under opposite compiler settings"

# A part that expects another configuration than it is given does not link.
part second_part allot::bounded_traits
refused "a part that expects another heap" "undefined reference"

# Two traits of one name and different values are seen by link-time optimisation.
main own_traits own_traits
part first_part own_traits -DALLOT_TEST_OWN_GRANULE=32
part second_part own_traits -DALLOT_TEST_OWN_GRANULE=64
refused "two traits of one name" "One Definition Rule"
