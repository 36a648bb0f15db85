// A heap of 3 GiB: with words of 32 bits it holds more than half of all addresses, and no sum, difference or doubling
// of the library may wrap there, or be taken for negative. Pages are reserved and hardly touched.
#include "support/catch.hpp"
#include "support/child.hpp"
#include "support/random.hpp"

#include <allot/diagnostics/heap_map.hpp>
#include <allot/locked_heap.hpp>

#include <sys/mman.h>
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <map>
#include <tuple>

using namespace allot_test;

namespace {

constexpr std::size_t mib = std::size_t{1} << 20;

/// Address space without memory behind it, or none.
class reserved_pages {
public:
    explicit reserved_pages(std::size_t bytes)
        : base_(mmap(nullptr, bytes, PROT_READ | PROT_WRITE, flags, -1, 0)), bytes_(bytes) {}
    ~reserved_pages() {
        if (is_there()) munmap(base_, bytes_);
    }
    reserved_pages(const reserved_pages&) = delete;
    reserved_pages& operator=(const reserved_pages&) = delete;

    bool is_there() const { return base_ != MAP_FAILED; }
    void* base() const { return base_; }
    std::size_t bytes() const { return bytes_; }

private:
    static constexpr int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;

    void* base_;
    std::size_t bytes_;
};

/// Two regions that are 3 GiB together, less what a process of 32 bits needs for itself.
template <class Heap>
struct huge {
    static constexpr std::size_t region_bytes = 1500 * mib;

    reserved_pages first{region_bytes};
    reserved_pages second{region_bytes};
    Heap heap;

    /// False, and a word about it: this process may not have so many addresses.
    bool is_there() {
        if (!first.is_there() || !second.is_there()) {
            WARN("skipped: no address space for 3 GiB");
            return false;
        }
        REQUIRE(heap.add_region(first.base(), first.bytes()) == allot::region_status::ok);
        REQUIRE(heap.add_region(second.base(), second.bytes()) == allot::region_status::ok);
        return true;
    }

    std::size_t chunk_of(const void* payload) const { return Heap::usable_size(payload) + Heap::chunk_overhead; }

    void check() const {
        CHECK(heap.verify());
        const allot::heap_stats now = heap.stats();
        CHECK(now.region_bytes == 2 * region_bytes);
        CHECK(now.in_use_bytes + now.free_bytes + now.cached_bytes + now.overhead_bytes == now.region_bytes);
        CHECK(now.overhead_bytes < 4096);
    }
};

using default_heap = allot::basic_heap<reporting<allot::default_traits>>;
using bounded_heap = allot::basic_heap<reporting<allot::bounded_traits>>;
using huge_heaps = std::tuple<default_heap, bounded_heap, allot::locked_heap<default_heap>>;

}  // namespace

TEMPLATE_LIST_TEST_CASE("3 GiB: the numbers are those of what callers own", "", huge_heaps) {
    huge<TestType> scene;
    if (!scene.is_there()) return;
    void* const first = scene.heap.allocate(1400 * mib);
    void* const second = scene.heap.allocate(1400 * mib);
    REQUIRE(first != nullptr);
    REQUIRE(second != nullptr);
    const std::size_t owned = scene.chunk_of(first) + scene.chunk_of(second);
    CHECK(scene.heap.stats().in_use_bytes == owned);
    CHECK(scene.heap.stats().peak_in_use_bytes == owned);
    scene.check();
    scene.heap.deallocate(second);
    scene.heap.deallocate(first);
    CHECK(scene.heap.stats().in_use_bytes == 0);
    CHECK(scene.heap.stats().peak_in_use_bytes == owned);
    CHECK(scene.heap.stats().largest_free > scene.region_bytes - 4096);
    scene.check();
}

TEMPLATE_LIST_TEST_CASE("3 GiB: the peak does not fall with what is freed", "", huge_heaps) {
    huge<TestType> scene;
    if (!scene.is_there()) return;
    void* const first = scene.heap.allocate(1450 * mib);
    void* const second = scene.heap.allocate(1450 * mib);
    const std::size_t owned = scene.chunk_of(first) + scene.chunk_of(second);
    scene.heap.deallocate(first);
    for (int i = 0; i < 1000; ++i) scene.heap.deallocate(scene.heap.allocate(static_cast<std::size_t>(i)));
    CHECK(scene.heap.stats().peak_in_use_bytes == owned);
    scene.heap.deallocate(scene.heap.allocate(1000 * mib));
    CHECK(scene.heap.stats().peak_in_use_bytes == owned);
    scene.heap.deallocate(second);
    scene.check();
}

TEMPLATE_LIST_TEST_CASE("3 GiB: the heap map ends, full or empty", "", huge_heaps) {
    huge<TestType> scene;
    if (!scene.is_there()) return;
    const auto draw = [&] {
        for (const allot::heap_map_options& options : {allot::heap_map_options{}, allot::heap_map_options{0, 1, 1}}) {
            std::size_t characters = 0;
            allot::draw_heap_map(
                scene.heap, [&](char) { ++characters; }, options);
            if (characters > 5000) leave_child(1);
        }
    };
    CHECK(end_of(draw, 10) == "returned");
    REQUIRE(scene.heap.allocate(1400 * mib) != nullptr);
    REQUIRE(scene.heap.allocate(1400 * mib) != nullptr);
    CHECK(end_of(draw, 10) == "returned");
}

namespace {

/// A random walk of calls from 16 bytes to 1 GiB, each held against what the walk itself knows.
template <class Heap>
class wanderer {
public:
    wanderer(huge<Heap>& scene, std::uint64_t seed) : scene_(scene), random_(seed) {}

