// A detected corruption in words, through a sink that takes one `char` at a time: a serial port will do.
//
//     allot: deallocate: pointer was already freed or never allocated
//       0x7ffe0068 is the payload of a chunk of 112 bytes at 0x7ffe0060, cached: it was freed and waits for a request of its size
//       below it: a chunk of 48 bytes at 0x7ffe0030, in use
//       above it: a chunk of 112 bytes at 0x7ffe00d0, in use
//       its first bytes: 00 00 00 00 00 00 00 00  03 00 00 00 00 00 00 00  ................
//       usually: the same pointer was given back twice
//
// For a corruption hook, of a locked heap too: no lock is taken, because the hook runs with the lock of the heap held. Elsewhere
// the caller of a locked heap holds it still: `heap.lock_all()` before, `heap.unlock_all()` after.
//
// Guarantees: nothing is written to the heap, allocated or locked; no fault on a damaged heap, because every word that is read
// lies in a region whose descriptor is as it was written; at most 512 bytes of stack in an optimised build, beside what the
// sink needs; O(regions + chunks of one region).
#pragma once

#include <allot/diagnostics/careful_view.hpp>
#include <allot/diagnostics/explain_failure.hpp>
#include <allot/diagnostics/sentence.hpp>
#include <allot/diagnostics/store_of.hpp>
#include <allot/policy/corruption.hpp>

#include <cstddef>
#include <type_traits>

namespace allot {
namespace detail {

template <class Store, class Sink>
class corruption_explainer {
    using chunks_type = typename Store::chunks_type;
    using view_type = careful_view<Store>;

public:
    constexpr corruption_explainer(const Store& store, Sink& sink) noexcept : view_(store), say_(sink) {}

    constexpr void explain(const corruption_report& report, std::size_t where) {
        say_("allot: ", name_of(report.verb), ": ", describe(report.kind), "\n");
        if (report.kind == corruption_kind::reentered) say_("  the heap is the one at ", hexadecimal{where}, "\n");
        else if (where == none) say_("  which chunk it was cannot be told: it has left the list that it damaged\n");
        else say_surroundings(where);
        say_cause(report.kind);
    }

private:
    static constexpr std::size_t near_bytes = 4096;
    static constexpr std::size_t shown_bytes = 16;

    static constexpr const char* foreign = "the pointer came from another heap, from the stack, or was never set";
    static constexpr const char* moved_on = "the pointer was moved on since it was allocated";

    static constexpr const char* usual_cause(corruption_kind kind) noexcept {
        switch (kind) {
            case corruption_kind::double_free: return "the same pointer was given back twice";
            case corruption_kind::foreign_pointer: return foreign;
            case corruption_kind::misaligned_pointer: return moved_on;
            case corruption_kind::broken_header:
                return "bytes were written past the end of the payload below the header";
            case corruption_kind::broken_footer:
            case corruption_kind::broken_link: return "a payload was written to after it was given back";
            case corruption_kind::broken_bin_map: return "something wrote over the heap object itself";
            case corruption_kind::canary_damaged: return "bytes were written past the end of this payload";
            case corruption_kind::size_mismatch:
                return "the object that is given back has another type than the one allocated";
            case corruption_kind::reentered: return "the source uses what it is the source of";
        }
        return "something wrote over the heap";
    }

    /// What was seen on the way says more than the kind.
    constexpr void say_cause(corruption_kind kind) {
        say_("  usually: ");
        if (overflown_ == none) return say_(cause_ != nullptr ? cause_ : usual_cause(kind), "\n");
        say_("bytes were written past the end of the payload at ", hexadecimal{chunks_type::payload_of(overflown_)},
             ", which has ");
        say_(view_.size_of(overflown_) - chunks_type::word_bytes, " bytes\n");
    }

    constexpr void say_surroundings(std::size_t where) {
        const regions_beside found = view_.beside(where);
        if (found.is_damaged)
            say_("  the descriptor of a region was overwritten: what lies behind it cannot be told\n");
        if (found.below != none && view_.is_in_region(found.below, where)) return say_place(found.below, where);
        say_outside(found, where);
    }

    // --- an address in no region -------------------------------------------------------------------------------------

    constexpr void say_outside(const regions_beside& found, std::size_t where) {
        cause_ = foreign;
        say_("  ", hexadecimal{where}, " does not lie in the ", counted{view_.region_count(), "region"},
             " of the heap\n");
        if (found.below != none) say_nearest(found.below, where);
        if (found.above != none) say_nearest(found.above, where);
    }

    constexpr void say_nearest(std::size_t position, std::size_t where) {
        const region home = view_.region_at(position);
        const bool is_above = where >= home.base;
        const std::size_t distance = is_above ? where - home.end() : home.base - where;
        say_("  it is ", distance, is_above ? " bytes above the end of" : " bytes below the start of");
        say_(" the region from ", hexadecimal{home.base}, " to ", hexadecimal{home.end()}, "\n");
        if (distance >= near_bytes) return;
        say_("  the chunk there: ");
        say_chunk(home, view_.locate(home, is_above ? home.fencepost - 1 : home.first).chunk);
    }

    // --- an address in a region --------------------------------------------------------------------------------------

