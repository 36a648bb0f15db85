// What others find while a payload is being moved: a locked heap drops its lock to copy, and holds back nothing then
// but the new place and the bytes that are still being read.
#include <allot/locked_heap.hpp>

#include "support/catch.hpp"
#include "support/child.hpp"
#include "support/field_source.hpp"
#include "support/sizes.hpp"

#include <functional>
#include <tuple>
#include <utility>
#include <vector>

using namespace allot_test;

namespace {

/// Runs once, when the lock is let go next: another caller, just then.
std::function<void()> other_caller;

struct hook_lock {
    bool is_held = false;

    void lock() {
        CHECK_FALSE(is_held);
        is_held = true;
    }
    void unlock() {
        is_held = false;
        if (other_caller) std::exchange(other_caller, nullptr)();
    }
};

template <class Traits>
using hooked = allot::locked_heap<allot::basic_heap<reporting<sourced<Traits>>>, hook_lock>;
using hooked_heaps =
    std::tuple<hooked<allot::default_traits>, hooked<allot::bounded_traits>, hooked<allot::compact_traits>>;

std::size_t address_of(const void* payload) { return reinterpret_cast<std::size_t>(payload); }

/// [ hole, free ][ payload ][ gap, free ][ pin ]: 8 KiB of which only the hole and the gap are free.
template <class Heap>
struct scene {
    static constexpr std::size_t region_bytes = 8192;

    alignas(4096) std::byte memory[region_bytes]{};
    memory_field elsewhere{16384};  // where a source that is asked would find more
    Heap heap;
    unsigned char* payload = nullptr;
    std::size_t payload_bytes;
    std::size_t hole_chunk = 0;
    std::size_t gap_chunk = 0;
    std::size_t pin_chunk = 0;

    scene(std::size_t hole_bytes, std::size_t bytes, std::size_t gap_bytes = 0) : payload_bytes(bytes) {
        other_caller = nullptr;
        heap.source().use(elsewhere);
        REQUIRE(heap.add_region(memory, region_bytes) == allot::region_status::ok);
        void* const hole = heap.try_allocate(hole_bytes);
        payload = static_cast<unsigned char*>(heap.try_allocate(payload_bytes));
        void* const gap = gap_bytes == 0 ? nullptr : heap.try_allocate(gap_bytes);
        void* const pin = heap.try_allocate(heap.stats().largest_free - heap.chunk_overhead);
        REQUIRE(pin != nullptr);
        REQUIRE(heap.stats().free_bytes == 0);
        hole_chunk = chunk_of(hole);
        gap_chunk = gap == nullptr ? 0 : chunk_of(gap);
        pin_chunk = chunk_of(pin);
        heap.deallocate(hole);
        heap.deallocate(gap);
        heap.coalesce();
        REQUIRE(heap.stats().free_bytes == hole_chunk + gap_chunk);
        for (std::size_t i = 0; i < payload_bytes; ++i) payload[i] = content(i);
        kept = {hole, gap, pin};
    }
    ~scene() { other_caller = nullptr; }

    static std::size_t chunk_of(const void* payload) { return Heap::usable_size(payload) + Heap::chunk_overhead; }
    static unsigned char content(std::size_t i) { return static_cast<unsigned char>(i * 7 + (i >> 8) + 1); }

    /// Reallocates the payload; `look` runs during the copy.
    template <class Look>
    void reallocate(std::size_t bytes, std::size_t alignment, Look look) {
        bool has_looked = false;
        other_caller = [&] {
            has_looked = true;
            check_sound();
            look();
            check_sound();
        };
        payload = static_cast<unsigned char*>(heap.reallocate(payload, bytes, alignment));
        REQUIRE(payload != nullptr);
        CHECK(has_looked);
        CHECK(address_of(payload) % alignment == 0);
        std::size_t same = 0;
        while (same < payload_bytes && same < bytes && payload[same] == content(same)) ++same;
        CHECK(same == (payload_bytes < bytes ? payload_bytes : bytes));
        check_sound();
    }

    /// What another caller takes during the copy, overwritten by him from end to end.
    unsigned char* take(std::size_t bytes) {
        auto* const theirs = static_cast<unsigned char*>(heap.allocate(bytes));
        CHECK(theirs != nullptr);
        if (theirs == nullptr) return nullptr;
        std::memset(theirs, 0xEE, heap.usable_size(theirs));
        taken.push_back(theirs);
        return theirs;
    }

