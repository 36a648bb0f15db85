#include <allot/free/bin_map.hpp>

#include "support/catch.hpp"
#include "support/random.hpp"

#include <cstring>
#include <set>
#include <tuple>

using allot::detail::bin_map;
using allot::detail::word_bits;

namespace {

template <std::size_t Bins>
struct bins_of {
    static constexpr std::size_t count = Bins;
    using map = bin_map<Bins>;
};

using sizes = std::tuple<bins_of<1>, bins_of<31>, bins_of<word_bits>, bins_of<word_bits + 1>, bins_of<657>,
                         bins_of<word_bits * word_bits>>;

std::size_t first_from(const std::set<std::size_t>& model, std::size_t bin, std::size_t end) {
    const auto found = model.lower_bound(bin);
    return found == model.end() ? end : *found;
}

}  // namespace

TEMPLATE_LIST_TEST_CASE("bin_map: an empty one finds nothing", "", sizes) {
    constexpr typename TestType::map map;
    for (const std::size_t bin :
         {std::size_t{0}, TestType::count - 1, TestType::count, TestType::count + 1, SIZE_MAX}) {
        CHECK(map.find_from(bin) == TestType::count);
    }
    CHECK(map.find_last() == TestType::count);
    CHECK(map.is_consistent());
}

TEMPLATE_LIST_TEST_CASE("bin_map: one bit is found from every place up to it and from none above", "", sizes) {
    for (std::size_t bit = 0; bit < TestType::count; bit += 1 + bit / 40) {
        typename TestType::map map;
        map.set(bit);
        REQUIRE(map.is_set(bit));
        for (std::size_t from = 0; from <= TestType::count; from += 1 + from / 40) {
            REQUIRE(map.find_from(from) == (from <= bit ? bit : TestType::count));
        }
        REQUIRE(map.find_from(bit) == bit);
        REQUIRE(map.find_from(bit + 1) == TestType::count);
        REQUIRE(map.find_last() == bit);
        map.clear(bit);
        REQUIRE(map.find_from(0) == TestType::count);
        REQUIRE(map.is_consistent());
    }
}

TEMPLATE_LIST_TEST_CASE("bin_map: agrees with a set, whatever is set and cleared", "", sizes) {
    allot_test::random_numbers random(9);
    typename TestType::map map;
    std::set<std::size_t> model;
    for (int i = 0; i < 5000; ++i) {
        const std::size_t bin = random.below(TestType::count);
        if (random.below(2) == 0) map.set(bin), model.insert(bin);
        else map.clear(bin), model.erase(bin);
        const std::size_t from = random.below(TestType::count + 1);
        REQUIRE(map.find_from(from) == first_from(model, from, TestType::count));
        REQUIRE(map.find_last() == (model.empty() ? TestType::count : *model.rbegin()));
        REQUIRE(map.is_set(bin) == (model.count(bin) != 0));
    }
    CHECK(map.is_consistent());
}

TEST_CASE("bin_map: a summary that disagrees with its words, or a bit beyond the bins, is inconsistent") {
    struct laid_open {
        std::size_t words[3];  // the summary, then the words
    };
    using small = bin_map<word_bits + 5>;
    static_assert(sizeof(small) == sizeof(laid_open));
    small map;
    map.set(3);
    map.set(word_bits + 1);
    REQUIRE(map.is_consistent());
    for (std::size_t word = 0; word < 3; ++word) {
        for (unsigned bit = 0; bit < word_bits; ++bit) {
            laid_open bits;
            std::memcpy(&bits, &map, sizeof bits);
            bits.words[word] ^= std::size_t{1} << bit;
            small flipped;
            std::memcpy(static_cast<void*>(&flipped), &bits, sizeof bits);
            const bool names_a_bin =
                word == 1 ? bit != 3 : word == 2 && bit < 5 && bit != 1;  // then the lists must tell
            CHECK(flipped.is_consistent() == names_a_bin);
        }
    }
}

TEST_CASE("bin_map: of one word a bit beyond the bins is inconsistent") {
    using small = bin_map<word_bits - 5>;
    static_assert(sizeof(small) == sizeof(std::size_t));
    for (unsigned bit = 0; bit < word_bits; ++bit) {
        const std::size_t bits = std::size_t{1} << bit;
        small map;
        std::memcpy(static_cast<void*>(&map), &bits, sizeof bits);
        CHECK(map.is_consistent() == (bit < word_bits - 5));
    }
}
