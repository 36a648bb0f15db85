// Which law is found broken. The sentences are in tests/misuse: programs that must not compile.
#include <allot/policy/laws.hpp>

#include "support/catch.hpp"

#include <type_traits>

using namespace allot;
using detail::broken_law;
using detail::traits_law;

namespace {

struct two_mistakes : default_traits {
    static constexpr std::size_t granule = 48;
    static constexpr std::size_t fit_probes = 0;
};
struct double_knob : default_traits {
    static constexpr double growth_room = 8;
};
struct narrow : bounded_traits {
    static constexpr std::size_t granule = 8;
    static constexpr std::size_t largest_chunk = 32768;
};

}  // namespace

TEST_CASE("laws: the ready-made traits keep them all, bounded ones with their idle lanes too") {
    STATIC_REQUIRE(broken_law<default_traits>() == traits_law::kept);
    STATIC_REQUIRE(broken_law<bounded_traits>() == traits_law::kept);
    STATIC_REQUIRE(broken_law<compact_traits>() == traits_law::kept);
    STATIC_REQUIRE(std::is_same_v<detail::lawful_traits<bounded_traits>, bounded_traits>);
}

TEST_CASE("laws: of two broken ones the first is named, and a type without knobs breaks one of its own") {
    STATIC_REQUIRE(broken_law<two_mistakes>() == traits_law::granule);
    STATIC_REQUIRE(broken_law<int>() == traits_law::all_knobs);
    STATIC_REQUIRE(broken_law<double_knob>() == traits_law::all_knobs);
}

TEST_CASE("laws: how wide words are matters") {
    STATIC_REQUIRE(broken_law<narrow, 4>() == traits_law::kept);
    STATIC_REQUIRE(broken_law<narrow, 8>() == traits_law::two_words);
}

TEST_CASE("laws: what is said for nothing is found, below too, and what is only inherited is not") {
    using immediate_lanes = tuned<knobs{.coalescing = coalescing::immediate, .lanes = 4}>;
    using lanes_below = tuned<knobs{.coalescing = coalescing::immediate}, tuned<knobs{.lanes = 4}>>;
    using no_lanes = tuned<knobs{.coalescing = coalescing::immediate, .lanes = 0}>;
    using quiet = tuned<knobs{.coalescing = coalescing::immediate}>;
    STATIC_REQUIRE(broken_law<immediate_lanes>() == traits_law::lanes_ignored);
    STATIC_REQUIRE(broken_law<lanes_below>() == traits_law::lanes_ignored);
    STATIC_REQUIRE(broken_law<no_lanes>() == traits_law::kept);
    STATIC_REQUIRE(broken_law<quiet>() == traits_law::kept);
}
