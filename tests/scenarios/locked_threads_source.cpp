// Threads on a locked heap without a region of its own: all memory comes from a source and goes back to it.
#include "busy_life.hpp"
#include "support/catch.hpp"
#include "support/child.hpp"

#include <allot/locked_heap.hpp>

#include <atomic>
#include <mutex>
#include <new>

namespace {

/// Memory of the host, a little more than asked for; counts what is out. Threads may call it at the same time. Its spans
/// have a margin, so that they never touch and merge: they go back as they came.
class host_source {
public:
    static inline std::atomic<long> spans_out{0};
    static inline std::atomic<long> spans_ever{0};

    static allot::memory_span acquire(std::size_t min_bytes) noexcept {
        const std::size_t bytes = min_bytes + 2000;
        auto* const memory = static_cast<std::byte*>(::operator new(bytes + 2 * margin, std::nothrow));
        if (memory == nullptr) return {};
        ++spans_out, ++spans_ever;
        return {memory + margin, bytes};
    }
    static void release(allot::memory_span span) noexcept {
        --spans_out;
        ::operator delete(static_cast<std::byte*>(span.base) - margin);
    }

private:
    static constexpr std::size_t margin = 64;
};

template <class Base>
struct host_traits : allot_test::reporting<Base> {
    using source = host_source;
    static constexpr std::size_t keep_free_bytes = 0;
};

}  // namespace

TEMPLATE_TEST_CASE("locked_heap: threads that grow and give back regions at the same time", "",
                   host_traits<allot::default_traits>, host_traits<allot::bounded_traits>) {
    allot::locked_heap<allot::basic_heap<TestType>, std::mutex> heap;
    busy_life::town town(heap, 3000);
    town.live(4, 20000);
    CHECK(town.ended_well());
    heap.coalesce();
    CHECK(heap.stats().region_bytes == 0);
    CHECK(host_source::spans_out == 0);
    CHECK(host_source::spans_ever > 100);
}
