// What the lock of a locked heap sees: who takes it, how often, and what is done while it is not held.
#include <allot/locked_heap.hpp>

#include "support/catch.hpp"
#include "support/checked_heap.hpp"
#include "support/child.hpp"
#include "support/field_source.hpp"
#include "support/heaps.hpp"

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

using namespace allot_test;

namespace {

/// What the spies of this file have seen; a heap does not show its lock.
struct observed {
    std::string log;  ///< 'l' and 'u'
    bool is_held = false;
    std::function<void()> on_lock;    ///< before the lock is taken
    std::function<void()> on_unlock;  ///< after it was released
};
observed seen;

struct spy_lock {
    void lock() {
        if (seen.on_lock) seen.on_lock();
        CHECK_FALSE(seen.is_held);
        seen.is_held = true;
        seen.log += 'l';
    }
    void unlock() {
        CHECK(seen.is_held);
        seen.is_held = false;
        seen.log += 'u';
        if (seen.on_unlock) seen.on_unlock();
    }
};

/// Gives out a token a call and wants that very one back.
struct token_lock {
    struct token {
        int number;
    };
    int last = 0;
    token lock() {
        seen.log += 'l';
        return {++last};
    }
    void unlock(token returned) {
        CHECK(returned.number == last);
        seen.log += 'u';
    }
};

constexpr std::size_t region_bytes = 16384;

template <class Heap>
struct spied {
    std::unique_ptr<std::byte[]> memory = std::make_unique<std::byte[]>(region_bytes);
    Heap heap;

    spied() {
        seen = {};
        REQUIRE(heap.add_region(memory.get(), region_bytes) == allot::region_status::ok);
    }
    ~spied() { seen = {}; }

    // What the lock sees of a call.
    template <class Call>
    std::string log_of(Call&& call) {
        seen.log.clear();
        call();
        return seen.log;
    }
};

using spied_heap = spied<allot::locked_heap<immediate_heap, spy_lock>>;

}  // namespace

TEMPLATE_TEST_CASE("locked_heap: every verb takes the lock, once if it does not copy", "", spy_lock, token_lock) {
    spied<allot::locked_heap<allot::heap, TestType>> spied;
    auto& heap = spied.heap;
    void* payload = nullptr;
    CHECK(spied.log_of([&] { payload = heap.allocate(100); }) == "lu");
    CHECK(spied.log_of([&] { payload = heap.reallocate(payload, 120); }) == "lu");
    CHECK(spied.log_of([&] { CHECK(heap.try_resize(payload, 90)); }) == "lu");
    CHECK(spied.log_of([&] { heap.deallocate(payload); }) == "lu");
    CHECK(spied.log_of([&] { payload = heap.try_allocate(100); }) == "lu");
    CHECK(spied.log_of([&] { heap.deallocate(payload, 100); }) == "lu");
    CHECK(spied.log_of([&] { payload = heap.allocate_zeroed(100, 64); }) == "lu");
    CHECK(spied.log_of([&] { payload = heap.reallocate(payload, region_bytes); }) == "lu");
    CHECK(spied.log_of([&] { heap.coalesce(); }) == "lu");
    CHECK(spied.log_of([&] { static_cast<void>(heap.add_region(spied.memory.get(), 1)); }) == "lu");
    CHECK(spied.log_of([&] { static_cast<void>(heap.remove_region(spied.memory.get(), 1)); }) == "lu");
}

TEMPLATE_TEST_CASE("R-35 verify, stats and for_each_chunk of a locked heap take the lock", "", spy_lock, token_lock) {
    spied<allot::locked_heap<allot::heap, TestType>> spied;
    const auto& heap = spied.heap;
    CHECK(spied.log_of([&] { CHECK(heap.verify()); }) == "lu");
    CHECK(spied.log_of([&] { CHECK(heap.stats().regions == 1); }) == "lu");
    std::string inside;
    CHECK(spied.log_of([&] { heap.for_each_chunk([&](const allot::chunk_info&) { inside = seen.log; }); }) == "lu");
    CHECK(inside == "lu");
}

