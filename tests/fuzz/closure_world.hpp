// One tiny heap in checked memory that can be put into any state it has been in, and be told from any other.
//
//     image: [ control block ][ words, those that mean nothing as zero ][ word states ]
//
// Two heaps that will behave alike for ever have one image: words that the heap may not believe (payloads, the inside of
// free chunks) are zero and undefined, and the peak is forgotten. Payloads of callers are forbidden: a heap that touches
// one, or reads a word that means nothing, faults.
#pragma once

#include "failure.hpp"
#include "support/checked_memory.hpp"
#include "support/shipped_core.hpp"

#include <cstddef>
#include <cstring>
#include <string>
#include <type_traits>
#include <vector>

namespace fuzz {

[[noreturn]] inline void fail_at_fault(const char* what, std::size_t) { fail(std::string("the heap faults: ") + what); }

/// A chunk as the model sees it.
struct seen_chunk {
    std::size_t start;
    std::size_t size;
    allot::chunk_state state;

    bool operator==(const seen_chunk&) const = default;
    std::size_t end() const { return start + size; }
};

/// The spans that may be given to a heap, one behind the other.
struct span_row {
    std::size_t bytes;  ///< of each
    std::size_t count;
};

template <class Shape>
class closure_world {
public:
    using word = typename Shape::word;
    using heap_type = allot_test::shipped_core<typename Shape::traits, allot_test::checked_memory<word>>;
    using chunks_type = typename heap_type::chunks_type;
    using image = std::vector<unsigned char>;

    static constexpr std::size_t granule = heap_type::granule;
    static constexpr std::size_t word_bytes = sizeof(word);
    static constexpr std::size_t first_address = 4096;

    explicit closure_world(span_row spans)
        : spans_(spans), board_(first_address, spans.count * spans.bytes, fail_at_fault), heap_(checked(board_)) {}

    const span_row& spans() const { return spans_; }
    heap_type& heap() { return heap_; }
    const std::vector<seen_chunk>& chunks() const { return chunks_; }

    // --- what a caller may touch -------------------------------------------------------------------------------------

    /// The caller gives up a payload, from a number of bytes on.
    void open_payload(const seen_chunk& owned, std::size_t from_byte = 0) {
        board_.open(chunks_type::payload_of(owned.start) + from_byte, owned.end());
    }
    void open_span(std::size_t span, std::size_t count) { board_.open(base_of(span), base_of(span + count)); }
    void forbid_span(std::size_t span, std::size_t count) { board_.forbid(base_of(span), base_of(span + count)); }

    std::size_t base_of(std::size_t span) const { return first_address + span * spans_.bytes; }

    /// True if no byte of these spans is the heap's.
    bool is_span_away(std::size_t span, std::size_t count) const {
        const auto& regions = heap_.store().regions();
        const auto& words = heap_.store().chunks();
        for (std::size_t at = regions.lowest(words); at != allot::detail::none; at = regions.after(words, at)) {
            const allot::detail::region given = regions.at(words, at);
            if (given.base < base_of(span + count) && given.end() > base_of(span)) return false;
        }
        return true;
    }

    // --- states ------------------------------------------------------------------------------------------------------

    /// Looks at the chunks and makes everything undefined or forbidden that no heap may believe.
    void settle() {
        allot_test::forget_peak(heap_);
        look();
        for (const seen_chunk& seen : chunks_) blur(seen);
    }

    void save(image& saved) {
        saved.resize(image_bytes());
        std::memcpy(saved.data(), &heap_, sizeof(heap_));
        std::memcpy(saved.data() + sizeof(heap_), board_.words().data(), words_bytes());
        std::memcpy(saved.data() + sizeof(heap_) + words_bytes(), board_.states().data(), board_.states().size());
    }

    void restore(const unsigned char* saved) {
        std::memcpy(static_cast<void*>(&heap_), saved, sizeof(heap_));
        std::memcpy(board_.words().data(), saved + sizeof(heap_), words_bytes());
        std::memcpy(board_.states().data(), saved + sizeof(heap_) + words_bytes(), board_.states().size());
        look();
    }

    std::size_t image_bytes() { return sizeof(heap_) + words_bytes() + board_.states().size(); }

private:
    using checked = allot_test::checked_memory<word>;
    static_assert(std::is_trivially_copyable_v<heap_type>);

    std::size_t words_bytes() { return board_.words().size() * sizeof(word); }

    void look() {
        chunks_.clear();
        allot::detail::cursor place{};
        const auto keep = [&](std::size_t chunk, std::size_t size, allot::chunk_state state) {
            chunks_.push_back({chunk, size, state});
        };
        allot::detail::walk_on(heap_.store(), place, SIZE_MAX, keep);
    }

    void blur(const seen_chunk& seen) {
        const std::size_t payload = chunks_type::payload_of(seen.start);
        if (seen.state == allot::chunk_state::in_use) return board_.forbid(payload, seen.end());
        const bool is_cached = seen.state == allot::chunk_state::cached;
        const std::size_t links = is_cached || chunks_type::is_compact ? 1 : 2;
        const bool has_footer = !is_cached && !(chunks_type::has_minimal && seen.size == chunks_type::min_chunk);
        const std::size_t stop = seen.end() - (has_footer ? word_bytes : 0);
        if (payload + links * word_bytes < stop) board_.open(payload + links * word_bytes, stop);
    }

    span_row spans_;
    allot_test::memory_board<word> board_;
    heap_type heap_;
    std::vector<seen_chunk> chunks_;
};

}  // namespace fuzz
