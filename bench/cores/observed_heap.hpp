// A locked heap whose every access to memory is told to an observer (accesses.cpp), and what its control block is made of.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace bench {

/// Bytes of a control block that are of one purpose. Of the same name are those of each lane.
struct control_part {
    std::string_view name;
    std::size_t offset;
    std::size_t bytes;
};

class observed_heap {
public:
    observed_heap() = default;
    observed_heap(const observed_heap&) = delete;
    observed_heap& operator=(const observed_heap&) = delete;
    virtual ~observed_heap() = default;

    virtual void* allocate(std::size_t bytes) = 0;
    virtual void deallocate(void* payload) = 0;
    virtual std::size_t usable_size(const void* payload) const = 0;
    virtual bool is_sound() const = 0;

    virtual std::span<const std::byte> control_block() const = 0;
    /// In order, without overlap, all of the control block.
    virtual std::vector<control_part> parts() const = 0;
};

/// A locked heap of this lock over a region; empty if no lock is called so. Throws `std::runtime_error` if it refuses the
/// region.
std::unique_ptr<observed_heap> make_observed(std::string_view lock, std::span<std::byte> region);

/// What `make_observed` knows, the one without lanes first.
inline constexpr std::string_view observed_locks[] = {"one_lock", "spin_lock", "core_local", "hosted"};

inline constexpr std::string_view heap_lock_part = "lock_";
inline constexpr std::string_view lane_lock_part = "lanes_.lock";

}  // namespace bench
