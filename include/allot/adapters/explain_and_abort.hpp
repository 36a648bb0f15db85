// A corruption hook for hosted programs: it explains on stderr and aborts.
//
//     struct my_traits : allot::default_traits {
//         static void on_corruption(const allot::corruption_report& report) noexcept;      // declared here ...
//     };
//     constinit allot::locked_heap<allot::basic_heap<my_traits>> my_heap;
//     void my_traits::on_corruption(const allot::corruption_report& report) noexcept {     // ... defined below the heap
//         allot::explain_and_abort(my_heap, report);
//     }
//
// The traits are part of the type of the heap, so their hook can name the heap only where it is defined.
//
// Guarantees: allocates nothing and uses no stream, so the heap may be the malloc of the process; takes no lock; about 400 bytes
// of stack beside what `explain` needs.
#pragma once

#include <allot/diagnostics/explain.hpp>

#include <cstddef>
#include <cstdlib>

#include <errno.h>
#include <unistd.h>

namespace allot {
namespace detail {

/// Characters on their way to stderr, some hundred at a time, so that the lines of several processes do not mix.
class stderr_buffer {
public:
    void operator()(char character) noexcept {
        characters_[used_++] = character;
        if (used_ == sizeof characters_ || character == '\n') flush();
    }

private:
    /// What cannot be written is lost: there is nobody left to tell.
    void flush() noexcept {
        for (std::size_t done = 0; done < used_;) {
            const ssize_t written = ::write(STDERR_FILENO, characters_ + done, used_ - done);
            if (written > 0) done += static_cast<std::size_t>(written);
            else if (written == 0 || errno != EINTR) break;
        }
        used_ = 0;
    }

    char characters_[256] = {};
    std::size_t used_ = 0;
};

}  // namespace detail

/// Explains what `subject` has found on stderr, and ends the process by SIGABRT.
template <class Heap>
[[noreturn]] void explain_and_abort(const Heap& subject, const corruption_report& report) noexcept {
    explain(subject, report, detail::stderr_buffer{});
    std::abort();
}

}  // namespace allot