TEMPLATE_TEST_CASE("locked_heap: a look at many chunks lets go of the lock again and again, a stopped one does not", "",
                   spy_lock, token_lock) {
    spied<allot::locked_heap<allot::heap, TestType>> spied;
    auto& heap = spied.heap;
    for (int i = 0; i < 100; ++i) static_cast<void>(heap.allocate(100));
    std::size_t visited = 0;
    CHECK(spied.log_of([&] { heap.for_each_chunk([&](const allot::chunk_info&) { ++visited; }); }) == "lulululu");
    CHECK(visited == 101);
    CHECK(spied.log_of([&] { CHECK(heap.verify()); }) == "lulululu");
    std::string inside;
    CHECK(spied.log_of([&] {
        const std::size_t counted = heap.while_stopped([&](const auto& still) {
            CHECK(still.verify());
            still.for_each_chunk([&](const allot::chunk_info&) { --visited; });
            inside = seen.log;
            return still.stats().in_use_chunks;
        });
        CHECK(counted == 100);
    }) == "lu");
    CHECK(inside == "l");
    CHECK(visited == 0);
}

TEST_CASE("locked_heap: the heap may be used while it is walked over") {
    spied_heap spied;
    std::vector<void*> owned;
    for (int i = 0; i < 100; ++i) owned.push_back(spied.heap.allocate(100));
    std::set<const void*> visited;
    spied.heap.for_each_chunk([&](const allot::chunk_info& chunk) {
        CHECK(visited.insert(chunk.payload).second);
        if (chunk.state == allot::chunk_state::in_use) spied.heap.deallocate(const_cast<void*>(chunk.payload));
    });
    CHECK(visited.size() == 101);
    CHECK(spied.heap.stats().in_use_chunks == 0);
    CHECK(spied.heap.verify());
}

TEST_CASE("locked_heap: a walk whose next region goes and comes back otherwise sees nothing of what is no chunk") {
    allot::locked_heap<immediate_heap, spy_lock> heap;
    alignas(16) static std::byte memory[16384];
    REQUIRE(heap.add_region(memory, 4096) == allot::region_status::ok);
    REQUIRE(heap.add_region(memory + 8192, 4096) == allot::region_status::ok);
    for (int i = 0; i < 31; ++i) CHECK(heap.allocate(100) < memory + 4096);
    std::size_t visited = 0;
    heap.for_each_chunk([&](const allot::chunk_info&) {
        if (++visited != 32) return;  // with the rest of the first region a piece is whole
        REQUIRE(heap.remove_region(memory + 8192, 4096) == allot::region_status::ok);
        std::memset(memory + 8192, 0x5B, 4096);
        REQUIRE(heap.add_region(memory + 6144, 8192) == allot::region_status::ok);
    });
    CHECK(visited == 32);
    CHECK(heap.verify());
}

TEST_CASE("locked_heap: a walk that a visitor leaves by an exception leaves nothing behind") {
    spied_heap spied;
    std::vector<void*> owned;
    for (int i = 0; i < 100; ++i) owned.push_back(spied.heap.allocate(100));
    CHECK_THROWS_AS(spied.heap.for_each_chunk([](const allot::chunk_info&) { throw 1; }), int);
    for (void* const payload : owned) spied.heap.deallocate(payload);  // each merge would move a cursor that was left
    CHECK(spied.heap.verify());
}

TEST_CASE(
    "locked_heap: what others break while a heap is verified is found, and what they change is not taken for it") {
    spied_heap spied;
    std::vector<void*> owned;
    for (int i = 0; i < 100; ++i) owned.push_back(spied.heap.allocate(100));
    int unlocks = 0;
    SECTION("chunks come and go on both sides of the place") {
        seen.on_unlock = [&] {
            seen.on_unlock = nullptr;
            for (std::size_t i = 0; i < 100; i += 3) spied.heap.deallocate(owned[i]);
            static_cast<void>(spied.heap.allocate(3000));
        };
        CHECK(spied.heap.verify());
    }
    SECTION("a header above the place is overwritten") {
        seen.on_unlock = [&] {
            if (++unlocks == 1) *(static_cast<std::size_t*>(owned[80]) - 1) ^= 0x40;
        };
        CHECK_FALSE(spied.heap.verify());
        seen.on_unlock = nullptr;
        *(static_cast<std::size_t*>(owned[80]) - 1) ^= 0x40;
    }
    SECTION("the region is gone") {
        for (void* const payload : owned) spied.heap.deallocate(payload);
        for (auto& payload : owned) payload = spied.heap.allocate(100);
        seen.on_unlock = [&] {
            seen.on_unlock = nullptr;
            for (void* const payload : owned) spied.heap.deallocate(payload);
            CHECK(spied.heap.remove_region(spied.memory.get(), region_bytes) == allot::region_status::ok);
        };
        CHECK(spied.heap.verify());
        CHECK(spied.heap.stats().regions == 0);
        return;
    }
    CHECK(spied.heap.verify());
}

