// Takes chunks out of the memory of a heap and puts them back. Speaks chunk sizes, never request sizes.
//
//     take(96):  a cached chunk of 96, as it is  ->  a free one, cut  ->  coalesce what is cached, try again
//     put(c):    small, nothing free below, the cache has room: cached as it is.   Else: merged with its free neighbours
//
// Each verb has a short way for small chunks, to be inlined, and a long way. With immediate coalescing nothing is ever cached.
//
// Guarantees: constexpr over any Memory; O(1) but for what `Traits::search` allows, the number of regions, and coalescing cached
// chunks when memory is short, until the request fits; a `take` that fails changes nothing else.
#pragma once

#include <allot/core/cache_room.hpp>
#include <allot/core/chunk_cache.hpp>
#include <allot/core/ebb.hpp>
#include <allot/free/free_memory.hpp>

#include <cstddef>

namespace allot::detail {

template <class Traits, class Memory>
class chunk_store {
public:
    using memory_type = free_memory<Traits, Memory>;
    using index_type = typename memory_type::index_type;
    using chunks_type = typename index_type::chunks_type;
    using classes = typename index_type::classes;
    using fit_type = typename index_type::fit_type;
    using knobs = typename index_type::knobs;

    static constexpr bool is_checked = index_type::is_checked;
    static constexpr bool is_deferred = index_type::is_deferred;

    using requests =
        request_sizes<knobs::granule, chunks_type::min_chunk, chunks_type::word_bytes, knobs::largest_chunk>;
    using cache_type = chunk_cache<chunks_type, is_deferred ? index_type::cached_limit : 0, is_checked>;
    using tally_type = tally<is_narrow<knobs>, walked_in_pieces<Memory>>;
    using room_type = cache_room<knobs::cached_bytes_limit, index_type::cached_limit>;

    constexpr chunk_store() = default;
    constexpr explicit chunk_store(Memory memory) : chunks_(memory) {}

    constexpr memory_type& free() noexcept { return free_; }
    constexpr const memory_type& free() const noexcept { return free_; }
    constexpr index_type& index() noexcept { return free_.index(); }
    constexpr const index_type& index() const noexcept { return free_.index(); }
    constexpr chunks_type& chunks() noexcept { return chunks_; }
    constexpr const chunks_type& chunks() const noexcept { return chunks_; }
    constexpr auto& regions() noexcept { return index().regions(); }
    constexpr const auto& regions() const noexcept { return index().regions(); }
    constexpr const cache_type& cache() const noexcept { return cache_; }
    constexpr auto inspect() const noexcept { return index().inspect(chunks_); }

    /// Counts what is taken from the free chunks; the store counts what it takes itself.
    constexpr tally_type& counted() noexcept { return counted_; }

    // What callers own, all told, and what they do not: cached or free.
    constexpr std::size_t in_use_bytes() const noexcept { return counted_.in_use_bytes(cache_.bytes()); }
    constexpr std::size_t in_use_chunks() const noexcept { return counted_.taken_chunks() - cache_.count(chunks_); }
    constexpr std::size_t free_bytes() const noexcept { return regions().tiled_bytes() - in_use_bytes(); }
    constexpr std::size_t peak_in_use_bytes() const noexcept { return counted_.peak_in_use_bytes(cache_.bytes()); }

    /// True while a heap with a source shrinks: nothing is to wait then, in lanes neither. And true once after it does so.
    constexpr bool is_falling() const noexcept { return ebb_.is_falling(); }
    constexpr bool tells_of_fall() noexcept { return ebb_.tells_of_fall(); }

    /// To be called when a region comes. A heap begins as zeros, with bins that are not linked and without room to cache: the first
    /// region changes that.
    constexpr void start() noexcept {
        index().start(chunks_);
        room_ = {};
        if (peak_in_use_bytes() == 0) cache_.limit_to(room_type::most);
    }

    /// To be called when the origin of compact links is about to move: all links count `granules` more from then on.
    constexpr void shift_links(typename chunks_type::link granules) noexcept {
        index().shift_links(chunks_, granules);
        cache_.shift(chunks_, granules);
    }

    // --- the short way: small chunks, a few instructions, no call ------------------------------------------------------

    /// Requests up to this many bytes may be met from the cache.
    static constexpr std::size_t largest_cacheable_request =
        is_deferred ? align_down(knobs::cached_chunk_limit, knobs::granule) - chunks_type::word_bytes : 0;

    /// Takes the first cached chunk of `size` bytes. False: there is none, or none in the hot region that is sound. Pre: cacheable.
    ALLOT_INLINE constexpr bool take_cached(std::size_t size, std::size_t& chunk) noexcept {
        return cache_.take(chunks_, size, chunk);
    }

    /// Caches a small chunk that surely is the caller's, with room for as many bytes as it says. False: it is any other chunk,
    /// or the cache has no room; nothing has changed.
    ALLOT_INLINE constexpr bool put_small(std::size_t chunk, payload_size owned) noexcept {
        return cache_.keep(chunks_, chunk, owned.bytes, counted_);
    }

