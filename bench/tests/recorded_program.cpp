// A program whose calls are known: two threads, every way to allocate, a forked child, an end by _exit if asked.
#include <cstdlib>
#include <cstring>
#include <thread>

#include <malloc.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

void* volatile sink;

void allocate_in_every_way() {
    sink = std::malloc(1'000'001);
    sink = std::realloc(sink, 1'000'002);
    std::free(sink);
    sink = std::calloc(3, 333'335);
    std::free(sink);
    void* payload = nullptr;
    if (::posix_memalign(&payload, 4096, 1'000'006) == 0) std::free(payload);
    sink = std::aligned_alloc(64, 1'000'064);
    sink = std::realloc(sink, 0);
}

void allocate_in_child() {
    const pid_t child = ::fork();
    if (child == 0) {
        sink = std::malloc(1'000'007);
        ::_exit(0);
    }
    ::waitpid(child, nullptr, 0);
}

}  // namespace

int main(int count, char** arguments) {
    allocate_in_every_way();
    std::thread{[] { sink = std::malloc(1'000'009); }}.join();
    allocate_in_child();
    if (count > 1 && std::strcmp(arguments[1], "at_once") == 0) ::_exit(0);
    if (count > 1 && std::strcmp(arguments[1], "killed") == 0) std::abort();
}
