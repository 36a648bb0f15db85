// The umbrella alone is enough for everything freestanding, and is the contract by name.
#include <allot/allot.hpp>

#include "support/catch.hpp"

#include <type_traits>

namespace {

using allot::basic_heap;

template <class Heap>
constexpr bool has_the_verbs = requires(Heap& heap, const Heap& same, void* p, std::size_t n) {
    requires std::is_same_v<decltype(heap.add_region(p, n)), allot::region_status>;
    requires std::is_same_v<decltype(heap.remove_region(p, n)), allot::region_status>;
    requires std::is_same_v<decltype(heap.allocate(n, n)), void*>;
    requires std::is_same_v<decltype(heap.try_allocate(n, n)), void*>;
    requires std::is_same_v<decltype(heap.allocate_zeroed(n, n)), void*>;
    requires std::is_same_v<decltype(heap.reallocate(p, n, n)), void*>;
    requires std::is_same_v<decltype(heap.try_resize(p, n)), bool>;
    requires std::is_same_v<decltype(Heap::usable_size(p)), std::size_t>;
    requires std::is_same_v<decltype(same.stats()), allot::heap_stats>;
    requires std::is_same_v<decltype(same.verify()), allot::verify_result>;
    heap.deallocate(p);
    heap.deallocate(p, n, n);
    heap.coalesce();
    heap.source();
    same.for_each_chunk([](const allot::chunk_info&) {});
};

struct no_interrupts {
    static bool save_and_disable() noexcept { return true; }
    static void restore(bool) noexcept {}
};

static_assert(has_the_verbs<allot::heap>);
static_assert(has_the_verbs<basic_heap<allot::bounded_traits>>);
static_assert(has_the_verbs<basic_heap<allot::compact_traits>>);
static_assert(has_the_verbs<allot::locked_heap<>>);
static_assert(has_the_verbs<allot::locked_heap<allot::heap, allot::ticket_lock>>);
static_assert(has_the_verbs<allot::locked_heap<allot::heap, allot::null_lock>>);
static_assert(has_the_verbs<allot::locked_heap<allot::heap, allot::irq_safe<allot::spin_lock, no_interrupts>>>);

static_assert(std::is_same_v<allot::heap, basic_heap<allot::default_traits>>);
static_assert(std::is_same_v<allot::locked_heap<>, allot::locked_heap<allot::heap, allot::spin_lock>>);
static_assert(allot::heap::chunk_overhead == sizeof(std::size_t));
static_assert(allot::heap::default_alignment >= alignof(std::max_align_t));
static_assert(!std::is_copy_constructible_v<allot::heap> && !std::is_move_constructible_v<allot::heap>);

constinit allot::heap constant_heap;
constinit allot::locked_heap<> constant_locked_heap;

}  // namespace

TEST_CASE("an empty heap fails every allocation and is sound") {
    CHECK(constant_heap.allocate(1) == nullptr);
    CHECK(constant_locked_heap.allocate(1) == nullptr);
    CHECK(constant_heap.verify());
    CHECK(constant_locked_heap.verify());
}

TEST_CASE("the umbrella draws what it allocates") {
    alignas(64) static unsigned char memory[4096];
    allot::heap heap;
    REQUIRE(heap.add_region(memory, sizeof memory) == allot::region_status::ok);
    void* const payload = heap.allocate(1000);
    std::string map;
    allot::draw_heap_map(heap, [&](char character) { map += character; });
    CHECK_THAT(map, Catch::Matchers::Contains("#") && Catch::Matchers::Contains("."));
    heap.deallocate(payload);
}
