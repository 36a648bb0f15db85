#include <allot/adapters/allocator.hpp>

#include <allot/heap.hpp>
#include <allot/locked_heap.hpp>

#include "container_life.hpp"
#include "support/catch.hpp"
#include "support/heap_over_array.hpp"
#include "support/scripted_heap.hpp"

#include <memory>
#include <scoped_allocator>
#include <string>
#include <vector>

namespace {

using allot_test::heap_over_array;
using allot_test::scripted_heap;
using allot_test::scripted_traits;

struct alignas(256) wide {
    unsigned char bytes[256];
};

using plain = allot::allocator<int>;
using traits = std::allocator_traits<plain>;

static_assert(std::is_same_v<plain::value_type, int>);
static_assert(std::is_same_v<traits::rebind_alloc<char>, allot::allocator<char>>);
static_assert(std::is_same_v<traits::pointer, int*> && std::is_same_v<traits::size_type, std::size_t>);
static_assert(!traits::propagate_on_container_copy_assignment::value);
static_assert(traits::propagate_on_container_move_assignment::value);
static_assert(traits::propagate_on_container_swap::value);
static_assert(!traits::is_always_equal::value);
static_assert(std::is_nothrow_copy_constructible_v<plain> && std::is_nothrow_copy_assignable_v<plain>);
static_assert(std::is_nothrow_constructible_v<plain, const allot::allocator<char>&>);
static_assert(!std::is_default_constructible_v<plain>);
static_assert(!std::is_convertible_v<allot::heap&, plain>);
static_assert(plain::max_size() == allot::heap::max_request / sizeof(int));
static_assert(allot::allocator<char>::max_size() == allot::heap::max_request);

template <class T>
using scripted = allot::allocator<T, scripted_heap>;

using numbers = std::vector<int, plain>;
using text = std::basic_string<char, std::char_traits<char>, allot::allocator<char>>;

template <class Heap>
struct on {
    template <class T>
    using allocator = allot::allocator<T, Heap>;
};

}  // namespace

TEST_CASE("allocator: asks for the bytes and the alignment of its type, and gives both back") {
    scripted_heap heap;
    scripted<std::uint32_t> allocator(heap);
    std::uint32_t* const first = allocator.allocate(5);
    CHECK(static_cast<void*>(first) == heap.payload);
    CHECK(heap.asked_bytes == 20);
    CHECK(heap.asked_alignment == alignof(std::uint32_t));
    allocator.deallocate(first, 5);
    CHECK(heap.returned_payload == heap.payload);
    CHECK(heap.returned_bytes == 20);
    CHECK(heap.returned_alignment == alignof(std::uint32_t));
}

TEST_CASE("allocator: over-aligned types") {
    heap_over_array<allot::heap> over;
    allot::allocator<wide> allocator(over.heap);
    for (std::size_t count = 0; count < 5; ++count) {
        wide* const first = allocator.allocate(count);
        CHECK(reinterpret_cast<std::uintptr_t>(first) % alignof(wide) == 0);
        allocator.deallocate(first, count);
    }
}

TEST_CASE("allocator: an array whose bytes do not fit a size_t is a bad_array_new_length") {
    scripted_heap heap;
    scripted<std::uint32_t> allocator(heap);
    CHECK_THROWS_AS(allocator.allocate(SIZE_MAX / 4 + 1), std::bad_array_new_length);
    CHECK_THROWS_AS(allocator.allocate(SIZE_MAX), std::bad_array_new_length);
    CHECK_THROWS_AS(allocator.allocate_at_least(SIZE_MAX), std::bad_array_new_length);
    CHECK(heap.allocations == 0);
    CHECK(allocator.allocate(SIZE_MAX / 4) != nullptr);
    CHECK(heap.asked_bytes == SIZE_MAX - 3);
}

TEST_CASE("allocator: out of memory is bad_alloc, after on_exhausted") {
    scripted_heap heap;
    heap.failures_left = 2;
    CHECK_THROWS_AS(scripted<char>(heap).allocate(11), std::bad_alloc);
    CHECK(heap.allocations == 2);
    CHECK(scripted_traits::exhausted_calls == 1);
    CHECK(scripted_traits::exhausted_bytes == 11);
}

