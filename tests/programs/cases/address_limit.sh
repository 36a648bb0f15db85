# A limit of addresses: set by a shell on itself when it has run for a while, and then met by the programs that it starts.
set -eu
bash=$1 python=$2
"$bash" -c '
    kept=({1..20000})
    ulimit -v 400000
    for n in {1..20}; do kept+=("${kept[@]:0:2000}"); done
    echo "${#kept[@]} ${kept[*]: -3}"
    "$0" -c "
kept = [str(n) for n in range(200000)]
for bytes in (10**9, 10**12):
    try:
        bytearray(bytes)
    except MemoryError:
        print(len(kept), \"no room for\", bytes)
grown = []
try:
    while True: grown.append(bytearray(10**6))
except MemoryError:
    many = len(grown)
    grown.clear()
print(many > 100, sum(map(len, kept)))
"
' "$python"
