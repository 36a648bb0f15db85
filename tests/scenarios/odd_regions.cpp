// Regions of every awkward size and place.
#include "support/catch.hpp"
#include "support/checked_heap.hpp"
#include "support/heaps.hpp"
#include "support/lived_in.hpp"
#include "support/sanitizer.hpp"
#include "support/sparse_store.hpp"

#include <algorithm>

using namespace allot_test;
using allot::region_status;

namespace {

// A region works if its largest chunk can be had, given back and had again.
template <class Store>
bool works(Store& sparse) {
    const std::size_t first = sparse.store.regions().lowest(sparse.store.chunks());
    const std::size_t whole = sparse.store.chunks().size_of(first);
    for (int twice = 0; twice < 2; ++twice) {
        const std::size_t chunk = sparse.take(whole);
        if (chunk != first || !sparse.is_sound()) return false;
        sparse.put(chunk);
    }
    return sparse.is_sound();
}

template <class Word, std::size_t Largest, std::size_t Granule>
struct limited {
    using store = sparse_store<small_largest<Largest, Granule>, Word>;
    static constexpr std::size_t word = sizeof(Word);
    static constexpr std::size_t largest = Largest;
    static constexpr std::size_t granule = Granule;
};

using limits = joined<
    std::tuple<limited<std::uint16_t, 4096, 8>, limited<std::uint32_t, 4096, 8>, limited<std::uint32_t, 65536, 16>>,
    if_word_fits<std::uint64_t, limited<std::uint64_t, 65536, 16>, limited<std::uint64_t, 65536, 64>>>;
using words = joined<std::tuple<std::uint16_t, std::uint32_t>, if_word_fits<std::uint64_t, std::uint64_t>>;

}  // namespace

TEMPLATE_LIST_TEST_CASE(
    "R-08 a region around the size of the largest chunk is refused or works, in words of every width", "", limits) {
    constexpr std::size_t word = TestType::word;
    constexpr std::size_t granule = TestType::granule;
    constexpr std::size_t overhead = 5 * word;  // a descriptor, a fencepost, and the base is a word below a granule
    std::size_t accepted = 0;
    for (std::size_t more = 0; more <= 4 * granule; ++more) {
        const std::size_t bytes = TestType::largest + overhead - 2 * granule + more;
        typename TestType::store tried;
        const region_status status = tried.add(4 * granule, bytes);
        if (status == region_status::ok) ++accepted;
        else CHECK(tried.written_words() == 0);
        CHECK((status == region_status::ok ? works(tried) : status == region_status::out_of_reach));
    }
    CHECK(accepted > 2 * granule);
    CHECK(accepted < 4 * granule);
}

TEMPLATE_LIST_TEST_CASE(
    "R-08 a region past the last address is refused, one up to it is refused or works, one just below works", "",
    words) {
    using sparse = sparse_store<small_largest<8192, 16>, TestType>;
    constexpr std::size_t last = static_cast<TestType>(~TestType{0});
    for (std::size_t base = last - 4096; base <= last - 1024; base += 509) {
        for (std::size_t past = 0; past < 40; ++past) {
            sparse tried;
            const std::size_t bytes = last - base + 1 + past;  // past == 0: up to the last address itself
            const region_status status = tried.add(base, bytes);
            const bool is_refused = status == region_status::wraps_address_space && tried.written_words() == 0;
            CHECK((is_refused || (past == 0 && works(tried))));
        }
        for (std::size_t short_of = 1; short_of < 40; ++short_of) {
            sparse tried;
            REQUIRE(tried.add(base, last - base + 1 - short_of) == region_status::ok);
            CHECK(works(tried));
        }
    }
}

TEMPLATE_LIST_TEST_CASE("R-12 a region of any few bytes at any base: a status, and no write outside", "", plain_heaps) {
    // Under a sanitizer eight bases, for each heap is many times as slow: the odd ones too where the alignment is small.
    constexpr std::size_t step = is_address_sanitized ? std::max<std::size_t>(TestType::default_alignment / 8, 1) : 1;
    std::size_t smallest = SIZE_MAX;
    for (std::size_t base = 0; base < TestType::default_alignment; base += step) {
        for (std::size_t bytes = 0; bytes < 16 * TestType::default_alignment; ++bytes) {
            checked_heap<TestType> heap(bare_field{1200});
            const region_status status = heap.add_region(base, bytes);
            REQUIRE((status == region_status::ok || status == region_status::too_small));
            if (status != region_status::ok) continue;
            smallest = std::min(smallest, bytes);
            CHECK(heap.allocate(heap.stats().largest_free - heap.overhead) != nullptr);
        }
    }
    CHECK(smallest == 5 * TestType::chunk_overhead + TestType::min_chunk_size);
}

TEMPLATE_LIST_TEST_CASE("R-34 a region that is refused leaves the live heap untouched", "", contract_heaps) {
    lived_in<TestType> lived(8192);
    const std::string shape = lived.heap.shape();
    CHECK(lived.heap.raw().add_region(nullptr, 8192) == region_status::null_base);
    for (const std::size_t bytes : sizes{0, 1, 8, 24, 8192, SIZE_MAX / 2, SIZE_MAX - 4096, SIZE_MAX}) {
        for (const std::size_t offset : sizes{0, 1, 100, 8000})
            CHECK(lived.heap.add_region(offset, bytes) != region_status::ok);
    }
    CHECK(lived.heap.shape() == shape);
}
