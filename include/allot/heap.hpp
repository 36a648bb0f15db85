// The heap: bytes in, payload out.
//
//     allocate(100)  -> a cached chunk, or one cut from free memory     (100 bytes: a chunk of 112, header included)
//     deallocate(p)  -> the checks, then cached, or merged with its free neighbours
//     reallocate(p)  -> in place -> downward -> a new place             each only if the one before is not possible
//
// The heap owns no memory: regions are given to it, or acquired from `Traits::source` when a request does not fit.
// Not synchronised: see locked_heap.hpp. Arguments that make no sense get nullptr or a status and change nothing;
// what is detected as corruption (a pointer that was not allocated here, a header overwritten) goes to
// `Traits::on_corruption`. This is where pointers become addresses; what happens to them stands in core/heap_core.hpp.
//
// Guarantees: constant-initialised and empty; one word of overhead an allocation; no exceptions, no libc beyond
// memcpy, memmove, memset.
#pragma once

#include <allot/core/heap_core.hpp>
#include <allot/memory/direct.hpp>
#include <allot/policy/laws.hpp>

#include <cstddef>

namespace allot {

namespace detail {
/// The one way inside a heap, for a locked heap and for diagnostics.
template <class Heap>
struct inside;
}  // namespace detail

template <class Traits = default_traits>
class basic_heap {
    using core_type = detail::heap_core<detail::lawful_traits<Traits>, direct_memory>;
    using chunks_type = typename core_type::chunks_type;

public:
    using traits_type = typename core_type::traits_type;
    using source_type = typename core_type::source_type;

    /// Of every payload: the granule of the traits.
    static constexpr std::size_t default_alignment = chunks_type::granule;
    static constexpr std::size_t chunk_overhead = chunks_type::word_bytes;
    static constexpr std::size_t min_chunk_size = chunks_type::min_chunk;
    /// Larger requests always fail.
    static constexpr std::size_t max_request = core_type::max_request;

    constexpr basic_heap() noexcept = default;
    basic_heap(const basic_heap&) = delete;
    basic_heap& operator=(const basic_heap&) = delete;

    // --- regions -----------------------------------------------------------------------------------------------------

    /// Gives the heap the span [base, base + bytes). Any number of spans, in any order; neighbours merge.
    /// Effects: the span costs five words of overhead, some more with a source; the rest is free memory.
    /// Failure: a status other than `ok`; the span is neither read nor written.
    /// Complexity: O(log regions), the first time O(bins), and O(free chunks) where compact links must count from elsewhere to
    /// reach the span.
    [[nodiscard]] region_status add_region(void* base, std::size_t bytes) noexcept {
        return core_.add_region(direct_memory::address_of(base), bytes);
    }

    /// Takes back a wholly free span: an end of a region, or all of it. Of what the source gave only what that could have back: all
    /// of a region, or an end that is cut at a multiple of its `granularity`.
    /// Effects: cached chunks are coalesced if the span is not free without that.
    /// Failure: a status other than `ok`; the heap keeps the span.
    /// Complexity: O(log regions), and O(cached chunks) where those are coalesced.
    [[nodiscard]] region_status remove_region(void* base, std::size_t bytes) noexcept {
        return core_.remove_region(direct_memory::address_of(base), bytes);
    }

    // --- requests ----------------------------------------------------------------------------------------------------

    /// At least `bytes` bytes, aligned to `alignment` (a power of two) and to the granule.
    /// Effects: asks the source if the request does not fit.
    /// Failure: nullptr; cached chunks may have been coalesced.
    /// Complexity: O(1) but for what `Traits::search` allows, O(cached chunks) when memory is short, and the source.
    [[nodiscard]] ALLOT_INLINE void* allocate(std::size_t bytes, std::size_t alignment = default_alignment) noexcept {
        return direct_memory::pointer_to(core_.allocate({bytes, alignment}));
    }

    /// The same, but never asks the source.
    [[nodiscard]] ALLOT_INLINE void* try_allocate(std::size_t bytes,
                                                  std::size_t alignment = default_alignment) noexcept {
        return direct_memory::pointer_to(core_.take({bytes, alignment}));
    }

    /// The same as `allocate`, with the first `bytes` bytes zero.
    /// Effects: pages that are zero already are read at most, and those of a source that gives zeroed memory not even that where
    /// nothing was ever written.
    /// Failure: nullptr; cached chunks may have been coalesced.
    /// Complexity: O(bytes) more than `allocate`.
    [[nodiscard]] void* allocate_zeroed(std::size_t bytes, std::size_t alignment = default_alignment) noexcept {
        return direct_memory::pointer_to(core_.allocate_zeroed({bytes, alignment}));
    }

