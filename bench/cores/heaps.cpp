// The heaps, compiled as a program compiles them, and with a call before each access to memory (-fsanitize=thread).
//
//     one_lock     spin_lock, no lanes: every call takes the one lock
//     spin_lock    the default traits and lock, with 64 lanes
//     core_local   the default traits with 64 lanes, locks that lean to a core
//     hosted       hosted_traits and the lock of hosted.hpp, over a lock that spins: simulated cores do not sleep
//
// All have as many lanes as there may be cores, so that in a row of the table nothing changes but the number of cores.
#include "cores/observed_heap.hpp"
#include "cores/turns.hpp"

#include <allot/adapters/hosted.hpp>
#include <allot/allot.hpp>
#include <allot/policy/core_local.hpp>

#include <algorithm>
#include <stdexcept>

namespace bench {
namespace {

struct simulated_interrupts {
    static int save_and_disable() noexcept { return 0; }
    static void restore(int) noexcept {}
    static std::uint32_t core() noexcept { return static_cast<std::uint32_t>(running_core()); }
};

struct no_lanes : allot::default_traits {
    static constexpr std::size_t lanes = 0;
};

struct lane_of_core : allot::default_traits {
    static constexpr std::size_t lanes = 64;
    static std::size_t lane_hint() noexcept { return running_core(); }
};

using hosted_like = allot::biased_lock<allot::spin_lock, allot::numbered_cores<simulated_interrupts>>;

/// A shared heap that tells where its members are.
template <class Core, class Lock>
class opened : public allot::detail::shared_heap<Core, Lock> {
    using guarded = allot::detail::guarded_heap<Core, Lock>;
    using store_type = typename Core::store_type;

public:
    /// Where members begin, in order; the first is the beginning of the heap.
    std::vector<control_part> beginnings() {
        store_type& store = this->guarded::core().store();
        std::vector<control_part> found{
            begin("chunks_", store.chunks()),
            begin("counted_", store.counted()),
            begin("free_.index_", store.index()),
            begin("free_.doing_", store.free().doing()),
            begin("cache_", store.cache()),
            begin(heap_lock_part, this->guarded::lock()),
            begin_after("after lock_", this->guarded::lock()),
        };
        if constexpr (allot::detail::lanes_of<Core> != 0) add_lanes(found);
        std::ranges::stable_sort(found, {}, &control_part::offset);
        found.front().offset = 0;
        return found;
    }

private:
    template <class Member>
    control_part begin(std::string_view name, const Member& member) const {
        const auto* const whole = reinterpret_cast<const std::byte*>(this);
        return {name, static_cast<std::size_t>(reinterpret_cast<const std::byte*>(&member) - whole), 0};
    }

    template <class Member>
    control_part begin_after(std::string_view name, const Member& member) const {
        return {name, begin(name, member).offset + sizeof member, 0};
    }

    void add_lanes(std::vector<control_part>& found) {
        auto& lanes = this->allot::detail::all_lanes<Core, Lock>::lanes();
        found.push_back(begin("lane_after_", lanes));
        for (auto& each : lanes) {
            found.push_back(begin(lane_lock_part, each.lock));
            found.push_back(begin("lanes_.lane", each.lane));
        }
        found.push_back(begin_after("waits_", lanes));
    }
};

template <class Traits, class Lock>
class heap_of final : public observed_heap {
    using heap_type = allot::locked_heap<allot::basic_heap<Traits>, Lock>;
    using opened_type = opened<typename allot::detail::inside<heap_type>::core_type, Lock>;
    static_assert(sizeof(opened_type) == sizeof(heap_type));

public:
    explicit heap_of(std::span<std::byte> region) {
        if (heap_.add_region(region.data(), region.size()) != allot::region_status::ok) {
            throw std::runtime_error{"add_region: the heap refuses the simulation's region"};
        }
    }

    void* allocate(std::size_t bytes) override { return heap_.allocate(bytes); }
    void deallocate(void* payload) override { heap_.deallocate(payload); }
    std::size_t usable_size(const void* payload) const override { return heap_type::usable_size(payload); }
    bool is_sound() const override { return static_cast<bool>(heap_.verify()); }

    std::span<const std::byte> control_block() const override {
        return {reinterpret_cast<const std::byte*>(&heap_), sizeof heap_};
    }

    std::vector<control_part> parts() const override {
        static constinit opened_type like_it;
        std::vector<control_part> found = like_it.beginnings();
        for (std::size_t i = 0; i < found.size(); ++i) {
            const std::size_t end = i + 1 < found.size() ? found[i + 1].offset : sizeof heap_;
            found[i].bytes = end - found[i].offset;
        }
        return found;
    }

private:
    heap_type heap_;
};

}  // namespace

std::unique_ptr<observed_heap> make_observed(std::string_view lock, std::span<std::byte> region) {
    using core_local = allot::core_local<simulated_interrupts>;
    if (lock == "one_lock") return std::make_unique<heap_of<no_lanes, allot::spin_lock>>(region);
    if (lock == "spin_lock") return std::make_unique<heap_of<lane_of_core, allot::spin_lock>>(region);
    if (lock == "core_local") return std::make_unique<heap_of<lane_of_core, core_local>>(region);
    if (lock == "hosted") return std::make_unique<heap_of<allot::hosted_traits, hosted_like>>(region);
    return nullptr;
}

}  // namespace bench
