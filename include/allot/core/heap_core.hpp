// The heap in addresses: the verbs and the steps that they are made of, over any Memory.
//
//     basic_heap       pointers  -> heap_core<Traits, direct_memory>
//     locked_heap      pointers  -> locks -> the steps of a heap_core
//     static_assert    a script  -> heap_core<Traits, constexpr_memory>       the same code, run by the compiler
//
// The verbs stand in verbs.hpp; a core is the side on which a step runs at once. A step touches the chunk store and
// nothing else: no source, no copy of a payload.
//
// Guarantees: constexpr over a constexpr Memory; constant-initialised and empty; no step calls anything outside the library but
// the corruption hook. Addresses and sizes in bytes; `none` is the address of nothing, and what a verb that failed returns.
#pragma once

#include <allot/core/growth.hpp>
#include <allot/core/merge_preview.hpp>
#include <allot/core/request.hpp>
#include <allot/core/resize.hpp>
#include <allot/core/verbs.hpp>
#include <allot/diagnostics/verify.hpp>

#include <cstddef>

namespace allot::detail {

template <class Traits, class Memory>
class heap_core {
public:
    using store_type = chunk_store<Traits, Memory>;
    using chunks_type = typename store_type::chunks_type;
    using requests = typename store_type::requests;
    using fit_type = typename store_type::fit_type;
    using traits_type = Traits;
    using source_type = typename Traits::source;

    static constexpr std::size_t granule = chunks_type::granule;
    static constexpr std::size_t max_request = requests::max_request;
    static constexpr bool has_source = store_type::index_type::has_source;
    static constexpr bool is_shared = false;

    constexpr heap_core() = default;
    constexpr explicit heap_core(Memory memory) : store_(memory) {}

    constexpr store_type& store() noexcept { return store_; }
    constexpr const store_type& store() const noexcept { return store_; }
    constexpr Memory& memory() noexcept { return store_.chunks().memory(); }
    constexpr source_type& source() noexcept { return source_; }

    // --- the verbs ---------------------------------------------------------------------------------------------------

    constexpr region_status add_region(std::size_t base, std::size_t bytes) noexcept {
        note(heap_verb::add_region);
        return edit().add(base, bytes, region_origin::caller);
    }
    constexpr region_status remove_region(std::size_t base, std::size_t bytes) noexcept {
        note(heap_verb::remove_region);
        const region_status status = edit().remove(base, bytes);
        if (status != region_status::not_free || store_.cache().bytes() == 0 || !edit().is_an_end(base, bytes))
            return status;
        store_.coalesce_cached();
        return edit().remove(base, bytes);
    }

    ALLOT_INLINE constexpr std::size_t allocate(request wanted) noexcept {
        const std::size_t payload = take(wanted);
        if constexpr (has_source) {
            if (payload == none) [[unlikely]]
                return verbs::take_from_source(*this, wanted);
        }
        return payload;
    }
    constexpr std::size_t allocate_zeroed(request wanted) noexcept { return verbs::allocate_zeroed(*this, wanted); }
    constexpr std::size_t reallocate(std::size_t payload, request wanted) noexcept {
        return payload == none ? allocate(wanted) : verbs::reallocate(*this, payload, wanted);
    }
    ALLOT_INLINE constexpr void deallocate(std::size_t payload, payload_size owned) noexcept {
        if (put_back(payload, owned)) [[unlikely]]
            verbs::release_due(*this);
    }
    constexpr bool try_resize(std::size_t payload, payload_size wanted) noexcept {
        return verbs::try_resize(*this, payload, wanted);
    }
    constexpr void coalesce() noexcept { verbs::coalesce(*this); }

    /// The verb that a report names from now on. The short ways find nothing, and do not say.
    constexpr void note(heap_verb verb) noexcept { store_.free().doing().verb = verb; }

    // --- taking and giving back: the steps ---------------------------------------------------------------------------

    /// `allocate` without the source.
    ALLOT_INLINE constexpr std::size_t take(request wanted) noexcept {
        if (wanted.alignment != granule) [[unlikely]]
            return take_aligned(wanted);
        if constexpr (store_type::is_deferred) {
            if (wanted.bytes <= store_type::largest_cacheable_request) [[likely]] {
                std::size_t chunk = none;
                if (store_.take_cached(requests::chunk_size_for(wanted.bytes), chunk)) [[likely]]
                    return chunks_type::payload_of(chunk);
            }
        }
        return take_any(wanted.bytes);
    }

