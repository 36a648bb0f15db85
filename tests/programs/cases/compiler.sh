# A C++ program through preprocessor, compiler, assembler and linker; the binaries and what they print must be the same.
set -eu
compiler=$1
cat >words.cpp <<'END'
#include <algorithm>
#include <iostream>
#include <map>
#include <string>
#include <vector>
template <int Depth> std::string tower() { return tower<Depth - 1>() + std::to_string(Depth); }
template <> std::string tower<0>() { return "0"; }
int main() {
    std::map<std::string, std::vector<int>> places;
    const std::string text = "a newcomer understands allot in ten minutes " + tower<200>();
    for (std::size_t at = 0; at + 2 < text.size(); ++at) places[text.substr(at, 2)].push_back(static_cast<int>(at));
    for (auto& [pair, at] : places) std::sort(at.rbegin(), at.rend());
    for (const auto& [pair, at] : places) std::cout << pair << ' ' << at.size() << ' ' << at.front() << '\n';
}
END
"$compiler" -std=c++17 -O1 -g -Wall -c words.cpp -o words.o
"$compiler" words.o -o words
./words