TEST_CASE("locked_heap: nullptr and usable_size need no lock") {
    spied_heap spied;
    void* const payload = spied.heap.allocate(100);
    CHECK(spied.log_of([&] { spied.heap.deallocate(nullptr); }).empty());
    CHECK(spied.log_of([&] { spied.heap.deallocate(nullptr, 10); }).empty());
    CHECK(spied.log_of([&] { CHECK(spied.heap.usable_size(payload) >= 100); }).empty());
}

TEST_CASE("locked_heap: a payload that moves is copied between two locks") {
    spied_heap spied;
    auto* const from = static_cast<unsigned char*>(spied.heap.allocate(200));
    void* const wall = spied.heap.allocate(200);
    std::memset(from, 0x5A, 200);
    unsigned char* moved = nullptr;
    int unlocks = 0;
    seen.on_unlock = [&] {
        if (++unlocks != 1) return;
        spied.heap.for_each_chunk([&](const allot::chunk_info& chunk) {
            const bool is_new =
                chunk.state == allot::chunk_state::in_use && chunk.payload != from && chunk.payload != wall;
            if (is_new) moved = static_cast<unsigned char*>(const_cast<void*>(chunk.payload));
        });
        REQUIRE(moved != nullptr);
        CHECK(moved[199] != 0x5A);
    };
    int locks = 0;
    seen.on_lock = [&] {
        if (++locks > 2) CHECK(moved[199] == 0x5A);
    };
    CHECK(spied.log_of([&] { CHECK(spied.heap.reallocate(from, 2000) != from); }) == "lululu");
    CHECK(locks == 3);
}

TEST_CASE("locked_heap: a payload that moves down is copied between two locks, and the heap is sound in between") {
    spied_heap spied;
    void* const below = spied.heap.allocate(1000);
    auto* const from = static_cast<unsigned char*>(spied.heap.allocate(200));
    static_cast<void>(spied.heap.allocate(10));
    for (unsigned i = 0; i < 200; ++i) from[i] = static_cast<unsigned char>(i);
    spied.heap.deallocate(below);
    seen.on_unlock = [] {
        seen.on_unlock = nullptr;
        CHECK_FALSE(seen.is_held);
    };
    auto* const moved = static_cast<unsigned char*>(spied.heap.reallocate(from, 600));
    CHECK(moved == below);
    for (unsigned i = 0; i < 200; ++i) REQUIRE(moved[i] == i);
    CHECK(spied.heap.verify());
}

TEST_CASE("locked_heap: between the locks of a move down others may use and verify the heap") {
    spied_heap spied;
    void* const below = spied.heap.allocate(1000);
    void* const from = spied.heap.allocate(200);
    static_cast<void>(spied.heap.allocate(10));
    spied.heap.deallocate(below);
    seen.on_unlock = [&] {
        seen.on_unlock = nullptr;
        CHECK(spied.heap.verify());
        spied.heap.deallocate(spied.heap.allocate(500));
        CHECK(spied.heap.verify());
    };
    CHECK(spied.heap.reallocate(from, 600) == below);
    CHECK(spied.heap.verify());
}

TEST_CASE("locked_heap: a zeroed payload is zeroed after the lock was dropped") {
    spied_heap spied;
    std::memset(spied.memory.get() + 4096, 0x77, 8192);
    static_cast<void>(spied.heap.allocate(4096));
    unsigned char* fresh = nullptr;
    seen.on_unlock = [&] {
        seen.on_unlock = nullptr;
        spied.heap.for_each_chunk([&](const allot::chunk_info& chunk) {
            if (chunk.state == allot::chunk_state::in_use)
                fresh = static_cast<unsigned char*>(const_cast<void*>(chunk.payload));
        });
        CHECK(fresh[500] == 0x77);
    };
    CHECK(spied.heap.allocate_zeroed(1000) == fresh);
    CHECK(fresh[500] == 0);
}

namespace {

using sourced_spied = allot::locked_heap<allot::basic_heap<reporting<sourced<allot::bounded_traits>>>, spy_lock>;

struct spied_source {
    memory_field field{32768};
    sourced_spied heap;

