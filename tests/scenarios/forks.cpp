// fork() while other threads work: a child finds every heap whole, and can go on (dlmalloc-rs 22, snmalloc 630, gperftools 499,
// jemalloc 2019).
#include "support/catch.hpp"
#include "support/random.hpp"
#include "support/sanitizer.hpp"

#include <allot/adapters/hosted.hpp>
#include <allot/locked_heap.hpp>
#include <allot/policy/ticket_lock.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

constexpr unsigned patience =
    120;  // seconds until a child counts as hung: a lock that is fair wastes whole time slices
constexpr std::size_t region_bytes = std::size_t{4} << 20;

// Spans out of one array, from and to which threads come and go.
struct shared_spans {
    static constexpr std::size_t span_bytes = std::size_t{64} << 10;
    static constexpr std::size_t span_count = 64;
    alignas(4096) static inline unsigned char memory[span_count * span_bytes];
    static inline std::atomic<bool> is_given[span_count] = {};

    allot::memory_span acquire(std::size_t min_bytes) noexcept {
        for (std::size_t i = 0; i < span_count && min_bytes <= span_bytes; ++i) {
            if (!is_given[i].exchange(true)) return {memory + i * span_bytes, span_bytes};
        }
        return {};
    }
    void release(allot::memory_span span) noexcept {
        is_given[static_cast<std::size_t>(static_cast<unsigned char*>(span.base) - memory) / span_bytes] = false;
    }
};

struct growing_traits : allot::default_traits {
    using source = shared_spans;
    static constexpr std::size_t keep_free_bytes = 0;
};

/// A heap with memory, which its source gives if it has one.
template <class Heap, class Lock = allot::spin_lock>
struct furnished {
    using lock_type = Lock;

    allot::locked_heap<Heap, Lock> heap;
    std::unique_ptr<unsigned char[]> memory{new unsigned char[region_bytes]};

    furnished() {
        if constexpr (std::is_same_v<typename Heap::source_type, allot::no_source>)
            REQUIRE(heap.add_region(memory.get(), region_bytes) == allot::region_status::ok);
    }
};

/// Allocates, moves and frees; false if a payload lost what was written to it.
template <class Heap>
bool live_once(Heap& heap, allot_test::random_numbers& random) {
    std::array<unsigned char*, 20> owned{};
    for (unsigned char*& payload : owned) {
        payload = static_cast<unsigned char*>(heap.allocate(1 + random.below(3000)));
        if (payload != nullptr) payload[0] = 0x5A;
    }
    bool is_kept = true;
    for (unsigned char*& payload : owned) {
        if (void* const moved = payload == nullptr ? nullptr : heap.reallocate(payload, 1 + random.below(6000)))
            payload = static_cast<unsigned char*>(moved);
        is_kept = is_kept && (payload == nullptr || payload[0] == 0x5A);
        heap.deallocate(payload);
    }
    return is_kept;
}

/// Threads at work on a heap, until they are sent home.
template <class Heap>
class workers {
public:
    workers(Heap& heap, unsigned count) {
        for (unsigned i = 0; i < count; ++i) {
            threads_.emplace_back([this, &heap, i] {
                allot_test::random_numbers random(i + 1);
                while (!is_over_) {
                    if (!live_once(heap, random)) has_failed_ = true;
                }
            });
        }
    }
    ~workers() {
        is_over_ = true;
        for (std::thread& each : threads_) each.join();
        CHECK_FALSE(has_failed_);
    }

private:
    std::atomic<bool> is_over_{false};
    std::atomic<bool> has_failed_{false};
    std::vector<std::thread> threads_;
};

/// A fair lock hands over to threads that do not run: with more of them than cores, hardly anything happens.
template <class Lock>
constexpr unsigned threads_beside = std::is_same_v<Lock, allot::ticket_lock> ? 1 : 3;
template <class Lock>
constexpr int forks_with = allot_test::is_sanitized || std::is_same_v<Lock, allot::ticket_lock> ? 20 : 100;

/// What a child does with the heaps that it inherited; its exit status.
template <class... Heaps>
int go_on(Heaps&... heaps) {
    allot_test::random_numbers random(9);
    bool is_kept = true;
    for (int i = 0; i < 20; ++i) is_kept = (live_once(heaps, random) && ...) && is_kept;
    const bool is_sound = (static_cast<bool>(heaps.verify()) && ...);
    return is_kept && is_sound ? 0 : 1;
}

/// How a child of a fork ended: 0, or what `waitpid` says.
template <class Live>
int status_of_child(Live&& live) {
    const pid_t child = fork();
    if (child == 0) {
        alarm(patience);
        _exit(live());
    }
    int status = -1;
    waitpid(child, &status, 0);
    return status;
}

