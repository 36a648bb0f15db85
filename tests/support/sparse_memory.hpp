// A Memory policy over a map: any address exists, words are as wide as the test wants, what was never written reads
// as the word after it would in a used machine: not zero.
//
// For the arithmetic of addresses: regions at the end of the address space, gigabytes apart, in 16, 32 or 64 bits.
#pragma once

#include <allot/memory/direct.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <tuple>
#include <type_traits>
#include <unordered_map>
#include <utility>

namespace allot_test {

template <class Word>
struct sparse_memory {
    using word = Word;
    using half = std::conditional_t<sizeof(Word) == 8, std::uint32_t,
                                    std::conditional_t<sizeof(Word) == 4, std::uint16_t, std::uint8_t>>;

    word load(std::size_t address) const {
        const auto found = words->find(address);
        return found == words->end() ? static_cast<word>(0xB5B5B5B5B5B5B5B5u) : found->second;
    }
    void store(std::size_t address, word value) { (*words)[address] = value; }

    word load_shared(std::size_t address) const { return load(address); }

    half load_low(std::size_t address) const { return static_cast<half>(load(address)); }
    half load_high(std::size_t address) const { return static_cast<half>(load(address) >> half_bits); }
    void store_low(std::size_t address, half value) {
        store(address, static_cast<word>((load(address) & ~word{half_mask}) | value));
    }
    void store_high(std::size_t address, half value) {
        store(address, static_cast<word>((load(address) & half_mask) | static_cast<word>(word{value} << half_bits)));
    }

    static void* pointer_to(std::size_t address) noexcept { return allot::direct_memory::pointer_to(address); }
    static std::size_t address_of(const void* pointer) noexcept { return allot::direct_memory::address_of(pointer); }

    void move(std::size_t to, std::size_t from, std::size_t bytes) {
        const std::size_t count = (bytes + sizeof(word) - 1) / sizeof(word);
        for (std::size_t i = 0; i < count; ++i) {
            const std::size_t offset = (to < from ? i : count - 1 - i) * sizeof(word);
            store(to + offset, load(from + offset));
        }
    }
    void zero(std::size_t address, std::size_t bytes) {
        for (std::size_t offset = 0; offset < bytes; offset += sizeof(word)) store(address + offset, 0);
    }

    static constexpr unsigned half_bits = sizeof(half) * 8;
    static constexpr half half_mask = static_cast<half>(~half{0});

    std::shared_ptr<std::unordered_map<std::size_t, word>> words =
        std::make_shared<std::unordered_map<std::size_t, word>>();
};

/// `Types`, where addresses are as wide as `Word`; nothing on smaller machines, whose numbers cannot hold such words.
template <class Word, class... Types>
using if_word_fits = std::conditional_t<sizeof(Word) <= sizeof(std::size_t), std::tuple<Types...>, std::tuple<>>;

template <class... Lists>
using joined = decltype(std::tuple_cat(std::declval<Lists>()...));

}  // namespace allot_test
