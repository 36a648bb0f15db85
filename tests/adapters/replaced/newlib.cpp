// A bare-metal program whose C library is newlib and whose malloc is allot's. newlib allocates for itself in strdup, in stdio and
// before main; none of it may come from a second heap. Says what differs and exits with 1, or prints "sound".
#include "functions.hpp"

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include <malloc.h>
#include <reent.h>

namespace {

void expect(bool is_so, const char* what) {
    if (is_so) return;
    std::fprintf(stderr, "newlib: %s\n", what);
    std::exit(1);
}

void expect_ours(void* payload, const char* function) {
    expect(payload != nullptr && came_from_the_heap(payload), function);
    std::free(payload);
}

void each_name_is_of_the_heap() {
    expect_ours(std::malloc(100), "malloc");
    expect_ours(std::calloc(10, 10), "calloc");
    expect_ours(std::realloc(nullptr, 100), "realloc");
    expect_ours(memalign(64, 100), "memalign");
    expect_ours(valloc(100), "valloc");
    expect_ours(pvalloc(100), "pvalloc");
    expect_ours(_malloc_r(_REENT, 100), "_malloc_r");
    expect_ours(_calloc_r(_REENT, 10, 10), "_calloc_r");
    expect_ours(_realloc_r(_REENT, nullptr, 100), "_realloc_r");
    expect_ours(_memalign_r(_REENT, 64, 100), "_memalign_r");
    expect_ours(_valloc_r(_REENT, 100), "_valloc_r");
    expect_ours(_pvalloc_r(_REENT, 100), "_pvalloc_r");
    void* const payload = std::malloc(100);
    expect(_malloc_usable_size_r(_REENT, payload) == malloc_usable_size(payload), "_malloc_usable_size_r");
    _free_r(_REENT, payload);
}

void what_the_library_allocates_is_of_the_heap() {
    expect_ours(strdup("x"), "strdup");
    char* text = nullptr;
    expect(asprintf(&text, "%d of %s", 7, "nine") == 9, "asprintf");
    expect_ours(text, "what asprintf allocated");
    std::FILE* const file = std::fopen("/dev/null", "w");
    expect(file != nullptr, "fopen");
    std::fprintf(file, "%s", "into a buffer");
    expect(std::fclose(file) == 0, "fclose");
    std::vector<std::string> words(100, "long enough to be allocated on its own");
    expect(came_from_the_heap(words.back().data()), "std::string");
}

void a_refusal_sets_errno() {
    errno = 0;
    expect(_malloc_r(_REENT, SIZE_MAX) == nullptr && errno == ENOMEM, "errno after _malloc_r");
}

}  // namespace

int main() {
    each_name_is_of_the_heap();
    what_the_library_allocates_is_of_the_heap();
    a_refusal_sets_errno();
    expect(global_heap_is_sound(), "the heap is not sound");
    std::puts("sound");
}
