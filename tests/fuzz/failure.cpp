#include "failure.hpp"

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>

namespace fuzz {
namespace {

constexpr int failed_status = 3;
unsigned patience = 300;

std::string describe_status(int status) {
    if (WIFSIGNALED(status)) {
        const int signal = WTERMSIG(status);
        if (signal == SIGALRM) return "it hangs";
        return std::string("killed by a signal: ") + strsignal(signal);
    }
    if (WEXITSTATUS(status) == failed_status) return progress().message;
    return "the process ended with status " + std::to_string(WEXITSTATUS(status));
}

[[noreturn]] void run_child(const std::function<void()>& work) {
    still_alive();
    try {
        work();
    } catch (const std::exception& error) {
        fail(std::string("exception: ") + error.what());
    }
    std::fflush(nullptr);
    std::exit(0);
}

}  // namespace

progress_page& progress() {
    static void* const page =
        mmap(nullptr, sizeof(progress_page), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED) std::abort();
    return *static_cast<progress_page*>(page);
}

void fail(const std::string& message) noexcept {
    std::snprintf(progress().message, sizeof(progress().message), "%s", message.c_str());
    _exit(failed_status);
}

void still_alive() { alarm(patience); }

outcome run_apart(const std::function<void()>& work, unsigned patience_seconds) {
    patience = patience_seconds;
    progress() = {};
    std::fflush(nullptr);
    const pid_t child = fork();
    if (child == 0) run_child(work);
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) != child) {
        std::perror("fuzz: fork");
        std::exit(2);
    }
    const bool is_sound = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    return {is_sound, is_sound ? "" : describe_status(status)};
}

}  // namespace fuzz
