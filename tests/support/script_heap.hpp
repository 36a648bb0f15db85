// A heap in constexpr memory, and an owner who writes payloads and finds them as they were.
//
// The owner writes the first and the last word of each payload and looks at them whenever the payload is named again.
// What nobody wrote stays dead, what is given back becomes dead, so the compiler rejects a heap that reads it. After
// every operation the heap is verified. What goes wrong calls a function that is not constexpr and says in its name
// what is wrong; its argument is a place in the script.
//
// Guarantees: constexpr; four spans lie side by side, each with room for 12 granules of chunks.
#pragma once

#include "support/constexpr_memory.hpp"
#include "support/core_heap.hpp"

#include <cstddef>
#include <cstdint>

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
    using heap = core_heap<typename Config::traits, memory>;

public:
    static constexpr std::size_t granule = heap::granule;
    static constexpr std::size_t word_bytes = heap::word_bytes;
    static constexpr std::size_t span_bytes = 12 * granule + (5 * word_bytes + granule - 1) / granule * granule;
    static constexpr std::size_t spans = 4;

    struct block {
        std::size_t payload = heap::none;
        std::size_t bytes = 0;

        constexpr bool is_held() const { return payload != heap::none; }
    };
    struct request {
        std::size_t bytes;
        std::size_t alignment;
    };

    constexpr script_heap() : memory_(arena_), heap_(memory_) {}
    script_heap(const script_heap&) = delete;
    script_heap& operator=(const script_heap&) = delete;

    /// Every operation from here on stands at `place` in the script.
    constexpr void at(std::size_t place) { place_ = place; }
    constexpr std::size_t operations() const { return operations_; }
    constexpr std::size_t free_chunks() const { return heap_.store().count(); }
    constexpr std::size_t largest_free() const { return heap_.store().largest_free(); }

    constexpr bool allocate_if_possible(block& made, const request& wanted) {
        const std::size_t payload = heap_.allocate(wanted.bytes, wanted.alignment);
        if (payload != heap::none) own(made, payload, wanted);
        done();
        return payload != heap::none;
    }
    constexpr void allocate(block& made, const request& wanted) { must_work(allocate_if_possible(made, wanted)); }
    constexpr void fail_to_allocate(const request& wanted) {
        block made;
        must_fail(allocate_if_possible(made, wanted));
    }

    constexpr void deallocate(block& held) {
        disown(held);
        heap_.deallocate(held.payload);
        held = {};
        done();
    }

    /// The content is looked at in its old place after the new one has been found.
    constexpr void reallocate(block& held, const request& wanted) {
        shorten(held, wanted);
        const auto moved = heap_.begin_reallocate(held.payload, wanted.bytes, wanted.alignment);
        must_work(moved.to != heap::none);
        if (moved.to % wanted.alignment != 0) a_payload_is_misaligned(place_);
        check(held);
        if (moved.to == moved.from) {
            lengthen(held, wanted);
        } else {
            disown(held);
            memory_.forget(moved.to, moved.to + heap_.usable_size(moved.to));
            heap_.finish_reallocate(moved, wanted.bytes);
            own(held, moved.to, wanted);
        }
        done();
    }
    constexpr void fail_to_reallocate(const block& held, const request& wanted) {
        must_fail(heap_.begin_reallocate(held.payload, wanted.bytes, wanted.alignment).to != heap::none);
        check(held);
        done();
    }

    constexpr void resize(block& held, const request& wanted) {
        shorten(held, wanted);
        must_work(heap_.try_resize(held.payload, wanted.bytes));
        check(held);
        lengthen(held, wanted);
        done();
    }
    constexpr void fail_to_resize(const block& held, const request& wanted) {
        must_fail(heap_.try_resize(held.payload, wanted.bytes));
        check(held);
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
        if (!heap_.is_sound()) the_heap_is_not_sound(place_);
    }

    // --- the owner ---------------------------------------------------------------------------------------------------

    static constexpr std::size_t last_word_of(const block& held) { return held.payload + held.bytes - word_bytes; }

    constexpr void sign(const block& held) {
        memory_.write(last_word_of(held), static_cast<word>(held.payload + 1));
        memory_.write(held.payload, static_cast<word>(held.payload));
    }
    constexpr void check(const block& held) const {
        const bool has_two_words = held.bytes > word_bytes;
        const bool is_last_right = !has_two_words || memory_.read(last_word_of(held)) == static_cast<word>(held.payload + 1);
        const bool is_first_right = memory_.read(held.payload) == static_cast<word>(held.payload);
        if (!is_first_right || !is_last_right) a_payload_was_changed(place_);
    }

    constexpr void own(block& made, std::size_t payload, const request& wanted) {
        if (payload % wanted.alignment != 0) a_payload_is_misaligned(place_);
        made = {payload, 0};
        lengthen(made, wanted);
    }
    constexpr void disown(const block& held) {
        check(held);
        memory_.end_lease(held.payload, held.payload + held.bytes);
    }

    /// What a shorter payload will not hold is given up before: the heap may write there.
    constexpr void shorten(block& held, const request& wanted) {
        check(held);
        if (wanted.bytes >= held.bytes) return;
        memory_.end_lease(held.payload + wanted.bytes, held.payload + held.bytes);
        held.bytes = wanted.bytes;
        sign(held);
    }
    /// What a payload has beyond the bytes known so far becomes the owner's.
    constexpr void lengthen(block& held, const request& wanted) {
        const std::size_t usable = heap_.usable_size(held.payload);
        if (usable < wanted.bytes) a_payload_is_too_small(place_);
        memory_.lease(held.payload + held.bytes, held.payload + usable);
        held.bytes = usable;
        sign(held);
    }

    std::size_t place_ = 0;
    std::size_t operations_ = 0;
    arena arena_{};
    memory memory_;
    heap heap_;
};

}  // namespace allot_test
