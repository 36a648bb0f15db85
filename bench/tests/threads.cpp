// What the workloads of threads stand on: callers that count, ways for objects from one thread to another, crews.
#include "support/batch_box.hpp"
#include "support/caller.hpp"
#include "support/crew.hpp"
#include "support/inbox.hpp"
#include "support/object_queue.hpp"
#include "support/watches.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <atomic>
#include <set>
#include <thread>

namespace bench {
namespace {

/// One place, given to whoever asks; null to every third.
class one_place final : public allocator {
public:
    void* allocate(std::size_t, std::size_t) final { return ++asked_ % 3 == 0 ? nullptr : place_.data(); }
    void* allocate_zeroed(std::size_t bytes, std::size_t alignment) final { return allocate(bytes, alignment); }
    void* reallocate(const owned& old, std::size_t) final { return old.payload; }
    void deallocate(const owned&) final {}

private:
    alignas(16) std::array<std::byte, 64> place_{};
    std::size_t asked_ = 0;
};

object numbered(std::uint32_t number) { return {nullptr, number, 0}; }

}  // namespace

TEST_CASE("a caller counts what failed and what came from another thread", "[threads]") {
    one_place heap;
    caller<ends_written> calling{heap, ends_written{}};
    const object first = calling.allocate(8);
    const object second = calling.allocate(8);
    calling.deallocate(calling.allocate(8));  // fails
    calling.deallocate(first);
    CHECK(calling.counts().freed_elsewhere == 0);
    std::thread{[&] {
        calling.take_over();
        calling.deallocate(second);
        calling.deallocate(calling.allocate(8));
    }}.join();
    CHECK(calling.counts().failures == 1);
    CHECK(calling.counts().made == 3);
    CHECK(calling.counts().freed == 3);
    CHECK(calling.counts().freed_elsewhere == 1);
}

TEST_CASE("a caller that writes whole payloads sees that two objects overlap", "[threads]") {
    one_place heap;
    caller<wholly_written> calling{heap, wholly_written{}};
    const object overwritten = calling.allocate(64);
    std::thread{[&] {
        calling.take_over();
        calling.deallocate(calling.allocate(8));
    }}.join();
    CHECK(calling.counts().damaged == 0);
    calling.deallocate(overwritten);
    CHECK(calling.counts().damaged == 1);
}

TEST_CASE("live bytes are counted at their peak, of all callers together", "[threads]") {
    one_place heap;
    live_bytes live;
    caller<live_counted> first{heap, live_counted{live}};
    caller<live_counted> second{heap, live_counted{live}};
    const object small = first.allocate(8);
    second.deallocate(second.allocate(48));
    first.deallocate(small);
    CHECK(live.now == 0);
    CHECK(live.most == 56);
}

TEST_CASE("a queue hands all objects over, in order", "[threads]") {
    constexpr std::uint32_t count = 100'000;
    object_queue queue;
    std::thread producer{[&] {
        for (std::uint32_t i = 0; i < count; ++i) queue.put(numbered(i));
        queue.flush();
    }};
    std::uint32_t in_order = 0;
    for (std::uint32_t i = 0; i < count; ++i) in_order += queue.take().bytes == i ? 1U : 0U;
    producer.join();
    CHECK(in_order == count);
}

TEST_CASE("a box takes four batches and gives the oldest one first", "[threads]") {
    batch_box box;
    batch moving;
    CHECK_FALSE(box.take(moving));
    for (std::uint32_t i = 0; i < 4; ++i) {
        moving.push_back(numbered(i));
        REQUIRE(box.put(moving));
        CHECK(moving.empty());
    }
    CHECK_FALSE(box.put(moving));
    for (std::uint32_t i = 0; i < 4; ++i) {
        REQUIRE(box.take(moving));
        CHECK(moving.front().bytes == i);
        moving.clear();
    }
    CHECK_FALSE(box.take(moving));
}

TEST_CASE("an inbox gives all that was put", "[threads]") {
    inbox box;
    std::vector<object> moving{numbered(1), numbered(2)};
    box.put(moving);
    CHECK(moving.empty());
    moving.push_back(numbered(3));
    box.put(moving);
    box.take_all(moving);
    CHECK(moving.size() == 3);
}

TEST_CASE("a crew does a job once in each of its threads, which stay the same", "[threads]") {
    std::array<std::thread::id, 3> first{}, second{};
    std::atomic<int> runs = 0;
    {
        crew working{3};
        working.run([&](std::size_t number) { first[number] = std::this_thread::get_id(), ++runs; });
        const times passed = working.run([&](std::size_t number) {
            std::this_thread::sleep_for(std::chrono::milliseconds{10});
            second[number] = std::this_thread::get_id();
        });
        CHECK_FALSE(working.is_working());
        CHECK(passed.wall_seconds >= 0.01);
    }
    CHECK(runs == 3);
    CHECK(first == second);
    CHECK(std::set(first.begin(), first.end()).size() == 3);
}

}  // namespace bench
