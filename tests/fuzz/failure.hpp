// How a run says that something is wrong: it ends the process, and the parent reads why from a shared page.
//
//     parent                              child
//     run_apart(f)  -- fork -->           f(); every step: progress().index = i
//                   <-- exit status --    fail("payload #3 has changed")  or a signal
//
// Guarantees: the parent survives whatever the heap under test does: traps, faults and endless loops included.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

namespace fuzz {

/// Where the child is, for the parent to read after its death.
struct progress_page {
    std::uint64_t episode;
    std::uint64_t operation;
    std::uint64_t operations_done;
    std::uint64_t refused_calls;      ///< calls that failed
    std::uint64_t compared_refusals;  ///< ... of which the heap image was compared before and after
    std::uint64_t inspections;
    char message[480];
};

progress_page& progress();

/// Ends this process with a message.
[[noreturn]] void fail(const std::string& message) noexcept;

/// Postpones the end of a child that hangs. Called now and then by the child.
void still_alive();

struct outcome {
    bool is_sound;
    std::string reason;  ///< of a run that is not
};

/// Runs `work` in a child process. A child that says nothing for `patience_seconds` is ended.
outcome run_apart(const std::function<void()>& work, unsigned patience_seconds);

}  // namespace fuzz
