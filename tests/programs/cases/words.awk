# Prints `lines` lines of eight made-up words and a number, the same ones for the same seed.
#
#   mawk -v lines=1000 -v seed=1 -f words.awk
function next_number(limit) {
    state = state * 16807 % 2147483647
    return state % limit
}
# Three syllables at most, so that words come back.
function word(   syllables, text) {
    text = ""
    for (syllables = 1 + next_number(3); syllables > 0; --syllables)
        text = text substr("bcdfghklmnprstvwz", 1 + next_number(17), 1) substr("aeiou", 1 + next_number(5), 1)
    return text
}
BEGIN {
    state = seed
    for (; lines > 0; --lines) {
        line = word()
        for (words = 1; words < 8; ++words) line = line " " word()
        print line, next_number(100000)
    }
}
