#include <allot/base/zeroing.hpp>

#include "support/catch.hpp"
#include "support/sizes.hpp"

#include <cstddef>
#include <cstring>
#include <memory>

#include <sys/mman.h>
#include <unistd.h>

namespace {

bool is_zero(const unsigned char* at, std::size_t bytes) {
    for (std::size_t i = 0; i < bytes; ++i) {
        if (at[i] != 0) return false;
    }
    return true;
}

}  // namespace

TEST_CASE("zero_payload: every byte of the payload and none beside it, wherever the dirt is") {
    constexpr std::size_t guard = 64;
    for (const std::size_t bytes :
         allot_test::sizes{0, 1, 7, 8, 4095, 16383, 16384, 16385, 20480, 65536 + 24, 100003}) {
        for (const std::size_t offset : allot_test::sizes{0, 8, 4088}) {
            const std::size_t all = offset + bytes + 2 * guard;
            const auto memory = std::make_unique<unsigned char[]>(all);
            for (const std::size_t dirt : allot_test::sizes{1, 63, 4096, 5000, 1000000}) {
                std::memset(memory.get(), 0, all);
                for (std::size_t i = dirt % 97; i < all; i += dirt) memory[i] = 0xA5;
                std::memset(memory.get(), 0xEE, offset + guard);
                std::memset(memory.get() + offset + guard + bytes, 0xEE, guard);
                allot::detail::zero_payload(memory.get() + offset + guard, bytes);
                REQUIRE(is_zero(memory.get() + offset + guard, bytes));
                REQUIRE(memory[offset + guard - 1] == 0xEE);
                REQUIRE(memory[offset + guard + bytes] == 0xEE);
            }
        }
    }
}

TEST_CASE("zero_payload: pages that are zero are not touched") {
    constexpr std::size_t bytes = std::size_t{8} << 20;
    const std::size_t page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    void* const memory =
        mmap(nullptr, bytes, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);  // a write would be a fault
    REQUIRE(memory != MAP_FAILED);
    allot::detail::zero_payload(memory, bytes - bytes % page);
    CHECK(is_zero(static_cast<unsigned char*>(memory), bytes));
    CHECK(munmap(memory, bytes) == 0);
}

TEST_CASE("zero_payload: of several pages those that are dirty are written, alone") {
    constexpr std::size_t pages = 64;
    const std::size_t page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    void* const memory = mmap(nullptr, pages * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    REQUIRE(memory != MAP_FAILED);
    auto* const bytes = static_cast<unsigned char*>(memory);
    const auto is_dirty = [](std::size_t number) {
        return number == 0 || (number > 9 && number < 40) || number == 50 || number == 63;
    };
    for (std::size_t number = 0; number < pages; ++number) {
        if (is_dirty(number))
            bytes[number * page + number % 3 * (page / 2) - number % 3 / 2] = 1;  // its first, middle or last byte
        else REQUIRE(mprotect(bytes + number * page, page, PROT_READ) == 0);
    }
    allot::detail::zero_payload(memory, pages * page);
    CHECK(is_zero(bytes, pages * page));
    CHECK(munmap(memory, pages * page) == 0);
}
