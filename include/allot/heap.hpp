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

#include <allot/core/region_edit.hpp>
#include <allot/core/resize.hpp>
#include <allot/diagnostics/verify.hpp>
#include <allot/memory/direct.hpp>

#include <cstddef>

namespace allot {

/// Where a reallocated payload goes, and what is left to do: copy `bytes` from `from` to `to` unless it `stayed`.
struct relocation {
    enum class outcome : unsigned char { failed, stayed, down, moved };

    outcome how;
    void* from;
    void* to;           ///< nullptr if it failed
    std::size_t bytes;  ///< the ranges may overlap

    constexpr bool must_copy() const noexcept { return how == outcome::down || how == outcome::moved; }
};

template <class Traits = default_traits>
class basic_heap {
    using store_type = detail::chunk_store<Traits, direct_memory>;
    using chunks_type = typename store_type::chunks_type;
    using requests = typename store_type::requests;

public:
    using traits_type = Traits;
    using source_type = typename Traits::source;

    static constexpr std::size_t default_alignment = chunks_type::granule;
    static constexpr std::size_t chunk_overhead = chunks_type::word_bytes;
    static constexpr std::size_t min_chunk_size = chunks_type::min_chunk;
    static constexpr std::size_t max_request = requests::max_request;

    constexpr basic_heap() noexcept = default;
    basic_heap(const basic_heap&) = delete;
    basic_heap& operator=(const basic_heap&) = delete;

    // --- regions -----------------------------------------------------------------------------------------------------

    /// Gives the heap the span [base, base + bytes). Any number of spans, in any order; neighbours merge.
    /// O(regions). Failure: a status, and the span is untouched. Costs four words a region.
    region_status add_region(void* base, std::size_t bytes) noexcept {
        return edit().add(direct_memory::address_of(base), bytes, detail::region_origin::caller);
    }

    /// Takes back a wholly free span: an end of a region, or all of it. O(regions), after cached chunks are coalesced.
    region_status remove_region(void* base, std::size_t bytes) noexcept {
        const std::size_t from = direct_memory::address_of(base);
        const region_status status = edit().remove(from, bytes);
        if (status != region_status::not_free || store_.cache().bytes() == 0) return status;
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
        if constexpr (store_type::is_deferred) {
            if (alignment == default_alignment && bytes <= store_type::largest_cacheable_request) [[likely]] {
                const std::size_t size = requests::chunk_size_for(bytes);
                if (const std::size_t chunk = store_.take_cached(size)) [[likely]] return hand_out(chunk, size);
            }
        }
        return allocate_any(bytes, alignment);
    }

    /// The same as `allocate`, with the first `bytes` bytes zero.
    [[nodiscard]] void* allocate_zeroed(std::size_t bytes, std::size_t alignment = default_alignment) noexcept {
        void* payload = allocate(bytes, alignment);
        if (payload != nullptr) __builtin_memset(payload, 0, bytes);
        return payload;
    }

    /// Takes back what this heap handed out. Nothing for nullptr. O(1), and a bounded number of cached chunks.
    ALLOT_INLINE void deallocate(void* payload) noexcept {
        if (payload == nullptr) return;
        put_back(payload);
        if constexpr (has_source) release_free_regions();
    }

    /// The same for a caller who knows what was asked for. With hardening, a size that cannot be is a crime.
    ALLOT_INLINE void deallocate(void* payload, std::size_t bytes, std::size_t /*alignment*/ = default_alignment) noexcept {
        if (payload == nullptr) return;
        put_back(payload, bytes);
        if constexpr (has_source) release_free_regions();
    }

    /// The payload with room for `bytes`, its content kept up to the smaller size: in place, downward, or moved.
    /// Failure: nullptr, and the old payload is as it was.
    [[nodiscard]] void* reallocate(void* payload, std::size_t bytes, std::size_t alignment = default_alignment) noexcept {
        if (payload == nullptr) return allocate(bytes, alignment);
        relocation move = begin_reallocate(payload, bytes, alignment);
        if constexpr (has_source) {
            if (move.to == nullptr && grow_for(bytes, alignment)) move = begin_reallocate(payload, bytes, alignment);
        }
        if (move.must_copy()) {
            __builtin_memmove(move.to, move.from, move.bytes);
            finish_reallocate(move, bytes);
        }
        return move.to;
    }

