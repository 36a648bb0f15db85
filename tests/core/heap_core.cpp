// The steps between which a heap copies payloads and asks its source.
#include <allot/core/heap_core.hpp>

#include "support/catch.hpp"
#include "support/complaint.hpp"
#include "support/heaps.hpp"

#include <allot/heap.hpp>

#include <cstdint>
#include <cstring>

using namespace allot_test;
using outcome = allot::detail::relocation::outcome;

namespace {

void* at(std::size_t address) { return allot::direct_memory::pointer_to(address); }

/// A heap over memory of its own, and a payload full of one byte.
template <class Heap>
struct heap_with_payload {
    heap_with_payload() {
        REQUIRE(heap.add_region(memory, sizeof memory) == allot::region_status::ok);
        below = heap.allocate(600);
        payload = heap.allocate(600);
        above = heap.allocate(600);
        std::memset(payload, 0x5a, 600);
    }

    bool has_content(const void* at) const {
        const auto* const bytes = static_cast<const unsigned char*>(at);
        for (int i = 0; i < 600; ++i) {
            if (bytes[i] != 0x5a) return false;
        }
        return true;
    }

    alignas(64) unsigned char memory[16384];
    Heap heap;
    void* below;
    void* payload;
    void* above;
};

}  // namespace

TEMPLATE_LIST_TEST_CASE("heap_core: a payload that stays is not copied", "", core_heaps) {
    heap_with_payload<TestType> given;
    given.heap.deallocate(given.above);
    const allot::detail::relocation move = core_of(given.heap).begin_reallocate(address_of(given.payload), {900, 16});
    CHECK(move.how == outcome::stayed);
    CHECK(move.to == address_of(given.payload));
    CHECK_FALSE(move.must_copy());
    CHECK(given.heap.verify());
}

TEMPLATE_LIST_TEST_CASE("heap_core: growth downward leaves the content alone until it is moved", "", core_heaps) {
    heap_with_payload<TestType> given;
    given.heap.deallocate(given.below);
    const allot::detail::relocation move = core_of(given.heap).begin_reallocate(address_of(given.payload), {900, 16});
    REQUIRE(move.how == outcome::down);
    CHECK(move.to == address_of(given.below));
    CHECK(given.heap.verify());
    CHECK(given.has_content(at(move.from)));
    std::memmove(at(move.to), at(move.from), move.bytes);
    core_of(given.heap).finish_reallocate(move, 900);
    CHECK(given.has_content(at(move.to)));
    CHECK(given.heap.usable_size(at(move.to)) < 1200);
    CHECK(given.heap.verify());
}

TEMPLATE_LIST_TEST_CASE("heap_core: both places are the caller's between the halves of a move", "", core_heaps) {
    heap_with_payload<TestType> given;
    const allot::detail::relocation move = core_of(given.heap).begin_reallocate(address_of(given.payload), {900, 16});
    REQUIRE(move.how == outcome::moved);
    const std::size_t during = given.heap.stats().in_use_chunks;
    CHECK(given.has_content(at(move.from)));
    CHECK(given.heap.verify());
    std::memcpy(at(move.to), at(move.from), move.bytes);
    core_of(given.heap).finish_reallocate(move, 900);
    CHECK(given.heap.stats().in_use_chunks == during - 1);
    CHECK(given.heap.verify());
}

TEMPLATE_LIST_TEST_CASE("heap_core: what a moving payload holds on the way is no peak", "", core_heaps) {
    heap_with_payload<TestType> given;
    given.heap.deallocate(given.below);
    REQUIRE(given.heap.reallocate(given.payload, 900) == given.below);
    given.heap.deallocate(given.above);
    given.heap.deallocate(given.below);
    CHECK(given.heap.stats().peak_in_use_bytes < 1900);
}

TEST_CASE("heap_core: what a source is asked for is enough, or nothing") {
    using core = allot::detail::heap_core<allot::default_traits, allot::direct_memory>;
    for (const std::size_t bytes : {std::size_t{0}, std::size_t{1}, std::size_t{4096}, core::max_request / 2}) {
        CHECK(core::span_for({bytes, core::granule}) > bytes);
        CHECK(core::span_for({bytes, 4096}) >= bytes + 4096);
    }
    CHECK(core::span_for({core::max_request, core::granule}) == 0);
    CHECK(core::span_for({core::max_request / 2 + 1, core::max_request / 2 + 1}) == 0);
    CHECK(core::span_for({core::max_request + 1, core::granule}) == 0);
    CHECK(core::span_for({1, SIZE_MAX / 2 + 1}) == 0);
    CHECK(core::span_for({1, 48}) == 0);
}

TEST_CASE("heap_core: a span smaller than what was asked for is not taken in") {
    alignas(64) static unsigned char memory[4096];
    allot::heap heap;
    CHECK_FALSE(core_of(heap).add_span({nullptr, 0}, 100));
    CHECK_FALSE(core_of(heap).add_span({memory, 4095}, 4096));
    CHECK(heap.stats().regions == 0);
    CHECK(core_of(heap).add_span({memory, 4096}, 4096));
    CHECK(heap.stats().regions == 1);
}

// --- what a report says of the verb that found a corruption ---------------------------------------------------------------

namespace {

template <class Base>
struct telling : Base {
    static void on_corruption(const allot::corruption_report& report) noexcept {
        report_of_child().counted[0] = static_cast<unsigned long>(report.verb);
        leave_child(0);
    }
};

/// The verb that a report in a child names.
template <class Call>
std::string verb_told_by(Call&& call) {
    report_of_child().counted[0] = 0;
    static_cast<void>(end_of(call));
    return allot::name_of(static_cast<allot::heap_verb>(report_of_child().counted[0]));
}

std::size_t& header_under(void* payload) { return static_cast<std::size_t*>(payload)[-1]; }

}  // namespace

TEMPLATE_TEST_CASE("heap_core: a report names the verb that found it", "", telling<allot::default_traits>,
                   telling<allot::bounded_traits>, telling<allot::compact_traits>) {
    heap_with_payload<allot::basic_heap<TestType>> given;
    auto& heap = given.heap;
    void* const passed_on = heap.allocate(900);
    void* const guard = heap.allocate(600);
    heap.deallocate(passed_on);
    header_under(given.payload) = 0;
    CHECK(verb_told_by([&] { heap.deallocate(given.payload); }) == "deallocate");
    CHECK(verb_told_by([&] { heap.deallocate(given.payload, 600); }) == "deallocate");
    CHECK(verb_told_by([&] { static_cast<void>(heap.reallocate(given.payload, 10)); }) == "reallocate");
    CHECK(verb_told_by([&] { static_cast<void>(heap.try_resize(given.payload, 10)); }) == "try_resize");
    header_under(passed_on) = 8;
    CHECK(verb_told_by([&] { static_cast<void>(heap.allocate(900)); }) == "allocate");
    CHECK(verb_told_by([&] { static_cast<void>(heap.allocate_zeroed(900)); }) == "allocate_zeroed");
    CHECK(verb_told_by([&] { heap.deallocate(guard); }) == "deallocate");
}