    void check_sound() {
        CHECK(heap.verify());
        const allot::heap_stats now = heap.stats();
        CHECK(now.in_use_bytes + now.free_bytes + now.cached_bytes + now.overhead_bytes == now.region_bytes);
        CHECK(heap.source().asked.empty());
    }

    /// Gives back all but the hole and the gap, which are free: one free chunk is left.
    void check_merges() {
        heap.deallocate(payload);
        for (void* const theirs : taken) heap.deallocate(theirs);
        heap.deallocate(kept[2]);
        heap.coalesce();
        const allot::heap_stats end = heap.stats();
        CHECK(end.in_use_bytes == 0);
        CHECK(end.free_chunks == 1);
        CHECK(end.largest_free == end.region_bytes - end.overhead_bytes);
        CHECK(heap.verify());
    }

    std::vector<void*> kept;
    std::vector<void*> taken;
};

}  // namespace

TEMPLATE_LIST_TEST_CASE("realloc: while a payload grows into a hole below, the rest is free", "", hooked_heaps) {
    scene<TestType> scene(4000, 500);
    scene.reallocate(1000, 16, [&] {
        CHECK(scene.heap.stats().free_bytes == scene.hole_chunk - 1008);
        CHECK(scene.heap.stats().in_use_bytes == scene.pin_chunk + 512 + 1008);
        scene.take(1);
        scene.take(2000);
    });
    CHECK(address_of(scene.payload) == address_of(scene.kept[0]));
    scene.check_merges();
}

TEMPLATE_LIST_TEST_CASE("realloc: what is free during the copy is one piece, as large as promised", "", hooked_heaps) {
    scene<TestType> scene(4000, 500);
    scene.reallocate(1000, 16, [&] {
        CHECK(scene.heap.stats().largest_free == scene.hole_chunk - 1008);
        CHECK(scene.heap.stats().free_chunks == 1);
        scene.take(2900);  // its chunk is in a bin that is sure to hold it, whatever is looked through
    });
    scene.check_merges();
}

TEMPLATE_LIST_TEST_CASE("realloc: what others free during the copy merges with what is left", "", hooked_heaps) {
    scene<TestType> scene(4000, 500);
    scene.reallocate(1000, 16, [&] {
        scene.heap.deallocate(scene.heap.allocate(2900));
        scene.heap.coalesce();
        CHECK(scene.heap.stats().free_chunks == 1);
    });
    CHECK(scene.heap.stats().free_chunks == 1);
    CHECK(scene.heap.stats().free_bytes == scene.hole_chunk + 512 - 1008);
    scene.check_merges();
}

TEMPLATE_LIST_TEST_CASE("realloc: growth over the old place leaves what lies above the new one", "", hooked_heaps) {
    scene<TestType> scene(500, 500, 500);
    scene.reallocate(1300, 16, [&] {
        CHECK(scene.heap.stats().free_bytes == 512 + 512 + 512 - 1312);
        scene.take(1);
        scene.take(100);
    });
    CHECK(address_of(scene.payload) == address_of(scene.kept[0]));
    scene.check_merges();
}

TEMPLATE_LIST_TEST_CASE("realloc: growth that ends within the old place leaves all above that", "", hooked_heaps) {
    scene<TestType> scene(1000, 500, 500);
    scene.reallocate(1100, 16, [&] {
        CHECK(scene.heap.stats().free_bytes == 512);
        scene.take(1);
        scene.take(300);
    });
    CHECK(address_of(scene.payload) == address_of(scene.kept[0]));
    scene.check_merges();
}

namespace {

/// A payload of `owned` bytes becomes one of `bytes`, aligned as it was not before.
template <class Heap>
void check_raised_alignment(std::size_t owned, std::size_t bytes, std::size_t alignment, std::size_t chunk_size) {
    scene<Heap> scene(4000, owned);
    REQUIRE(address_of(scene.payload) % alignment != 0);
    scene.reallocate(bytes, alignment, [&] {
        CHECK(scene.heap.stats().free_bytes == scene.hole_chunk - chunk_size);
        scene.take(1);
        scene.take(1000);
    });
    scene.check_merges();
}

}  // namespace

TEMPLATE_LIST_TEST_CASE("realloc: no more than the new place where the alignment is raised", "", hooked_heaps) {
    check_raised_alignment<TestType>(500, 500, 512, 512);
}

