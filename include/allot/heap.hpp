// The heap: bytes in, payload out.
//
//     allocate(100)  -> chunk_size_for -> store.take -> payload          (100 bytes: a chunk of 112, header included)
//     deallocate(p)  -> the crime checks -> store.put
//     reallocate(p)  -> in place -> downward -> a new place              each only if the one before is not possible
//
// The heap owns no memory: regions are given to it, or acquired from `Traits::source` when a request does not fit.
// Not synchronised: see locked_heap.hpp. Arguments that make no sense get nullptr or a status and change nothing;
// crimes (a pointer that was not allocated here, a header overwritten) go to `Traits::on_corruption`.
//
// Guarantees: constant-initialised and empty; one word of overhead an allocation; no exceptions, no libc beyond
// memcpy, memmove, memset.
#pragma once

#include <allot/base/errno_keeper.hpp>
#include <allot/base/zeroing.hpp>
#include <allot/diagnostics/verify.hpp>
#include <allot/lanes/lane_steps.hpp>
#include <allot/policy/laws.hpp>

#include <cstddef>

namespace allot {

template <class Traits = default_traits>
class basic_heap : public detail::lane_steps<detail::lawful_traits<Traits>> {
    using steps = detail::lane_steps<detail::lawful_traits<Traits>>;
    using typename steps::chunks_type;
    using typename steps::store_type;
    using steps::edit;
    using steps::store_;

public:
    using typename steps::source_type;
    using steps::default_alignment;
    using steps::has_source;
    using steps::max_request;
    using steps::usable_size;

    constexpr basic_heap() noexcept = default;
    basic_heap(const basic_heap&) = delete;
    basic_heap& operator=(const basic_heap&) = delete;

    // --- regions -----------------------------------------------------------------------------------------------------

    /// Gives the heap the span [base, base + bytes). Any number of spans, in any order; neighbours merge.
    /// O(log regions), and O(free chunks) where compact links must count from elsewhere to reach it. Failure: a status, and the
    /// span is untouched. Costs five words a region, some more with a source.
    [[nodiscard]] region_status add_region(void* base, std::size_t bytes) noexcept {
        return edit().add(direct_memory::address_of(base), bytes, detail::region_origin::caller);
    }

    /// Takes back a wholly free span: an end of a region, or all of it. O(log regions), after cached chunks are coalesced.
    [[nodiscard]] region_status remove_region(void* base, std::size_t bytes) noexcept {
        const std::size_t from = direct_memory::address_of(base);
        const region_status status = edit().remove(from, bytes);
        if (status != region_status::not_free || store_.cache().bytes() == 0 || !edit().is_an_end(from, bytes)) return status;
        store_.coalesce_cached();
        return edit().remove(from, bytes);
    }

    // --- requests ----------------------------------------------------------------------------------------------------

    /// At least `bytes` bytes, aligned to `alignment` (a power of two) and to the granule. Asks the source if need be.
    /// Failure: nullptr.
    [[nodiscard]] ALLOT_INLINE void* allocate(std::size_t bytes, std::size_t alignment = default_alignment) noexcept {
        void* payload = try_allocate(bytes, alignment);
        if constexpr (has_source) {
            if (payload == nullptr) [[unlikely]] return allocate_from_source(bytes, alignment);
        }
        return payload;
    }

    /// The same, but never asks the source.
    [[nodiscard]] ALLOT_INLINE void* try_allocate(std::size_t bytes, std::size_t alignment = default_alignment) noexcept {
        return steps::take(bytes, alignment);
    }

    /// The same as `allocate`, with the first `bytes` bytes zero. Pages that are zero already are read at most, and those of a
    /// source that gives zeroed memory not even that where nothing was ever written. O(bytes).
    [[nodiscard]] void* allocate_zeroed(std::size_t bytes, std::size_t alignment = default_alignment) noexcept {
        if (bytes > max_request) return nullptr;
        detail::unzeroed taken = steps::take_unzeroed(bytes, alignment);
        if constexpr (has_source) {
            if (taken.payload == nullptr && grow_for(bytes, alignment)) taken = steps::take_unzeroed(bytes, alignment);
        }
        if (taken.payload != nullptr) detail::zero_payload(taken.payload, taken.bytes);
        return taken.payload;
    }

    /// Takes back what this heap handed out. Nothing for nullptr. O(1), and a bounded number of cached chunks; where the
    /// last chunk of a heap that once held much more comes back, as a rule all of them.
    ALLOT_INLINE void deallocate(void* payload) noexcept {
        steps::put_back(payload);
        if constexpr (has_source) release_after(payload);
    }

    /// The same for a caller who knows what was asked for. With hardening, a size that cannot be is a crime.
    ALLOT_INLINE void deallocate(void* payload, std::size_t bytes, std::size_t /*alignment*/ = default_alignment) noexcept {
        steps::put_back(payload, bytes);
        if constexpr (has_source) release_after(payload);
    }

