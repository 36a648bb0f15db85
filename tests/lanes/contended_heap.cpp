// A heap with lanes: when they come into use, what a caller sees of them, and that nothing is lost or hidden in them.
#include <allot/lanes/contended_heap.hpp>

#include "support/catch.hpp"
#include "support/child.hpp"
#include "support/field_source.hpp"
#include "support/heap_over_array.hpp"
#include "support/heaps.hpp"

#include <sys/mman.h>
#include <algorithm>
#include <cstdlib>
#include <initializer_list>
#include <map>
#include <set>
#include <string>
#include <vector>

using namespace allot_test;

namespace {

/// Writes down each time that a lock is taken, '!' if it was held, and given back.
class spy_lock {
public:
    static inline std::string log;
    static inline bool looks_held = false;

    void lock() noexcept {
        log += 'l';
        if (held_++ != 0) log += '!';
    }
    void unlock() noexcept {
        --held_;
        log += 'u';
    }
    static bool is_held() noexcept { return looks_held; }

private:
    int held_ = 0;
};

/// However deep the stack of the caller is.
struct one_thread : laned<allot::default_traits> {
    static std::size_t lane_hint() noexcept { return 0; }
};
using spied_heap = allot::locked_heap<allot::basic_heap<one_thread>, spy_lock>;

template <class Call>
std::string log_of(Call&& call) {
    spy_lock::log.clear();
    call();
    return spy_lock::log;
}

template <class Heap>
void make_contended(Heap& heap) {
    spy_lock::looks_held = true;
    for (int i = 0; i < 16; ++i) heap.deallocate(heap.allocate(40));
    spy_lock::looks_held = false;
}

const std::string all_taken = "llllllllll";
const std::string all_back = "uuuuuuuuuu";

template <class Traits>
struct given : heap_over_array<contended<reporting<Traits>>> {
    using base = heap_over_array<contended<reporting<Traits>>>;
    using base::base;
    using base::heap;
};

struct tight : allot::default_traits {
    static constexpr std::size_t lane_bytes_limit = 512;
};

}  // namespace

TEST_CASE("contended_heap: as long as nobody finds the lock held it is one lock a call") {
    heap_over_array<spied_heap> over;
    void* payload = nullptr;
    for (int i = 0; i < 100; ++i) {
        CHECK(log_of([&] { payload = over.heap.allocate(40); }) == "lu");
        CHECK(log_of([&] { over.heap.deallocate(payload); }) == "lu");
    }
    CHECK(log_of([&] { CHECK(over.heap.stats().cached_bytes != 0); }) == all_taken + all_back);
}

TEST_CASE("contended_heap: the sixteenth caller who has to wait brings the lanes into use") {
    heap_over_array<spied_heap> over;
    spy_lock::looks_held = true;
    for (int i = 0; i < 15; ++i) static_cast<void>(over.heap.allocate(0));
    spy_lock::looks_held = false;
    CHECK(log_of([&] { over.heap.coalesce(); }) == "lu");
    spy_lock::looks_held = true;
    static_cast<void>(over.heap.allocate(0));
    spy_lock::looks_held = false;
    std::string lane_by_lane;
    for (int i = 0; i < 9; ++i) lane_by_lane += "lluu";  // the depot is one of them
    CHECK(log_of([&] { over.heap.coalesce(); }) == lane_by_lane + "lu");
    CHECK(log_of([&] { CHECK(over.heap.verify()); }) == "lu" + lane_by_lane);
    CHECK(log_of([&] { over.heap.while_stopped([](const auto& still) { CHECK(still.verify()); }); }) ==
          all_taken + all_back);
    std::vector<void*> held;
    over.heap.for_each_chunk([&](const allot::chunk_info& chunk) {
        if (chunk.state == allot::chunk_state::in_use) held.push_back(const_cast<void*>(chunk.payload));
    });
    for (void* payload : held) over.heap.deallocate(payload);
}

TEST_CASE("contended_heap: a lock that cannot tell whether it is held has no lanes") {
    STATIC_REQUIRE(sizeof(allot::locked_heap<allot::heap, std::mutex>) < sizeof(allot::heap) + 200);
    STATIC_REQUIRE(sizeof(allot::locked_heap<immediate_heap, allot::spin_lock>) < sizeof(immediate_heap) + 200);
    STATIC_REQUIRE(sizeof(contended<allot::default_traits>) > sizeof(allot::heap) + 8 * 128);
}

