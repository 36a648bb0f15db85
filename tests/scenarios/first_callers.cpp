// The first steps of a process, when threads get their numbers and handlers of a fork are registered. Each in a child of its own, where
// nobody has a number yet: no case here takes one outside.
#include "support/catch.hpp"
#include "support/child.hpp"

#include <allot/adapters/hosted.hpp>
#include <allot/locked_heap.hpp>

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include <pthread.h>

using namespace allot_test;

namespace {

using allot::thread_numbers;

constexpr std::size_t region_bytes = std::size_t{1} << 20;

struct hosted {
    allot::locked_heap<allot::basic_heap<allot::hosted_traits>, allot::hosted_lock> heap;
    std::unique_ptr<unsigned char[]> memory{new unsigned char[region_bytes]};

    hosted() { REQUIRE(heap.add_region(memory.get(), region_bytes) == allot::region_status::ok); }

    bool is_usable() {
        void* const payload = heap.allocate(100);
        heap.deallocate(payload);
        return payload != nullptr && heap.verify();
    }
};

template <class Work>
void on_a_thread(Work&& work) {
    std::thread(work).join();
}

unsigned long& told(std::size_t i) { return report_of_child().counted[i]; }

}  // namespace

TEST_CASE("first callers: a thread that a handler of a fork started shares its number with no other") {
    const std::string end = end_of([] {
        hosted first;
        static std::atomic<std::uint32_t> early{0};
        pthread_atfork(nullptr, nullptr, [] {
            std::thread([] {
                early = thread_numbers::number();
                for (;;) pause();
            }).detach();
            while (early == 0) std::this_thread::yield();
        });
        on_a_thread([&] { first.heap.deallocate(first.heap.allocate(10)); });
        const std::string of_child = end_of([&] {
            told(0) = early;
            on_a_thread([] { told(1) = thread_numbers::number(); });
            told(2) = first.is_usable();
        });
        if (of_child != "returned") leave_child(1);
    });
    CHECK(end == "returned");
    CHECK(told(0) != 0);
    CHECK(told(1) != 0);
    CHECK(told(0) != told(1));
    CHECK(told(2) == 1);
}

TEST_CASE("first callers: where no key is left, that of another library is left alone and threads have no number") {
    const std::string end = end_of([] {
        std::vector<pthread_key_t> keys;
        for (pthread_key_t key{}; pthread_key_create(&key, nullptr) == 0;) keys.push_back(key);
        hosted any;
        told(0) = keys.size();
        on_a_thread([&] {
            for (const pthread_key_t key : keys) pthread_setspecific(key, &keys);
            told(1) = any.is_usable();
            told(2) = thread_numbers::number() == allot::unnumbered;
            for (const pthread_key_t key : keys) told(3) += pthread_getspecific(key) == &keys;
        });
    });
    CHECK(end == "returned");
    CHECK(told(0) > 100);
    CHECK(told(1) == 1);
    CHECK(told(2) == 1);
    CHECK(told(3) == told(0));
}

TEST_CASE("first callers: a thread whose first step is a fork gets no number by it") {
    const std::string end = end_of([] {
        hosted any;
        on_a_thread([&] { told(0) = any.is_usable(); });
        on_a_thread([&] {
            any.heap.lock_all();
            any.heap.unlock_all();
            told(1) = thread_numbers::known_number() == 0;
            told(2) = any.is_usable();
        });
    });
    CHECK(end == "returned");
    for (std::size_t i = 0; i < 3; ++i) CHECK(told(i) == 1);
}
