# Associative arrays, substitutions, splits, concatenation and pipes.
set -eu
mawk=$1 here=${0%/*}
"$mawk" -v lines=25000 -v seed=8 -f "$here/words.awk" >text
"$mawk" '
    {
        for (i = 1; i < NF; ++i) { ++count[$i]; last[$i] = last[$i] " " NR; gsub(/[aeiou]/, "&&", $i) }
        sum += length($0)
    }
    NR % 100 == 0 { delete count; rest = rest substr($0, 3) }
    END {
        for (word in last) {
            n += split(last[word], places, " ")
            if (length(last[word]) > 300) print word, last[word] | "sort"
        }
        close("sort")
        print NR, n, sum, length(rest)
    }' text
rm text