    /// Gives the payload room for `bytes` without moving it. O(1). Failure: false, and nothing has changed.
    [[nodiscard]] bool try_resize(void* payload, std::size_t bytes) noexcept {
        const std::size_t size = requests::chunk_size_for(bytes);
        if (payload == nullptr || size == 0) return false;
        const std::size_t chunk = held_chunk(payload);
        const std::size_t before = store_.chunks().size_of(chunk);
        if (!resizer().in_place(chunk, size)) return false;
        counted_.resized(before, store_.chunks().size_of(chunk));
        return true;
    }

    /// The bytes that the owner of a payload may use: at least what was asked for. 0 for nullptr. O(1).
    [[nodiscard]] static std::size_t usable_size(const void* payload) noexcept {
        if (payload == nullptr) return 0;
        const std::size_t chunk = chunks_type::chunk_of(direct_memory::address_of(payload));
        return chunks_type::size_in(direct_memory::load(chunk)) - chunk_overhead;
    }

    // --- looking inside ----------------------------------------------------------------------------------------------

    /// The numbers. O(regions), and O(chunks) of the largest non-empty bin.
    [[nodiscard]] heap_stats stats() const noexcept {
        const auto& regions = store_.regions();
        const std::size_t cached = store_.cache().bytes();
        const std::size_t in_use = counted_.in_use_bytes();
        return {regions.count(), regions.bytes(), in_use, regions.tiled_bytes() - in_use - cached, cached,
                regions.bytes() - regions.tiled_bytes(), store_.largest_free(), counted_.peak_in_use_bytes(),
                counted_.in_use_chunks(), store_.count()};
    }

    /// Looks for a broken invariant. Writes nothing, O(chunks), O(1) memory.
    [[nodiscard]] verify_result verify() const noexcept {
        detail::verifier<store_type> verifier(store_, counted_);
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
        coalesce_cached();
        release_free_regions();
    }

    [[nodiscard]] constexpr source_type& source() noexcept { return source_; }

    // --- the halves of the verbs, for a wrapper that holds a lock only where it must ---------------------------------

    static constexpr bool has_source = !std::is_same_v<source_type, no_source>;

    /// `reallocate` up to the copy. With `must_copy()`, both payloads are the caller's until `finish_reallocate`.
    [[nodiscard]] relocation begin_reallocate(void* payload, std::size_t bytes, std::size_t alignment) noexcept {
        const relocation failed{relocation::outcome::failed, payload, nullptr, 0};
        const std::size_t size = requests::chunk_size_for(bytes);
        if (size == 0 || !detail::is_power_of_two(alignment)) return failed;
        const fit_type wanted{size, alignment < default_alignment ? default_alignment : alignment};
        const std::size_t chunk = held_chunk(payload);
        const std::size_t held = usable_size(payload);
        const std::size_t copied = held < bytes ? held : bytes;
        if (const relocation near = resize_near(chunk, wanted, copied); near.to != nullptr) return near;
        const std::size_t taken = store_.take(wanted);
        if (taken != detail::none) return {relocation::outcome::moved, payload, hand_out(taken, store_.chunks().size_of(taken)), copied};
        if constexpr (store_type::is_deferred) return resize_near(chunk, wanted, copied);  // `take` has coalesced
        return failed;
    }

    /// `reallocate` behind the copy.
    void finish_reallocate(const relocation& move, std::size_t bytes) noexcept {
        if (move.how == relocation::outcome::moved) return put_back(move.from);
        const std::size_t chunk = chunks_type::chunk_of(direct_memory::address_of(move.to));
        const std::size_t whole = store_.chunks().size_of(chunk);
        resizer().trim(chunk, requests::chunk_size_for(bytes));
        counted_.resized(whole, store_.chunks().size_of(chunk));
    }

    /// `deallocate` without the source.
    ALLOT_INLINE void put_back(void* payload) noexcept {
        if constexpr (store_type::is_deferred) {
            const std::size_t chunk = chunks_type::chunk_of(direct_memory::address_of(payload));
            if (const std::size_t size = store_.cacheable_size_of(chunk)) [[likely]] {
                counted_.gave_back(size);
                return store_.cache(chunk, size);
            }
        }
        put_back_any(payload);
    }

    ALLOT_INLINE void put_back(void* payload, std::size_t bytes) noexcept {
        if constexpr (store_type::is_checked) {
            held_chunk(payload);
            if (bytes > usable_size(payload)) [[unlikely]] accuse(corruption_kind::size_mismatch, payload);
        }
        put_back(payload);
    }

    void coalesce_cached() noexcept { store_.coalesce_cached(); }