    /// The payload with room for `bytes`, its content kept up to the smaller size: in place, downward, or moved; a large one
    /// that grows is moved to where it can grow on (`Traits::growth_room`).
    /// Failure: nullptr, and the old payload is as it was.
    [[nodiscard]] void* reallocate(void* payload, std::size_t bytes, std::size_t alignment = default_alignment) noexcept {
        if (payload == nullptr) return allocate(bytes, alignment);
        relocation move = steps::begin_reallocate(payload, bytes, alignment);
        if constexpr (has_source) {
            if (move.to == nullptr && grow_for(bytes, alignment)) move = steps::begin_reallocate(payload, bytes, alignment);
        }
        if (move.must_copy()) {
            __builtin_memmove(move.to, move.from, move.bytes);
            steps::finish_reallocate(move, bytes);
        }
        if constexpr (has_source) release_after(move.to);
        return move.to;
    }

    /// Gives the payload room for `bytes` without moving it. O(1). Failure: false, and nothing has changed.
    [[nodiscard]] bool try_resize(void* payload, std::size_t bytes) noexcept {
        const bool is_done = payload != nullptr && steps::resize_in_place(payload, bytes);
        if constexpr (has_source) release_after(is_done ? payload : nullptr);
        return is_done;
    }

    // --- looking inside ----------------------------------------------------------------------------------------------

    /// The numbers. O(cached chunks), and as many free chunks as a request may look at. `largest_free`, less `chunk_overhead`, is
    /// the largest request that `try_allocate` would meet now: with cached chunks merged, as it would merge them.
    [[nodiscard]] heap_stats stats() const noexcept {
        const auto& regions = store_.regions();
        const std::size_t cached = store_.cache().bytes();
        const std::size_t in_use = store_.in_use_bytes();
        return {regions.count(), regions.bytes(), in_use, regions.tiled_bytes() - in_use - cached, cached,
                regions.bytes() - regions.tiled_bytes(), store_.largest_free(), store_.peak_in_use_bytes(),
                store_.in_use_chunks(), store_.count()};
    }

    /// Looks for a broken invariant. Writes nothing, O(chunks), O(1) memory.
    [[nodiscard]] verify_result verify() const noexcept {
        detail::verifier<store_type> verifier(store_);
        if (verifier.is_sound()) return {invariant::none, nullptr};
        return {verifier.broken(), direct_memory::pointer_to(verifier.where())};
    }

    /// Calls `visit(chunk_info)` for every chunk in address order, region by region. The visitor must not use the heap.
    template <class Visit>
    void for_each_chunk(Visit&& visit) const {
        detail::walk(store_, [&](std::size_t chunk, std::size_t bytes, chunk_state state) {
            visit(chunk_info{direct_memory::pointer_to(chunks_type::payload_of(chunk)), bytes, state});
        });
    }

    /// Merges every cached chunk and hands regions that are wholly free back to the source. O(cached chunks).
    void coalesce() noexcept {
        steps::coalesce_cached();
        if constexpr (has_source) {
            const detail::errno_keeper keeper;
            std::size_t from = 0;
            for (memory_span span = steps::detach_returnable(from); span.base != nullptr; span = steps::detach_returnable(from)) {
                from = direct_memory::address_of(span.base);
                source_.release(span);
            }
            purge_free();
        }
    }

    [[nodiscard]] constexpr source_type& source() noexcept { return source_; }

    /// A step: takes memory that is due off the heap, for the source to have back; purges what is due. Empty: there is none.
    [[nodiscard]] memory_span detach_due() noexcept {
        if (store_.has_purge_due()) purge_free();
        return steps::detach_due();
    }

    /// A step: lets the source have the contents of large free chunks.
    ALLOT_COLD void purge_free() noexcept {
        if constexpr (purging_source<source_type>) {
            store_.purge_free([this](std::size_t base, std::size_t bytes) { source_.purge({direct_memory::pointer_to(base), bytes}); });
        }
    }

private:
    ALLOT_COLD void* allocate_from_source(std::size_t bytes, std::size_t alignment) noexcept {
        return grow_for(bytes, alignment) ? try_allocate(bytes, alignment) : nullptr;
    }

    /// Asks the source for a region in which the request is sure to fit.
    ALLOT_COLD bool grow_for(std::size_t bytes, std::size_t alignment) noexcept {
        const std::size_t wanted = steps::span_for(bytes, alignment);
        if (wanted == 0) return false;
        if (is_asking_ != 0) steps::report_reentry();
        is_asking_ = 1;
        const memory_span span = steps::acquire_from(source_, wanted, steps::home());
        is_asking_ = 0;
        if (steps::add_span(span, wanted)) return true;
        if (span.base != nullptr) source_.release(span);
        return false;
    }

    void release_after(const void* payload) noexcept {
        if (payload != nullptr && steps::has_due()) [[unlikely]] release_due();
    }

    ALLOT_COLD void release_due() noexcept {
        const detail::errno_keeper keeper;
        for (memory_span span = detach_due(); span.base != nullptr; span = detach_due()) source_.release(span);
    }

    [[no_unique_address]] source_type source_{};
    unsigned is_asking_ = 0;  // not bool: a damaged one must still be a value
};

using heap = basic_heap<>;

}  // namespace allot
