// Where each free chunk of a heap lies, so that it can be found and taken from there.
//
//     [ 96 ] [ 2 K ] ...     the bins, by size
//     [ remainder ]          what the last small split left: the next small requests are cut from it
//     [ top ]                the free chunk that came last to the end of a region: cut only when nothing else fits
//
// A free chunk lies in exactly one of these; the ends of other regions lie in bins like all else, so nobody walks
// over regions to find one. The remainder and the top are loose: free chunks outside the bins. (The remainder and the
// top: dlmalloc's designated victim and wilderness.)
//
// Guarantees: constexpr over any Memory; insert and remove O(1), and O(log regions) for large chunks of a heap with a source.
#pragma once

#include <allot/chunks/region_list.hpp>
#include <allot/chunks/size_class.hpp>
#include <allot/chunks/sole_region.hpp>
#include <allot/free/bins.hpp>
#include <allot/free/checks.hpp>
#include <allot/memory/memory.hpp>
#include <allot/policy/laws.hpp>
#include <allot/source/fresh_memory.hpp>
#include <allot/source/source_account.hpp>
#include <allot/traits.hpp>

#include <cstddef>
#include <type_traits>

namespace allot::detail {

enum class loose : unsigned char { remainder, top };

template <class Traits, heap_memory Memory>
class free_index {
public:
    using knobs = Traits;
    using chunks_type = chunk_access<Memory, knobs::granule, knobs::links>;
    using classes = size_classes<knobs::granule, knobs::exact_bin_limit, knobs::bin_subdivision, knobs::largest_chunk>;
    using bins_type = bins<chunks_type, classes, knobs::fit_probes>;
    using fit_type = fit<chunks_type>;

    static constexpr bool is_checked = knobs::hardening != hardening::none;
    static constexpr bool is_deferred = knobs::coalescing == coalescing::deferred;

    /// The largest chunk that is ever cached; with immediate coalescing none is.
    static constexpr std::size_t cached_limit =
        knobs::cached_chunk_limit < chunks_type::min_chunk ? chunks_type::min_chunk : knobs::cached_chunk_limit;
    static constexpr bool has_source = !std::is_same_v<typename knobs::source, no_source>;
    static constexpr bool gives_zeroed = zeroed_source<typename knobs::source>;
    static constexpr bool is_purged = purging_source<typename knobs::source>;
    static constexpr std::size_t descriptor_extras = (has_source ? 2 : 0) + (gives_zeroed ? 1 : 0);
    static constexpr std::size_t lookahead = is_deferred ? cached_limit : knobs::granule;
    using regions_type = std::conditional_t<knobs::one_region, sole_region<chunks_type, lookahead>,
                                            region_list<chunks_type, lookahead, descriptor_extras>>;
    using returnable_type = returnable<knobs, chunks_type, regions_type>;
    using account_type = std::conditional_t<has_source, source_account<knobs, chunks_type, regions_type>, no_account>;

    static_assert(broken_law<Traits, chunks_type::word_bytes>() == traits_law::kept);

    constexpr regions_type& regions() noexcept { return regions_; }
    constexpr const regions_type& regions() const noexcept { return regions_; }
    constexpr account_type& account() noexcept { return account_; }
    constexpr const account_type& account() const noexcept { return account_; }

    constexpr const bins_type& binned() const noexcept { return bins_; }
    constexpr const sized_chunk& at(loose which) const noexcept { return loose_[static_cast<unsigned>(which)]; }
    constexpr const sized_chunk& remainder() const noexcept { return at(loose::remainder); }
    constexpr const sized_chunk& top() const noexcept { return at(loose::top); }

    /// True for the remainder and the top.
    ALLOT_INLINE constexpr bool is_loose(std::size_t chunk) const noexcept {
        return chunk == remainder().chunk || chunk == top().chunk;
    }

    /// How many free chunks there are.
    constexpr std::size_t count() const noexcept { return count_; }

    constexpr checks<chunks_type, free_index> inspect(const chunks_type& chunks) const noexcept {
        return {chunks, *this};
    }

    /// To be called when a region comes.
    constexpr void start(chunks_type& chunks) noexcept { bins_.start(chunks); }

    // --- inserting and removing --------------------------------------------------------------------------------------

