// A heap that grows and shrinks through its source: pairs of calls that do not map and unmap each time,
// memory that goes back when what it held is gone, and nothing live in what is given back or purged.
#include <allot/heap.hpp>

#include "support/catch.hpp"
#include "support/child.hpp"
#include "support/random.hpp"
#include "support/sanitizer.hpp"
#include "support/sizes.hpp"

#include <allot/locked_heap.hpp>

#include <sys/mman.h>
#include <algorithm>
#include <cstring>
#include <iterator>
#include <map>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

using namespace allot_test;

namespace {

constexpr std::size_t page = 4096;
constexpr std::size_t kib = 1024;
constexpr std::size_t mib = 1024 * kib;

/// Takes note of who holds the one lock of this file.
struct noted_lock {
    static inline bool is_held = false;
    void lock() { is_held = true; }
    void unlock() { is_held = false; }
};

/// Address space in which spans lie side by side, or `gap` apart, from its low end on, or down from its high end. What came
/// back reads as zero.
class span_area {
public:
    span_area() : base_(static_cast<std::byte*>(mmap(nullptr, bytes, PROT_READ | PROT_WRITE, flags, -1, 0))) {
        REQUIRE(base_ != MAP_FAILED);
    }
    ~span_area() { munmap(base_, bytes); }
    span_area(const span_area&) = delete;
    span_area& operator=(const span_area&) = delete;

    std::size_t least_bytes = page;  ///< of a span
    std::size_t gap = 0;
    bool takes_parts = false;
    bool goes_down = false;

    std::size_t acquires = 0;
    std::size_t purges = 0;
    std::size_t acquired_bytes = 0;
    std::size_t released_bytes = 0;

    /// Payloads that nobody may touch, and their ends.
    std::map<const std::byte*, const std::byte*> live;
    /// The first thing that went wrong: calls of a source may not throw.
    std::string complaint;

    std::size_t out_bytes() const { return acquired_bytes - released_bytes; }
    bool is_used_up() const { return next_ > bytes / 2; }

    allot::memory_span acquire(std::size_t min_bytes) {
        ++acquires;
        const std::size_t wanted = (std::max(min_bytes, least_bytes) + page - 1) / page * page;
        if (next_ > bytes || wanted > bytes - next_) return {};
        std::byte* const base = base_ + (goes_down ? bytes - wanted - next_ : next_);
        next_ += wanted + gap;
        acquired_bytes += wanted;
        given_[base] = wanted;
        out_[base] = wanted;
        return {base, wanted};
    }

    void release(const allot::memory_span& span) {
        if (noted_lock::is_held) complain("released under the lock");
        take_out(span);
        must_be_unused(span);
        released_bytes += span.bytes;
        madvise(span.base, span.bytes, MADV_DONTNEED);
        if (!goes_down && offset_of(span) + span.bytes + gap == next_) next_ = offset_of(span);
    }

    void purge(const allot::memory_span& span) {
        ++purges;
        for (std::size_t done = 0; done < span.bytes; done += page) {
            const auto found = out_around({static_cast<std::byte*>(span.base) + done, page});
            if (found == out_.end()) complain("purged what is not out");
        }
        must_be_unused(span);
        std::memset(span.base, 0xEE, span.bytes);
    }

    /// The bytes of all spans, as they were given, that hold something live.
    std::size_t bytes_around_live() const {
        std::size_t sum = 0;
        for (const auto& [base, length] : given_) {
            const auto above = live.lower_bound(base + length);
            if (above != live.begin() && std::prev(above)->second > base) sum += length;
        }
        return sum;
    }

private:
    static constexpr std::size_t bytes = 256 * mib;
    static constexpr int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
    using spans = std::map<std::byte*, std::size_t>;

    std::size_t offset_of(const allot::memory_span& span) const {
        return static_cast<std::size_t>(static_cast<std::byte*>(span.base) - base_);
    }

    void complain(const char* what) {
        if (complaint.empty()) complaint = what;
    }

    spans::const_iterator out_around(const allot::memory_span& span) const {
        auto* const base = static_cast<std::byte*>(span.base);
        const auto above = out_.upper_bound(base);
        if (above == out_.begin()) return out_.end();
        const auto found = std::prev(above);
        return base + span.bytes <= found->first + found->second ? found : out_.end();
    }

