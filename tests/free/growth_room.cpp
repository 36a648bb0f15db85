#include <allot/free/growth_room.hpp>

#include "support/row.hpp"

using namespace allot_test;
using allot::detail::none;

namespace {

constexpr std::size_t g = 16;
constexpr std::size_t base = 0x40000;
constexpr std::size_t piece = 128 * g;

template <class Store>
struct nearly_empty : Store {
    nearly_empty() { REQUIRE(this->add(base, 0x80000) == allot::region_status::ok); }

    std::size_t take_with_room(const typename Store::store_type::fit_type& wanted) {
        using room = allot::detail::growth_room<typename Store::store_type::index_type>;
        const auto place = room::find(this->store.index(), this->store.chunks(), wanted);
        return place.found == none ? none : this->store.carve_at(place.found, place.lead, wanted.size);
    }
};

}  // namespace

TEMPLATE_LIST_TEST_CASE("growth_room: what grows is cut out of the top with room on both sides, then out of such room",
                        "", granule_16_stores) {
    nearly_empty<TestType> heap;
    const std::size_t first = heap.take(piece);
    CHECK(heap.take_with_room({piece, g}) == first + 9 * piece);
    CHECK(heap.take_with_room({piece, g}) == first + 18 * piece);
    CHECK(heap.shape() == "[128] 1024 [128] 1024 [128] rest");
    const std::size_t amid = heap.take_with_room({piece / 2, g});
    CHECK(amid == first + 5 * piece);
    CHECK(heap.is_sound());
}

TEMPLATE_LIST_TEST_CASE("growth_room: what grows with an alignment has room on both sides and is aligned", "",
                        granule_16_stores) {
    nearly_empty<TestType> heap;
    const std::size_t first = heap.take(piece);
    const std::size_t chunk = heap.take_with_room({piece, 2 * piece});
    const std::size_t payload = TestType::chunks_type::payload_of(chunk);
    CHECK(payload % (2 * piece) == 0);
    CHECK(chunk - first >= 9 * piece);
    CHECK(chunk - first < 12 * piece);
    CHECK(heap.is_sound());
    CHECK(heap.take_with_room({piece, std::size_t{1} << 30}) == none);
    CHECK(heap.is_sound());
}

TEMPLATE_LIST_TEST_CASE("growth_room: room is given only while three quarters of all memory stay in one piece", "",
                        granule_16_stores) {
    nearly_empty<TestType> heap;
    CHECK(heap.take_with_room({5 * piece, g}) == none);  // 16 times its size are more than a quarter
    std::size_t given = 0;
    while (heap.take_with_room({piece, g}) != none) ++given;
    CHECK(given == 6);
    CHECK(allot::detail::largest_free(heap.store) >= 0x60000);
    CHECK(heap.is_sound());
    const std::string shape = heap.shape();
    CHECK(heap.take_with_room({piece, g}) == none);
    CHECK(heap.shape() == shape);
}

TEST_CASE("growth_room: what grows are large chunks that become at most twice as large") {
    using room = allot::detail::growth_room<sparse_store<granule_16_compact, std::uint32_t>::store_type::index_type>;
    CHECK(room::is_needed(4096, 4112));
    CHECK(room::is_needed(4096, 8192));
    CHECK(!room::is_needed(4096, 8208));
    CHECK(!room::is_needed(4096, 4096));
    CHECK(!room::is_needed(4080, 4096));
    CHECK(!room::is_needed(8192, 4096));
}