    /// `allocate_zeroed` without the source, up to the zeroing.
    [[nodiscard]] constexpr unzeroed take_unzeroed(request wanted) noexcept {
        note(heap_verb::allocate_zeroed);
        store_.index().forget_written();
        if (!is_power_of_two(wanted.alignment)) return {};
        const std::size_t alignment = wanted.alignment < granule ? granule : wanted.alignment;
        const std::size_t payload = take_fit({requests::chunk_size_for(wanted.bytes), alignment});
        if constexpr (store_type::index_type::gives_zeroed) {
            if (payload != none)
                return {payload, store_.index().dirty_bytes_of(store_.chunks(), payload, wanted.bytes)};
        }
        return {payload, wanted.bytes};
    }

    /// `deallocate` without the source. Nothing for `none`, under which there is no chunk. That the payload has no room for
    /// as many bytes as are said is a corruption. True if memory of the source is due to go back.
    ALLOT_INLINE constexpr bool put_back(std::size_t payload, payload_size owned) noexcept {
        if constexpr (store_type::is_deferred) {
            if (store_.put_small(chunks_type::chunk_of(payload), owned)) [[likely]]
                return has_source && has_due();
        }
        if (payload == none) return false;
        put_back_any(payload, owned);
        return has_due();
    }

    /// `reallocate` up to the copy: in place, else downward, else elsewhere. With `must_copy()`, both payloads are the caller's
    /// until `finish_reallocate`. A call that fails has changed nothing but that cached chunks may have merged.
    [[nodiscard]] ALLOT_INLINE constexpr relocation begin_reallocate(std::size_t payload, request wanted) noexcept {
        const std::size_t size = requests::chunk_size_for(wanted.bytes);
        if (size == 0 || !is_power_of_two(wanted.alignment)) return {};
        note(heap_verb::reallocate);
        const fit_type fit{size, wanted.alignment < granule ? granule : wanted.alignment};
        relocation found = resizer().relocate(store_.owned_chunk_of(payload), fit, {wanted.bytes});
        if constexpr (has_source) found.has_due = found.how == relocation::outcome::stayed && has_due();
        return found;
    }

    /// `reallocate` behind the copy. The old place is looked at again: a lock may have been dropped meanwhile.
    ALLOT_INLINE constexpr bool finish_reallocate(const relocation& move, std::size_t bytes) noexcept {
        const std::size_t chunk = store_.owned_chunk_of(move.how == relocation::outcome::down ? move.to : move.from);
        resizer().land(chunk, move.how, {requests::chunk_size_for(bytes)});
        return has_due();
    }

    [[nodiscard]] constexpr resized resize_in_place(std::size_t payload, payload_size wanted) noexcept {
        note(heap_verb::try_resize);
        const std::size_t size = requests::chunk_size_for(wanted.bytes);
        const bool is_done = size != 0 && resizer().in_place(store_.owned_chunk_of(payload), size);
        return {is_done, is_done && has_due()};
    }

    constexpr void coalesce_cached() noexcept {
        note(heap_verb::coalesce);
        store_.coalesce_cached();
    }

    // --- the source: the steps ---------------------------------------------------------------------------------------

    static constexpr std::size_t span_for(request wanted) noexcept { return growth<store_type>::span_for(wanted); }
    /// Returns how many bytes of the span the heap has now.
    [[nodiscard]] constexpr std::size_t add_span(memory_span span, std::size_t wanted) noexcept {
        const std::size_t taken = grow().add(span, wanted);
        if (taken == 0) store_.free().doing().answer = source_answer::unusable;
        return taken;
    }
    /// True if more of what the source gave lies free than is to be kept, or is to be purged.
    [[nodiscard]] constexpr bool has_due() const noexcept {
        if constexpr (has_source) return store_.index().account().is_due() || store_.free().has_purge_due();
        else return false;
    }
    [[nodiscard]] constexpr memory_span detach_due() noexcept { return grow().detach_due(source_); }
    [[nodiscard]] constexpr memory_span detach_returnable(std::size_t from) noexcept {
        return grow().detach_returnable(from);
    }
    constexpr void purge() noexcept { grow().purge(source_, 0, all_to_purge); }

    /// An address in the heap, for a source that gives memory near one.
    constexpr const void* home() noexcept { return memory().pointer_to(store_.regions().root()); }

    // --- a side on which every step runs at once ---------------------------------------------------------------------

    template <class Step>
    constexpr auto run(Step&& step) noexcept {
        return step(*this);
    }
    template <class Step>
    constexpr auto run_to_add(memory_span /*added*/, Step&& step) noexcept {
        return step(*this);
    }

