#!/bin/sh
# foreign_macros.sh INCLUDE_DIR LIST COMPILER FLAG...
# No identifier of the library is a macro of a common toolchain: the headers are preprocessed with every macro of LIST
# defined as a marker, and no marker may come out. The standard headers come first; what is done to them is not our affair.
set -eu

include_dir=$1 list=$2
shift 2
headers=$(cd "$include_dir" && find allot -name '*.hpp' | sort)
[ -n "$headers" ] || { echo "no headers in $include_dir"; exit 1; }
names=$(sed '/^#/d; s/^[^:]*://' "$list")
[ -n "$names" ] || { echo "no names in $list"; exit 1; }

program() {
    find "$include_dir" -name '*.hpp' -exec sed -n 's/^# *include <\([^/>]*\(\.h\)\{0,1\}\)>.*/\1/p' '{}' + | sort -u |
        sed 's/.*/#if __has_include(<&>)\n#include <&>\n#endif/'
    for name in $names; do
        case $name in
            *'(') printf '#undef %s\n#define %s...) allot_foreign_%s\n' "${name%(}" "$name" "${name%(}" ;;
            *) printf '#undef %s\n#define %s allot_foreign_%s\n' "$name" "$name" "$name" ;;
        esac
    done
    # shellcheck disable=SC2086  # a list of paths without spaces
    printf '#include <%s>\n' $headers
    echo 'allot::heap every_form;'
    echo 'ALLOT_REPLACE_NEW_DELETE(every_form) ALLOT_DEFINE_MALLOC(k, every_form)'
}

preprocessed=$(program | "$@" "-I$include_dir" -E -x c++ -)
case $preprocessed in *kmalloc*) ;; *) echo "nothing was preprocessed"; exit 1 ;; esac
printf '%s\n' "$preprocessed" | awk -v ours="$include_dir/allot/" '
    /^# [0-9]+ "/ { split($0, parts, "\""); file = parts[2]; line = $2 - 1; next }
    { ++line }
    index(file, ours) != 1 && file != "<stdin>" { next }
    {
        for (rest = $0; match(rest, /allot_foreign_[A-Za-z0-9_]+/); rest = substr(rest, RSTART + RLENGTH)) {
            print file ":" line ": " substr(rest, RSTART + 14, RLENGTH - 14) " is a macro of a common toolchain"
            ++faults
        }
    }
    END { exit faults > 0 }'
