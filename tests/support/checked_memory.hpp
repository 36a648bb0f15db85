// Memory that watches: what the heap may touch, what it may believe, and how often it looks.
//
//     [ forbidden ][ defined ][ defined ][ undefined ][ undefined ][ forbidden ] ...
//
// A word is forbidden (outside of every region, or a caller's: neither read nor written), undefined (may be written, not
// read: nobody has written it since it was opened) or defined. Words may be 16, 32 or 64 bits wide on any host.
//
// Guarantees: an access that is not allowed goes to the fault handler, which does not return; each access of a word or
// of half a word counts as one.
#pragma once

#include <allot/memory/direct.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <type_traits>
#include <vector>

namespace allot_test {

enum class word_state : unsigned char { forbidden, undefined, defined };

[[noreturn]] inline void report_fault(const char* what, std::size_t address) {
    std::fprintf(stderr, "checked_memory: %s at address %zu\n", what, address);
    std::abort();
}

/// The words, their states and the counters. All of it is forbidden at first.
template <class Word>
class memory_board {
public:
    using fault_handler = void (*)(const char* what, std::size_t address);

    memory_board(std::size_t first_address, std::size_t bytes, fault_handler on_fault = report_fault)
        : first_(first_address), words_(bytes / sizeof(Word)), states_(words_.size()), on_fault_(on_fault) {}

    std::size_t first() const { return first_; }
    std::size_t bytes() const { return words_.size() * sizeof(Word); }

    /// [from, to) may be written from now on; what was there is gone.
    void open(std::size_t from, std::size_t to) { mark(from, to, word_state::undefined); }
    void forbid(std::size_t from, std::size_t to) { mark(from, to, word_state::forbidden); }

    std::size_t accesses() const { return accesses_; }
    void count_as(std::size_t accesses) { accesses_ = accesses; }

    /// A bit that changes by itself: no access, no check.
    void flip(std::size_t address, unsigned bit) {
        Word& word = words_[index_of(address)];
        word = static_cast<Word>(word ^ Word{1} << bit);
    }

    Word load(std::size_t address) {
        const std::size_t index = accessed(address);
        if (states_[index] != word_state::defined) on_fault_("a word was read that nobody has written", address);
        return words_[index];
    }
    void store(std::size_t address, Word value) {
        const std::size_t index = accessed(address);
        words_[index] = value;
        states_[index] = word_state::defined;
    }

    /// Copies a payload, which is a caller's: no access of the heap, and their states come along. The old place is the heap's
    /// then, and what was there is gone where the new one does not cover it.
    void move(std::size_t to, std::size_t from, std::size_t bytes) {
        const std::size_t count = (bytes + sizeof(Word) - 1) / sizeof(Word);
        if (!has(to, count) || !has(from, count)) on_fault_("a payload was moved outside of the memory", to);
        const auto first = static_cast<std::ptrdiff_t>(index_of(from));
        const auto last = first + static_cast<std::ptrdiff_t>(count);
        const std::vector<Word> moved(words_.begin() + first, words_.begin() + last);
        const std::vector<word_state> states(states_.begin() + first, states_.begin() + last);
        open(from, from + count * sizeof(Word));
        std::copy(moved.begin(), moved.end(), position(to));
        std::copy(states.begin(), states.end(), states_.begin() + (position(to) - words_.begin()));
    }
    void zero(std::size_t address, std::size_t bytes) {
        const std::size_t count = (bytes + sizeof(Word) - 1) / sizeof(Word);
        if (!has(address, count)) on_fault_("a payload was zeroed outside of the memory", address);
        std::fill_n(position(address), count, Word{0});
    }

    /// All there is, to be kept and put back by someone who looks at many heaps.
    std::vector<Word>& words() { return words_; }
    std::vector<word_state>& states() { return states_; }

private:
    std::size_t index_of(std::size_t address) const { return (address - first_) / sizeof(Word); }
    auto position(std::size_t address) { return words_.begin() + static_cast<std::ptrdiff_t>(index_of(address)); }
    bool has(std::size_t address, std::size_t count) const {
        return address >= first_ && index_of(address) < words_.size() && count <= words_.size() - index_of(address);
    }

    std::size_t accessed(std::size_t address) {
        ++accesses_;
        const std::size_t index = index_of(address);
        if (address < first_ || index >= words_.size()) on_fault_("an access outside of the memory", address);
        if (address % sizeof(Word) != 0) on_fault_("a misaligned access", address);
        if (states_[index] == word_state::forbidden) on_fault_("an access to a word that is not the heap's", address);
        return index;
    }
    void mark(std::size_t from, std::size_t to, word_state state) {
        for (std::size_t index = index_of(from); index != index_of(to); ++index) {
            states_[index] = state;
            words_[index] = 0;
        }
    }

    std::size_t first_;
    std::vector<Word> words_;
    std::vector<word_state> states_;
    std::size_t accesses_ = 0;
    fault_handler on_fault_;
};

/// The Memory policy over a board, which must outlive it.
template <class Word>
class checked_memory {
public:
    using word = Word;
    using half = std::conditional_t<sizeof(Word) == 8, std::uint32_t,
                                    std::conditional_t<sizeof(Word) == 4, std::uint16_t, std::uint8_t>>;

    explicit checked_memory(memory_board<Word>& board) : board_(&board) {}

    word load(std::size_t address) const { return board_->load(address); }
    void store(std::size_t address, word value) { board_->store(address, value); }

    word load_shared(std::size_t address) const { return load(address); }

    void move(std::size_t to, std::size_t from, std::size_t bytes) { board_->move(to, from, bytes); }
    void zero(std::size_t address, std::size_t bytes) { board_->zero(address, bytes); }

    half load_low(std::size_t address) const { return static_cast<half>(load(address)); }
    half load_high(std::size_t address) const { return static_cast<half>(load(address) >> half_bits); }
    void store_low(std::size_t address, half value) {
        change(address, static_cast<word>(~word{low_mask}), static_cast<word>(value));
    }
    void store_high(std::size_t address, half value) {
        change(address, static_cast<word>(low_mask), static_cast<word>(word{value} << half_bits));
    }

    static void* pointer_to(std::size_t address) noexcept { return allot::direct_memory::pointer_to(address); }
    static std::size_t address_of(const void* pointer) noexcept { return allot::direct_memory::address_of(pointer); }

private:
    static constexpr unsigned half_bits = sizeof(half) * 8;
    static constexpr half low_mask = static_cast<half>(~half{0});

    /// Changing half a word needs the other half: it must be defined. Counts as one access.
    void change(std::size_t address, word kept, word value) {
        const std::size_t before = board_->accesses();
        const word old = board_->load(address);
        board_->store(address, static_cast<word>((old & kept) | value));
        board_->count_as(before + 1);
    }

    memory_board<Word>* board_;
};

}  // namespace allot_test
