// Why a request fails, in words, through a sink that takes one `char` at a time.
//
//     allot: a request for 100000 bytes aligned to 16 needs a chunk of 100016 bytes
//       the largest free chunk has 65408 bytes; at this alignment one chunk can give 65408
//       free in all: 130800 bytes in 3 chunks; cached or waiting in lanes: 256 bytes in 2 chunks
//       with those merged the largest would have 65408 bytes
//       there is no source: the heap has the 131072 bytes in 1 region that it was given
//       so: enough is free, but not in one piece
//
// Of a locked heap this may be called from its corruption hook, or while the caller holds it still: `heap.lock_all()` before,
// `heap.unlock_all()` after. No lock is taken here.
//
// Guarantees: nothing is written to the heap, allocated or locked; no fault on a damaged heap; at most 512 bytes of stack in an
// optimised build, beside what the sink needs; O(chunks * log regions).
#pragma once

#include <allot/diagnostics/careful_view.hpp>
#include <allot/diagnostics/sentence.hpp>
#include <allot/diagnostics/store_of.hpp>

#include <cstddef>
#include <type_traits>

namespace allot {
namespace detail {

/// What a walk over all chunks has seen of free memory, as a request sees it.
struct free_seen {
    std::size_t bytes = 0;
    std::size_t chunks = 0;
    std::size_t waiting_bytes = 0;  ///< cached, or waiting in a lane
    std::size_t waiting_chunks = 0;
    std::size_t largest = 0;
    std::size_t aligned = 0;         ///< the most that one chunk has from an aligned payload on
    std::size_t merged = 0;          ///< the largest chunk, were all that waits merged
    std::size_t aligned_merged = 0;  ///< the same from an aligned payload on
    bool is_damaged = false;         ///< there may be more, behind what was overwritten
};

/// Walks over a heap that may be damaged and adds up what is free.
template <class Store>
class free_census {
    using view_type = careful_view<Store>;
    using fit_type = typename Store::fit_type;

public:
    constexpr free_census(const view_type& view, const fit_type& wanted, free_seen& seen) noexcept
        : view_(view), wanted_(wanted), seen_(seen) {}

    constexpr void take() noexcept {
        regions_beside found = view_.beside(none);
        while (found.above != none && !found.is_damaged) {
            walk(view_.region_at(found.above));
            found = view_.beside(found.above);
        }
        seen_.is_damaged = seen_.is_damaged || found.is_damaged;
    }

private:
    constexpr void walk(const region& home) noexcept {
        run_bytes_ = 0;
        for (std::size_t chunk = home.first; chunk != home.fencepost; chunk += view_.size_of(chunk)) {
            if (!view_.is_whole(home, chunk)) {
                seen_.is_damaged = true;
                return;
            }
            see(chunk, view_.size_of(chunk));
        }
    }

    constexpr void see(std::size_t chunk, std::size_t size) noexcept {
        const chunk_state state = view_.state_of(chunk);
        if (state == chunk_state::in_use && !view_.is_waiting(chunk)) {
            run_bytes_ = 0;
            return;
        }
        if (state == chunk_state::free) see_free(chunk, size);
        else see_waiting(size);
        see_run(chunk, size);
    }

    constexpr void see_free(std::size_t chunk, std::size_t size) noexcept {
        seen_.bytes += size;
        ++seen_.chunks;
        keep_larger(seen_.largest, size);
        keep_larger(seen_.aligned, aligned_part(chunk, size));
    }

    constexpr void see_waiting(std::size_t size) noexcept {
        seen_.waiting_bytes += size;
        ++seen_.waiting_chunks;
    }

    /// What is free and what waits, side by side, is one chunk once it has merged.
    constexpr void see_run(std::size_t chunk, std::size_t size) noexcept {
        if (run_bytes_ == 0) run_ = chunk;
        run_bytes_ += size;
        keep_larger(seen_.merged, run_bytes_);
        keep_larger(seen_.aligned_merged, aligned_part(run_, run_bytes_));
    }

    constexpr std::size_t aligned_part(std::size_t chunk, std::size_t size) const noexcept {
        const std::size_t lead = wanted_.lead_in(chunk);
        return lead < size ? size - lead : 0;
    }

    static constexpr void keep_larger(std::size_t& kept, std::size_t other) noexcept {
        kept = other > kept ? other : kept;
    }

