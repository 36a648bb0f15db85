#include "traces/loaded_replay.hpp"

#include "traces/stream_of.hpp"

#include <cstring>
#include <stdexcept>
#include <string>

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

namespace bench {
namespace {

/// A file in memory: facts, then operations; or, if the trace is bad, the line to say.
class memory_file {
public:
    memory_file() : file_{::memfd_create("allot_replay", MFD_CLOEXEC)} {
        if (file_ < 0) throw std::runtime_error{"memfd_create failed"};
    }
    memory_file(const memory_file&) = delete;
    memory_file& operator=(const memory_file&) = delete;
    ~memory_file() { ::close(file_); }

    std::size_t size() const { return static_cast<std::size_t>(::lseek(file_, 0, SEEK_END)); }

    void* map() const {
        void* const base = ::mmap(nullptr, size(), PROT_READ, MAP_SHARED | MAP_POPULATE, file_, 0);
        if (base == MAP_FAILED) throw std::runtime_error{"mmap of the operations failed"};
        return base;
    }

    bool write(const void* data, std::size_t bytes) const {
        const auto* next = static_cast<const char*>(data);
        while (bytes != 0) {
            const ssize_t written = ::write(file_, next, bytes);
            if (written <= 0) return false;
            next += written;
            bytes -= static_cast<std::size_t>(written);
        }
        return true;
    }

private:
    int file_;
};

bool write_replay(const trace& recorded, const memory_file& into) {
    const replay played = replay_of(recorded);
    const auto& operations = played.operations.timed;
    replay_facts facts{operations.size(), played.operations.slots, played.peak_live_bytes, recorded.threads, {}};
    recorded.program.copy(facts.program, sizeof facts.program - 1);
    return into.write(&facts, sizeof facts) && into.write(operations.data(), operations.size() * sizeof(operation));
}

enum exit_code { loaded = 0, bad_trace = 2, no_memory = 3 };

[[noreturn]] void load_in_child(const std::filesystem::path& file, const memory_file& into) {
    try {
        ::_exit(write_replay(read_trace(file), into) ? loaded : no_memory);
    } catch (const std::runtime_error& wrong) {
        into.write(wrong.what(), std::strlen(wrong.what()));
        ::_exit(bad_trace);
    }
}

int exit_code_of(pid_t child) {
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : no_memory;
}

}  // namespace

loaded_replay::loaded_replay(const std::filesystem::path& file) {
    const memory_file shared;
    const pid_t child = ::fork();
    if (child == 0) load_in_child(file, shared);
    const int code = exit_code_of(child);
    if (code == no_memory) throw std::runtime_error{file.string() + ": not enough memory to load it"};
    base_ = shared.map();
    bytes_ = shared.size();
    if (code == bad_trace) {
        const std::string line{static_cast<const char*>(base_), bytes_};
        ::munmap(base_, bytes_);
        throw std::invalid_argument{line};
    }
}

loaded_replay::~loaded_replay() { ::munmap(base_, bytes_); }

std::span<const operation> loaded_replay::operations() const {
    const auto* const first = static_cast<const std::byte*>(base_) + sizeof(replay_facts);
    return {reinterpret_cast<const operation*>(first), facts().count};
}

}  // namespace bench
