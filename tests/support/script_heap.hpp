// A heap in constexpr memory, and an owner who writes payloads and finds them as they were.
//
// The owner writes every word of each payload and looks at them whenever the payload is named again.
// What nobody wrote stays dead, what is given back becomes dead, so the compiler rejects a heap that reads it. After
// every operation the heap is verified, which is most of the work, or after each of so many as `verify_every` says. What
// goes wrong calls a function that is not constexpr and says in its name what is wrong; its argument is a place in the
// script.
//
// Guarantees: constexpr; four spans lie side by side, each with room for 12 granules of chunks.
#pragma once

#include "support/constexpr_memory.hpp"
#include "support/shipped_core.hpp"

#include <cstddef>
#include <cstdint>
#include <utility>

namespace allot_test {

inline void the_heap_is_not_sound(std::size_t) {}
inline void the_operation_should_have_failed(std::size_t) {}
inline void the_operation_should_not_have_failed(std::size_t) {}
inline void a_payload_was_changed(std::size_t) {}
inline void a_payload_is_misaligned(std::size_t) {}
inline void a_payload_is_too_small(std::size_t) {}

template <class Config>
class script_heap {
    using memory = typename Config::memory;
    using word = typename memory::word;
    using heap = shipped_core<typename Config::traits, memory>;

public:
    static constexpr std::size_t granule = heap::granule;
    static constexpr std::size_t word_bytes = sizeof(word);
    static constexpr std::size_t none = allot::detail::none;
    static constexpr std::size_t span_bytes = 12 * granule + (5 * word_bytes + granule - 1) / granule * granule;
    static constexpr std::size_t spans = 4;

    struct owned_payload {
        std::size_t payload = allot::detail::none;
        std::size_t bytes = 0;

        constexpr bool is_owned() const { return payload != allot::detail::none; }
    };
    using request = allot::detail::request;

    constexpr script_heap() : memory_(arena_), heap_(memory_) {}
    script_heap(const script_heap&) = delete;
    script_heap& operator=(const script_heap&) = delete;

    /// Every operation from here on stands at `place` in the script.
    constexpr void at(std::size_t place) { place_ = place; }
    /// Returns how many operations it was before.
    constexpr std::size_t verify_every(std::size_t operations) { return std::exchange(verify_every_, operations); }
    constexpr std::size_t operations() const { return operations_; }
    constexpr std::size_t free_chunks() const { return heap_.store().index().count(); }
    constexpr std::size_t largest_free() const { return allot::detail::largest_free(heap_.store()); }

    constexpr bool allocate_if_possible(owned_payload& made, const request& wanted) {
        const std::size_t payload = heap_.allocate(wanted);
        if (payload != none) own(made, payload, wanted);
        done();
        return payload != none;
    }
    constexpr void allocate(owned_payload& made, const request& wanted) {
        must_work(allocate_if_possible(made, wanted));
    }
    constexpr void fail_to_allocate(const request& wanted) {
        owned_payload made;
        must_fail(allocate_if_possible(made, wanted));
    }

    constexpr void deallocate(owned_payload& owned) {
        disown(owned);
        heap_.deallocate(owned.payload, {owned.bytes});
        owned = {};
        done();
    }

    constexpr void reallocate(owned_payload& owned, const request& wanted) {
        const std::size_t moved = try_reallocate(owned, wanted);
        must_work(moved != none);
        if (moved % wanted.alignment != 0) a_payload_is_misaligned(place_);
        memory_.take_over(moved, moved + owned.bytes);
        const owned_payload old = owned;
        owned.payload = moved;
        check_content(owned, old);
        lengthen(owned, wanted);
        done();
    }
    constexpr void fail_to_reallocate(owned_payload& owned, const request& wanted) {
        must_fail(try_reallocate(owned, wanted) != none);
        memory_.take_over(owned.payload, owned.payload + owned.bytes);
        check(owned);
        done();
    }