    const view_type& view_;
    const fit_type& wanted_;
    free_seen& seen_;
    std::size_t run_ = none;
    std::size_t run_bytes_ = 0;
};

template <class Store, class Sink>
class failure_explainer {
    using chunks_type = typename Store::chunks_type;
    using requests = typename Store::requests;
    using fit_type = typename Store::fit_type;
    using index_type = typename Store::index_type;

public:
    constexpr failure_explainer(const Store& store, Sink& sink) noexcept : store_(store), view_(store), say_(sink) {}

    constexpr void explain(std::size_t bytes, std::size_t alignment) {
        say_("allot: a request for ", bytes, " bytes aligned to ", alignment);
        const std::size_t size = requests::chunk_size_for(bytes);
        if (!is_power_of_two(alignment)) return say_(" always fails: an alignment is a power of two\n");
        if (size == 0) return say_(" always fails: the largest request is one for ", requests::max_request, " bytes\n");
        say_(" needs a chunk of ", size, " bytes\n");
        say_free({size, alignment < chunks_type::granule ? chunks_type::granule : alignment});
    }

private:
    constexpr void say_free(const fit_type& wanted) {
        free_seen seen{};
        free_census<Store>(view_, wanted, seen).take();
        if (seen.is_damaged) say_("  the heap is damaged: what lies behind the damage is not counted here\n");
        say_("  the largest free chunk has ", seen.largest, " bytes; at this alignment one chunk can give ",
             seen.aligned, "\n");
        say_("  free in all: ", seen.bytes, " bytes in ", counted{seen.chunks, "chunk"},
             "; cached or waiting in lanes: ");
        say_(seen.waiting_bytes, " bytes in ", counted{seen.waiting_chunks, "chunk"}, "\n");
        if (seen.waiting_chunks != 0) say_("  with those merged the largest would have ", seen.merged, " bytes\n");
        say_source();
        say_("  so: ", reason(seen, wanted.size), "\n");
    }

    constexpr void say_source() {
        if constexpr (index_type::has_source) {
            say_("  the source has given ", store_.index().account().given_bytes(), " of the ");
            say_(view_.region_bytes(), " bytes in ", counted{view_.region_count(), "region"}, "; ");
            say_(said_by_source(store_.free().doing().answer), "\n");
        } else {
            say_("  there is no source: the heap has the ", view_.region_bytes(), " bytes in ");
            say_(counted{view_.region_count(), "region"}, " that it was given\n");
        }
    }

    static constexpr const char* said_by_source(source_answer answer) noexcept {
        switch (answer) {
            case source_answer::not_asked: return "it was not asked yet";
            case source_answer::nothing: return "when it was asked last, it gave nothing";
            case source_answer::unusable:
                return "when it was asked last, it gave what cannot be a region, or too little";
            case source_answer::span: return "when it was asked last, it gave what was asked for";
        }
        return "what it said last was overwritten";
    }

    static constexpr const char* reason(const free_seen& seen, std::size_t size) noexcept {
        if (size <= seen.aligned) return fits_now();
        if (size <= seen.aligned_merged)
            return "it could be met once what is cached and waits has merged, as a request that fails does";
        if (size <= seen.merged) return "there is a large enough chunk, but not at this alignment";
        if (size <= seen.bytes + seen.waiting_bytes) return "enough is free, but not in one piece";
        return "less than that is free in all";
    }

    /// A bounded search may miss a chunk that would do.
    static constexpr const char* fits_now() noexcept {
        if constexpr (Store::knobs::search == fit_search::exhaustive) return "it can be met now";
        else
            return "it can be met now, unless the chunk lies in its bin behind more others than a bounded search looks "
                   "at";
    }

    const Store& store_;
    careful_view<Store> view_;
    sentence<Sink> say_;
};

}  // namespace detail

/// Says why `subject`, a basic_heap or a locked_heap, does not meet a request: what is free, in how many pieces, and what is in the
/// way. `put_character(char)` is called in order; it must not use the heap.
template <class Heap, class Sink>
void explain_failure(const Heap& subject, std::size_t bytes, std::size_t alignment, Sink&& put_character) {
    const auto& store = detail::store_of(subject);
    using store_type = std::remove_cvref_t<decltype(store)>;
    detail::failure_explainer<store_type, Sink>(store, put_character).explain(bytes, alignment);
}

}  // namespace allot
