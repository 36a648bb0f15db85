// The logic behind the operators, over a scripted heap. That the macro defines all 20 operators and that each takes
// the right way is tested in programs of their own: replaced_new_delete.
#include <allot/adapters/new_delete.hpp>

#include <allot/locked_heap.hpp>

#include "support/catch.hpp"
#include "support/heap_over_array.hpp"
#include "support/scripted_heap.hpp"

#include <new>
#include <vector>

namespace {

using allot_test::heap_over_array;
using allot_test::scripted_heap;
using allot_test::scripted_traits;

using allot::detail::delete_sized;
using allot::detail::new_nothrow;
using allot::detail::new_throwing;

scripted_heap* heap_of_handler = nullptr;
int handler_calls = 0;

void free_something() {
    ++handler_calls;
    heap_of_handler->failures_left = 0;
}

void free_something_at_the_third_call() {
    if (++handler_calls == 3) heap_of_handler->failures_left = 0;
}

void throw_out_of_memory() {
    ++handler_calls;
    throw std::bad_alloc();
}

void throw_something_else() {
    ++handler_calls;
    throw 42;
}

void give_up_handling() {
    ++handler_calls;
    std::set_new_handler(nullptr);
}

// Installs a handler for a scope.
class handled {
public:
    handled(std::new_handler handler, scripted_heap& heap) : previous_(std::set_new_handler(handler)) {
        handler_calls = 0;
        heap_of_handler = &heap;
    }
    ~handled() { std::set_new_handler(previous_); }

    handled(const handled&) = delete;
    handled& operator=(const handled&) = delete;

private:
    std::new_handler previous_;
};

constexpr int for_ever = 1'000'000;

}  // namespace

TEST_CASE("new: passes the size on, aligned for every type that is not over-aligned") {
    scripted_heap heap;
    CHECK(new_throwing(heap, 100) == heap.payload);
    CHECK(heap.asked_bytes == 100);
    CHECK(heap.asked_alignment >= __STDCPP_DEFAULT_NEW_ALIGNMENT__);
    CHECK(new_nothrow(heap, 101) == heap.payload);
    CHECK(heap.asked_bytes == 101);
    CHECK(heap.asked_alignment >= __STDCPP_DEFAULT_NEW_ALIGNMENT__);
}

TEST_CASE("new: passes an alignment on") {
    scripted_heap heap;
    CHECK(new_throwing(heap, 1, std::align_val_t{64}) == heap.payload);
    CHECK(heap.asked_alignment == 64);
    CHECK(new_nothrow(heap, 1, std::align_val_t{128}) == heap.payload);
    CHECK(heap.asked_alignment == 128);
}

TEST_CASE("new: an out-of-memory without a handler ends in bad_alloc, after on_exhausted") {
    scripted_heap heap;
    heap.failures_left = for_ever;
    CHECK_THROWS_AS(new_throwing(heap, 77), std::bad_alloc);
    CHECK(scripted_traits::exhausted_calls == 1);
    CHECK(scripted_traits::exhausted_bytes == 77);
}

TEST_CASE("new: tries again after on_exhausted, which may have freed something") {
    scripted_heap heap;
    heap.failures_left = 1;
    CHECK(new_throwing(heap, 77) == heap.payload);
    CHECK(scripted_traits::exhausted_calls == 1);
}

TEST_CASE("new: runs the handler until there is memory") {
    scripted_heap heap;
    heap.failures_left = for_ever;
    const handled scope(free_something_at_the_third_call, heap);
    CHECK(new_throwing(heap, 8) == heap.payload);
    CHECK(handler_calls == 3);
    CHECK(scripted_traits::exhausted_calls == 1);
}

TEST_CASE("new: what the handler throws comes out") {
    scripted_heap heap;
    heap.failures_left = for_ever;
    const handled scope(throw_something_else, heap);
    CHECK_THROWS_AS(new_throwing(heap, 8), int);
    CHECK(handler_calls == 1);
}

TEST_CASE("new: a handler that uninstalls itself is the last one") {
    scripted_heap heap;
    heap.failures_left = for_ever;
    const handled scope(give_up_handling, heap);
    CHECK_THROWS_AS(new_throwing(heap, 8), std::bad_alloc);
    CHECK(handler_calls == 1);
}

TEST_CASE("new: no handler runs while there is memory") {
    scripted_heap heap;
    const handled scope(free_something, heap);
    CHECK(new_throwing(heap, 8) == heap.payload);
    CHECK(new_nothrow(heap, 8) == heap.payload);
    CHECK(handler_calls == 0);
    CHECK(scripted_traits::exhausted_calls == 0);
}

TEST_CASE("nothrow new: null without a handler, and no on_exhausted") {
    scripted_heap heap;
    heap.failures_left = for_ever;
    CHECK(new_nothrow(heap, 8) == nullptr);
    CHECK(scripted_traits::exhausted_calls == 0);
}