template <class... Heaps>
int failed_children(int forks, Heaps&... heaps) {
    int failed = 0;
    for (int i = 0; i < forks && failed == 0; ++i)
        failed += status_of_child([&] { return go_on(heaps...); }) == 0 ? 0 : 1;
    return failed;
}

using plain = allot::basic_heap<allot::default_traits>;

}  // namespace

TEMPLATE_TEST_CASE("forks: a child can go on with the heap of a busy process", "", furnished<plain>,
                   (furnished<plain, allot::ticket_lock>), furnished<allot::basic_heap<allot::bounded_traits>>,
                   furnished<allot::basic_heap<allot::compact_traits>>, furnished<allot::basic_heap<growing_traits>>,
                   (furnished<allot::basic_heap<allot::hosted_traits>, allot::hosted_lock>)) {
    TestType over;
    using lock = typename TestType::lock_type;
    {
        const workers beside(over.heap, threads_beside<lock>);
        CHECK(failed_children(forks_with<lock>, over.heap) == 0);
    }
    CHECK(over.heap.verify());
}

namespace {

/// Has another thread fork while its first holder holds it.
struct forked_lock : allot::spin_lock {
    void lock() noexcept {
        spin_lock::lock();
        if (!fork_now || !fork_now.exchange(false)) return;
        forking = std::thread(in_the_fork);
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }

    static inline std::atomic<bool> fork_now{false};
    static inline std::thread forking;
    static inline void (*in_the_fork)() = nullptr;
};

furnished<allot::basic_heap<growing_traits>, forked_lock>* forked = nullptr;
int status_of_forked = -1;

}  // namespace

TEST_CASE("forks: while a heap without a region is asked for its first payload") {
    furnished<allot::basic_heap<growing_traits>, forked_lock> over;
    forked = &over;
    forked_lock::in_the_fork = [] { status_of_forked = status_of_child([] { return go_on(forked->heap); }); };
    void* (*const first_request)() = GENERATE(
        +[] { return forked->heap.allocate(100); }, +[] { return forked->heap.allocate_zeroed(100); },
        +[] { return forked->heap.try_allocate(100); });
    status_of_forked = -1;
    forked_lock::fork_now = true;
    over.heap.deallocate(first_request());
    forked_lock::forking.join();
    CHECK(status_of_forked == 0);
}

TEST_CASE("forks: two heaps, and children that fork") {
    furnished<plain> first;
    furnished<allot::basic_heap<allot::bounded_traits>> second;
    const workers beside_first(first.heap, 2);
    const workers beside_second(second.heap, 1);
    for (int i = 0; i < 40; ++i) {
        const int status = status_of_child([&] {
            const int mine = go_on(first.heap, second.heap);
            const int of_child = status_of_child([&] { return go_on(second.heap, first.heap); });
            return mine == 0 && of_child == 0 ? go_on(first.heap, second.heap) : 1;
        });
        REQUIRE(status == 0);
    }
}

TEST_CASE("forks: threads that fork at the same time") {
    furnished<plain> over;
    std::atomic<int> failed{0};
    {
        const workers beside(over.heap, 1);
        std::vector<std::thread> forking;
        for (int i = 0; i < 2; ++i) forking.emplace_back([&] { failed += failed_children(40, over.heap); });
        for (std::thread& each : forking) each.join();
    }
    CHECK(failed == 0);
}

TEST_CASE("forks: heaps that come and go") {
    std::atomic<bool> is_over{false};
    std::thread passing([&] {
        allot_test::random_numbers random(3);
        while (!is_over) {
            furnished<plain> passes;
            live_once(passes.heap, random);
        }
    });
    furnished<plain> stays;
    CHECK(failed_children(60, stays.heap) == 0);
    is_over = true;
    passing.join();
}

namespace {

/// A lock of the user's own: the library does not know how to make it free, so its user says when.
furnished<plain, std::mutex>* owned = nullptr;

}  // namespace

TEST_CASE("forks: a lock of the user's own, with handlers of the user's own") {
    static furnished<plain, std::mutex> over;
    owned = &over;
    REQUIRE(pthread_atfork([] { owned->heap.lock_all(); }, [] { owned->heap.unlock_all(); },
                           [] { owned->heap.start_anew(); }) == 0);
    const workers beside(over.heap, 3);
    CHECK(failed_children(60, over.heap) == 0);
}

TEST_CASE("forks: handlers of the user's own beside those of the library do no harm") {
    static furnished<plain> over;
    REQUIRE(pthread_atfork([] { over.heap.lock_all(); }, [] { over.heap.unlock_all(); },
                           [] { over.heap.start_anew(); }) == 0);
    const workers beside(over.heap, 3);
    CHECK(failed_children(60, over.heap) == 0);
}
