// How a heap touches its memory: the concept of a Memory policy, and its law.
//
//        address (a number)            the memory
//        0x20001008  --- load --->   [ header ]          one word, or half of one, at a time
//                    <-- store ---
//        0x20001010  === move ===>   [ payload ... ]     what a caller owns, many words at a time
//
// The law, beyond the signatures that the compiler can check:
//   * `word` is an unsigned integer no wider than `std::size_t`; `half` is an unsigned integer of half its width;
//   * addresses are `std::size_t` numbers, multiples of `sizeof(word)` wherever a word is loaded or stored;
//   * `load` returns what `store` last put there; the two halves of a word are its low and its high bits;
//   * `load_shared` is `load` for a word that another thread may be storing: it returns the old word or the new one;
//   * `move(to, from, bytes)` copies a payload to another place; the ranges may overlap, and nobody reads the old place again;
//   * `zero(address, bytes)` makes a payload zero;
//   * both begin at a word, and may take the last word that they touch as a whole: it is payload as well;
//   * with a member type `reaches_objects`, the address of any object of the program is one of its own, and its words are loaded
//     and stored as all others are;
//   * `pointer_to` and `address_of` undo each other, null and 0: callers, sources and reports speak of pointers.
// The core never sees a pointer, so the same core runs over the machine's memory (memory/direct.hpp), inside the compiler, and
// over counted, checked memory (tests/support).
//
// Guarantees: nothing at run time.
#pragma once

#include <allot/base/config.hpp>

#include <concepts>
#include <cstddef>

namespace allot {

template <class Memory>
concept has_words = std::unsigned_integral<typename Memory::word> && std::unsigned_integral<typename Memory::half> &&
                        sizeof(typename Memory::word) <= sizeof(std::size_t) &&
                    sizeof(typename Memory::word) == 2 * sizeof(typename Memory::half);

template <class Memory>
concept heap_memory = std::copyable<Memory> && has_words<Memory> &&
    requires(Memory& memory, const Memory& same, std::size_t address, typename Memory::word word,
             typename Memory::half half) {
    { same.load(address) } -> std::same_as<typename Memory::word>;
    { same.load_shared(address) } -> std::same_as<typename Memory::word>;
    { same.load_low(address) } -> std::same_as<typename Memory::half>;
    { same.load_high(address) } -> std::same_as<typename Memory::half>;
    { memory.store(address, word) } -> std::same_as<void>;
    { memory.store_low(address, half) } -> std::same_as<void>;
    { memory.store_high(address, half) } -> std::same_as<void>;
    { memory.move(address, address, address) } -> std::same_as<void>;
    { memory.zero(address, address) } -> std::same_as<void>;
    { same.pointer_to(address) } -> std::same_as<void*>;
    { same.address_of(same.pointer_to(address)) } -> std::same_as<std::size_t>;
};

/// Over which the control block of a heap is memory like a region.
template <class Memory>
concept reaches_objects = requires {
    typename Memory::reaches_objects;
};

}  // namespace allot