    constexpr void resize(owned_payload& owned, const request& wanted) {
        shorten(owned, wanted);
        must_work(heap_.try_resize(owned.payload, {wanted.bytes}));
        check(owned);
        lengthen(owned, wanted);
        done();
    }
    constexpr void fail_to_resize(const owned_payload& owned, const request& wanted) {
        must_fail(heap_.try_resize(owned.payload, {wanted.bytes}));
        check(owned);
        done();
    }

    constexpr void coalesce() {
        heap_.coalesce();
        done();
    }

    constexpr allot::region_status add_spans(std::size_t first, std::size_t count) {
        const allot::region_status status = heap_.add_region(base_of(first), count * span_bytes);
        done();
        return status;
    }
    constexpr allot::region_status remove_spans(std::size_t first, std::size_t count) {
        const allot::region_status status = heap_.remove_region(base_of(first), count * span_bytes);
        if (status == allot::region_status::ok) memory_.forget(base_of(first), base_of(first + count));
        done();
        return status;
    }

    constexpr void must_work(bool has_worked) const {
        if (!has_worked) the_operation_should_not_have_failed(place_);
    }
    constexpr void must_fail(bool has_worked) const {
        if (has_worked) the_operation_should_have_failed(place_);
    }

private:
    using arena = constexpr_arena<word, spans * span_bytes / word_bytes>;

    static constexpr std::size_t base_of(std::size_t span) { return arena::first_address + span * span_bytes; }

    constexpr void done() {
        ++operations_;
        if (operations_ % verify_every_ == 0 && !is_sound(heap_)) the_heap_is_not_sound(place_);
    }

    /// The payload is the heap's to move while this runs.
    constexpr std::size_t try_reallocate(owned_payload& owned, const request& wanted) {
        check(owned);
        if (wanted.bytes < owned.bytes && wanted.bytes <= heap::max_request) shorten(owned, wanted);
        memory_.hand_over(owned.payload, owned.payload + owned.bytes);
        return heap_.reallocate(owned.payload, wanted);
    }

    // --- the owner ---------------------------------------------------------------------------------------------------

    /// Every word of a payload says where it is.
    constexpr void sign(const owned_payload& owned) {
        for (std::size_t at = 0; at != owned.bytes; at += word_bytes)
            memory_.write(owned.payload + at, static_cast<word>(owned.payload + at));
    }
    constexpr void check(const owned_payload& owned) const { check_content(owned, owned); }

    /// A payload that was at another place when its words were written.
    constexpr void check_content(const owned_payload& owned, const owned_payload& old) const {
        for (std::size_t at = 0; at != owned.bytes; at += word_bytes) {
            if (memory_.read(owned.payload + at) != static_cast<word>(old.payload + at)) a_payload_was_changed(place_);
        }
    }

    constexpr void own(owned_payload& made, std::size_t payload, const request& wanted) {
        if (payload % wanted.alignment != 0) a_payload_is_misaligned(place_);
        made = {payload, 0};
        lengthen(made, wanted);
    }
    constexpr void disown(const owned_payload& owned) {
        check(owned);
        memory_.end_lease(owned.payload, owned.payload + owned.bytes);
    }

    /// What a shorter payload will not hold is given up before: the heap may write there.
    constexpr void shorten(owned_payload& owned, const request& wanted) {
        check(owned);
        if (wanted.bytes >= owned.bytes) return;
        memory_.end_lease(owned.payload + wanted.bytes, owned.payload + owned.bytes);
        owned.bytes = wanted.bytes;
        sign(owned);
    }
    /// What a payload has beyond the bytes known so far becomes the owner's.
    constexpr void lengthen(owned_payload& owned, const request& wanted) {
        const std::size_t usable = usable_size(heap_, owned.payload);
        if (usable < wanted.bytes) a_payload_is_too_small(place_);
        memory_.lease(owned.payload + owned.bytes, owned.payload + usable);
        owned.bytes = usable;
        sign(owned);
    }

    std::size_t place_ = 0;
    std::size_t operations_ = 0;
    std::size_t verify_every_ = 1;
    arena arena_{};
    memory memory_;
    heap heap_;
};

}  // namespace allot_test
