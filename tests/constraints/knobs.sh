#!/bin/sh
# knobs.sh ROOT
# Every value knob of default_traits has its place in `knobs` and in `tuned`, in the same order, and no other name has.
set -eu

traits=$1/include/allot/traits.hpp
inside() { sed -n "/^struct $1/,/^};/p" "$traits"; }
values() { sed -nE 's/^    static constexpr (auto|bool|std::size_t) ([a-z_]+) =.*/\2/p'; }

wanted=$(inside default_traits | values)
[ -n "$wanted" ] || { echo "no knob found in default_traits"; exit 1; }
named=$(inside 'knobs {' | sed -nE 's/^    knob<[a-z_:]+> ([a-z_]+)\{\};/\1/p')
tuned=$(inside 'tuned ' | values)
[ "$wanted" = "$named" ] || { printf 'default_traits has\n%s\nand knobs\n%s\n' "$wanted" "$named"; exit 1; }
[ "$wanted" = "$tuned" ] || { printf 'default_traits has\n%s\nand tuned\n%s\n' "$wanted" "$tuned"; exit 1; }
crossed=$(inside 'tuned ' | sed -nE 's/^ .* ([a-z_]+) = said\.([a-z_]+)\.over\(Base::([a-z_]+)\);/\1 \2 \3/p' | awk '$1 != $2 || $1 != $3')
[ -z "$crossed" ] || { echo "tuned crosses: $crossed"; exit 1; }