TEST_CASE("allocator: what on_exhausted made room for is served") {
    scripted_heap heap;
    heap.failures_left = 1;
    CHECK(static_cast<void*>(scripted<char>(heap).allocate(11)) == static_cast<void*>(heap.payload));
    CHECK(scripted_traits::exhausted_calls == 1);
}

TEST_CASE("allocator: a container that outgrows its heap throws and keeps its elements") {
    heap_over_array<allot::heap> over(16384);
    numbers full{plain(over.heap)};
    const auto fill_up = [&] {
        for (int i = 0;; ++i) full.push_back(i);
    };
    CHECK_THROWS_AS(fill_up(), std::bad_alloc);
    CHECK(full.size() > 1000);
    for (std::size_t i = 0; i < full.size(); ++i) CHECK(full[i] == static_cast<int>(i));
}

TEST_CASE("allocator: allocate_at_least tells how many fit, and takes any count between back") {
    scripted_heap scripted_one;
    CHECK(scripted<std::uint32_t>(scripted_one).allocate_at_least(3).count == sizeof(scripted_one.payload) / 4);

    heap_over_array<allot::heap> over;
    allot::allocator<std::uint16_t> allocator(over.heap);
    for (std::size_t asked = 0; asked < 200; ++asked) {
        const auto got = allocator.allocate_at_least(asked);
        REQUIRE(got.count >= asked);
        std::fill_n(got.ptr, got.count, std::uint16_t{0xABCD});
        allocator.deallocate(got.ptr, asked % 2 == 0 ? asked : got.count);
        CHECK(over.heap.verify());
    }
}

TEST_CASE("allocator: equal if they name the same heap, rebound or not") {
    scripted_heap one;
    scripted_heap other;
    const scripted<int> ints(one);
    const scripted<char> chars(ints);
    CHECK(ints == chars);
    CHECK(ints == scripted<int>(one));
    CHECK(ints != scripted<int>(other));
    CHECK(chars != scripted<int>(other));
    CHECK(&chars.heap_object() == &one);
}

TEST_CASE("allocator: which heap a container is left with") {
    heap_over_array<allot::heap> one;
    heap_over_array<allot::heap> other;
    const plain on_one(one.heap);
    const plain on_other(other.heap);
    numbers here({1, 2, 3}, on_one);
    const numbers copied(here);
    CHECK(copied.get_allocator() == on_one);

    numbers there({4, 5}, on_other);
    there = here;
    CHECK(there.get_allocator() == on_other);
    CHECK(there == here);

    const int* const memory = here.data();
    there = std::move(here);
    CHECK(there.get_allocator() == on_one);
    CHECK(there.data() == memory);

    numbers swapped({6}, on_other);
    swapped.swap(there);
    CHECK(swapped.get_allocator() == on_one);
    CHECK(there.get_allocator() == on_other);
}

TEST_CASE("allocator: nested containers share it through a scoped_allocator_adaptor") {
    heap_over_array<allot::heap> over;
    using scoped = std::scoped_allocator_adaptor<allot::allocator<text>>;
    std::vector<text, scoped> lines{scoped(allot::allocator<text>(over.heap))};
    for (int i = 0; i < 100; ++i) lines.emplace_back(static_cast<std::size_t>(i * 3), static_cast<char>('a' + i % 26));
    for (std::size_t i = 0; i < lines.size(); ++i) {
        CHECK(lines[i] == std::string(i * 3, static_cast<char>('a' + i % 26)).c_str());
        CHECK(&lines[i].get_allocator().heap_object() == &over.heap);
    }
}

TEMPLATE_TEST_CASE("allocator: random life of containers", "", allot::heap, allot::basic_heap<allot::bounded_traits>,
                   allot::basic_heap<allot::compact_traits>, allot::locked_heap<>) {
    heap_over_array<TestType> over;
    container_life::containers<on<TestType>::template allocator> containers(over.heap);
    container_life::live(containers, 4000, [&] { REQUIRE(over.heap.verify()); });
}
