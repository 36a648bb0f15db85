// Addresses that a source of pages has for itself: how far they were given, and what came back amid them.
//
//     base                                limit                                                 end
//      | given | given | hole | given      | no memory ............................................ |
//
// A range of pages is in one hand at any time: above the limit, a hole, or its taker's. It changes hands by one compare-exchange,
// so nobody waits, and a fork finds nothing half done.
//
// Guarantees: constant-initialised to zeros; O(slots) a call. Nothing here touches the pages or makes them writable.
#pragma once

#include <allot/base/align.hpp>
#include <allot/base/config.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>

#include <sys/mman.h>
#include <sys/resource.h>

namespace allot::detail {

#if defined(__x86_64__) || defined(__i386__) || defined(__riscv) || defined(__s390x__)
inline constexpr std::size_t page_granularity = 4096;
#else
inline constexpr std::size_t page_granularity = 65536;  // the largest page that the others are run with
#endif

/// Pages of a reservation that the source has.
struct page_range {
    std::uintptr_t base = 0;
    std::size_t bytes = 0;
    bool is_written = false;  // its pages are writable, and may not be zero

    std::uintptr_t end() const noexcept { return base + bytes; }
    void* pointer() const noexcept { return reinterpret_cast<void*>(base); }
};

/// What was released amid the pages that are given. A slot is taken or left whole, by one exchange.
class page_holes {
public:
    /// Takes out a hole of at least `least` bytes; an empty range if there is none.
    page_range take(std::size_t least) noexcept {
        for (std::atomic<std::uint64_t>& slot : slots_) {
            std::uint64_t word = slot.load(std::memory_order_relaxed);
            if (word == 0 || range_of(word).bytes < least) continue;
            if (slot.compare_exchange_strong(word, 0, std::memory_order_acquire, std::memory_order_relaxed))
                return range_of(word);
        }
        return {};
    }

    /// `range` and the holes that it touches, which are taken out.
    page_range merged(page_range range) noexcept {
        for (std::atomic<std::uint64_t>& slot : slots_) {
            std::uint64_t word = slot.load(std::memory_order_relaxed);
            const page_range hole = range_of(word);
            if (word == 0 || (hole.end() != range.base && range.end() != hole.base)) continue;
            if (!slot.compare_exchange_strong(word, 0, std::memory_order_acquire, std::memory_order_relaxed)) continue;
            range.base = hole.base < range.base ? hole.base : range.base;
            range.bytes += hole.bytes;
            range.is_written |= hole.is_written;
        }
        return range;
    }

    /// False if there are too many holes already.
    [[nodiscard]] bool put(const page_range& range) noexcept {
        for (std::atomic<std::uint64_t>& slot : slots_) {
            std::uint64_t word = 0;
            if (slot.compare_exchange_strong(word, word_of(range), std::memory_order_release,
                                             std::memory_order_relaxed))
                return true;
        }
        return false;
    }

private:
    static constexpr unsigned count_bits =
        24;  // pages of a hole; above them one bit, and then the number of the first page

    static std::uint64_t word_of(const page_range& range) noexcept {
        const std::uint64_t first = range.base / page_granularity;
        return (first << 1 | (range.is_written ? 1u : 0u)) << count_bits | range.bytes / page_granularity;
    }
    static page_range range_of(std::uint64_t word) noexcept {
        const std::uint64_t pages = word & ((std::uint64_t{1} << count_bits) - 1);
        return {static_cast<std::uintptr_t>((word >> (count_bits + 1)) * page_granularity),
                static_cast<std::size_t>(pages * page_granularity), (word >> count_bits & 1) != 0};
    }

    std::atomic<std::uint64_t> slots_[64] = {};
};

/// Addresses that nobody else gets, and how far they were given.
class page_reservation {
public:
    static constexpr std::size_t huge_page = std::size_t{1} << 21;
    static constexpr std::size_t bytes = sizeof(void*) < 8 ? 0 : (std::uint64_t{1} << 36) - 2 * huge_page;

    std::uintptr_t base() const noexcept { return base_.load(std::memory_order_acquire); }
    bool holds(std::uintptr_t address) const noexcept { return base() != 0 && address - base() < bytes; }

    /// False if the system has no such addresses, or a limit of them, which would then be used up.
    /// A page on both sides stays unused, so that no mapping of anybody else touches what is given.
    ALLOT_COLD [[nodiscard]] bool reserve() noexcept {
        rlimit most{};
        if (bytes == 0 || getrlimit(RLIMIT_AS, &most) != 0 || most.rlim_cur != RLIM_INFINITY) return false;
        void* const all = mmap(nullptr, bytes + 2 * huge_page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (all == MAP_FAILED) return false;
        std::uintptr_t nobody = 0;
        const std::uintptr_t first = align_up(reinterpret_cast<std::uintptr_t>(all) + page_granularity, huge_page);
        if (!base_.compare_exchange_strong(nobody, first, std::memory_order_acq_rel))
            munmap(all, bytes + 2 * huge_page);
        return true;
    }

    /// What lies above the limit; an empty range if it is too little.
    page_range take(std::size_t wanted) noexcept {
        std::size_t given = given_.load(std::memory_order_relaxed);
        do {
            if (wanted > bytes - given) return {};
        } while (
            !given_.compare_exchange_weak(given, given + wanted, std::memory_order_acquire, std::memory_order_relaxed));
        return {base() + given, wanted};
    }

    /// Lowers the limit to the base of `range`. False if that does not lie below it.
    [[nodiscard]] bool lower_to(const page_range& range) noexcept {
        std::size_t given = range.end() - base();
        return given_.compare_exchange_strong(given, range.base - base(), std::memory_order_release,
                                              std::memory_order_relaxed);
    }

private:
    std::atomic<std::uintptr_t> base_{0};
    std::atomic<std::size_t> given_{0};
};

}  // namespace allot::detail
