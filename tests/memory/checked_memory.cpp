// The memory that watches, watched: each rule it is there for must be able to fail.
#include "support/checked_memory.hpp"

#include "support/catch.hpp"
#include "support/shipped_core.hpp"

#include <cstdint>
#include <stdexcept>

namespace {

using allot_test::checked_memory;
using allot_test::memory_board;

void throw_fault(const char* what, std::size_t) { throw std::runtime_error(what); }

}  // namespace

TEST_CASE("checked_memory: an opened word is written, then read") {
    memory_board<std::uint32_t> board(64, 64, throw_fault);
    checked_memory<std::uint32_t> memory(board);
    board.open(64, 128);
    memory.store(68, 0x12345678);
    CHECK(memory.load(68) == 0x12345678);
    CHECK(memory.load_low(68) == 0x5678);
    CHECK(memory.load_high(68) == 0x1234);
    memory.store_low(68, 0xAAAA);
    memory.store_high(68, 0xBBBB);
    CHECK(memory.load(68) == 0xBBBBAAAA);
    CHECK(board.accesses() == 7);
}

TEST_CASE("checked_memory: what is not allowed is a fault") {
    memory_board<std::uint64_t> board(64, 64, throw_fault);
    checked_memory<std::uint64_t> memory(board);
    board.open(64, 96);
    CHECK_THROWS_WITH(memory.load(64), "a word was read that nobody has written");
    CHECK_THROWS_WITH(memory.store_low(64, 1), "a word was read that nobody has written");
    CHECK_THROWS_WITH(memory.store(96, 1), "an access to a word that is not the heap's");
    CHECK_THROWS_WITH(memory.store(128, 1), "an access outside of the memory");
    CHECK_THROWS_WITH(memory.store(56, 1), "an access outside of the memory");
    CHECK_THROWS_WITH(memory.store(68, 1), "a misaligned access");
    memory.store(64, 1);
    board.forbid(64, 72);
    CHECK_THROWS_WITH(memory.load(64), "an access to a word that is not the heap's");
}

TEST_CASE("checked_memory: a flipped bit is found by verify") {
    memory_board<std::size_t> board(1024, 1024);
    allot_test::shipped_core<allot::bounded_traits, checked_memory<std::size_t>> heap{
        checked_memory<std::size_t>(board)};
    board.open(1024, 2048);
    REQUIRE(heap.add_region(1024, 1024) == allot::region_status::ok);
    const std::size_t payload = heap.allocate({24, 16});
    REQUIRE(allot_test::is_sound(heap));
    board.flip(payload - sizeof(std::size_t), 1);
    CHECK_FALSE(allot_test::is_sound(heap));
    board.flip(payload - sizeof(std::size_t), 1);
    CHECK(allot_test::is_sound(heap));
}
