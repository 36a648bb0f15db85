#include <allot/chunks/size_class.hpp>

#include "support/catch.hpp"

#include <algorithm>
#include <tuple>
#include <vector>

using allot::detail::size_classes;

namespace {

constexpr std::size_t top_bit = SIZE_MAX / 2 + 1;

// The shapes of default, wide and small heaps; the last two reach to the end of what a word can say.
using shapes =
    std::tuple<size_classes<16, 1024, 16, std::size_t{1} << 31>, size_classes<8, 1024, 16, std::size_t{1} << 30>,
               size_classes<64, 1024, 16, std::size_t{1} << 28>, size_classes<16, 16, 1, 1 << 20>,
               size_classes<16, 512, 32, 1 << 16>, size_classes<16, 1024, 16, 1024>,
               size_classes<16, 1024, 16, top_bit>, size_classes<4, 4096, 8, top_bit>>;

template <class Classes>
struct granule_of;
template <std::size_t Granule, std::size_t Exact, std::size_t Subdivision, std::size_t Largest>
struct granule_of<size_classes<Granule, Exact, Subdivision, Largest>> {
    static constexpr std::size_t granule = Granule;
    static constexpr std::size_t subdivision = Subdivision;
    static constexpr std::size_t exact_limit = Exact;
};

// The sizes around every power of two and every edge between two bins, and the first few hundred.
template <class Classes>
std::vector<std::size_t> sizes_near_edges() {
    constexpr std::size_t granule = granule_of<Classes>::granule;
    std::vector<std::size_t> sizes;
    for (std::size_t size = granule; size <= std::min(Classes::largest, 300 * granule); size += granule)
        sizes.push_back(size);
    for (std::size_t power = granule; power != 0 && power <= Classes::largest; power *= 2) {
        const std::size_t step = std::max(power / granule_of<Classes>::subdivision, granule);
        for (std::size_t i = 0; i <= granule_of<Classes>::subdivision; ++i) {
            for (const std::size_t edge : {power + i * step - granule, power + i * step, power + i * step + granule}) {
                if (edge >= power / 2 && edge <= Classes::largest) sizes.push_back(edge);
            }
        }
    }
    sizes.push_back(Classes::largest);
    std::sort(sizes.begin(), sizes.end());
    sizes.erase(std::unique(sizes.begin(), sizes.end()), sizes.end());
    return sizes;
}

}  // namespace

TEMPLATE_LIST_TEST_CASE("R-09 sizes at every bin edge and one granule beside it: bins in range and in order", "",
                        shapes) {
    std::size_t last_bin = 0;
    for (const std::size_t size : sizes_near_edges<TestType>()) {
        const std::size_t bin = TestType::bin_of(size);
        REQUIRE(bin < TestType::bin_count);
        REQUIRE(bin >= last_bin);
        REQUIRE(TestType::sure_bin_of(size) <= TestType::bin_count);
        REQUIRE(TestType::sure_bin_of(size) >= bin);
        REQUIRE(TestType::sure_bin_of(size) <= bin + 1);
        last_bin = bin;
    }
    CHECK(last_bin == TestType::bin_count - 1);
}

TEMPLATE_LIST_TEST_CASE("R-09 whatever is in the sure bin is large enough, and no bin below it is", "", shapes) {
    const std::vector<std::size_t> sizes = sizes_near_edges<TestType>();
    std::vector<std::size_t> smallest(TestType::bin_count + 1, SIZE_MAX);
    for (const std::size_t size : sizes)
        smallest[TestType::bin_of(size)] = std::min(smallest[TestType::bin_of(size)], size);
    for (const std::size_t size : sizes) {
        const std::size_t sure = TestType::sure_bin_of(size);
        REQUIRE(smallest[sure] >= size);
        REQUIRE((sure == 0 || smallest[sure - 1] < size || smallest[sure - 1] == SIZE_MAX));
    }
}

TEMPLATE_LIST_TEST_CASE("size_classes: below the exact limit every size has a bin for itself", "", shapes) {
    constexpr std::size_t granule = granule_of<TestType>::granule;
    for (std::size_t size = granule; size < granule_of<TestType>::exact_limit; size += granule) {
        CHECK(TestType::is_exact(size));
        CHECK(TestType::bin_of(size) == size / granule);
        CHECK(TestType::sure_bin_of(size) == TestType::bin_of(size));
    }
    CHECK_FALSE(TestType::is_exact(granule_of<TestType>::exact_limit));
}

TEMPLATE_LIST_TEST_CASE("size_classes: above it a bin is no wider than a share of its doubling", "", shapes) {
    const std::vector<std::size_t> sizes = sizes_near_edges<TestType>();
    for (std::size_t i = 1; i < sizes.size(); ++i) {
        if (TestType::is_exact(sizes[i - 1]) || TestType::bin_of(sizes[i]) != TestType::bin_of(sizes[i - 1])) continue;
        REQUIRE(sizes[i] - sizes[i - 1] < sizes[i - 1] / granule_of<TestType>::subdivision + 1);
    }
}

TEST_CASE("size_classes: a sum that wraps has no bin") {
    using whole_word = size_classes<16, 1024, 16, top_bit>;
    STATIC_REQUIRE(whole_word::sure_bin_of(top_bit) == whole_word::bin_count - 1);
    STATIC_REQUIRE(whole_word::sure_bin_of(SIZE_MAX - 15) == whole_word::bin_count);
    STATIC_REQUIRE(whole_word::sure_bin_of(top_bit + 16) >= whole_word::bin_count);
}