    /// What to ask a source for, so that the request is sure to fit. 0: no span could serve it.
    [[nodiscard]] static constexpr std::size_t span_for(std::size_t bytes, std::size_t alignment) noexcept {
        const std::size_t size = requests::chunk_size_for(bytes);
        const std::size_t room = 4 * chunk_overhead + 2 * default_alignment + min_chunk_size;
        if (size == 0 || !detail::is_power_of_two(alignment) || alignment > max_request - room - size) return 0;
        return size + room + (alignment > default_alignment ? alignment : 0);
    }

    /// Takes in a span that the source gave.
    [[nodiscard]] region_status add_source_region(memory_span span) noexcept {
        return edit().add(direct_memory::address_of(span.base), span.bytes, detail::region_origin::source);
    }

    /// Takes one wholly free region of the source off the heap, for the source to have back. Empty: there is none.
    [[nodiscard]] memory_span detach_free_region() noexcept {
        if (!store_.may_have_free_region()) return {};
        const detail::region found = edit().remove_free_source_region();
        return {direct_memory::pointer_to(found.base), found.bytes};
    }

    [[noreturn]] void accuse_reentry() const noexcept { accuse(corruption_kind::reentered, this); }

private:
    using fit_type = typename store_type::fit_type;

    detail::region_edit<store_type> edit() noexcept { return detail::region_edit<store_type>(store_); }
    detail::resize<store_type> resizer() noexcept { return detail::resize<store_type>(store_); }

    std::size_t held_chunk(void* payload) noexcept {
        return store_.held_chunk_of(direct_memory::address_of(payload));
    }

    ALLOT_INLINE void* hand_out(std::size_t chunk, std::size_t size) noexcept {
        counted_.took(size);
        return direct_memory::pointer_to(chunks_type::payload_of(chunk));
    }

    [[gnu::noinline]] void* allocate_any(std::size_t bytes, std::size_t alignment) noexcept {
        const std::size_t size = requests::chunk_size_for(bytes);
        if (size == 0 || !detail::is_power_of_two(alignment)) return nullptr;
        const std::size_t chunk = store_.take({size, alignment < default_alignment ? default_alignment : alignment});
        return chunk == detail::none ? nullptr : hand_out(chunk, store_.chunks().size_of(chunk));
    }

    [[gnu::noinline]] void put_back_any(void* payload) noexcept {
        const std::size_t chunk = held_chunk(payload);
        counted_.gave_back(store_.chunks().size_of(chunk));
        store_.put(chunk);
    }

    /// Resizes a chunk where it is, or downward.
    relocation resize_near(std::size_t chunk, const fit_type& wanted, std::size_t copied) noexcept {
        void* from = direct_memory::pointer_to(chunks_type::payload_of(chunk));
        const std::size_t before = store_.chunks().size_of(chunk);
        const std::size_t near = resizer().near(chunk, wanted);
        if (near == detail::none) return {relocation::outcome::failed, from, nullptr, 0};
        counted_.resized(before, store_.chunks().size_of(near));
        if (near == chunk) return {relocation::outcome::stayed, from, from, 0};
        return {relocation::outcome::down, from, direct_memory::pointer_to(chunks_type::payload_of(near)), copied};
    }

    [[noreturn]] static void accuse(corruption_kind kind, const void* where) noexcept {
        store_type::accuse({kind, direct_memory::address_of(where)});
    }

    ALLOT_COLD void* allocate_from_source(std::size_t bytes, std::size_t alignment) noexcept {
        return grow_for(bytes, alignment) ? try_allocate(bytes, alignment) : nullptr;
    }

    /// Asks the source for a region in which the request is sure to fit.
    ALLOT_COLD bool grow_for(std::size_t bytes, std::size_t alignment) noexcept {
        const std::size_t wanted = span_for(bytes, alignment);
        if (wanted == 0) return false;
        if (is_asking_) accuse_reentry();
        is_asking_ = true;
        const memory_span span = source_.acquire(wanted);
        is_asking_ = false;
        if (span.base == nullptr) return false;
        if (add_source_region(span) == region_status::ok) return true;
        source_.release(span);
        return false;
    }

    void release_free_regions() noexcept {
        for (memory_span span = detach_free_region(); span.base != nullptr; span = detach_free_region()) source_.release(span);
    }

    store_type store_{};
    detail::tally counted_{};
    [[no_unique_address]] source_type source_{};
    bool is_asking_ = false;
};

using heap = basic_heap<>;

}  // namespace allot
