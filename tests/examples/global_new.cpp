// Global new and delete over a heap that is ready before the first constructor runs.
// [global-new]
#include <allot/adapters/hosted.hpp>
#include <allot/adapters/new_delete.hpp>
#include <allot/allot.hpp>

alignas(16) static unsigned char memory[1 << 20];

struct static_memory {  // a source: the heap asks it when it has nothing, so before main too
    allot::memory_span acquire(std::size_t min_bytes) noexcept {
        if (min_bytes > sizeof memory || __atomic_exchange_n(&is_given, true, __ATOMIC_ACQ_REL)) return {};
        return {memory, sizeof memory};
    }
    void release(allot::memory_span) noexcept { __atomic_store_n(&is_given, false, __ATOMIC_RELEASE); }
    bool is_given = false;
};
struct new_traits : allot::hosted_traits {  // a lane for each thread
    using source = static_memory;
};
constinit allot::locked_heap<allot::basic_heap<new_traits>, allot::hosted_lock> new_heap;
ALLOT_REPLACE_NEW_DELETE(new_heap)  // in exactly one source file: all 20 replaceable forms
// [/global-new]

#include <cstdio>
#include <map>
#include <memory>
#include <string>

namespace {

// Allocates before main, and frees after it.
const std::map<int, std::string> before_main{{1, "a string that is too long for the small buffer of std::string"}};

const std::size_t in_use_before_main = new_heap.stats().in_use_bytes;

bool is_from_the_heap(const void* address) {
    const auto* const byte = static_cast<const unsigned char*>(address);
    return memory <= byte && byte < memory + sizeof memory;
}

struct alignas(256) line {
    unsigned char bytes[256];
};

}  // namespace

int main() {
    const auto aligned = std::make_unique<line>();
    std::printf("%zu bytes were in use before main\n", in_use_before_main);
    if (in_use_before_main == 0 || !is_from_the_heap(before_main.at(1).data()) || !is_from_the_heap(aligned.get()))
        return 1;
    try {
        const std::string larger_than_the_heap(sizeof memory, '.');
        return 2;
    } catch (const std::bad_alloc&) {
        return new_heap.verify() ? 0 : 3;
    }
}
