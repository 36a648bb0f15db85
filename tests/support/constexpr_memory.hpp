// Memory inside the compiler: words that are dead until they are written, and dead again when they are given up.
//
//     cells     [ dead ][ live 41 ][ live 96 ][ dead ] ...      load of a dead cell: not a constant expression
//     leases    [  -   ][    -    ][  held   ][ held ] ...      a look at a payload without a lease: neither
//
// A cell is a union of which one member is alive, and constant evaluation knows which. So the compiler itself rejects
// every read of what was never written, every access outside the array, every use after free. Nothing is checked here.
//
// Guarantees: constexpr on g++ 12 and clang 14; addresses start at `first_address`; misaligned ones are rejected too.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace allot_test {

/// Not constexpr: to call it in a constant expression is the error.
inline void a_word_is_accessed_at_a_misaligned_address() {}

template <class Word>
union cell {
    struct nothing {
        unsigned char at_all;
    };

    constexpr cell() : dead{} {}

    nothing dead;
    Word live;
};

/// The memory itself.
template <class Word, std::size_t Words>
struct constexpr_arena {
    static constexpr std::size_t first_address = 1024;
    static constexpr std::size_t bytes = Words * sizeof(Word);

    cell<Word> cells[Words];
    cell<Word> leases[Words];
};

/// The Memory policy over an arena, which must outlive it.
template <class Word>
class constexpr_memory {
public:
    using word = Word;
    using half = std::conditional_t<sizeof(Word) == 8, std::uint32_t,
                                    std::conditional_t<sizeof(Word) == 4, std::uint16_t, std::uint8_t>>;

    constexpr constexpr_memory() = default;

    template <std::size_t Words>
    constexpr explicit constexpr_memory(constexpr_arena<Word, Words>& arena)
        : cells_(arena.cells), leases_(arena.leases), first_address_(arena.first_address) {}

    constexpr word load(std::size_t address) const { return cells_[index_of(address)].live; }
    constexpr void store(std::size_t address, word value) { cells_[index_of(address)].live = value; }

    constexpr half load_low(std::size_t address) const { return static_cast<half>(load(address)); }
    constexpr half load_high(std::size_t address) const { return static_cast<half>(load(address) >> half_bits); }
    constexpr void store_low(std::size_t address, half value) {
        store(address, static_cast<word>((load(address) >> half_bits << half_bits) | value));
    }
    constexpr void store_high(std::size_t address, half value) {
        store(address, static_cast<word>(load_low(address) | static_cast<word>(word{value} << half_bits)));
    }

    constexpr word load_shared(std::size_t address) const { return load(address); }

    // Pointers are to cells; 0 is null.
    constexpr void* pointer_to(std::size_t address) const {
        return address == 0 ? nullptr : &cells_[index_of(address)];
    }
    constexpr std::size_t address_of(const void* pointer) const {
        if (pointer == nullptr) return 0;
        std::size_t index = 0;
        while (static_cast<const void*>(&cells_[index]) != pointer) ++index;
        return first_address_ + index * sizeof(word);
    }

    /// Cells are copied as they are: what the caller never wrote is dead at the new place too. What was in the old place is gone
    /// where the new one does not cover it.
    constexpr void move(std::size_t to, std::size_t from, std::size_t bytes) {
        const std::size_t words = (bytes + sizeof(word) - 1) / sizeof(word);
        for (std::size_t i = 0; i < words; ++i) {
            const std::size_t offset = (to < from ? i : words - 1 - i) * sizeof(word);
            cells_[index_of(to + offset)] = cells_[index_of(from + offset)];
        }
        for (std::size_t at = from; at != from + words * sizeof(word); at += sizeof(word)) {
            if (at < to || at >= to + words * sizeof(word)) forget(at, at + sizeof(word));
        }
    }
    constexpr void zero(std::size_t address, std::size_t bytes) {
        for (std::size_t offset = 0; offset < bytes; offset += sizeof(word)) store(address + offset, 0);
    }

    // --- the caller's side: a payload between allocate and deallocate ------------------------------------------------

    /// The words of [from, to) are a caller's now; what was in them is gone.
    constexpr void lease(std::size_t from, std::size_t to) {
        for (std::size_t address = from; address != to; address += sizeof(word)) leases_[index_of(address)].live = 1;
        forget(from, to);
    }

    /// The words of [from, to) are no caller's any more; what was in them is gone.
    constexpr void end_lease(std::size_t from, std::size_t to) {
        for (std::size_t address = from; address != to; address += sizeof(word)) leases_[index_of(address)].dead = {};
        forget(from, to);
    }

    /// A lease ends, or begins, and what is in the words stays: for a payload that the heap moves.
    constexpr void hand_over(std::size_t from, std::size_t to) {
        for (std::size_t address = from; address != to; address += sizeof(word)) leases_[index_of(address)].dead = {};
    }
    constexpr void take_over(std::size_t from, std::size_t to) {
        for (std::size_t address = from; address != to; address += sizeof(word)) leases_[index_of(address)].live = 1;
    }

    /// What was in the words of [from, to) is gone.
    constexpr void forget(std::size_t from, std::size_t to) {
        for (std::size_t address = from; address != to; address += sizeof(word)) cells_[index_of(address)].dead = {};
    }

    /// What a caller reads and writes.
    constexpr word read(std::size_t address) const {
        return static_cast<word>(load(address) * leases_[index_of(address)].live);
    }
    constexpr void write(std::size_t address, word value) {
        store(address, static_cast<word>(value * leases_[index_of(address)].live));
    }

private:
    static constexpr unsigned half_bits = sizeof(half) * 8;

    constexpr std::size_t index_of(std::size_t address) const {
        if (address % sizeof(word) != 0) a_word_is_accessed_at_a_misaligned_address();
        return (address - first_address_) / sizeof(word);
    }

    cell<Word>* cells_ = nullptr;
    cell<Word>* leases_ = nullptr;
    std::size_t first_address_ = 0;
};

}  // namespace allot_test
