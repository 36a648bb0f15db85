// A trace ready to be replayed, in memory that never was the process's own allocator's.
//
//     child:  trace file -> decoded -> operations ----> a file in memory
//     parent: its malloc as new, the operations mapped <------'
//
// A hosted allocator that had just decoded a trace would hold freed memory, and the replay would seem to need less.
#pragma once

#include "support/operation.hpp"

#include <cstddef>
#include <filesystem>
#include <span>

namespace bench {

struct replay_facts {
    std::size_t count;  ///< operations
    std::size_t slots;
    std::size_t peak_live_bytes;
    std::size_t threads;
    char program[64];
};

class loaded_replay {
public:
    /// Throws `std::invalid_argument` with one line about a bad trace.
    explicit loaded_replay(const std::filesystem::path& file);
    loaded_replay(const loaded_replay&) = delete;
    loaded_replay& operator=(const loaded_replay&) = delete;
    ~loaded_replay();

    const replay_facts& facts() const { return *static_cast<const replay_facts*>(base_); }
    std::span<const operation> operations() const;

private:
    void* base_ = nullptr;
    std::size_t bytes_ = 0;
};

}  // namespace bench