TEST_CASE("contended_heap: a small chunk goes to and fro with the lock of a lane alone") {
    heap_over_array<spied_heap> over;
    make_contended(over.heap);
    void* payload = over.heap.allocate(40);
    CHECK(log_of([&] { over.heap.deallocate(payload); }) == "lu");
    CHECK(log_of([&] { payload = over.heap.allocate(40); }) == "lu");
    CHECK(log_of([&] { over.heap.deallocate(payload, 40); }) == "lu");
    CHECK(log_of([&] { payload = over.heap.allocate(80); }) == "lululluu");  // the lane, again, then it and the heap
    over.heap.deallocate(payload);
}

namespace {

/// A thread is who it says it is.
struct named : laned<allot::default_traits> {
    static constexpr std::size_t lane_bytes_limit = 4096;
    static inline std::size_t thread = 0;
    static std::size_t lane_hint() noexcept { return thread; }
};
using named_heap = allot::locked_heap<allot::basic_heap<reporting<named>>, spy_lock>;

}  // namespace

TEST_CASE("contended_heap: threads have lanes of their own, as long as there are no more of them than lanes") {
    heap_over_array<named_heap> over;
    make_contended(over.heap);
    std::vector<void*> held;
    for (named::thread = 0; named::thread < 8; ++named::thread) held.push_back(over.heap.allocate(40));
    for (named::thread = 0; named::thread < 8; ++named::thread) over.heap.deallocate(held[named::thread]);
    for (named::thread = 8; named::thread-- > 0;) CHECK(over.heap.allocate(40) == held[named::thread]);
    named::thread = 0;
    for (void* payload : held) over.heap.deallocate(payload);
}

TEST_CASE("contended_heap: no lock is taken twice") {
    heap_over_array<spied_heap> over;
    make_contended(over.heap);
    spy_lock::log.clear();
    void* payload = over.heap.allocate(40);
    void* const large = over.heap.allocate(5000);
    payload = over.heap.reallocate(payload, 4000);
    CHECK(over.heap.try_resize(payload, 3000));
    CHECK(over.heap.allocate(over.most_bytes) == nullptr);
    CHECK(over.heap.reallocate(payload, over.most_bytes) == nullptr);
    over.heap.deallocate(payload);
    over.heap.deallocate(large);
    over.heap.coalesce();
    CHECK(spy_lock::log.find('!') == std::string::npos);
    CHECK(over.heap.verify());
}

TEST_CASE("contended_heap: each lock gets its own token back") {
    static int depth = 0;
    static int deepest = 0;
    struct interrupts {
        static int save_and_disable() noexcept {
            deepest = std::max(deepest, depth + 1);
            return depth++;
        }
        static void restore(int found) noexcept {
            CHECK(found == depth - 1);
            depth = found;
        }
    };
    heap_over_array<allot::locked_heap<allot::basic_heap<laned<allot::default_traits>>,
                                       allot::irq_safe<contended_lock, interrupts>>>
        over;
    contended_lock::looks_held = true;
    for (int i = 0; i < 8; ++i) over.heap.deallocate(over.heap.allocate(40));
    contended_lock::looks_held = false;
    CHECK(deepest == 1);
    for (int i = 0; i < 3; ++i) over.heap.deallocate(over.heap.allocate(40));
    CHECK(deepest == 2);
    CHECK(over.heap.verify());
    CHECK(deepest == 2);  // a lane, and the heap
    CHECK(over.heap.while_stopped([](const auto& still) { return still.verify(); }));
    CHECK(deepest == 10);
    CHECK(depth == 0);
}

TEMPLATE_TEST_CASE("contended_heap: what waits counts as cached, not as in use", "", allot::default_traits,
                   allot::compact_traits) {
    given<TestType> given;
    void* const payload = given.heap.allocate(40);
    const allot::heap_stats before = given.heap.stats();
    CHECK(before.in_use_chunks == 1);
    given.heap.deallocate(payload);
    const allot::heap_stats after = given.heap.stats();
    CHECK(after.in_use_chunks == 0);
    CHECK(after.in_use_bytes == 0);
    CHECK(after.cached_bytes == before.cached_bytes + before.in_use_bytes);
    CHECK(after.in_use_bytes + after.free_bytes + after.cached_bytes + after.overhead_bytes == after.region_bytes);
    const auto states = [&](auto&& walk) {
        std::map<const void*, allot::chunk_state> found;
        walk([&](const allot::chunk_info& chunk) { found[chunk.payload] = chunk.state; });
        return found;
    };
    const auto stopped = [&](auto&& visit) {
        given.heap.while_stopped([&](const auto& still) { still.for_each_chunk(visit); });
    };
    const auto in_pieces = [&](auto&& visit) { given.heap.for_each_chunk(visit); };
    CHECK(states(stopped)[payload] == allot::chunk_state::cached);
    CHECK(states(in_pieces)[payload] == allot::chunk_state::in_use);  // it would take every lock to know better
    CHECK(given.heap.allocate(40) == payload);
    CHECK(states(stopped)[payload] == allot::chunk_state::in_use);
    CHECK(states(stopped).size() == states(in_pieces).size());
    given.heap.deallocate(payload);
    given.heap.coalesce();
    CHECK(given.heap.stats().cached_bytes == 0);
    CHECK(given.heap.stats().free_chunks == 1);
}

