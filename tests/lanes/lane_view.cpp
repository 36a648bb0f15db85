// What a heap sees of what waits in a lane.
#include <allot/lanes/lane_view.hpp>

#include "support/catch.hpp"
#include "support/complaint.hpp"
#include "support/heap_over_array.hpp"
#include "support/heaps.hpp"

#include <allot/lanes/lane_exchange.hpp>

using namespace allot_test;

namespace {

template <class Traits>
struct given : heap_over_array<allot::basic_heap<reporting<laned<Traits>>>> {
    using store_type = typename allot::detail::heap_core<reporting<laned<Traits>>, allot::direct_memory>::store_type;
    using chunks_type = typename store_type::chunks_type;

    allot::detail::lane<store_type> lane{};

    ~given() { exchange().spill_all(); }

    store_type& store() { return core_of(this->heap).store(); }
    allot::detail::lane_exchange<store_type> exchange() { return {store(), lane}; }
    allot::detail::lane_view<store_type> view() { return {store(), lane}; }

    /// A payload of 48 bytes that waits.
    void* waiting() {
        const std::size_t chunk = exchange().refill(store_type::requests::chunk_size_for(48));
        REQUIRE(chunk != 0);
        REQUIRE(lane.put(chunk, {48}));
        return allot::direct_memory::pointer_to(chunks_type::payload_of(chunk));
    }
};

}  // namespace

TEMPLATE_TEST_CASE("lane_view: what waits is found, what a caller owns is not", "", allot::default_traits,
                   allot::compact_traits) {
    given<TestType> given;
    void* const waiting = given.waiting();
    void* const owned = given.heap.allocate(48);
    CHECK(given.view().has(address_of(waiting)));
    CHECK_FALSE(given.view().has(address_of(owned)));
    CHECK(given.view().is_sound());
    given.heap.deallocate(owned);
}

TEMPLATE_TEST_CASE("lane_view: revealed it reads as cached, hidden as in use", "", allot::default_traits,
                   allot::compact_traits) {
    given<TestType> given;
    void* const waiting = given.waiting();
    const auto state = [&] {
        auto found = allot::chunk_state::free;
        given.heap.for_each_chunk([&](const allot::chunk_info& chunk) {
            if (chunk.payload == waiting) found = chunk.state;
        });
        return found;
    };
    CHECK(state() == allot::chunk_state::in_use);
    given.view().reveal();
    CHECK(state() == allot::chunk_state::cached);
    given.view().hide();
    CHECK(state() == allot::chunk_state::in_use);
    CHECK(given.heap.verify());
}
