// Every operation that can be done to a tiny heap in one state, and what must have become of it.
//
//     allocate every size in every alignment, deallocate, reallocate and resize every payload to every size,
//     coalesce, give and take back every span
//
// What is expected is read off the chunks before: a request is met if and only if the free and cached stretches have
// room for it, nothing but the chunk that was named has changed hands, and an operation that failed has changed nothing.
#pragma once

#include "closure_move.hpp"
#include "closure_world.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace fuzz {

template <class Shape>
class closure_steps {
    using world = closure_world<Shape>;
    using heap_type = typename world::heap_type;
    static constexpr std::size_t granule = world::granule;
    static constexpr std::uint8_t alignments[] = {1, 2, 4, 8};

public:
    explicit closure_steps(world& moved) : world_(moved) {}

    /// All moves of the state that the world is in.
    void list(std::vector<closure_move>& moves) const {
        moves.clear();
        const span_row& spans = world_.spans();
        const auto owned = static_cast<std::uint8_t>(in_use_of(world_.chunks()).size());
        const std::size_t most_granules = spans.count * spans.bytes / granule;
        for (std::uint8_t size = 1; size <= most_granules; ++size) list_sizes(moves, owned, size);
        for (std::uint8_t which = 0; which < owned; ++which) moves.push_back({move_kind::deallocate, which, 0, 0});
        if (heap_type::store_type::is_deferred) moves.push_back({move_kind::coalesce, 0, 0, 0});
        if (spans.count == 1) return;
        for (std::uint8_t first = 0; first < spans.count; ++first) {
            for (std::uint8_t count = 1; first + count <= spans.count; ++count) {
                moves.push_back({move_kind::add_span, first, count, 0});
                moves.push_back({move_kind::remove_span, first, count, 0});
            }
        }
    }

    /// Does it. Afterwards the world is settled and all but the soundness of the heap has been checked.
    /// Returns false if the operation failed and must have changed nothing.
    bool apply(const closure_move& move) {
        before_ = world_.chunks();
        had_cached_ = std::any_of(before_.begin(), before_.end(),
                                  [](const seen_chunk& seen) { return seen.state == allot::chunk_state::cached; });
        expected_ = in_use_of(before_);
        const bool has_worked = perform(move);
        world_.settle();
        if (in_use_of(world_.chunks()) != expected_) fail("a chunk in use was lost, made or changed: " + move.text());
        return has_worked || had_cached_;
    }

private:
    using chunk_list = std::vector<seen_chunk>;

    static chunk_list in_use_of(const chunk_list& all) {
        chunk_list owned;
        for (const seen_chunk& seen : all) {
            if (seen.state == allot::chunk_state::in_use) owned.push_back(seen);
        }
        return owned;
    }

    void list_sizes(std::vector<closure_move>& moves, std::uint8_t owned, std::uint8_t size) const {
        for (const std::uint8_t aligned : alignments) moves.push_back({move_kind::allocate, 0, size, aligned});
        for (std::uint8_t which = 0; which < owned; ++which) {
            moves.push_back({move_kind::reallocate, which, size, 1});
            moves.push_back({move_kind::reallocate, which, size, 4});
            moves.push_back({move_kind::try_resize, which, size, 1});
        }
    }

    bool perform(const closure_move& move) {
        switch (move.kind) {
            case move_kind::allocate: return allocate(move);
            case move_kind::deallocate: return deallocate(move);
            case move_kind::reallocate: return reallocate(move);
            case move_kind::try_resize: return try_resize(move);
            case move_kind::coalesce: world_.heap().coalesce(); return true;
            case move_kind::add_span: return add_span(move);
            case move_kind::remove_span: break;
        }
        return remove_span(move);
    }

    // --- what must be ------------------------------------------------------------------------------------------------

    static std::size_t bytes_of(const closure_move& move) { return move.size * granule - world::word_bytes; }
    static std::size_t size_of(const closure_move& move) {
        return std::max(move.size * granule, heap_type::chunks_type::min_chunk);
    }

    static bool fits(std::size_t start, std::size_t end, std::size_t size, std::size_t alignment) {
        const std::size_t payload = start + world::word_bytes;
        std::size_t lead = (alignment - payload % alignment) % alignment;
        while (lead != 0 && lead < heap_type::chunks_type::min_chunk) lead += alignment;
        return lead + size <= end - start;
    }

    /// Calls `visit(start, end)` for every stretch between chunks in use.
    template <class Visit>
    void each_stretch(Visit visit) const {
        for (std::size_t i = 0; i < before_.size();) {
            const std::size_t start = before_[i].start;
            std::size_t end = start;
            while (i < before_.size() && before_[i].start == end && before_[i].state != allot::chunk_state::in_use)
                end = before_[i++].end();
            if (end != start) visit(start, end);
            else ++i;
        }
    }
    bool fits_somewhere(std::size_t size, std::size_t alignment) const {
        bool is_found = false;
        each_stretch(
            [&](std::size_t start, std::size_t end) { is_found = is_found || fits(start, end, size, alignment); });
        return is_found;
    }
    /// The stretch that a chunk lies in when its own room is counted in.
    seen_chunk with_neighbours(const seen_chunk& owned) const {
        seen_chunk all = owned;
        each_stretch([&](std::size_t start, std::size_t end) {
            if (end == owned.start) all = {start, all.end() - start, owned.state};
            if (start == owned.end()) all.size = end - all.start;
        });
        return all;
    }