    /// What comes back may be made of several spans that lie side by side, if parts may come back.
    void take_out(const allot::memory_span& span) {
        auto* const base = static_cast<std::byte*>(span.base);
        const auto whole = out_.find(base);
        const bool is_whole = whole != out_.end() && whole->second == span.bytes;
        if (!takes_parts && !is_whole) return complain("not a whole span came back");
        if (offset_of(span) % page != 0 || span.bytes % page != 0) return complain("a part is not aligned");
        for (std::size_t done = 0; done < span.bytes; done += page) {
            const auto found = out_around({base + done, page});
            if (found == out_.end()) return complain("what came back was not out");
            const auto [start, length] = *found;
            out_.erase(found);
            const auto below = static_cast<std::size_t>(base + done - start);
            if (below != 0) out_[start] = below;
            if (below + page < length) out_[base + done + page] = length - below - page;
        }
    }

    void must_be_unused(const allot::memory_span& span) {
        const auto* const base = static_cast<const std::byte*>(span.base);
        const auto above = live.lower_bound(base + span.bytes);
        if (above != live.begin() && std::prev(above)->second > base) complain("a payload is lost");
    }

    std::byte* base_;
    std::size_t next_ = 0;
    spans given_;
    spans out_;
};

struct whole_source {
    span_area* area = nullptr;
    allot::memory_span acquire(std::size_t min_bytes) noexcept { return area->acquire(min_bytes); }
    void release(allot::memory_span span) noexcept { area->release(span); }
};
struct part_source : whole_source {
    static constexpr std::size_t granularity = page;
};
struct purged_source : part_source {
    void purge(allot::memory_span span) noexcept { area->purge(span); }
};
struct locked_purged_source : part_source {
    void purge(allot::memory_span span) noexcept {
        if (!noted_lock::is_held) area->complaint = "purged without the lock";
        area->purge(span);
    }
};

template <class Base, class Source>
struct over : reporting<Base> {
    using source = Source;
};
template <class Base, class Source, std::size_t Kept>
struct keeping : over<Base, Source> {
    static constexpr std::size_t keep_free_bytes = Kept;
};

template <class Base>
using whole_heap = allot::basic_heap<over<Base, whole_source>>;
template <class Base>
using part_heap = allot::basic_heap<over<Base, part_source>>;
template <class Base>
using locked_whole = allot::locked_heap<whole_heap<Base>, noted_lock>;
template <class Base>
using locked_part = allot::locked_heap<part_heap<Base>, noted_lock>;
template <class Base>
using purged_heap = allot::basic_heap<over<Base, purged_source>>;
template <class Base>
using locked_purged = allot::locked_heap<allot::basic_heap<over<Base, locked_purged_source>>, noted_lock>;
template <class Base>
using giving_heap = allot::basic_heap<keeping<Base, whole_source, 0>>;
template <class Base>
using giving_parts = allot::basic_heap<keeping<Base, part_source, 0>>;
template <class Base>
using keeping_heap = allot::basic_heap<keeping<Base, whole_source, mib>>;
template <class Base>
using keeping_parts = allot::basic_heap<keeping<Base, part_source, mib>>;

/// With words of 32 bits compact links reach 1 MiB, less than these heaps need.
using far_reaching = std::conditional_t<sizeof(std::size_t) == 8, allot::compact_traits, allot::default_traits>;

template <template <class> class Of>
using of_all_traits = std::tuple<Of<allot::default_traits>, Of<allot::bounded_traits>, Of<far_reaching>>;
template <template <class> class... Of>
using all_of = decltype(std::tuple_cat(std::declval<of_all_traits<Of>>()...));

using paired_heaps = all_of<whole_heap, part_heap, locked_whole, locked_part>;
using once_heaps = all_of<whole_heap, part_heap, locked_whole>;
using giving_heaps = all_of<giving_heap, giving_parts>;
using keeping_heaps = all_of<keeping_heap, keeping_parts>;
using plain_growing = all_of<whole_heap, part_heap>;
using breathing_heaps = all_of<whole_heap, part_heap, locked_part>;
using purged_heaps = all_of<purged_heap, locked_purged>;
using part_heaps = all_of<part_heap, locked_part>;

template <class Heap>
struct growing {
    static constexpr bool gives_parts = std::is_base_of_v<part_source, typename Heap::source_type>;

    span_area area;
    Heap heap;

