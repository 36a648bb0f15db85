// Runs what may crash, hang or be caught at a corruption in a child process, and tells in words how it ended.
//
//     CHECK(end_of([&] { heap.deallocate(twice); }) == "double_free");
//
// "returned"; the name of a corruption_kind, if the heap's traits are `reporting<...>`; "hung"; "signal N"; "exit N".
#pragma once

#include <allot/policy/corruption.hpp>

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>

extern "C" [[gnu::weak]] void __gcov_dump();  // present in coverage builds: the counters of a child count too

namespace allot_test {

/// What a child wants its parent to know: lives in memory that both share.
struct child_report {
    bool has_corruption = false;
    allot::corruption_kind kind{};
    const void* where = nullptr;
    allot::heap_verb verb{};
    bool was_too_late = false;      ///< the corruption was found after something was written: see memory_has_changed
    unsigned long counted[8] = {};  ///< for the use of the test
};

inline child_report& report_of_child() {
    static child_report* const shared = [] {
        void* const page =
            mmap(nullptr, sizeof(child_report), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (page == MAP_FAILED) std::abort();
        return new (page) child_report;
    }();
    return *shared;
}

/// Not shared: a corruption in the parent after a child has ended is none that was expected.
inline bool is_child = false;

/// Set in a child that is about to corrupt something: whether memory is still as it was then.
inline std::function<bool()> memory_has_changed = [] { return false; };

inline const char* name_of(allot::corruption_kind kind) {
    static constexpr const char* names[] = {"double_free",   "foreign_pointer", "misaligned_pointer", "broken_header",
                                            "broken_footer", "broken_link",     "broken_bin_map",     "canary_damaged",
                                            "size_mismatch", "reentered"};
    return names[static_cast<unsigned>(kind)];
}

[[noreturn]] inline void leave_child(int status) {
    if (__gcov_dump != nullptr) __gcov_dump();
    _exit(status);
}

/// Traits that tell a corruption to the parent process. Outside a child no corruption is expected.
template <class Base>
struct reporting : Base {
    static void on_corruption(const allot::corruption_report& report) noexcept {
        child_report& shared = report_of_child();
        if (!is_child) {
            std::fprintf(stderr, "unexpected: %s\n", allot::describe(report).c_str());
            std::abort();
        }
        shared.has_corruption = true;
        shared.kind = report.kind;
        shared.where = report.where;
        shared.verb = report.verb;
        shared.was_too_late = memory_has_changed();
        leave_child(0);
    }
};

template <class Work>
[[noreturn]] void be_child(Work&& work, unsigned seconds) {
    for (const int caught : {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTERM}) std::signal(caught, SIG_DFL);
    is_child = true;
    alarm(seconds);
    work();
    leave_child(0);
}

inline std::string words_for(int status) {
    if (WIFSIGNALED(status)) {
        return WTERMSIG(status) == SIGALRM ? "hung" : "signal " + std::to_string(WTERMSIG(status));
    }
    if (WEXITSTATUS(status) != 0) return "exit " + std::to_string(WEXITSTATUS(status));
    return report_of_child().has_corruption ? name_of(report_of_child().kind) : "returned";
}

/// How `work` ends. It runs in a copy of this process: nothing that it changes is seen here but `report_of_child()`.
template <class Work>
std::string end_of(Work&& work, unsigned seconds = 60) {
    report_of_child() = {};
    std::fflush(nullptr);
    const pid_t child = fork();
    if (child == 0) be_child(work, seconds);
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) != child) return "no child";
    return words_for(status);
}

}  // namespace allot_test
