// A heap that says in words what is wrong, and aborts.
// [explained]
#include <allot/adapters/explain_and_abort.hpp>
#include <allot/allot.hpp>

struct my_traits : allot::default_traits {
    static void on_corruption(const allot::corruption_report& report) noexcept;
};
constinit allot::locked_heap<allot::basic_heap<my_traits>> my_heap;
void my_traits::on_corruption(const allot::corruption_report& report) noexcept {
    allot::explain_and_abort(my_heap, report);
}
// [/explained]

#include <csignal>
#include <cstdio>
#include <string>

#include <sys/wait.h>
#include <unistd.h>

namespace {

alignas(16) unsigned char memory[1 << 16];

[[noreturn]] void free_twice(void* payload, int output) {
    dup2(output, STDERR_FILENO);
    my_heap.deallocate(payload);
    my_heap.deallocate(payload);
    _exit(0);
}

std::string all_from(int input) {
    std::string text;
    char buffer[256];
    for (ssize_t count = read(input, buffer, sizeof buffer); count > 0; count = read(input, buffer, sizeof buffer)) {
        text.append(buffer, static_cast<std::size_t>(count));
    }
    return text;
}

}  // namespace

int main() {
    if (my_heap.add_region(memory, sizeof memory) != allot::region_status::ok) return 1;
    void* const payload = my_heap.allocate(100);
    int ends[2];
    if (payload == nullptr || pipe(ends) != 0) return 2;
    const pid_t child = fork();
    if (child == 0) free_twice(payload, ends[1]);
    close(ends[1]);
    const std::string said = all_from(ends[0]);
    int status = 0;
    waitpid(child, &status, 0);
    std::fputs(said.c_str(), stdout);
    char address[32];
    std::snprintf(address, sizeof address, "%p", payload);
    const bool is_explained =
        said.find("already freed") != std::string::npos && said.find(address) != std::string::npos;
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT && is_explained ? 0 : 3;
}