    // --- the long way: any chunk ---------------------------------------------------------------------------------------

    /// The chunk of a payload that a caller claims to own; any other is a corruption.
    constexpr std::size_t owned_chunk_of(std::size_t payload) noexcept {
        const std::size_t chunk = chunks_type::chunk_of(payload);
        if constexpr (is_checked) {
            const bool is_owned = regions().visit(chunks_, chunk) && inspect().is_owned(chunk);
            if (!is_owned) [[unlikely]]
                free_.report_not_owned(chunks_, payload);
        }
        return chunk;
    }

    /// True if a caller surely owns this chunk; false: it does not, or it is not in the hot region.
    ALLOT_INLINE constexpr bool is_owned_in_hot(std::size_t chunk) const noexcept {
        return !is_checked || inspect().is_owned(chunk);
    }

    /// A chunk in use of at least `wanted.size` bytes with an aligned payload; `none` if there is no memory for it.
    ALLOT_INLINE constexpr std::size_t take(const fit_type& wanted) noexcept {
        if constexpr (is_deferred) {
            if (cache_type::is_cacheable(wanted.size) && has_cached(wanted)) [[unlikely]]
                return must_take_cached(wanted.size);
        }
        if (wanted.alignment != chunks_type::granule) return search_aligned(wanted);
        if (classes::is_exact(wanted.size)) {
            if (const std::size_t chunk = count(free_.take_at_hand(chunks_, wanted.size))) return chunk;
        }
        return search_plain(wanted.size);
    }

    /// Takes `size` bytes out of a free chunk, `lead` bytes above its low end. Pre: as free_memory::carve_at.
    ALLOT_APART constexpr std::size_t carve_at(std::size_t found, std::size_t lead, std::size_t size) noexcept {
        return count(free_.carve_at(chunks_, found, {found + lead, size}));
    }

    /// Takes back a chunk in use of `size` bytes. Pre: `owned_chunk_of` found nothing wrong with it.
    ALLOT_INLINE constexpr void put(std::size_t chunk, chunk_size size) noexcept {
        settle_peak();
        put_settled(chunk, size.bytes);
    }

    /// The same where the peak is settled, or no caller owned the chunk.
    ALLOT_INLINE constexpr void put_settled(std::size_t chunk, std::size_t size) noexcept {
        index().account().note_back(size, in_use_bytes() - size);
        if constexpr (is_deferred) {
            watch_fall(size);
            if (room_.is_closed() && cache_.bytes() == 0) room_.grow();
            else if (may_wait(chunk, size) && cache_.has_room()) return cache(chunk, size);
            else if (may_wait(chunk, size) || counted_.is_far_below_peak()) return put_with_others(chunk, size);
        }
        note_back(size);
        free_.merge_with_neighbours(chunks_, chunk, {size});
    }

    /// Makes a chunk in use a free one and merges it with its free neighbours. Returns what it is part of then.
    ALLOT_APART constexpr sized_chunk merge(std::size_t chunk, chunk_size size) noexcept {
        return free_.merge_with_neighbours(chunks_, chunk, size);
    }

    /// To be called where what callers own is about to fall.
    ALLOT_INLINE constexpr void settle_peak() noexcept { counted_.settle_peak(cache_.bytes()); }

    /// Merges every cached chunk. O(cached chunks).
    ALLOT_COLD constexpr void coalesce_cached() noexcept {
        if constexpr (is_deferred) {
            while (cache_.bytes() != 0) coalesce_one(cache_type::list_count);
        }
    }

private:
    static constexpr std::size_t looks_a_call = 4;

    /// Makes a chunk that was taken a free one. Returns what it is part of then.
    constexpr sized_chunk give_back(std::size_t chunk, std::size_t size) noexcept {
        note_back(size);
        return merge(chunk, {size});
    }
    ALLOT_INLINE constexpr void note_back(std::size_t size) noexcept {
        counted_.gave_back(size);
        free_.gave_back(size);
    }

    /// Counts what was taken, if anything was.
    ALLOT_INLINE constexpr std::size_t count(const sized_chunk& taken) noexcept {
        if (taken.chunk != none) counted_.took(taken.size);
        return taken.chunk;
    }

    /// Merges what is cached when a heap with a source begins to shrink, and lets nothing wait until that is over.
    constexpr void watch_fall(std::size_t size) noexcept {
        if (!ebb_.begins_with(size, in_use_bytes() - size)) return;
        coalesce_cached();
        cache_.limit_to(0);
    }

    ALLOT_INLINE constexpr void cache(std::size_t chunk, std::size_t size) noexcept {
        chunks_.set_header(chunk, chunks_.header_of(chunk) | chunks_type::cached);
        cache_.push(chunks_, chunk, size);
    }

    ALLOT_APART constexpr std::size_t search_plain(std::size_t size) noexcept {
        coalesce_before(size);
        const std::size_t chunk = count(free_.take_plain(chunks_, size));
        return chunk != none ? chunk : search_harder({size, chunks_type::granule});
    }