    explicit growing(std::size_t least_bytes, std::size_t gap = 0) {
        heap.source().area = &area;
        area.least_bytes = least_bytes;
        area.gap = gap;
        area.takes_parts = gives_parts;
    }

    /// A payload full of one byte, which the source knows as live.
    std::byte* take(std::size_t bytes) {
        auto* const payload = static_cast<std::byte*>(heap.allocate(bytes));
        if (payload == nullptr) return nullptr;
        std::memset(payload, mark_of(payload), bytes);
        area.live[payload] = payload + bytes;
        return payload;
    }
    void give_back(std::byte* payload) {
        area.live.erase(payload);
        heap.deallocate(payload);
    }

    static int mark_of(const std::byte* payload) {
        return static_cast<int>(reinterpret_cast<std::size_t>(payload) / 16 % 101 + 1);
    }

    void check_payloads() const {
        std::size_t damaged = 0;
        for (const auto& [payload, end] : area.live) {
            const bool is_marked = *payload == static_cast<std::byte>(mark_of(payload));
            const bool is_even = std::memcmp(payload, payload + 1, static_cast<std::size_t>(end - payload) - 1) == 0;
            if (!is_marked || !is_even) ++damaged;
        }
        CHECK(damaged == 0);
    }

    void check() {
        CHECK(heap.verify());
        CHECK(area.complaint == "");
        CHECK(heap.stats().region_bytes == area.out_bytes());
    }

    void check_gives_all_back() {
        while (!area.live.empty()) give_back(const_cast<std::byte*>(area.live.begin()->first));
        heap.coalesce();
        check();
        CHECK(area.out_bytes() == 0);
        CHECK(heap.stats().regions == 0);
    }
};

}  // namespace

// --- pairs of calls --------------------------------------------------------------------------------------------------

namespace {

template <class Heap>
void check_pairs(std::size_t span_bytes, std::size_t bytes, bool is_full) {
    growing<Heap> scene(span_bytes, page);
    if (is_full) {
        REQUIRE(scene.take(100000) != nullptr);
        std::byte* last = nullptr;
        while (scene.area.acquires == 1) last = scene.take(bytes);
        scene.give_back(last);
    }
    scene.area.acquires = 0;
    std::size_t served = 0;
    for (int i = 0; i < 1000; ++i) {
        std::byte* const payload = scene.take(bytes);
        if (payload == nullptr) break;
        ++served;
        scene.give_back(payload);
    }
    INFO("spans of " << span_bytes << ", pairs of " << bytes << (is_full ? ", a full span" : ", empty heap"));
    CHECK(served == 1000);
    CHECK(scene.area.acquires <= 20);
    scene.check();
    scene.check_gives_all_back();
}

}  // namespace

TEMPLATE_LIST_TEST_CASE("growth: 1,000 pairs of calls ask the source at most 20 times", "", paired_heaps) {
    for (const std::size_t span_bytes : sizes{mib, 8 * mib}) {
        for (const std::size_t bytes : sizes{100, 8192}) check_pairs<TestType>(span_bytes, bytes, false);
        check_pairs<TestType>(span_bytes, 8192, true);
    }
}

TEMPLATE_LIST_TEST_CASE("growth: a payload that grows and shrinks 1,000 times asks the source at most 20 times", "",
                        paired_heaps) {
    growing<TestType> scene(64 * kib, page);
    scene.area.goes_down = GENERATE(true, false);
    REQUIRE(scene.take(1000) != nullptr);
    void* payload = scene.heap.allocate(100);
    for (int i = 0; i < 1000 && payload != nullptr; ++i) {
        payload = scene.heap.reallocate(payload, 8 * mib);
        if (payload != nullptr) payload = scene.heap.reallocate(payload, 100);
    }
    REQUIRE(payload != nullptr);
    CHECK(scene.area.acquires <= 20);
    scene.heap.deallocate(payload);
    scene.check();
    scene.check_gives_all_back();
}

TEMPLATE_LIST_TEST_CASE("growth: nothing is kept of what was needed once", "", once_heaps) {
    growing<TestType> scene(64 * kib);
    std::vector<std::byte*> payloads;
    for (int i = 0; i < 100; ++i) payloads.push_back(scene.take(50000));
    for (std::byte* const payload : payloads) scene.give_back(payload);
    CHECK(scene.area.out_bytes() == 0);
    scene.check();
}