    /// Takes a free chunk from where it lies. Returns its size.
    ALLOT_SHARED constexpr std::size_t remove(chunks_type& chunks, std::size_t chunk) noexcept {
        const std::size_t size = chunks.size_of(chunk);
        --count_;
        if (is_loose(chunk)) forget_loose(chunk);
        else bins_.remove(chunks, chunk, classes::bin_of(size));
        return size;
    }

    /// Takes the first chunk out of a bin. Pre: `chunk` is that, and sound.
    ALLOT_INLINE constexpr void remove_first(chunks_type& chunks, std::size_t bin, std::size_t chunk) noexcept {
        bins_.remove_first(chunks, chunk, bin);
        --count_;
    }

    /// Adds a free chunk: to its bin, or as the top, whose predecessor goes to its bin.
    ALLOT_INLINE constexpr void insert(chunks_type& chunks, const sized_chunk& freed) noexcept {
        ++count_;
        if (!chunks.is_fencepost(freed.chunk + freed.size)) {
            if constexpr (returnable_type::gives_parts) note_bottom(chunks, freed);
            return bins_.insert(chunks, freed);
        }
        if constexpr (!regions_type::is_sole) {
            if (top().chunk != none) [[unlikely]]
                return replace_top(chunks, freed);
        }
        make_top(chunks, freed);
    }

    /// Makes the remainder, or the top, begin at `start`, below where it does. Returns where it ends.
    ALLOT_INLINE constexpr std::size_t lower(chunks_type& chunks, loose which, std::size_t start) noexcept {
        const std::size_t end = at(which).chunk + at(which).size;
        chunks.wipe(at(which).chunk);
        chunks.mark_free(start, end - start);
        if (which == loose::top) make_top(chunks, {start, end - start});
        else set(which, {start, end - start});
        return end;
    }

    /// Adds what a small split has left, to be cut next; the old remainder goes to its bin.
    constexpr void insert_as_remainder(chunks_type& chunks, const sized_chunk& tail) noexcept {
        if (remainder().chunk != none) bins_.insert(chunks, remainder());
        ++count_;
        set(loose::remainder, tail);
    }

    /// Keeps what a cut has left of the remainder, or of the top.
    ALLOT_INLINE constexpr void shorten(loose which, const sized_chunk& rest) noexcept { set(which, rest); }

    /// Forgets the remainder, or the top, of which a cut has left nothing.
    constexpr void use_up(loose which) noexcept {
        set(which, {});
        --count_;
    }

    /// To be called when the origin of the links is about to move. O(free chunks).
    constexpr void shift_links(chunks_type& chunks, typename chunks_type::link granules) noexcept {
        bins_.shift(chunks, granules);
    }

    // --- memory that was never written, of a zeroed source -----------------------------------------------------------

    /// To be called with the end of every chunk that is taken from the free ones.
    ALLOT_INLINE constexpr void note_written(chunks_type& chunks, std::size_t end) noexcept {
        if constexpr (gives_zeroed) fresh_.took(chunks, regions_.home_of(chunks, end - chunks_type::granule), end);
    }
    /// Where the part of a region that was never written begins; and that it begins no lower.
    constexpr std::size_t fresh_mark_of(const chunks_type& chunks, std::size_t position) const noexcept {
        if constexpr (gives_zeroed) return fresh_.mark_of(chunks, position);
        else return position;
    }
    constexpr void limit_fresh(chunks_type& chunks, std::size_t position, std::size_t mark) noexcept {
        if constexpr (gives_zeroed) fresh_.limit(chunks, position, mark);
    }
    constexpr void forget_written() noexcept {
        if constexpr (gives_zeroed) fresh_.forget();
    }
    /// From which address on the chunk that was taken last is zero, but for a footer below a fencepost.
    constexpr std::size_t zero_from() const noexcept {
        if constexpr (gives_zeroed) return fresh_.before();
        else return ~std::size_t{0};
    }

    /// How much of a payload just taken is not as the source gave it. The last word below a fencepost was a footer.
    constexpr std::size_t dirty_bytes_of(chunks_type& chunks, std::size_t payload, std::size_t bytes) noexcept {
        const std::size_t end = chunks.next_of(chunks_type::chunk_of(payload));
        if (chunks.is_fencepost(end)) chunks.set_word(end - chunks_type::word_bytes, 0);
        const std::size_t fresh_from = zero_from();
        if (fresh_from >= payload + bytes) return bytes;
        return fresh_from < payload ? 0 : fresh_from - payload;
    }

