#include "operation.hpp"

#include <array>
#include <istream>
#include <ostream>
#include <sstream>
#include <stdexcept>

namespace fuzz {
namespace {

constexpr std::array<const char*, 10> names = {"allocate",         "try_allocate", "allocate_zeroed", "deallocate",
                                               "deallocate_sized", "reallocate",   "try_resize",      "add_region",
                                               "remove_region",    "coalesce"};

[[noreturn]] void reject(const std::string& name, std::size_t line, const std::string& reason) {
    throw std::runtime_error(name + ":" + std::to_string(line) + ": " + reason);
}

operation parse(const std::string& text, const std::string& name, std::size_t line) {
    std::istringstream words(text);
    std::string what;
    operation read{};
    std::string rest;
    if (!(words >> what >> read.pick >> read.bytes >> read.alignment) || words >> rest) {
        reject(name, line, "expected: verb number bytes alignment");
    }
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (what == names[i]) {
            read.what = static_cast<verb>(i);
            return read;
        }
    }
    reject(name, line, "unknown verb `" + what + "`");
}

}  // namespace

const char* name_of(verb what) { return names.at(static_cast<std::size_t>(what)); }

std::ostream& operator<<(std::ostream& out, const script& written) {
    out << "configuration " << written.configuration << " arena " << written.plan.arena_bytes << " layout "
        << written.plan.layout << '\n';
    for (const operation& each : written.operations) {
        out << name_of(each.what) << ' ' << each.pick << ' ' << each.bytes << ' ' << each.alignment << '\n';
    }
    return out;
}

script read_script(std::istream& in, const std::string& name) {
    script read;
    std::string text;
    std::getline(in, text);
    std::istringstream header(text);
    std::array<std::string, 3> words;
    header >> words[0] >> read.configuration >> words[1] >> read.plan.arena_bytes >> words[2] >> read.plan.layout;
    if (!header || words != std::array<std::string, 3>{"configuration", "arena", "layout"}) {
        reject(name, 1, "expected: configuration NAME arena BYTES layout NUMBER");
    }
    for (std::size_t line = 2; std::getline(in, text); ++line) read.operations.push_back(parse(text, name, line));
    return read;
}

}  // namespace fuzz