TEMPLATE_LIST_TEST_CASE("realloc: nor where a payload shrinks for a larger alignment", "", hooked_heaps) {
    check_raised_alignment<TestType>(1500, 310, 1024, 320);
}

namespace {

/// [ hole, never taken ][ payload ][ small ][ pin ]: the peak is what these are together, and nothing else ever counted.
/// During the copy another caller frees the small one, and the peak is settled.
template <class Heap>
struct untouched_hole {
    alignas(4096) std::byte memory[8192]{};
    Heap heap;
    void* payload = nullptr;
    void* small = nullptr;
    std::size_t payload_chunk = 0;
    std::size_t others = 0;  // chunks of the small one and the pin

    explicit untouched_hole(std::size_t payload_bytes) {
        other_caller = nullptr;
        REQUIRE(heap.add_region(memory + 4096, 4096) == allot::region_status::ok);
        payload = heap.try_allocate(payload_bytes);
        small = heap.try_allocate(100);
        void* const pin = heap.try_allocate(heap.stats().largest_free - heap.chunk_overhead);
        REQUIRE(pin != nullptr);
        REQUIRE(heap.stats().free_bytes == 0);
        payload_chunk = heap.usable_size(payload) + heap.chunk_overhead;
        others = heap.stats().in_use_bytes - payload_chunk;
        REQUIRE(heap.add_region(memory, 4096) == allot::region_status::ok);
        REQUIRE(heap.stats().regions == 1);
        REQUIRE(heap.stats().peak_in_use_bytes == payload_chunk + others);
    }
    ~untouched_hole() { other_caller = nullptr; }

    void reallocate_down(std::size_t bytes, std::size_t alignment) {
        other_caller = [&] { heap.deallocate(small); };
        void* const moved = heap.reallocate(payload, bytes, alignment);
        REQUIRE(moved != nullptr);
        REQUIRE(moved < payload);
    }
};

}  // namespace

TEMPLATE_LIST_TEST_CASE("realloc: the peak counts the new payload, not the old one beside it", "", hooked_heaps) {
    untouched_hole<TestType> scene(500);
    scene.reallocate_down(1000, 16);
    CHECK(scene.heap.stats().peak_in_use_bytes == scene.others + 1008);
}

TEMPLATE_LIST_TEST_CASE("realloc: the peak counts the old payload, not the smaller new one", "", hooked_heaps) {
    untouched_hole<TestType> scene(1500);
    REQUIRE(address_of(scene.payload) % 1024 != 0);
    scene.reallocate_down(310, 1024);
    CHECK(scene.heap.stats().peak_in_use_bytes == scene.others + scene.payload_chunk);
}

TEMPLATE_LIST_TEST_CASE("realloc: the peak counts what others take beside one payload", "", hooked_heaps) {
    untouched_hole<TestType> scene(500);
    other_caller = [&] { CHECK(scene.heap.allocate(1000) != nullptr); };
    REQUIRE(scene.heap.reallocate(scene.payload, 1000) < scene.payload);
    CHECK(scene.heap.stats().peak_in_use_bytes == scene.others + 2 * 1008);
    CHECK(scene.heap.stats().in_use_bytes == scene.others + 2 * 1008);
}

TEMPLATE_LIST_TEST_CASE("realloc: the peak of growth over the old place is the new payload alone", "", hooked_heaps) {
    untouched_hole<TestType> scene(3000);
    const std::size_t bytes = scene.heap.stats().free_bytes + 16;  // down over most of the old place
    REQUIRE(bytes > 3000);
    scene.reallocate_down(bytes, 16);
    CHECK(scene.heap.stats().peak_in_use_bytes == scene.heap.stats().in_use_bytes + 112);
}

TEMPLATE_LIST_TEST_CASE("realloc: the peak counts a payload that moves up once", "", hooked_heaps) {
    alignas(4096) static std::byte memory[8192];
    TestType heap;
    other_caller = nullptr;
    REQUIRE(heap.add_region(memory, sizeof memory) == allot::region_status::ok);
    void* const payload = heap.allocate(500);
    REQUIRE(heap.allocate(500) != nullptr);
    other_caller = [&] { CHECK(heap.stats().peak_in_use_bytes <= 512 + 2016); };
    REQUIRE(heap.reallocate(payload, 2000) > payload);
    CHECK(heap.stats().peak_in_use_bytes == 512 + 2016);
}