TEMPLATE_LIST_TEST_CASE(
    "growth: what was asked of the source for a request serves it, though the span merges with others", "",
    part_heaps) {
    growing<TestType> scene(page);
    scene.area.goes_down = true;
    allot_test::random_numbers random(5);
    std::vector<std::byte*> payloads;
    std::size_t failed = 0;
    for (int i = 0; i < 5000; ++i) {
        if (payloads.size() > 100 || (!payloads.empty() && random.below(5) < 2)) {
            std::swap(payloads[random.below(payloads.size())], payloads.back());
            scene.heap.deallocate(payloads.back());
            payloads.pop_back();
        } else {
            const std::size_t bytes = random.below(std::size_t{64} << random.below(10));
            void* const payload = scene.heap.allocate(bytes, std::size_t{16} << random.below(14));
            failed += payload == nullptr ? 1u : 0u;
            if (payload != nullptr) payloads.push_back(static_cast<std::byte*>(payload));
        }
        if (scene.area.is_used_up()) break;
    }
    CHECK(failed == 0);
    CHECK(scene.area.acquires > 10);
    for (std::byte* const payload : payloads) scene.heap.deallocate(payload);
    scene.check();
    scene.check_gives_all_back();
}

// --- the knob --------------------------------------------------------------------------------------------------------

TEMPLATE_LIST_TEST_CASE("growth: keep_free_bytes = 0: what is wholly free goes back at once", "", giving_heaps) {
    growing<TestType> scene(64 * kib, page);
    for (int i = 0; i < 20; ++i) {
        std::byte* const first = scene.take(8192);
        std::byte* const second = scene.take(60000);
        REQUIRE(scene.area.out_bytes() == 128 * kib);
        scene.give_back(first);
        CHECK(scene.area.out_bytes() <= 64 * kib);
        scene.give_back(second);
        CHECK(scene.area.out_bytes() == 0);
        scene.check();
    }
    scene.give_back(scene.take(24));
    scene.check_gives_all_back();
}

TEMPLATE_LIST_TEST_CASE("growth: keep_free_bytes = N: so much stays, and serves what comes next", "", keeping_heaps) {
    growing<TestType> scene(64 * kib, page);
    std::vector<std::byte*> payloads;
    for (int i = 0; i < 64; ++i) payloads.push_back(scene.take(60000));
    REQUIRE(scene.area.out_bytes() == 4 * mib);
    for (std::byte* const payload : payloads) scene.give_back(payload);
    CHECK(scene.area.out_bytes() <= mib);
    CHECK(scene.area.out_bytes() >= mib / 2);
    scene.area.acquires = 0;
    for (int i = 0; i < 1000; ++i) scene.give_back(scene.take(60000));
    CHECK(scene.area.acquires == 0);
    scene.check();
    scene.check_gives_all_back();
}

// --- what holds nothing goes back ------------------------------------------------------------------------------------

namespace {

constexpr std::size_t object_bytes = 88;
constexpr std::size_t filled_bytes = 12 * mib;

/// Small objects until the heap is full: the first ones stay, the others are returned. How many bytes stay: `live_bytes`.
template <class Heap>
std::vector<void*> fill(growing<Heap>& scene, std::size_t kept_bytes, std::size_t& live_bytes) {
    std::vector<void*> objects;
    while (scene.area.out_bytes() < filled_bytes) {
        const bool is_kept = live_bytes < kept_bytes;
        void* const object = is_kept ? scene.take(object_bytes) : scene.heap.allocate(object_bytes);
        if (object == nullptr) break;
        if (is_kept) live_bytes += object_bytes;
        else objects.push_back(object);
    }
    REQUIRE(scene.area.out_bytes() >= filled_bytes);
    return objects;
}

/// Frees all but the first objects in random order, and looks at what is still held.
template <class Heap>
void check_ebb(std::size_t gap, std::size_t kept_bytes) {
    growing<Heap> scene(64 * kib, gap);
    std::size_t live_bytes = 0;
    std::vector<void*> objects = fill(scene, kept_bytes, live_bytes);
    random_numbers random(7);
    for (std::size_t i = objects.size(); i > 1; --i) std::swap(objects[i - 1], objects[random.below(i)]);
    for (std::size_t i = 0; i < objects.size(); ++i) {
        scene.heap.deallocate(objects[i]);
        if (i % 8192 == 0) CHECK(scene.heap.stats().region_bytes == scene.area.out_bytes());
    }
    INFO((gap == 0 ? "side by side, " : "apart, ") << kept_bytes << " of " << filled_bytes << " bytes live");
    CHECK(scene.area.out_bytes() <= live_bytes + 4 * mib + scene.area.bytes_around_live());
    scene.check();
    scene.heap.coalesce();
    CHECK(scene.area.out_bytes() <= scene.area.bytes_around_live() + 64 * kib);
    scene.check();
    scene.check_payloads();
    scene.check_gives_all_back();
}

}  // namespace