    /// Takes back what this heap handed out. Nothing for nullptr.
    /// Effects: may hand memory of the source back to it.
    /// Failure: a payload that this heap did not hand out goes to `Traits::on_corruption`.
    /// Complexity: O(1) and a bounded number of cached chunks; where the last chunk of a heap that was once much fuller comes
    /// back, or one of a heap with a source begins to fall, as a rule all of them.
    ALLOT_INLINE void deallocate(void* payload) noexcept {
        if (core_.put_back(direct_memory::address_of(payload), {0})) [[unlikely]]
            detail::verbs::release_due(core_);
    }

    /// The same for a caller who knows what was asked for. With hardening, a size that cannot be is a corruption.
    ALLOT_INLINE void deallocate(void* payload, std::size_t bytes,
                                 std::size_t /*alignment*/ = default_alignment) noexcept {
        if (bytes > core_type::store_type::largest_cacheable_request) prefetch_above(payload, bytes);
        if (core_.put_back(direct_memory::address_of(payload), {bytes})) [[unlikely]]
            detail::verbs::release_due(core_);
    }

    /// The payload with room for `bytes`, its content kept up to the smaller size: in place, downward, or moved; a large one
    /// that grows is moved to where it can grow on (`Traits::growth_room`). `allocate` for nullptr.
    /// Effects: as `allocate` and `deallocate`.
    /// Failure: nullptr; the old payload is as it was and still owned.
    /// Complexity: as `allocate`, and O(bytes) where the payload moves.
    [[nodiscard]] void* reallocate(void* payload, std::size_t bytes,
                                   std::size_t alignment = default_alignment) noexcept {
        return direct_memory::pointer_to(core_.reallocate(direct_memory::address_of(payload), {bytes, alignment}));
    }

    /// Gives the payload room for `bytes` without moving it.
    /// Effects: may hand memory of the source back to it.
    /// Failure: false; nothing has changed.
    /// Complexity: O(1).
    [[nodiscard]] bool try_resize(void* payload, std::size_t bytes) noexcept {
        return core_.try_resize(direct_memory::address_of(payload), {bytes});
    }

    /// The bytes that the owner of a payload may use: at least what was asked for. 0 for nullptr. O(1).
    [[nodiscard]] static std::size_t usable_size(const void* payload) noexcept {
        if (payload == nullptr) return 0;
        const std::size_t chunk = chunks_type::chunk_of(direct_memory::address_of(payload));
        return chunks_type::size_in(direct_memory::load_shared(chunk)) - chunk_overhead;
    }

    // --- looking inside ----------------------------------------------------------------------------------------------

    /// The numbers. `largest_free`, less `chunk_overhead`, is the largest request that `try_allocate` would meet now: with
    /// cached chunks merged, as it would merge them.
    /// Complexity: O(cached chunks), of which there are at most `cached_bytes_limit` / `min_chunk_size` however large the heap is,
    /// and as many free chunks as a request may look at.
    [[nodiscard]] heap_stats stats() const noexcept { return core_.stats(); }

    /// Looks for a broken invariant. Writes nothing, never faults.
    /// Complexity: O(chunks * log regions), O(1) memory.
    [[nodiscard]] verify_result verify() const noexcept { return core_.verify(); }

    /// Calls `visit(chunk_info)` for every chunk in address order, region by region. The visitor must not use the heap.
    /// Complexity: O(chunks).
    template <class Visit>
    void for_each_chunk(Visit&& visit) const {
        core_.for_each_chunk(visit);
    }

    /// Merges every cached chunk, hands back to the source all that can go back, and lets it purge the large free chunks that stay.
    /// Complexity: O(cached chunks + large free chunks + regions * log regions), and the source.
    void coalesce() noexcept { core_.coalesce(); }

    /// The source itself.
    [[nodiscard]] constexpr source_type& source() noexcept { return core_.source(); }

private:
    friend struct detail::inside<basic_heap>;

    /// Fetches what lies above a chunk that no cache will keep, where merging has to look, before the header of the chunk has
    /// arrived and says so.
    ALLOT_INLINE static void prefetch_above(const void* payload, std::size_t bytes) noexcept {
        __builtin_prefetch(direct_memory::pointer_to(direct_memory::address_of(payload) + bytes), 1);
    }

    core_type core_{};
};

using heap = basic_heap<>;

template <class Traits>
struct detail::inside<basic_heap<Traits>> {
    template <class Memory>
    using core_over = heap_core<lawful_traits<Traits>, Memory>;
    using core_type = core_over<direct_memory>;

    static constexpr core_type& core_of(basic_heap<Traits>& whole) noexcept { return whole.core_; }
    static constexpr const core_type& core_of(const basic_heap<Traits>& whole) noexcept { return whole.core_; }
};

}  // namespace allot
