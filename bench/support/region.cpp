#include "support/region.hpp"

#include <cstring>
#include <new>

#include <sys/mman.h>
#include <sys/prctl.h>

namespace bench {
namespace {

std::span<std::byte> map(std::size_t bytes) {
    if (bytes == 0) return {};
    void* const base =
        ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (base == MAP_FAILED) throw std::bad_alloc{};
    return {static_cast<std::byte*>(base), bytes};
}

}  // namespace

void use_small_pages() { ::prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0); }

region::region(std::size_t bytes, residence wanted) : bytes_{map(bytes)} {
    if (wanted == residence::touched) std::memset(bytes_.data(), 0, bytes_.size());
}

region::~region() {
    if (!bytes_.empty()) ::munmap(bytes_.data(), bytes_.size());
}

}  // namespace bench