    constexpr void say_place(std::size_t position, std::size_t where) {
        const region home = view_.region_at(position);
        if (where - home.first >= home.tiled_bytes()) return say_beside_chunks(home, where);
        const chunks_beside found = view_.locate(home, where);
        if (!view_.is_whole(home, found.chunk)) overflown_ = found.below;
        say_position(home, found.chunk, where);
        if (found.below != none) {
            say_("  below it: ");
            say_chunk(home, found.below);
        } else {
            say_("  below it: nothing, the region from ", hexadecimal{home.base}, " starts here\n");
        }
        if (view_.is_whole(home, found.chunk)) say_above(home, found.chunk);
        say_first_bytes(home, found.chunk);
    }

    constexpr void say_beside_chunks(const region& home, std::size_t where) {
        say_("  ", hexadecimal{where}, where < home.first ? " lies in the descriptor" : " lies at the end mark");
        say_(" of the region from ", hexadecimal{home.base}, " to ", hexadecimal{home.end()},
             ", where no payload is\n");
    }

    /// How the address lies to the chunk around it.
    constexpr void say_position(const region& home, std::size_t chunk, std::size_t where) {
        const std::size_t payload = chunks_type::payload_of(chunk);
        say_("  ", hexadecimal{where});
        if (!view_.is_whole(home, chunk)) return say_broken(chunk, where);
        if (where == payload) say_(" is the payload of a chunk of ");
        else if (where < payload) say_(" is ", where - chunk, " bytes inside the header of a chunk of ");
        else
            say_(" is ", where - payload, " bytes inside the payload, which starts at ", hexadecimal{payload},
                 ", of a chunk of ");
        say_size_and_state(chunk);
        if (where <= payload) return;
        cause_ =
            view_.state_of(chunk) == chunk_state::free ? "it was given back before, and has merged since" : moved_on;
    }

    /// The header that the chunks lead to cannot be one: nobody can tell what lies from there to the address.
    constexpr void say_broken(std::size_t chunk, std::size_t where) {
        const std::size_t payload = chunks_type::payload_of(chunk);
        if (where == payload) say_(" is the payload of a chunk whose header is gone");
        else say_(" lies ", where - chunk, " bytes above a header that is gone");
        say_(": at ", hexadecimal{chunk}, " stands ", hexadecimal{view_.header_of(chunk)},
             ", which no header can be\n");
    }

    constexpr void say_above(const region& home, std::size_t chunk) {
        const std::size_t next = chunk + view_.size_of(chunk);
        const bool is_last = next == home.fencepost;
        const bool is_sound = is_last ? view_.is_fencepost_whole(home) : view_.is_whole(home, next);
        if (!is_sound) overflown_ = chunk;
        say_("  above it: ");
        if (!is_last) say_chunk(home, next);
        else if (is_sound) say_("nothing, the region ends at ", hexadecimal{home.end()}, "\n");
        else say_gone(next);
        if (!is_sound || view_.is_known_above(chunk)) return;
        say_("  the two disagree on whether the lower one is in use: a header was overwritten\n");
    }

    constexpr void say_gone(std::size_t chunk) {
        say_("the header at ", hexadecimal{chunk}, " is gone: there stands ", hexadecimal{view_.header_of(chunk)},
             "\n");
    }

    // --- a chunk -----------------------------------------------------------------------------------------------------

    constexpr void say_chunk(const region& home, std::size_t chunk) {
        if (!view_.is_whole(home, chunk)) return say_gone(chunk);
        say_("a chunk of ");
        say_size_and_state(chunk);
    }

    constexpr void say_size_and_state(std::size_t chunk) {
        say_(view_.size_of(chunk), " bytes at ", hexadecimal{chunk}, ", ", state_text(chunk), "\n");
    }

    constexpr const char* state_text(std::size_t chunk) const noexcept {
        switch (view_.state_of(chunk)) {
            case chunk_state::free: return "free";
            case chunk_state::cached: return "cached: it was freed and waits for a request of its size";
            case chunk_state::in_use: break;
        }
        return view_.is_waiting(chunk) ? "freed: it bears the mark of what waits in a lane" : "in use";
    }

    constexpr void say_first_bytes(const region& home, std::size_t chunk) {
        const std::size_t payload = chunks_type::payload_of(chunk);
        const std::size_t end = payload + shown_bytes < home.fencepost ? payload + shown_bytes : home.fencepost;
        say_("  its first bytes:");
        for (std::size_t at = payload; at < end; ++at) say_(" ", byte_pair{view_.byte_at(at)});
        say_("  ");
        for (std::size_t at = payload; at < end; ++at) say_(byte_character{view_.byte_at(at)});
        say_("\n");
    }

    view_type view_;
    sentence<Sink> say_;
    const char* cause_ = nullptr;
    std::size_t overflown_ = none;  // the chunk below a header that is gone
};

}  // namespace detail

/// Says what was found, where it lies, what is beside it, and what that usually means. `subject` is the heap that has
/// made the report, a basic_heap or a locked_heap. `put_character(char)` is called in order; it must not use the heap.
template <class Heap, class Sink>
void explain(const Heap& subject, const corruption_report& report, Sink&& put_character) {
    const auto& store = detail::store_of(subject);
    using store_type = std::remove_cvref_t<decltype(store)>;
    detail::corruption_explainer<store_type, Sink> explainer(store, put_character);
    explainer.explain(report, store.chunks().memory().address_of(report.where));
}

}  // namespace allot
