// Who is a heap memory: the machine's, those of the tests, the smallest one there can be; and nobody who lacks a part of it.
// Each keeps the law where a run can tell.
#include <allot/memory/memory.hpp>

#include "support/catch.hpp"
#include "support/checked_memory.hpp"
#include "support/constexpr_memory.hpp"
#include "support/sparse_memory.hpp"

#include <allot/memory/direct.hpp>

#include <cstdint>
#include <tuple>

using namespace allot_test;

namespace {

/// The smallest model: eight words.
struct array_memory {
    using word = std::uint16_t;
    using half = std::uint8_t;

    word load(std::size_t address) const { return words[address / 2]; }
    word load_shared(std::size_t address) const { return load(address); }
    half load_low(std::size_t address) const { return static_cast<half>(load(address)); }
    half load_high(std::size_t address) const { return static_cast<half>(load(address) >> 8); }
    void store(std::size_t address, word value) { words[address / 2] = value; }
    void store_low(std::size_t address, half value) {
        store(address, static_cast<word>((load(address) & 0xFF00) | value));
    }
    void store_high(std::size_t address, half value) {
        store(address, static_cast<word>(load_low(address) | value << 8));
    }
    void move(std::size_t to, std::size_t from, std::size_t bytes) {
        __builtin_memmove(words + to / 2, words + from / 2, (bytes + 1) / 2 * 2);
    }
    void zero(std::size_t address, std::size_t bytes) { __builtin_memset(words + address / 2, 0, (bytes + 1) / 2 * 2); }
    void* pointer_to(std::size_t address) const {
        return address == 0 ? nullptr : const_cast<word*>(words + address / 2);
    }
    std::size_t address_of(const void* pointer) const {
        return pointer == nullptr ? 0 : static_cast<std::size_t>(static_cast<const word*>(pointer) - words) * 2;
    }

    word words[8] = {};
};

struct signed_words : array_memory {
    using word = std::int16_t;
};
struct halves_of_a_third : array_memory {
    using half = std::uint16_t;
};
struct loads_bytes : array_memory {
    half load(std::size_t) const { return 0; }
};
struct moves_nothing : array_memory {
    void move() {}
};
struct zeroes_nothing : array_memory {
    void zero() {}
};
struct shows_nothing : array_memory {
    void pointer_to(std::size_t) const {}
};
struct shares_nothing : array_memory {
    void load_shared(std::size_t) const {}
};

/// Runs what the law says over 16 words from `base` on, and tells whether it holds.
template <class Memory>
constexpr bool keeps_the_law(Memory memory, std::size_t base, std::size_t words) {
    using word = typename Memory::word;
    constexpr std::size_t step = sizeof(word);
    for (std::size_t i = 0; i < words; ++i) memory.store(base + i * step, static_cast<word>(0x1234 + i));
    bool holds = memory.load(base + step) == 0x1235 && memory.load_shared(base) == 0x1234;
    const auto low = memory.load_low(base);
    memory.store_low(base, memory.load_high(base));
    memory.store_high(base, low);
    holds = holds && memory.load(base) == static_cast<word>(word{low} << (step * 4) | word{0x1234} >> (step * 4));
    memory.move(base, base + step, 3 * step);
    holds = holds && memory.load(base) == 0x1235 && memory.load(base + 2 * step) == 0x1237;
    memory.move(base + step, base, 3 * step);
    holds = holds && memory.load(base + step) == 0x1235 && memory.load(base + 3 * step) == 0x1237;
    memory.zero(base + step, 2 * step);
    return holds && memory.load(base + step) == 0 && memory.load(base + 2 * step) == 0 &&
           memory.load(base + 3 * step) == 0x1237;
}

template <class Word>
constexpr bool constexpr_memory_keeps_the_law() {
    constexpr_arena<Word, 8> arena;
    return keeps_the_law(constexpr_memory<Word>(arena), arena.first_address, 8);
}

static_assert(constexpr_memory_keeps_the_law<std::uint16_t>());
static_assert(constexpr_memory_keeps_the_law<std::uint32_t>());

using words = std::tuple<std::uint16_t, std::uint32_t, std::size_t>;

}  // namespace

TEST_CASE("memory: the smallest model is one, and keeps the law; so does the machine's memory") {
    STATIC_REQUIRE(allot::heap_memory<array_memory>);
    CHECK(keeps_the_law(array_memory{}, 0, 8));
    STATIC_REQUIRE(allot::heap_memory<allot::direct_memory>);
    alignas(16) std::size_t real[8] = {};
    CHECK(keeps_the_law(allot::direct_memory{}, allot::direct_memory::address_of(real), 8));
}

TEMPLATE_LIST_TEST_CASE("memory: those of the tests are models, and keep the law", "", words) {
    STATIC_REQUIRE(allot::heap_memory<constexpr_memory<TestType>>);
    STATIC_REQUIRE(allot::heap_memory<checked_memory<TestType>>);
    STATIC_REQUIRE(allot::heap_memory<sparse_memory<TestType>>);
    memory_board<TestType> board(64, 256);
    board.open(64, 320);
    CHECK(keeps_the_law(checked_memory<TestType>(board), 64, 8));
    CHECK(keeps_the_law(sparse_memory<TestType>{}, 64, 8));
}

TEST_CASE("memory: what lacks a part of it is none") {
    STATIC_REQUIRE_FALSE(allot::heap_memory<int>);
    STATIC_REQUIRE_FALSE(allot::heap_memory<signed_words>);
    STATIC_REQUIRE_FALSE(allot::heap_memory<halves_of_a_third>);
    STATIC_REQUIRE_FALSE(allot::heap_memory<loads_bytes>);
    STATIC_REQUIRE_FALSE(allot::heap_memory<moves_nothing>);
    STATIC_REQUIRE_FALSE(allot::heap_memory<zeroes_nothing>);
    STATIC_REQUIRE_FALSE(allot::heap_memory<shows_nothing>);
    STATIC_REQUIRE_FALSE(allot::heap_memory<shares_nothing>);
}