TEMPLATE_TEST_CASE("contended_heap: a request fails only when nothing waits", "", allot::default_traits,
                   allot::compact_traits) {
    given<TestType> given(16384);
    std::vector<void*> held;
    while (void* const payload = given.heap.allocate(40)) held.push_back(payload);
    for (void* payload : held) given.heap.deallocate(payload);
    const auto exact = given.heap.while_stopped([](const auto& still) { return still.stats(); });
    CHECK(exact.largest_free > 15000);  // what waits counts as what it will be when it has merged
    CHECK(given.heap.stats().largest_free < exact.largest_free);
    CHECK(given.heap.stats().free_bytes < 8000);
    SECTION("allocate") {
        void* const all = given.heap.allocate(15000);
        CHECK(all != nullptr);
        given.heap.deallocate(all);
    }
    SECTION("reallocate") {
        void* const one = given.heap.allocate(40);
        void* const all = given.heap.reallocate(one, 15000);
        CHECK(all != nullptr);
        given.heap.deallocate(all);
    }
    SECTION("an aligned one") {
        void* const all = given.heap.allocate(8000, 256);
        CHECK(all != nullptr);
        given.heap.deallocate(all);
    }
}

TEST_CASE("contended_heap: what waits in lanes does not hide a run of cached chunks that can be had") {
    std::vector<unsigned char> memory(std::size_t{1} << 20);
    spied_heap heap;
    REQUIRE(heap.add_region(memory.data(), memory.size()) == allot::region_status::ok);
    const auto side_by_side = [&](std::initializer_list<std::size_t> sizes) {
        std::vector<void*> found;
        for (const std::size_t bytes : sizes) found.push_back(heap.allocate(bytes));
        static_cast<void>(heap.allocate(24));
        return found;
    };
    const auto free_all = [&](const std::vector<void*>& payloads) {
        for (void* const payload : payloads) heap.deallocate(payload);
    };
    const std::vector<void*> longest = side_by_side({504, 504, 24});
    void* const of_contention = heap.allocate(40);
    std::vector<std::vector<void*>> shorter;
    for (int i = 0; i < 60; ++i) shorter.push_back(side_by_side({504, 504}));  // more than a request may look at
    while (heap.allocate(1000) != nullptr) continue;
    while (heap.allocate(24) != nullptr) continue;
    free_all(longest);
    heap.deallocate(of_contention);
    make_contended(heap);
    for (const auto& each : shorter) free_all(each);
    const std::size_t said = heap.stats().largest_free;
    CHECK(said == 1056);
    CHECK(heap.while_stopped([](const auto& still) { return still.stats().largest_free; }) == said);
    CHECK(heap.try_allocate(said - heap.chunk_overhead) == longest[0]);
}

TEST_CASE("contended_heap: a call that cannot be met leaves the lanes alone") {
    given<allot::default_traits> given;
    given.heap.deallocate(given.heap.allocate(40));
    const std::size_t cached = given.heap.stats().cached_bytes;
    CHECK(given.heap.allocate(given.heap.max_request + 1) == nullptr);
    CHECK(given.heap.allocate(10, 3) == nullptr);
    CHECK(given.heap.remove_region(&given, 64) != allot::region_status::ok);
    CHECK(given.heap.stats().cached_bytes == cached);
}

