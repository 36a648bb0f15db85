// The steps around a lane that speak of payloads.
#include <allot/lanes/lane_steps.hpp>

#include "support/catch.hpp"
#include "support/heap_over_array.hpp"
#include "support/heaps.hpp"

using namespace allot_test;

namespace {

template <class Traits>
struct given : heap_over_array<allot::basic_heap<reporting<laned<Traits>>>> {
    using heap_type = allot::basic_heap<reporting<laned<Traits>>>;
    typename heap_type::lane_type lane{};

    ~given() { this->heap.empty(lane); }

    /// A payload of 48 bytes that waits.
    void* waiting() {
        void* const payload = this->heap.serve(lane, 48);
        REQUIRE(payload != nullptr);
        REQUIRE(heap_type::put_waiting(lane, payload, 48));
        return payload;
    }
};

}  // namespace

TEST_CASE("lane_steps: there are no lanes where nothing is ever cached, nor on small machines unless asked for") {
    STATIC_REQUIRE(immediate_heap::lanes == 0);
    STATIC_REQUIRE(allot::heap::lanes == (sizeof(void*) == 8 ? 8 : 0));
    STATIC_REQUIRE(allot::basic_heap<laned<allot::default_traits>>::lanes == 8);
}

TEMPLATE_TEST_CASE("lane_steps: a payload goes to the lane and comes back from it", "", allot::default_traits, allot::compact_traits) {
    given<TestType> given;
    void* const payload = given.waiting();
    CHECK(decltype(given)::heap_type::knows(given.lane, payload));
    CHECK(decltype(given)::heap_type::take_waiting(given.lane, 48) == payload);
    CHECK(given.heap.usable_size(payload) >= 48);
    given.heap.deallocate(payload, 48);
}

TEMPLATE_TEST_CASE("lane_steps: what waits is marked and found, what a caller holds is not", "", allot::default_traits,
                   allot::compact_traits) {
    given<TestType> given;
    void* const waiting = given.waiting();
    void* const held = given.heap.allocate(48);
    CHECK(given.heap.is_marked(waiting));
    CHECK(given.heap.is_waiting_in(given.lane, waiting));
    CHECK_FALSE(given.heap.is_marked(held));
    CHECK_FALSE(given.heap.is_waiting_in(given.lane, held));
    given.heap.deallocate(held);
}

TEMPLATE_TEST_CASE("lane_steps: revealed it reads as cached, hidden as in use", "", allot::default_traits, allot::compact_traits) {
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
    given.heap.reveal(given.lane);
    CHECK(state() == allot::chunk_state::cached);
    given.heap.hide(given.lane);
    CHECK(state() == allot::chunk_state::in_use);
    CHECK(given.heap.verify());
}

TEMPLATE_TEST_CASE("lane_steps: a lane that has none gets the list of another, one that has more keeps it", "", allot::default_traits,
                   allot::compact_traits) {
    given<TestType> given;
    using heap_type = typename decltype(given)::heap_type;
    typename heap_type::lane_type other{};
    void* const payload = given.waiting();
    const std::size_t waiting = given.lane.count();
    CHECK_FALSE(heap_type::trade_for_chunks(given.lane, other, 48));
    CHECK_FALSE(heap_type::trade_for_chunks(other, given.lane, 300));
    REQUIRE(heap_type::trade_for_chunks(other, given.lane, 48));
    CHECK(given.lane.bytes() == 0);
    CHECK(other.count() == waiting);
    CHECK(heap_type::take_waiting(other, 48) == payload);
    given.heap.deallocate(payload);
    given.heap.empty(other);
}

TEMPLATE_TEST_CASE("lane_steps: a lane gives its list for a much shorter one, if the other has room", "", allot::default_traits,
                   allot::compact_traits) {
    given<TestType> given;
    using heap_type = typename decltype(given)::heap_type;
    typename heap_type::lane_type other{};
    void* const payload = given.heap.allocate(48);
    given.heap.deallocate(given.heap.serve(given.lane, 100));  // which shows it the region
    CHECK_FALSE(heap_type::trade_for_room(given.lane, other, payload));
    void* more[40];
    for (void*& each : more) each = given.heap.allocate(48);
    for (void* each : more) REQUIRE(heap_type::put_waiting(given.lane, each, 48));
    REQUIRE(heap_type::trade_for_room(given.lane, other, payload));
    CHECK(other.count() == 40);
    CHECK_FALSE(heap_type::trade_for_room(given.lane, other, payload));
    given.heap.deallocate(payload);
    given.heap.empty(other);
}

TEST_CASE("lane_steps: only an end of a region can be taken back") {
    unsigned char memory[4096];
    allot::basic_heap<laned<allot::default_traits>> heap;
    REQUIRE(heap.add_region(memory, sizeof memory) == allot::region_status::ok);
    CHECK(heap.is_an_end(memory, sizeof memory));
    CHECK(heap.is_an_end(memory, 1024));
    CHECK_FALSE(heap.is_an_end(memory + 1024, 1024));
}