    spied_source() {
        seen = {};
        heap.source().use(field);
        heap.source().on_acquire = [] { CHECK_FALSE(seen.is_held); };
        heap.source().on_release = [] { CHECK_FALSE(seen.is_held); };
    }
    ~spied_source() { seen = {}; }
};

}  // namespace

TEST_CASE("locked_heap: the source is asked and given back to with no lock held") {
    spied_source spied;
    void* payload = spied.heap.allocate(1000);
    payload = spied.heap.reallocate(payload, 5000);
    spied.heap.deallocate(payload);
    spied.heap.source().bad_span = {spied.field.at(0), 8};
    CHECK(spied.heap.allocate(1000) == nullptr);
    CHECK(spied.heap.source().asked.size() == 3);
    CHECK(spied.heap.source().released.size() == 3);
}

TEST_CASE("locked_heap: a span of the source is the asker's until its request is served") {
    spied_source spied;
    void* small = spied.heap.allocate(10);
    std::vector<void*> others;
    bool is_stepping = false;
    seen.on_unlock = [&] {
        if (std::exchange(is_stepping, true)) return;
        others.push_back(spied.heap.try_allocate(900));
        is_stepping = false;
    };
    SECTION("allocate") {
        void* const payload = spied.heap.allocate(1000);
        CHECK(payload != nullptr);
        spied.heap.deallocate(payload);
    }
    SECTION("allocate_zeroed") {
        void* const payload = spied.heap.allocate_zeroed(1000);
        CHECK(payload != nullptr);
        spied.heap.deallocate(payload);
    }
    SECTION("reallocate") {
        small = spied.heap.reallocate(small, 1000);
        CHECK(small != nullptr);
    }
    seen.on_unlock = nullptr;
    CHECK(spied.heap.source().asked.size() == 2);
    CHECK(spied.heap.verify());
    spied.heap.deallocate(small);
    for (void* const other : others) spied.heap.deallocate(other);
    CHECK(spied.heap.stats().regions == 0);
}

TEST_CASE("locked_heap: a child that starts anew does not take its parent's askers for its own") {
    memory_field field(65536);
    allot::locked_heap<allot::basic_heap<sourced<reporting<allot::default_traits>>>> heap;
    heap.source().use(field);
    int depth = 0;
    heap.source().on_acquire = [&] {
        if (++depth == 8) return;
        heap.lock_all();
        heap.start_anew();
        static_cast<void>(heap.allocate(100));
    };
    CHECK(end_of([&] {
              static_cast<void>(heap.allocate(10));
              leave_child(depth == 8 ? 0 : 1);
          }) == "returned");
}

TEST_CASE("locked_heap: a source that calls back without end is recursion, and is told at once") {
    memory_field field(1 << 20);
    allot::locked_heap<allot::basic_heap<reporting<sourced<allot::default_traits>>>> heap;
    heap.source().use(field);
    heap.source().on_acquire = [&] { static_cast<void>(heap.allocate(10)); };
    CHECK(end_of([&] { static_cast<void>(heap.allocate(10)); }) == "reentered");
}

TEST_CASE("locked_heap: every lock can be taken for a fork, and let go of; a child starts anew") {
    spied<allot::locked_heap<allot::heap, spy_lock>> spied;
    spied.heap.lock_all();
    CHECK(seen.is_held);
    spied.heap.unlock_all();
    CHECK_FALSE(seen.is_held);
    spied.heap.lock_all();
    spied.heap.start_anew();
    CHECK_FALSE(seen.is_held);
    CHECK(spied.heap.verify());
}

TEST_CASE("locked_heap: irq_safe restores the interrupt state it found, on every way out") {
    static int depth = 0;
    static int disabled = 0;
    struct interrupts {
        static int save_and_disable() noexcept { return ++disabled, depth++; }
        static void restore(int found) noexcept { depth = found; }
    };
    spied<allot::locked_heap<allot::heap, allot::irq_safe<allot::spin_lock, interrupts>>> spied;
    disabled = 0;
    void* payload = spied.heap.allocate(10);
    CHECK(disabled == 1);
    payload = spied.heap.reallocate(payload, 4000);
    static_cast<void>(spied.heap.allocate(region_bytes));
    spied.heap.deallocate(payload);
    CHECK(spied.heap.verify());
    CHECK(depth == 0);
    CHECK(disabled >= 5);
}