TEST_CASE("contended_heap: a full lane gives chunks back to the heap") {
    given<tight> given;
    std::vector<void*> held;
    for (int i = 0; i < 1000; ++i) held.push_back(given.heap.allocate(40));
    for (void* payload : held) given.heap.deallocate(payload);
    CHECK(given.heap.stats().in_use_chunks == 0);
    CHECK(given.heap.verify());
    void* const large = given.heap.try_allocate(30'000);
    CHECK(large != nullptr);
    given.heap.deallocate(large);
}

TEMPLATE_TEST_CASE("contended_heap: corruptions are told as without lanes", "", allot::default_traits,
                   allot::compact_traits) {
    given<TestType> given;
    auto* const payload = static_cast<std::byte*>(given.heap.allocate(40));
    void* const kept = given.heap.allocate(40);
    given.heap.deallocate(payload);
    CHECK(end_of([&] { given.heap.deallocate(payload); }) == "double_free");
    CHECK(end_of([&] { given.heap.deallocate(payload, 40); }) == "double_free");
    CHECK(end_of([&] { static_cast<void>(given.heap.reallocate(payload, 80)); }) == "double_free");
    CHECK(end_of([&] { static_cast<void>(given.heap.try_resize(payload, 8)); }) == "double_free");
    CHECK(end_of([&] { given.heap.deallocate(static_cast<std::byte*>(kept) + 1); }) == "misaligned_pointer");
    CHECK(end_of([&] { given.heap.deallocate(&given); }) == "foreign_pointer");
    CHECK(end_of([&] { given.heap.deallocate(kept, 4000); }) == "size_mismatch");
    CHECK(end_of([&] {
              const std::size_t header = std::size_t{1} << 20 | 3;
              std::memcpy(static_cast<std::byte*>(kept) - sizeof header, &header, sizeof header);
              given.heap.deallocate(kept);
          }) == "broken_header");
    CHECK(end_of([&] {
              std::memset(payload, 0xFF, 16);  // used after it was freed
              for (int i = 0; i < 100; ++i) static_cast<void>(given.heap.allocate(40));
          }) == "broken_link");
    given.heap.deallocate(kept);
}

TEMPLATE_TEST_CASE("contended_heap: a report names the verb that found it", "", allot::default_traits,
                   allot::compact_traits) {
    given<TestType> given;
    void* const payload = given.heap.allocate(40);
    given.heap.deallocate(payload);
    const auto verb_of = [&](auto&& call) {
        CHECK(end_of(call) == "double_free");
        return report_of_child().verb;
    };
    CHECK(verb_of([&] { given.heap.deallocate(payload); }) == allot::heap_verb::deallocate);
    CHECK(verb_of([&] { static_cast<void>(given.heap.reallocate(payload, 80)); }) == allot::heap_verb::reallocate);
    CHECK(verb_of([&] { static_cast<void>(given.heap.try_resize(payload, 8)); }) == allot::heap_verb::try_resize);
    CHECK(end_of([&] {
              std::memset(payload, 0xFF, 16);
              for (int i = 0; i < 100; ++i) static_cast<void>(given.heap.allocate(40));
          }) == "broken_link");
    CHECK(report_of_child().verb == allot::heap_verb::allocate);
}

TEMPLATE_TEST_CASE("contended_heap: a lane that was written into is not sound", "", allot::default_traits,
                   allot::compact_traits) {
    given<TestType> given;
    auto* const payload = static_cast<std::byte*>(given.heap.allocate(40));
    given.heap.deallocate(payload);
    std::byte saved[16];
    std::memcpy(saved, payload, 16);
    std::memset(payload, 0xFF, 16);
    CHECK(given.heap.verify().broken == allot::invariant::links);
    given.heap.while_stopped([](const auto& still) {
        CHECK(still.verify().broken == allot::invariant::links);
        still.for_each_chunk([](const allot::chunk_info&) {});
    });
    std::memcpy(payload, saved, 16);
    CHECK(given.heap.verify());
}

TEST_CASE("contended_heap: a payload whose bytes are the mark by chance is freed all the same") {
    given<allot::default_traits> given;
    void* const payload = given.heap.allocate(40);
    const std::size_t chunk = allot::direct_memory::address_of(payload) - sizeof(std::size_t);
    const std::size_t mark = ~chunk;
    std::memcpy(static_cast<std::byte*>(payload) + sizeof mark, &mark, sizeof mark);
    CHECK(given.heap.try_resize(payload, 30));
    given.heap.deallocate(payload);
    CHECK(given.heap.stats().in_use_chunks == 0);
}

TEST_CASE("contended_heap: what waits does not keep a region, and a lane forgets a region that goes") {
    const std::size_t bytes = 4096;
    void* const pages = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    REQUIRE(pages != MAP_FAILED);
    contended<reporting<allot::default_traits>> heap;
    REQUIRE(heap.add_region(pages, bytes) == allot::region_status::ok);
    void* const payload = heap.allocate(40);
    heap.deallocate(payload);
    CHECK(heap.remove_region(pages, bytes) == allot::region_status::ok);
    REQUIRE(munmap(pages, bytes) == 0);
    CHECK(end_of([&] { heap.deallocate(payload); }) == "foreign_pointer");
}

TEST_CASE("contended_heap: where the source gives what is of no use, what waits in lanes is tried") {
    memory_field field(1 << 16);
    contended<reporting<sourced<allot::default_traits>>> heap;
    heap.source().use(field);
    heap.source().extra = 16384;
    std::vector<void*> waiting;
    for (int i = 0; i < 20; ++i) waiting.push_back(heap.allocate(504));
    while (heap.try_allocate(504) != nullptr) continue;
    while (heap.try_allocate(8) != nullptr) continue;
    for (void* const payload : waiting) heap.deallocate(payload);
    heap.source().bad_span = {field.at(0), 64};
    CHECK(heap.allocate(1000) != nullptr);
    CHECK(heap.source().released.size() == 1);
    CHECK(heap.verify());
}

TEST_CASE("contended_heap: a look that throws lets go of everything") {
    given<allot::default_traits> given;
    given.heap.deallocate(given.heap.allocate(40));
    CHECK_THROWS_AS(given.heap.while_stopped([](const auto&) { throw 1; }), int);
    CHECK(given.heap.verify());
    given.heap.deallocate(given.heap.allocate(40));
}

TEST_CASE("contended_heap: a region of the source goes back once nothing waits in it") {
    memory_field field(1 << 16);
    contended<reporting<sourced<allot::default_traits>>> heap;
    heap.source().use(field);
    std::vector<void*> held;
    for (int i = 0; i < 100; ++i) held.push_back(heap.allocate(40));
    for (void* payload : held) heap.deallocate(payload);
    CHECK(heap.stats().regions != 0);
    heap.coalesce();
    CHECK(heap.stats().regions == 0);
    CHECK(heap.source().released.size() == heap.source().asked.size());
}

namespace {

/// Callers whose numbers the test sets.
struct told_callers {
    static inline std::uint32_t calling = 1;
    /// Nobody in particular while the heap is made contended: the lock is to lean to none of them.
    static std::uint32_t number() noexcept { return contended_lock::looks_held ? allot::unnumbered : calling; }
    static void fence() noexcept {}
    static bool can_fence_all() noexcept { return true; }
    static void fence_all() noexcept {}
    static void wait() noexcept { std::abort(); }
};

/// A producer, whose number is 1, and a consumer.
struct pass_on {
    using heap_type = contended<reporting<allot::default_traits>, allot::biased_lock<contended_lock, told_callers>>;
    heap_over_array<heap_type> over{std::size_t{1} << 20};

    ~pass_on() { told_callers::calling = 1; }

    std::vector<void*> take_as(std::uint32_t caller, int count, std::size_t bytes = 40) {
        told_callers::calling = caller;
        std::vector<void*> taken;
        for (int i = 0; i < count; ++i) taken.push_back(over.heap.allocate(bytes));
        return taken;
    }
    void put_as(std::uint32_t caller, const std::vector<void*>& payloads) {
        told_callers::calling = caller;
        for (void* const payload : payloads) over.heap.deallocate(payload);
    }
};

}  // namespace

TEST_CASE("contended_heap: what one caller frees in bundles the next one gets, and not the heap") {
    pass_on given;
    const std::vector<void*> first = given.take_as(1, 640);
    given.put_as(2, first);
    const std::set<void*> freed(first.begin(), first.end());
    const std::vector<void*> again = given.take_as(3, 40);
    const auto is_known = [&](void* payload) { return freed.count(payload) != 0; };
    CHECK(std::all_of(again.begin(), again.end(), is_known));
    given.put_as(3, again);
    CHECK(given.over.heap.verify());
    CHECK(given.over.heap.stats().in_use_chunks == 0);
    given.over.heap.coalesce();
    CHECK(given.over.heap.stats().cached_bytes == 0);
    CHECK(given.over.heap.stats().free_chunks == 1);
}

TEST_CASE("contended_heap: a producer and a consumer need no more memory than twice what is under way and a bundle") {
    pass_on given;
    std::size_t peak = 0;
    for (int round = 0; round < 200; ++round) {
        given.put_as(2, given.take_as(1, 500));
        const allot::heap_stats now = given.over.heap.stats();
        peak = std::max(peak, now.in_use_bytes + now.cached_bytes);
    }
    CHECK(peak <= (2 * 500 + 64) * 48);
    CHECK(given.over.heap.verify());
}

TEST_CASE("contended_heap: a double free of what waits in the depot is reported") {
    pass_on given;
    const std::vector<void*> taken = given.take_as(1, 64);
    given.put_as(2, taken);
    told_callers::calling = 3;
    CHECK(end_of([&] { given.over.heap.deallocate(taken[7]); }) == "double_free");
}
