#include "arena.hpp"

#include "failure.hpp"

#include <allot/memory/direct.hpp>

#include <sys/mman.h>

#include <cstdlib>

namespace fuzz {
namespace {

/// Where the arena should be: half of the addresses up, and a multiple of every alignment that matters.
constexpr std::size_t wished_base = std::size_t{1} << (sizeof(std::size_t) == 8 ? 44 : 30);

unsigned char* map(std::size_t bytes) {
    void* wish = allot::direct_memory::pointer_to(wished_base);
    void* found = mmap(wish, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (found == MAP_FAILED) std::abort();
    return static_cast<unsigned char*>(found);
}

}  // namespace

unsigned char* arena::mapping() {
    static unsigned char* const mapped = map(mapping_bytes);
    return mapped;
}

std::size_t arena::base() {
    static const std::size_t address = allot::direct_memory::address_of(mapping());
    return address;
}

arena::arena(std::size_t bytes, std::size_t skew) : start_(base() + margin + skew % 4096), bytes_(bytes) {
    close(start_ - 256, end() + 256);
}

void arena::close(std::size_t from, std::size_t to) {
    mark_undefined(at(from), to - from);
    pattern::fill(at(from), to - from, guard_key, from - base());
    mark_forbidden(at(from), to - from);
}

bool arena::is_intact(std::size_t from, std::size_t to) {
    mark_defined(at(from), to - from);
    const bool is_same = pattern::matches(at(from), to - from, guard_key, from - base());
    mark_forbidden(at(from), to - from);
    return is_same;
}

void arena::check_closed(std::size_t from, std::size_t to) {
    const bool is_short = to - from <= 2 * looked_at;
    const bool is_same =
        is_short ? is_intact(from, to) : is_intact(from, from + looked_at) && is_intact(to - looked_at, to);
    if (!is_same) fail("bytes outside of every region were written");
}

}  // namespace fuzz