    ALLOT_APART constexpr std::size_t search_aligned(const fit_type wanted) noexcept {
        coalesce_before(wanted.size);
        const std::size_t chunk = count(free_.take_aligned(chunks_, wanted));
        return chunk != none ? chunk : search_harder(wanted);
    }

    /// A request for a chunk of a coarse bin that is empty will be cut from a larger chunk or the top: it merges one that is cached
    /// first, or what was small would stay in pieces.
    ALLOT_INLINE constexpr void coalesce_before(std::size_t size) noexcept {
        if constexpr (is_deferred) {
            if (!classes::is_exact(size) && index().binned().is_empty(classes::bin_of(size)))
                coalesce_one(looks_a_call);
        }
    }

    /// Where the usual search finds nothing: the unusual one, and then, but for what is larger than all that is free, cached chunks
    /// are merged until one is part of a fit.
    ALLOT_COLD constexpr std::size_t search_harder(const fit_type wanted) noexcept {
        std::size_t chunk = carve(free_.find_anywhere(chunks_, wanted), wanted);
        if constexpr (is_deferred) {
            if (chunk != none || cache_.bytes() == 0 || wanted.size > free_bytes()) return chunk;
            room_.memory_is_short();
            limit_cache(counted_.taken_bytes());
            while (chunk == none && cache_.bytes() != 0) {
                const sized_chunk merged = coalesce_one(cache_type::list_count);
                if (wanted.fits_in(merged.chunk, merged.size)) chunk = carve(merged.chunk, wanted);
            }
        }
        return chunk;
    }

    /// Takes the wanted part out of a free chunk, if there is one.
    ALLOT_INLINE constexpr std::size_t carve(std::size_t found, const fit_type& wanted) noexcept {
        return found == none ? none : carve_at(found, wanted.lead_in(found), wanted.size);
    }

    /// True for a small chunk with nothing free below.
    ALLOT_INLINE constexpr bool may_wait(std::size_t chunk, std::size_t size) const noexcept {
        return cache_type::is_cacheable(size) && chunks_.is_prev_in_use(chunk);
    }

    /// Merges a chunk for which the cache has no room while its header is at hand, and one that waits there, which makes room
    /// for sizes in use now; with the last chunk that callers own, all that wait.
    ALLOT_APART constexpr void put_with_others(std::size_t chunk, std::size_t size) noexcept {
        limit_cache(counted_.taken_bytes() - size);
        if (may_wait(chunk, size) && cache_.has_room()) return cache(chunk, size);
        room_.grow();
        const bool is_last = cache_.bytes() + size == counted_.taken_bytes() && counted_.is_far_below_peak();
        if (is_last) coalesce_cached();
        else if (!cache_.has_room()) coalesce_one(looks_a_call);
        give_back(chunk, size);
    }

    /// Finds anew how much may be cached of `left` bytes taken. Done by the long way of `put` and where memory is short: a heap that
    /// other steps made small, as a shrinking `reallocate`, may keep small chunks until then.
    constexpr void limit_cache(std::size_t left) noexcept {
        cache_.limit_to(ebb_.is_falling() ? 0 : room_.of(left, counted_.is_far_below_peak()));
    }

    constexpr bool has_cached(const fit_type& wanted) const noexcept {
        const std::size_t chunk = cache_.peek(chunks_, wanted.size);
        return chunk != none && (wanted.alignment == chunks_type::granule || wanted.lead_in(chunk) == 0);
    }

    /// Pre: the list of this size is not empty. That its first chunk is not sound is a corruption.
    constexpr std::size_t must_take_cached(std::size_t size) noexcept {
        const std::size_t chunk = cache_.peek(chunks_, size);
        if constexpr (is_checked) {
            const bool is_sound =
                inspect().may_start_chunk(chunk) && cache_type::is_cached(chunks_.header_of(chunk), size);
            if (!is_sound) [[unlikely]]
                free_.report_not_listed(chunks_, chunk);
        }
        chunks_.set_header(chunk, chunks_.header_of(chunk) & ~chunks_type::cached);
        cache_.pop(chunks_, chunk, size);
        return chunk;
    }

    /// Merges one cached chunk, if one is found by looking at no more than `looks` lists. Returns what it is part of then.
    constexpr sized_chunk coalesce_one(std::size_t looks) noexcept {
        if (cache_.bytes() == 0) return {};
        const std::size_t size = cache_.some_size(looks);
        const bool has_seen_all = looks == cache_type::list_count;  // and found nothing where bytes are: a corruption
        return size != 0 || has_seen_all ? give_back(must_take_cached(size), size) : sized_chunk{};
    }

    chunks_type chunks_{};
    tally_type counted_{};
    memory_type free_{};
    [[no_unique_address]] cache_type cache_{};
    [[no_unique_address]] std::conditional_t<is_deferred, room_type, no_cache_room> room_{};
    [[no_unique_address]] std::conditional_t<is_deferred && index_type::has_source, ebb, no_ebb> ebb_{};
};

}  // namespace allot::detail