    /// A chunk that was handed out: in a stretch that was free, aligned, not larger than it need be.
    void expect_new(std::size_t payload, std::size_t size, std::size_t alignment, const char* verb) {
        const std::size_t start = heap_type::chunks_type::chunk_of(payload);
        const std::size_t got = allot_test::usable_size(world_.heap(), payload) + world::word_bytes;
        if (payload % alignment != 0) fail(std::string(verb) + ": misaligned");
        if (got < size || got >= size + heap_type::chunks_type::min_chunk)
            fail(std::string(verb) + ": a chunk of a wrong size");
        expected_.push_back({start, got, allot::chunk_state::in_use});
        std::sort(expected_.begin(), expected_.end(),
                  [](const seen_chunk& a, const seen_chunk& b) { return a.start < b.start; });
        for (std::size_t i = 1; i < expected_.size(); ++i) {
            if (expected_[i - 1].end() > expected_[i].start) fail(std::string(verb) + ": two payloads overlap");
        }
    }

    // --- the verbs ---------------------------------------------------------------------------------------------------

    bool allocate(const closure_move& move) {
        const std::size_t alignment = move.aligned * granule;
        const std::size_t payload = world_.heap().allocate({bytes_of(move), alignment});
        const bool is_due = fits_somewhere(size_of(move), alignment);
        if ((payload != allot::detail::none) != is_due)
            fail(is_due ? "null although it fits: " + move.text() : "no room, yet: " + move.text());
        if (is_due) expect_new(payload, size_of(move), alignment, "allocate");
        return is_due;
    }

    bool deallocate(const closure_move& move) {
        const seen_chunk gone = expected_[move.which];
        expected_.erase(expected_.begin() + move.which);
        world_.open_payload(gone);
        world_.heap().deallocate(heap_type::chunks_type::payload_of(gone.start), {0});
        return true;
    }

    bool reallocate(const closure_move& move) {
        const seen_chunk owned = expected_[move.which];
        const std::size_t size = size_of(move);
        const std::size_t alignment = move.aligned * granule;
        const std::size_t payload = heap_type::chunks_type::payload_of(owned.start);
        const std::size_t owned_bytes = owned.size - world::word_bytes;
        if (bytes_of(move) < owned_bytes) world_.open_payload(owned, bytes_of(move));  // the rest is not copied
        const std::size_t moved = world_.heap().reallocate(payload, {bytes_of(move), alignment});
        const seen_chunk all = with_neighbours(owned);
        const bool stays = payload % alignment == 0 && owned.start + size <= all.end();
        const bool is_due = stays || fits_somewhere(size, alignment) ||
                            (all.start != owned.start && fits_below(all, owned, size, alignment));
        if ((moved != allot::detail::none) != is_due)
            fail(is_due ? "null although it fits: " + move.text() : "no room, yet: " + move.text());
        if (!is_due) return false;
        expected_.erase(expected_.begin() + move.which);
        expect_new(moved, size, alignment, "reallocate");
        return true;
    }

    /// True if a chunk can be had that starts below the old one, in its own room and that of its free neighbours.
    static bool fits_below(const seen_chunk& all, const seen_chunk& owned, std::size_t size, std::size_t alignment) {
        return fits(all.start, all.end(), size, alignment) && fits(all.start, owned.start, 0, alignment);
    }

    bool try_resize(const closure_move& move) {
        const seen_chunk owned = expected_[move.which];
        const std::size_t size = size_of(move);
        const std::size_t payload = heap_type::chunks_type::payload_of(owned.start);
        if (size < owned.size) world_.open_payload(owned, size - world::word_bytes);
        const bool has_worked = world_.heap().try_resize(payload, {bytes_of(move)});
        const bool has_room = owned.start + size <= with_neighbours(owned).end();
        if (has_worked && !has_room) fail("no room, yet: " + move.text());
        if (!has_worked && has_room && !had_cached_) fail("false although it fits: " + move.text());
        had_cached_ = false;  // resizing in place coalesces nothing, so a failure changes nothing at all
        if (!has_worked) return false;
        expected_.erase(expected_.begin() + move.which);
        expect_new(payload, size, granule, "try_resize");
        return true;
    }

    bool add_span(const closure_move& move) {
        const bool is_free = world_.is_span_away(move.which, move.size);
        if (is_free) world_.open_span(move.which, move.size);
        const auto status = world_.heap().add_region(world_.base_of(move.which), move.size * world_.spans().bytes);
        if ((status == allot::region_status::ok) != is_free) fail("add_region: a wrong status");
        if (!is_free) had_cached_ = false;
        return is_free;
    }

    bool remove_span(const closure_move& move) {
        const auto status = world_.heap().remove_region(world_.base_of(move.which), move.size * world_.spans().bytes);
        if (status != allot::region_status::ok) return false;
        world_.forbid_span(move.which, move.size);
        return true;
    }

    world& world_;
    chunk_list before_;
    chunk_list expected_;
    bool had_cached_ = false;
};

}  // namespace fuzz
