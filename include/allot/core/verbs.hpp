// What a verb does, told once for every heap: which steps, in which order, and where the source and the copy come in.
//
//     allocate      take                      else   ask the source -> add and take
//     reallocate    begin_reallocate          else   ask the source -> add and begin    copy -> finish_reallocate
//     deallocate    put_back                                                            then hand back what is due
//
// A side says how a step runs: on a plain heap at once, on a locked heap under its lock, on a contended heap under the locks
// that the step needs. Nothing here is called with a lock held, so the source is asked and payloads are copied without one.
//
// Guarantees: constexpr where the side is; no state.
#pragma once

#include <allot/base/errno_keeper.hpp>
#include <allot/chunks/chunk.hpp>
#include <allot/core/request.hpp>
#include <allot/policy/source.hpp>

#include <cstddef>

namespace allot::detail {

struct verbs {
    /// `allocate`, when the heap has no memory for it.
    template <class Side>
    ALLOT_COLD static constexpr std::size_t take_from_source(Side& side, request wanted) noexcept {
        return meet_from_source(side, wanted, [&](auto& core) { return core.take(wanted); });
    }

    template <class Side>
    static constexpr std::size_t allocate_zeroed(Side& side, request wanted) noexcept {
        if (wanted.bytes > Side::max_request) return none;
        unzeroed taken = side.take_unzeroed(wanted);
        if constexpr (Side::has_source) {
            if (taken.payload == none)
                taken = meet_from_source(side, wanted, [&](auto& core) { return core.take_unzeroed(wanted); });
        }
        if (taken.payload != none) side.memory().zero(taken.payload, taken.bytes);
        return taken.payload;
    }

    template <class Side>
    static constexpr std::size_t reallocate(Side& side, std::size_t payload, request wanted) noexcept {
        relocation move = side.begin_reallocate(payload, wanted);
        if constexpr (Side::has_source) {
            if (move.to == none)
                move =
                    meet_from_source(side, wanted, [&](auto& core) { return core.begin_reallocate(payload, wanted); });
        }
        if (move.must_copy()) {
            side.memory().move(move.to, move.from, move.bytes);
            move.has_due = side.finish_reallocate(move, wanted.bytes);
        }
        if (move.has_due) [[unlikely]]
            release_due(side);
        return move.to;
    }

    template <class Side>
    static constexpr bool try_resize(Side& side, std::size_t payload, payload_size wanted) noexcept {
        if (payload == none) return false;
        const resized found = side.resize_in_place(payload, wanted);
        if (found.has_due) [[unlikely]]
            release_due(side);
        return found.is_done;
    }

    template <class Side>
    static constexpr void coalesce(Side& side) noexcept {
        side.coalesce_cached();
        if constexpr (Side::has_source) {
            const errno_keeper keeper;
            std::size_t from = none;
            for (memory_span span = side.detach_returnable(from); span.base != nullptr;
                 span = side.detach_returnable(from)) {
                from = side.memory().address_of(span.base);
                side.source().release(span);
            }
            side.run([](auto& core) { core.purge(); });
        }
    }

    /// What is left to do when a step says that memory of the source is due to go back.
    template <class Side>
    ALLOT_COLD static constexpr void release_due(Side& side) noexcept {
        if constexpr (Side::has_source) {
            const errno_keeper keeper;
            for (memory_span span = side.detach_due(); span.base != nullptr; span = side.detach_due())
                side.source().release(span);
        }
    }

private:
    /// Asks the source for a span in which the request is sure to fit, and meets it before anybody else can use the span, or
    /// give it back.
    template <class Side, class Meet>
    ALLOT_COLD static constexpr auto meet_from_source(Side& side, request wanted, Meet&& meet) noexcept {
        using met = decltype(side.run(meet));
        const std::size_t bytes = Side::span_for(wanted);
        if (bytes == 0) return met{};
        const memory_span span = side.ask(bytes);
        if (span.base != nullptr) {
            std::size_t taken = 0;
            const met result = side.run_to_add(span, [&](auto& core) {
                taken = core.add_span(span, bytes);
                return taken != 0 ? meet(core) : met{};
            });
            if (taken != span.bytes) {
                const std::size_t rest = side.memory().address_of(span.base) + taken;
                side.source().release({side.memory().pointer_to(rest), span.bytes - taken});
            }
            if (taken != 0) return result;
        }
        if constexpr (Side::is_shared) return side.run_spilled(meet);  // others may have freed something
        else return met{};
    }
};

}  // namespace allot::detail
