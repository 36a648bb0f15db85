// What the environment says. Read once, when the library is loaded: a program may change its environment later.
//
//     ALLOT_STATISTICS=stderr|FILE   what the heap looked like is written when the process ends; %p in FILE is its number
//     ALLOT_VERIFY=1                 the heap is verified then
//     ALLOT_HUGE_PAGES=1             huge pages are asked for
//     ALLOT_KEEP_MEMORY=1            nothing goes back to the system
//
// A value that means nothing is said on stderr and then ignored: a preloaded library must not end a program. Programs that run with
// more rights than their user's (setuid) ignore all of them.
#pragma once

#include "output.hpp"

#include <allot/adapters/page_source.hpp>

#include <climits>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <unistd.h>

namespace allot_malloc {

class settings {
public:
    void read() noexcept {
        verifies_ = is_on("ALLOT_VERIFY");
        pages_ = {.huge = is_on("ALLOT_HUGE_PAGES"), .kept = is_on("ALLOT_KEEP_MEMORY")};
        read_statistics();
        if (verifies_ || has_statistics()) complaints_.keep();
    }

    bool verifies() const noexcept { return verifies_; }
    allot::page_choices pages() const noexcept { return pages_; }
    const first_stderr& complaints() const noexcept { return complaints_; }
    bool has_statistics() const noexcept { return statistics_[0] != '\0'; }

    /// What to write statistics to, an absolute name; a null pointer: stderr.
    const char* file() const noexcept { return statistics_[0] == '/' ? statistics_ : nullptr; }

private:
    static void complain(const char* variable, const char* value, const char* reason) noexcept {
        char line[512];
        const int bytes = std::snprintf(line, sizeof line, "allot: %s=%.200s: %s\n", variable, value, reason);
        if (bytes > 0) write_to(STDERR_FILENO, line, static_cast<std::size_t>(bytes));
    }

    static bool is_on(const char* variable) noexcept {
        const char* const value = secure_getenv(variable);
        if (value == nullptr || *value == '\0' || std::strcmp(value, "0") == 0) return false;
        if (std::strcmp(value, "1") == 0) return true;
        complain(variable, value, "is neither 0 nor 1, and ignored");
        return false;
    }

    /// A name is made absolute: a program may have gone to another directory by the time it ends.
    void read_statistics() noexcept {
        const char* const value = secure_getenv("ALLOT_STATISTICS");
        if (value == nullptr || *value == '\0') return;
        const bool is_complete = *value == '/' || std::strcmp(value, "stderr") == 0;
        if (!is_complete && getcwd(statistics_, sizeof statistics_ - 1) != nullptr) std::strcat(statistics_, "/");
        const std::size_t used = std::strlen(statistics_);
        if (std::strlen(value) < sizeof statistics_ - used && (is_complete || used != 0)) {
            std::strcpy(statistics_ + used, value);
        } else {
            statistics_[0] = '\0';
            complain("ALLOT_STATISTICS", value, "is too long a name, and ignored");
        }
    }

    bool verifies_ = false;
    allot::page_choices pages_{};
    first_stderr complaints_{};
    char statistics_[PATH_MAX] = {};
};

}  // namespace allot_malloc