    void step() {
        const std::size_t dice = random_.below(10);
        if (live_.empty() || dice < 5) return allocate();
        if (dice < 8) return deallocate();
        if (dice == 8) return reallocate();
        try_resize();
    }

    void check() {
        const allot::heap_stats now = scene_.heap.stats();
        CHECK(now.in_use_bytes == owned_);
        CHECK(now.in_use_chunks == live_.size());
        CHECK(now.peak_in_use_bytes == peak_);
        scene_.check();
    }

    void end() {
        while (!live_.empty()) deallocate();
        scene_.heap.coalesce();
        CHECK(scene_.heap.stats().free_chunks == scene_.heap.stats().regions);
        CHECK(refused_ > 0);
        check();
    }

private:
    struct live_payload {
        std::size_t bytes;
        std::uint64_t mark;
    };
    using live_payloads = std::map<unsigned char*, live_payload>;

    /// Every doubling as likely as any other.
    std::size_t some_bytes() {
        const std::size_t doubling = std::size_t{16} << random_.below(26);
        return doubling + random_.below(doubling);
    }

    void allocate() {
        const std::size_t bytes = some_bytes();
        const std::size_t room = largest_gap();
        void* const payload = scene_.heap.allocate(bytes);
        if (payload != nullptr) return adopt(payload, bytes);
        ++refused_;
        INFO(bytes << " bytes wanted, " << room << " free in one piece");
        CHECK(bytes + bytes / 8 + 4096 > room);
    }

    void deallocate() {
        const auto chosen = some();
        unsigned char* const payload = chosen->first;
        check_marks(*chosen);
        forget(chosen);
        scene_.heap.deallocate(payload);
    }

    void reallocate() {
        const auto chosen = some();
        const std::size_t bytes = some_bytes();
        if (std::min(bytes, chosen->second.bytes) > mib) return;  // nothing large is copied: its pages are not there
        unsigned char* const payload = chosen->first;
        void* const moved = scene_.heap.reallocate(payload, bytes);
        if (moved == nullptr) return;
        std::uint64_t mark = 0;
        std::memcpy(&mark, moved, sizeof mark);
        REQUIRE(mark == chosen->second.mark);
        forget(chosen);
        adopt(moved, bytes);
    }

    void try_resize() {
        const auto chosen = some();
        const std::size_t bytes = some_bytes();
        unsigned char* const payload = chosen->first;
        if (!scene_.heap.try_resize(payload, bytes)) return;
        forget(chosen);
        adopt(payload, bytes);
    }

    void adopt(void* payload, std::size_t bytes) {
        auto* const at = static_cast<unsigned char*>(payload);
        const std::size_t chunk = scene_.chunk_of(at);
        REQUIRE(chunk >= bytes);
        const auto above = live_.lower_bound(at);
        if (above != live_.end()) REQUIRE(static_cast<std::size_t>(above->first - at) >= chunk);
        if (above != live_.begin()) {
            const unsigned char* const below = std::prev(above)->first;
            REQUIRE(static_cast<std::size_t>(at - below) >= chunks_[below]);
        }
        live_[at] = {bytes, ++marks_};
        std::memcpy(at, &marks_, sizeof marks_);
        std::memcpy(at + bytes - sizeof marks_, &marks_, sizeof marks_);
        chunks_[at] = chunk;
        owned_ += chunk;
        peak_ = std::max(peak_, owned_);
    }

    static void check_marks(const typename live_payloads::value_type& owned) {
        const auto& [at, own] = owned;
        std::uint64_t low = 0;
        std::uint64_t high = 0;
        std::memcpy(&low, at, sizeof low);
        std::memcpy(&high, at + own.bytes - sizeof high, sizeof high);
        REQUIRE(low == own.mark);
        REQUIRE(high == own.mark);
    }

    void forget(typename live_payloads::iterator chosen) {
        owned_ -= chunks_[chosen->first];
        chunks_.erase(chosen->first);
        live_.erase(chosen);
    }

    typename live_payloads::iterator some() {
        return std::next(live_.begin(), static_cast<std::ptrdiff_t>(random_.below(live_.size())));
    }

    std::size_t largest_gap() const {
        std::size_t largest = 0;
        std::size_t run = 0;
        const unsigned char* end = nullptr;
        scene_.heap.for_each_chunk([&](const allot::chunk_info& chunk) {
            const auto* const at = static_cast<const unsigned char*>(chunk.payload);
            const bool is_free = chunk.state != allot::chunk_state::in_use;
            run = !is_free ? 0 : at == end ? run + chunk.bytes : chunk.bytes;
            largest = std::max(largest, run);
            end = at + chunk.bytes;
        });
        return largest;
    }

    huge<Heap>& scene_;
    random_numbers random_;
    live_payloads live_;
    std::map<const unsigned char*, std::size_t> chunks_;
    std::size_t owned_ = 0;
    std::size_t peak_ = 0;
    std::uint64_t marks_ = 0;
    std::size_t refused_ = 0;
};

}  // namespace

TEMPLATE_LIST_TEST_CASE("3 GiB: a random walk of payloads from 16 bytes to 1 GiB", "", huge_heaps) {
    for (const std::uint64_t seed : {1u, 2u, 3u}) {
        huge<TestType> scene;
        if (!scene.is_there()) return;
        INFO("seed " << seed);
        wanderer<TestType> walk(scene, seed);
        for (int i = 0; i < 3000; ++i) {
            walk.step();
            if (i % 50 == 0) walk.check();
        }
        walk.end();
    }
}
