// Which lane a caller gets, and that locks are taken in one order.
#include <allot/lanes/lane_set.hpp>
#include <allot/policy/biased_lock.hpp>

#include "support/catch.hpp"

#include <string>
#include <vector>

namespace {

class numbered_lock {
public:
    void lock() noexcept {
        CHECK_FALSE(is_held_);
        is_held_ = true;
        taken.push_back(this);
    }
    void unlock() noexcept { is_held_ = false; }
    bool is_held() const noexcept { return is_held_; }

    static inline std::vector<const numbered_lock*> taken;

private:
    bool is_held_ = false;
};

/// As much of the traits as a set of lanes looks at.
struct four_lanes {
    static constexpr std::size_t lanes = 4;
    static inline std::size_t hint = 0;
    static std::size_t lane_hint() noexcept { return hint; }
};
struct counted_lane {
    int chunks = 0;
};
using set = allot::detail::lane_set<four_lanes, counted_lane, numbered_lock>;

std::size_t number_of(set& lanes, std::size_t hint) {
    four_lanes::hint = hint;
    return static_cast<std::size_t>(&lanes.own() - lanes.begin());
}

/// Knows its callers, and who takes it as a guest.
class leaning_lock : public numbered_lock {
public:
    static inline std::uint32_t calling = 1;
    static inline std::vector<std::size_t>
        locks_at_call;  // taken so far each time that a caller was asked for its number
    static std::uint32_t caller() noexcept { return locks_at_call.push_back(taken.size()), calling; }
    void lock_as_guest() noexcept {
        ++guests;
        lock();
    }
    int guests = 0;
};
static_assert(allot::leaning_lock<leaning_lock>);

constinit set constant_initialised;

}  // namespace

TEST_CASE("lane_set: hints get lanes in turn, whatever they are, and keep them") {
    set& lanes = constant_initialised;
    const std::vector<std::size_t> hints{0x7F00'1234u, 3, 0x7F00'1634u, 0xFFFF'FFFFu, 77};
    for (std::size_t i = 0; i < hints.size(); ++i) CHECK(number_of(lanes, hints[i]) == i % 4);
    for (std::size_t i = hints.size(); i-- > 0;) CHECK(number_of(lanes, hints[i]) == i % 4);
}

TEST_CASE("lane_set: each lane has cache lines of its own") {
    set lanes;
    CHECK(reinterpret_cast<std::uintptr_t>(lanes.begin()) % 64 == 0);
    CHECK(sizeof(set::locked_lane) % 64 == 0);
}

TEST_CASE("lane_set: a lane that another thread is in is passed by, unless all are") {
    set lanes;
    const allot::lock_guard first(lanes.begin()[0].lock);
    CHECK(number_of(lanes, 5) == 1);
    {
        const allot::lock_guard second(lanes.begin()[1].lock);
        CHECK(number_of(lanes, 5) == 2);
        const allot::lock_guard third(lanes.begin()[2].lock);
        const allot::lock_guard fourth(lanes.begin()[3].lock);
        CHECK(number_of(lanes, 5) == 0);
    }
    CHECK(number_of(lanes, 5) == 1);
}

TEST_CASE("lane_set: all lanes are held in order, and what the step returns comes back") {
    set lanes;
    numbered_lock::taken.clear();
    const int found = lanes.with_all([&] {
        for (const set::locked_lane& each : lanes) CHECK(each.lock.is_held());
        return 7;
    });
    CHECK(found == 7);
    std::vector<const numbered_lock*> in_order;
    for (const set::locked_lane& each : lanes) {
        CHECK_FALSE(each.lock.is_held());
        in_order.push_back(&each.lock);
    }
    CHECK(numbered_lock::taken == in_order);
}

TEST_CASE("lane_set: where a lock leans to a caller the lane of its number is its own, held or not") {
    allot::detail::lane_set<four_lanes, counted_lane, leaning_lock> lanes;
    auto* const all = lanes.begin();
    for (const std::uint32_t caller : {1u, 2u, 4u, 5u, allot::unnumbered}) {
        leaning_lock::calling = caller;
        CHECK(&lanes.own() == all + (caller - 1) % 4);
        const allot::lock_guard held(all[0].lock);
        CHECK(&lanes.own() == all + (caller - 1) % 4);
    }
    lanes.with_all([&] {
        for (const auto& each : lanes) CHECK(each.lock.guests == 1);
    });
    for (const auto& each : lanes) CHECK_FALSE(each.lock.is_held());
}

TEST_CASE("lane_set: there is one lane more in which nobody works, which is held behind the own one") {
    allot::detail::lane_set<four_lanes, counted_lane, leaning_lock> lanes;
    CHECK(lanes.end() - lanes.begin() == 5);
    CHECK(constant_initialised.end() - constant_initialised.begin() == 5);
    auto* const all = lanes.begin();
    numbered_lock::taken.clear();
    lanes.with_depot(all[2], [&](auto& depot) {
        CHECK(&depot == all + 4);
        CHECK(depot.lock.is_held());
        CHECK(all[2].lock.is_held());
    });
    CHECK(numbered_lock::taken == std::vector<const numbered_lock*>{&all[2].lock, &all[4].lock});
    CHECK(all[2].lock.guests == 0);
    CHECK(all[4].lock.guests == 1);
    int held = 0;
    lanes.for_each_held([&](auto& each) { held += each.lock.is_held() ? 1 : 0; });
    CHECK(held == 5);
    for (const auto& each : lanes) CHECK_FALSE(each.lock.is_held());
}

TEST_CASE("lane_set: a caller has a number before it holds more than one lane, for to get one may allocate") {
    allot::detail::lane_set<four_lanes, counted_lane, leaning_lock> lanes;
    const auto locks_before_number = [&](auto&& step) {
        numbered_lock::taken.clear();
        leaning_lock::locks_at_call.clear();
        step();
        return leaning_lock::locks_at_call;
    };
    const std::vector<std::size_t> none_taken{0};
    CHECK(locks_before_number([&] { lanes.with_all([] {}); }) == none_taken);
    CHECK(locks_before_number([&] { lanes.for_each_held([](auto&) {}); }) == none_taken);
    CHECK(locks_before_number([&] { lanes.lock_each(); }).empty());  // around a fork nobody gets one
    lanes.unlock_each();
}