TEMPLATE_LIST_TEST_CASE("growth: what holds nothing live any more goes back, without coalesce", "", plain_growing) {
    // Two of the five where the build is slow: under a sanitizer, and with words of 32 bits, where nothing is optimised.
    constexpr bool is_slow = is_sanitized || sizeof(std::size_t) == 4;
    std::vector<std::size_t> all_kept{1, filled_bytes / 4};
    if (!is_slow) all_kept.insert(all_kept.end(), {0, filled_bytes / 64, filled_bytes / 2});
    for (const std::size_t gap : sizes{0, page}) {
        for (const std::size_t kept : all_kept) {
            check_ebb<TestType>(gap, kept);
        }
    }
}

// --- parts, and what stays -------------------------------------------------------------------------------------------

namespace {

/// A life of payloads up to 300 KiB that breathes between full and almost empty.
template <class Heap>
void check_breathing(std::size_t gap, std::uint64_t seed) {
    growing<Heap> scene(256 * kib, gap);
    random_numbers random(seed);
    std::vector<std::byte*> payloads;
    for (int turn = 0; turn < 12; ++turn) {
        while (scene.area.out_bytes() < 16 * mib) {
            const std::size_t limit = random.below(3) == 0 ? 300000 : 5000;
            payloads.push_back(scene.take(1 + random.below(limit)));
            REQUIRE(payloads.back() != nullptr);
        }
        for (std::size_t i = payloads.size(); i > 1; --i) std::swap(payloads[i - 1], payloads[random.below(i)]);
        const std::size_t left = payloads.size() / (turn % 3 == 0 ? 64 : 4);
        while (payloads.size() > left) {
            scene.give_back(payloads.back());
            payloads.pop_back();
            if (payloads.size() % 64 == 0) CHECK(scene.heap.stats().region_bytes == scene.area.out_bytes());
        }
        scene.check();
        scene.check_payloads();
    }
    if constexpr (requires(typename Heap::source_type & source) { source.purge({}); }) CHECK(scene.area.purges > 0);
    scene.check_gives_all_back();
}

}  // namespace

TEMPLATE_LIST_TEST_CASE("growth: parts come back aligned and once, never with a payload in them", "", breathing_heaps) {
    check_breathing<TestType>(0, 1);
    check_breathing<TestType>(page, 2);
}

TEMPLATE_LIST_TEST_CASE("growth: purging never touches a payload", "", purged_heaps) {
    check_breathing<TestType>(0, 3);
    check_breathing<TestType>(page, 4);
}

TEMPLATE_LIST_TEST_CASE("growth: what a payload has lost that shrinks where it is goes back", "", part_heaps) {
    for (const bool by_resize : {true, false}) {
        growing<TestType> scene(64 * kib);
        std::byte* const payload = scene.take(16 * mib);
        scene.area.live[payload] = payload + 1000;
        if (by_resize) REQUIRE(scene.heap.try_resize(payload, 1000));
        else REQUIRE(scene.heap.reallocate(payload, 1000) == payload);
        CHECK(scene.area.out_bytes() < 2 * mib);
        scene.check_payloads();
        scene.check();
        scene.check_gives_all_back();
    }
}

TEMPLATE_LIST_TEST_CASE("growth: the free end of a region that is in use goes back", "", part_heaps) {
    growing<TestType> scene(64 * kib);
    REQUIRE(scene.take(1000) != nullptr);
    std::vector<std::byte*> payloads;
    for (int i = 0; i < 256; ++i) payloads.push_back(scene.take(60000));
    for (std::byte* const payload : payloads) scene.give_back(payload);
    CHECK(scene.area.out_bytes() <= 3 * mib);
    scene.check();
    scene.heap.coalesce();
    CHECK(scene.area.out_bytes() <= 64 * kib);
    scene.check();
    scene.check_payloads();
    scene.check_gives_all_back();
}
