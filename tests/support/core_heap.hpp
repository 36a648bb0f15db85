// The verbs of the heap over any Memory: what basic_heap does, for addresses instead of pointers.
//
//     basic_heap:   bytes, void*   ->  chunk_store<Traits, direct_memory>
//     core_heap:    bytes, number  ->  chunk_store<Traits, Memory>          the same calls in the same order
//
// Guarantees: constexpr over a constexpr Memory; a copy is a second heap if the Memory is copied with it.
#pragma once

#include <allot/core/region_edit.hpp>
#include <allot/core/resize.hpp>
#include <allot/diagnostics/verify.hpp>

#include <cstddef>

namespace allot_test {

template <class Traits, class Memory>
class core_heap {
public:
    using store_type = allot::detail::chunk_store<Traits, Memory>;
    using chunks_type = typename store_type::chunks_type;
    using requests = typename store_type::requests;
    using fit_type = typename store_type::fit_type;

    static constexpr std::size_t none = allot::detail::none;
    static constexpr std::size_t granule = chunks_type::granule;
    static constexpr std::size_t word_bytes = chunks_type::word_bytes;
    static constexpr std::size_t min_chunk = chunks_type::min_chunk;

    constexpr explicit core_heap(Memory memory) : store_(memory) {}

    constexpr const store_type& store() const noexcept { return store_; }
    constexpr std::size_t in_use_chunks() const noexcept { return store_.in_use_chunks(); }

    constexpr allot::region_status add_region(std::size_t base, std::size_t bytes) noexcept {
        return allot::detail::region_edit<store_type>(store_).add(base, bytes, allot::detail::region_origin::caller);
    }

    constexpr allot::region_status remove_region(std::size_t base, std::size_t bytes) noexcept {
        const allot::region_status status = allot::detail::region_edit<store_type>(store_).remove(base, bytes);
        if (status != allot::region_status::not_free || store_.cache().bytes() == 0) return status;
        store_.coalesce_cached();
        return allot::detail::region_edit<store_type>(store_).remove(base, bytes);
    }

    constexpr std::size_t allocate(std::size_t bytes, std::size_t alignment = granule) noexcept {
        const std::size_t size = requests::chunk_size_for(bytes);
        if (size == 0) return none;
        if constexpr (store_type::is_deferred) {
            if (alignment == granule && bytes <= store_type::largest_cacheable_request) {
                const std::size_t chunk = store_.first_cached(size);
                if (store_.take_cached(chunk, size)) return hand_out(chunk);
            }
        }
        return hand_out(store_.take({size, alignment}));
    }

    constexpr void deallocate(std::size_t payload) noexcept {
        if constexpr (store_type::is_deferred) {
            if (store_.put_small(chunks_type::chunk_of(payload), 0)) return;
        }
        const std::size_t chunk = store_.owned_chunk_of(payload);
        store_.put(chunk, store_.chunks().size_of(chunk));
    }

    constexpr bool try_resize(std::size_t payload, std::size_t bytes) noexcept {
        const std::size_t size = requests::chunk_size_for(bytes);
        return size != 0 && allot::detail::resize<store_type>(store_).in_place(store_.owned_chunk_of(payload), size);
    }

    /// Where the payload of a reallocation goes: `begin`, the caller copies from the old to the new place, `finish`.
    struct relocation {
        std::size_t from, to;
        bool is_downward;
    };

    constexpr relocation begin_reallocate(std::size_t payload, std::size_t bytes, std::size_t alignment = granule) noexcept {
        const fit_type wanted{requests::chunk_size_for(bytes), alignment};
        if (wanted.size == 0) return {payload, none, false};
        const std::size_t chunk = store_.owned_chunk_of(payload);
        if (const relocation beside = resize_beside(chunk, wanted); beside.to != none) return beside;
        store_.settle_peak();
        if (const std::size_t taken = store_.take(wanted); taken != none) return moved(chunk, taken);
        if (store_type::is_deferred) return resize_beside(chunk, wanted);
        return {payload, none, false};
    }

    constexpr void finish_reallocate(const relocation& moved, std::size_t bytes) noexcept {
        if (moved.to == none || moved.to == moved.from) return;
        if (moved.is_downward) return store_.land_tail(store_.owned_chunk_of(moved.to), requests::chunk_size_for(bytes));
        const std::size_t chunk = store_.owned_chunk_of(moved.from);
        store_.land(chunk, store_.chunks().size_of(chunk));
    }

    constexpr void coalesce() noexcept { store_.coalesce_cached(); }

    /// As if no more had ever been in use than now: two heaps of one shape are then equal.
    constexpr void forget_peak() noexcept {
        const allot::detail::tally old = store_.counted();
        store_.counted() = {};
        for (std::size_t i = 1; i < old.taken_chunks(); ++i) store_.counted().took(0);
        if (old.taken_chunks() != 0) store_.counted().took(old.taken_bytes());
        store_.settle_peak();
    }

    constexpr std::size_t usable_size(std::size_t payload) const noexcept {
        return store_.chunks().size_of(chunks_type::chunk_of(payload)) - word_bytes;
    }

    constexpr allot::invariant broken_invariant() const noexcept {
        allot::detail::verifier<store_type> verifier(store_);
        return verifier.is_sound() ? allot::invariant::none : verifier.broken();
    }
    constexpr bool is_sound() const noexcept { return broken_invariant() == allot::invariant::none; }

private:
    static constexpr std::size_t hand_out(std::size_t chunk) noexcept {
        return chunk == none ? none : chunks_type::payload_of(chunk);
    }

    constexpr relocation moved(std::size_t from, std::size_t to) noexcept {
        store_.depart(store_.chunks().size_of(from));
        return {chunks_type::payload_of(from), chunks_type::payload_of(to), false};
    }

    constexpr relocation resize_beside(std::size_t chunk, const fit_type& wanted) noexcept {
        const std::size_t from = chunks_type::payload_of(chunk);
        const std::size_t to = allot::detail::resize<store_type>(store_).beside(chunk, wanted);
        if (to == none) return {from, none, false};
        if (to == chunk) return {from, from, false};
        if (store_.chunks().next_of(to) <= chunk) return moved(chunk, to);
        store_.depart_tail(to, wanted.size);
        return {from, chunks_type::payload_of(to), true};
    }

    store_type store_;
};

}  // namespace allot_test