TEST_CASE("nothrow new: runs the handler until there is memory") {
    scripted_heap heap;
    heap.failures_left = for_ever;
    const handled scope(free_something_at_the_third_call, heap);
    CHECK(new_nothrow(heap, 8) == heap.payload);
    CHECK(handler_calls == 3);
}

TEST_CASE("nothrow new: null if the handler throws, whatever it throws") {
    for (const std::new_handler handler : {&throw_out_of_memory, &throw_something_else}) {
        scripted_heap heap;
        heap.failures_left = for_ever;
        const handled scope(handler, heap);
        CHECK(new_nothrow(heap, 8) == nullptr);
        CHECK(handler_calls == 1);
    }
}

namespace {

constexpr std::align_val_t hopeless_alignments[] = {std::align_val_t{0}, std::align_val_t{24},
                                                    std::align_val_t{SIZE_MAX}, std::align_val_t{SIZE_MAX / 2 + 1}};

// What a program frees when it is told that memory is short, by the heap's traits or by the new-handler.
struct freeing_traits : allot::default_traits {
    static inline void (*free_some)() = [] {};
    static void on_exhausted(std::size_t) noexcept { free_some(); }
};
using freeing_heap = allot::locked_heap<allot::basic_heap<freeing_traits>>;

freeing_heap* heap_with_spares = nullptr;
std::vector<void*> spares;

void free_a_spare() {
    ++handler_calls;
    heap_with_spares->deallocate(spares.back());
    spares.pop_back();
}

// A heap of 64 KiB that is full of spares of 5,000 bytes, each next to the one before.
struct full {
    heap_over_array<freeing_heap> over{65536};

    full() {
        heap_with_spares = &over.heap;
        spares.clear();
        while (void* const spare = over.heap.allocate(5000)) spares.push_back(spare);
        REQUIRE(spares.size() > 10);
    }
    ~full() {
        freeing_traits::free_some = [] {};
        for (void* const spare : spares) over.heap.deallocate(spare);
    }
};

}  // namespace

TEST_CASE("new: an alignment that no heap can serve is bad_alloc at once, whatever the handler would do") {
    for (const std::align_val_t alignment : hopeless_alignments) {
        scripted_heap heap;
        heap.failures_left = for_ever;
        const handled scope(free_something, heap);
        CHECK_THROWS_AS(new_throwing(heap, 8, alignment), std::bad_alloc);
        CHECK(new_nothrow(heap, 8, alignment) == nullptr);
        CHECK(handler_calls == 0);
        CHECK(heap.allocations <= 3);
        CHECK(scripted_traits::exhausted_calls <= 1);
    }
}

TEMPLATE_TEST_CASE("new: the same over heaps", "", allot::heap,
                   allot::locked_heap<allot::basic_heap<allot::bounded_traits>>) {
    heap_over_array<TestType> over;
    scripted_heap unused;
    for (const std::align_val_t alignment : hopeless_alignments) {
        const handled scope(give_up_handling, unused);
        CHECK_THROWS_AS(new_throwing(over.heap, 8, alignment), std::bad_alloc);
        CHECK(new_nothrow(over.heap, 8, alignment) == nullptr);
        CHECK(handler_calls == 0);
    }
    CHECK(over.heap.stats().in_use_chunks == 0);
}

TEST_CASE("new: a request that no heap can serve now runs the handler, which may free it bit by bit") {
    full heap;
    scripted_heap unused;
    const handled scope(free_a_spare, unused);
    heap.over.heap.deallocate(new_throwing(heap.over.heap, 40000));
    CHECK(handler_calls == 8);
    void* const payload = new_nothrow(heap.over.heap, 60000);
    CHECK(payload != nullptr);
    CHECK(handler_calls == 12);
    heap.over.heap.deallocate(payload);
}

TEST_CASE("new: what on_exhausted frees is enough, and no handler runs") {
    full heap;
    freeing_traits::free_some = [] {
        free_a_spare();
        free_a_spare();
    };
    scripted_heap unused;
    const handled scope(give_up_handling, unused);
    heap.over.heap.deallocate(new_throwing(heap.over.heap, 9000));
    CHECK(handler_calls == 2);  // by on_exhausted
}

TEST_CASE("sized delete: the heap is told size and alignment") {
    scripted_heap heap;
    delete_sized(heap, heap.payload, 48, std::align_val_t{64});
    CHECK(heap.returned_payload == heap.payload);
    CHECK(heap.returned_bytes == 48);
    CHECK(heap.returned_alignment == 64);
    delete_sized(heap, heap.payload, 24);
    CHECK(heap.returned_bytes == 24);
    CHECK(heap.returned_alignment >= __STDCPP_DEFAULT_NEW_ALIGNMENT__);
}