    /// What the source gave when it was asked, for whoever asks why a request has failed.
    constexpr void note_answer(const memory_span& span) noexcept {
        store_.free().doing().answer = span.base == nullptr ? source_answer::nothing : source_answer::span;
    }

    /// Asks the source. That it calls back into the heap is a corruption.
    constexpr memory_span ask(std::size_t bytes) noexcept {
        if (store_.free().doing().is_asking != 0) report_reentry();
        store_.free().doing().is_asking = 1;
        const memory_span span = growth<store_type>::acquire_from(source_, bytes, home());
        store_.free().doing().is_asking = 0;
        note_answer(span);
        return span;
    }

    [[noreturn]] ALLOT_COLD void report_corruption(corruption found) const noexcept {
        store_.free().report_corruption(store_.chunks(), found);
    }
    [[noreturn]] ALLOT_COLD void report_reentry() const noexcept {
        report_to_hook<Traits>({corruption_kind::reentered, this, heap_verb::allocate});
    }

    // --- looking inside ----------------------------------------------------------------------------------------------

    [[nodiscard]] constexpr heap_stats stats() const noexcept {
        const auto& regions = store_.regions();
        const std::size_t cached = store_.cache().bytes();
        return {regions.count(),
                regions.bytes(),
                store_.in_use_bytes(),
                store_.free_bytes() - cached,
                cached,
                regions.bytes() - regions.tiled_bytes(),
                largest_free(store_),
                store_.peak_in_use_bytes(),
                store_.in_use_chunks(),
                store_.index().count()};
    }

    [[nodiscard]] constexpr verify_result verify() const noexcept { return verifier<store_type>(store_).look_at_all(); }

    /// Calls `visit(chunk_info)` for every chunk in address order, region by region.
    template <class Visit>
    constexpr void for_each_chunk(Visit&& visit) const {
        cursor place{};
        visit_some(place, ~std::size_t{0}, visit);
    }

    /// The same for the next `most` chunks from a cursor on, which is moved. False: those were the last.
    template <class Visit>
    constexpr bool visit_some(cursor& place, std::size_t most, Visit&& visit) const {
        return walk_on(store_, place, most, [&](std::size_t chunk, std::size_t size, chunk_state state) {
            visit(chunk_info{store_.chunks().memory().pointer_to(chunks_type::payload_of(chunk)), size, state});
        });
    }

private:
    constexpr region_edit<store_type> edit() noexcept { return region_edit<store_type>(store_); }
    constexpr growth<store_type> grow() noexcept { return growth<store_type>(store_); }
    constexpr resize<store_type> resizer() noexcept { return resize<store_type>(store_); }

    ALLOT_APART constexpr std::size_t take_any(std::size_t bytes) noexcept {
        note(heap_verb::allocate);
        return take_fit({requests::chunk_size_for(bytes), granule});
    }

    ALLOT_APART constexpr std::size_t take_aligned(request wanted) noexcept {
        if (!is_power_of_two(wanted.alignment)) return none;
        if (wanted.alignment <= granule) return take({wanted.bytes, granule});
        note(heap_verb::allocate);
        return take_fit({requests::chunk_size_for(wanted.bytes), wanted.alignment});
    }

    ALLOT_INLINE constexpr std::size_t take_fit(const fit_type& wanted) noexcept {
        if (wanted.size == 0) return none;
        const std::size_t chunk = store_.take(wanted);
        return chunk == none ? none : chunks_type::payload_of(chunk);
    }

    // --- giving back -------------------------------------------------------------------------------------------------

    ALLOT_APART constexpr void put_back_any(std::size_t payload, payload_size owned) noexcept {
        note(heap_verb::deallocate);
        const std::size_t chunk = chunks_type::chunk_of(payload);
        if (!store_.is_owned_in_hot(chunk)) [[unlikely]]
            return put_back_elsewhere(payload, owned);
        const std::size_t size = store_.chunks().size_of(chunk);
        if constexpr (store_type::is_checked) {
            const bool has_room = owned.bytes <= size - chunks_type::word_bytes;
            if (!has_room) [[unlikely]]
                report_corruption({corruption_kind::size_mismatch, payload});
        }
        store_.put(chunk, {size});
    }

    /// The same after the region of the payload was found.
    ALLOT_COLD constexpr void put_back_elsewhere(std::size_t payload, payload_size owned) noexcept {
        store_.owned_chunk_of(payload);
        put_back_any(payload, owned);
    }

    store_type store_{};
    [[no_unique_address]] source_type source_{};
};

}  // namespace allot::detail
