# Arrays, substitutions, functions that recurse, subshells and pipelines.
set -eu
bash=$1 here=${0%/*}
mawk -v lines=1500 -v seed=11 -f "$here/words.awk" >text
"$bash" -c '
    declare -A count
    while read -r -a words; do
        for word in "${words[@]}"; do count[$word]=$(( ${count[$word]-0} + 1 )); all+=" ${word//[aeiou]/-}"; done
    done <text
    echo "${#count[@]} ${#all}"
    for word in "${!count[@]}"; do echo "${count[$word]} $word"; done | sort -k1,1nr -k2 | head -n 20
    depth() { local -a kept=("$@"); (( $# < 120 )) && depth "$@" "x${#kept[@]}" || echo "$*"; }
    depth one | cksum
    for turn in {1..40}; do (kept=("${!count[@]}"); echo "${#kept[@]}$turn") | rev; done
'
rm text