    // --- looking -----------------------------------------------------------------------------------------------------

    /// The free chunk below a fencepost; `none` if what is there is in use.
    static constexpr std::size_t top_below(const chunks_type& chunks, std::size_t fencepost) noexcept {
        return chunks.is_prev_in_use(fencepost) ? none : fencepost - chunks.prev_size_of(fencepost);
    }

    /// What a look into the bins asks of a chunk before it follows its links.
    constexpr auto soundness(const chunks_type& chunks) const noexcept {
        if constexpr (is_checked)
            return [this, &chunks](std::size_t chunk) noexcept { return inspect(chunks).leads_inside(chunk); };
        else return [](std::size_t) noexcept { return true; };
    }

    /// What a search in its own bin may look at before a request fails.
    static constexpr std::size_t search_looks =
        knobs::search == fit_search::exhaustive ? ~std::size_t{0} : knobs::fit_looks;

    /// What is to be seen of the highest bin by a request for the largest chunk in it.
    constexpr largest_seen largest_binned(const chunks_type& chunks) const noexcept {
        constexpr std::size_t looks = search_looks < knobs::fit_probes ? knobs::fit_probes : search_looks;
        return bins_.template largest<looks>(chunks);
    }

    /// The remainder or the top, if it has room for `wanted`; else `none`.
    constexpr std::size_t loose_fit(const fit_type& wanted) const noexcept {
        for (const sized_chunk& each : loose_) {
            if (wanted.fits_in(each.chunk, each.size)) return each.chunk;
        }
        return none;
    }

    /// The larger one of the remainder and the top.
    constexpr std::size_t largest_loose() const noexcept {
        return remainder().size > top().size ? remainder().size : top().size;
    }

    /// True if the remainder and the top are as large as it stands beside them. Pre: both are free chunks, or none.
    constexpr bool are_loose_sizes_sound(const chunks_type& chunks) const noexcept {
        for (const sized_chunk& each : loose_) {
            if (each.size != (each.chunk == none ? 0 : chunks.size_of(each.chunk))) return false;
        }
        return true;
    }

private:
    ALLOT_INLINE constexpr void make_top(chunks_type& chunks, const sized_chunk& freed) noexcept {
        set(loose::top, freed);
        if constexpr (has_source) note_end(chunks, regions_.home_of(chunks, freed.chunk));
    }

    /// With several regions; inlined, it would cost heaps of one region the registers that it saves.
    ALLOT_APART constexpr void replace_top(chunks_type& chunks, const sized_chunk freed) noexcept {
        bins_.insert(chunks, top());
        make_top(chunks, freed);
    }

    ALLOT_INLINE constexpr void forget_loose(std::size_t chunk) noexcept {
        set(chunk == remainder().chunk ? loose::remainder : loose::top, {});
    }

    constexpr void set(loose which, const sized_chunk& now) noexcept { loose_[static_cast<unsigned>(which)] = now; }

    /// Lists the region at `position` if the source gave it and some of it could go back.
    constexpr void note_end(chunks_type& chunks, std::size_t position) noexcept {
        const region home = regions_.at(chunks, position);
        if (home.origin != region_origin::source) return;
        const std::size_t bytes = account_.bytes_to_list(returnable_type::of(chunks, home));
        if (bytes >= returnable_type::least_part) account_.list(chunks, position, bytes);
    }
    constexpr void note_bottom(chunks_type& chunks, const sized_chunk& freed) noexcept {
        if (freed.size < returnable_type::least_part) return;
        const std::size_t position = regions_.home_of(chunks, freed.chunk);
        if (position == freed.chunk) note_end(chunks, position);
    }

    struct no_fresh_memory {};
    static constexpr std::size_t fresh_word = 2;

    sized_chunk loose_[2] = {};
    std::size_t count_ = 0;
    regions_type regions_{};
    bins_type bins_{};
    [[no_unique_address]] account_type account_{};
    [[no_unique_address]] std::conditional_t<gives_zeroed, fresh_memory<chunks_type, regions_type, fresh_word>,
                                             no_fresh_memory>
        fresh_{};
};

}  // namespace allot::detail
