// Preloaded under a program, records its calls of malloc and its kin and forwards them to glibc.
//
//     LD_PRELOAD=liballot_recorder.so ALLOT_TRACE_DIR=DIR program     ->  DIR/program.PID.log
//
// One lock is held over each call and its record, so that the log is in the order of the calls. A forked child starts a
// log of its own. A process that ends by a signal or in another program's image leaves a log without an end, which
// the packer refuses. Nothing here may allocate.
#include "traces/raw_log.hpp"

#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <fcntl.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

extern "C" {
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);
void __libc_free(void*);
}

namespace {

using bench::raw_record;
using bench::raw_verb;

class log_file {
public:
    /// Starts writing when the first record comes; does nothing without ALLOT_TRACE_DIR.
    void add(const raw_record& next) {
        if (state_ == state::fresh) open();
        if (state_ != state::open) return;
        records_[count_++] = next;
        if (count_ == capacity) flush();
    }

    /// In a forked child: the parent's records are the parent's.
    void restart() {
        if (state_ == state::open) ::close(file_);
        count_ = 0;
        state_ = state::fresh;
    }

    /// Only the process that opened the log ends it: a vfork child shares this memory.
    void end() {
        if (state_ != state::open || owner_ != ::getpid()) return;
        add({0, 0, 0, 0, raw_verb::end, 0, 0});
        flush();
        if (state_ == state::open) ::close(file_);
        state_ = state::ended;
    }

private:
    enum class state { fresh, open, ended };
    static constexpr std::size_t capacity = 8192;

    void open() {
        state_ = state::ended;
        const char* const directory = std::getenv("ALLOT_TRACE_DIR");
        if (directory == nullptr) return;
        char name[512];
        owner_ = ::getpid();
        std::snprintf(name, sizeof name, "%s/%s.%d.log", directory, program_invocation_short_name, owner_);
        const int low = ::open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
        if (low < 0) return;
        file_ = ::fcntl(low, F_DUPFD_CLOEXEC, 500);  // out of the way of programs that count their files
        ::close(low);
        state_ = file_ < 0 ? state::ended : state::open;
        write_header();
    }

    void write_header() {
        bench::raw_header header{};
        header.magic = bench::raw_magic;
        std::strncpy(header.program, program_invocation_short_name, sizeof header.program - 1);
        write(&header, sizeof header);
    }

    void flush() {
        write(records_, count_ * sizeof(raw_record));
        count_ = 0;
    }

    void write(const void* data, std::size_t bytes) {
        const auto* next = static_cast<const char*>(data);
        while (bytes != 0 && state_ == state::open) {
            const ssize_t written = ::write(file_, next, bytes);
            if (written < 0 && errno == EINTR) continue;
            if (written <= 0) return stop();
            next += written;
            bytes -= static_cast<std::size_t>(written);
        }
    }

    void stop() {
        ::close(file_);
        state_ = state::ended;
    }

    state state_ = state::fresh;
    int file_ = -1;
    pid_t owner_ = 0;
    std::size_t count_ = 0;
    raw_record records_[capacity]{};
};

constinit log_file log;
pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
std::uint32_t threads = 0;
__attribute__((tls_model("initial-exec"))) thread_local std::uint32_t this_thread = 0;

class guard {
public:
    guard() { ::pthread_mutex_lock(&mutex); }
    ~guard() { ::pthread_mutex_unlock(&mutex); }
    guard(const guard&) = delete;
    guard& operator=(const guard&) = delete;
};

std::uint64_t address_of(const void* payload) { return reinterpret_cast<std::uintptr_t>(payload); }

/// The calling thread's number from 0, in the order in which threads first call.
std::uint32_t thread_number() {
    if (this_thread == 0) this_thread = ++threads;
    return this_thread - 1;
}

void record(raw_verb what, const void* old, const void* payload, std::size_t bytes, std::size_t alignment = 1) {
    const int saved = errno;
    const bool own = alignment <= alignof(std::max_align_t);
    const auto log2 = static_cast<std::uint8_t>(own ? 0 : __builtin_ctzll(alignment));
    log.add({address_of(old), address_of(payload), bytes, thread_number(), what, log2, 0});
    errno = saved;
}

void* aligned(std::size_t alignment, std::size_t bytes) {
    const guard held;
    void* const payload = __libc_memalign(alignment, bytes);
    if (payload != nullptr) record(raw_verb::allocate, nullptr, payload, bytes, alignment);
    return payload;
}

std::size_t page_bytes() { return static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)); }

void end_log() {
    const guard held;
    log.end();
}

void restart_log() {
    log.restart();
    ::pthread_mutex_unlock(&mutex);
}

__attribute__((constructor)) void watch_forks() {
    ::pthread_atfork([] { ::pthread_mutex_lock(&mutex); }, [] { ::pthread_mutex_unlock(&mutex); }, restart_log);
}

__attribute__((destructor)) void end_with_process() { end_log(); }

}  // namespace

extern "C" {

void* malloc(std::size_t bytes) noexcept {
    const guard held;
    void* const payload = __libc_malloc(bytes);
    if (payload != nullptr) record(raw_verb::allocate, nullptr, payload, bytes);
    return payload;
}

void* calloc(std::size_t count, std::size_t bytes) noexcept {
    const guard held;
    void* const payload = __libc_calloc(count, bytes);
    if (payload != nullptr) record(raw_verb::allocate_zeroed, nullptr, payload, count * bytes);
    return payload;
}

/// glibc frees on `realloc(p, 0)`.
void* realloc(void* old, std::size_t bytes) noexcept {
    const guard held;
    void* const payload = __libc_realloc(old, bytes);
    if (payload != nullptr) record(raw_verb::reallocate, old, payload, bytes);
    if (payload == nullptr && old != nullptr && bytes == 0) record(raw_verb::deallocate, old, nullptr, 0);
    return payload;
}

void free(void* payload) noexcept {
    if (payload == nullptr) return;
    const guard held;
    record(raw_verb::deallocate, payload, nullptr, 0);
    __libc_free(payload);
}

void* memalign(std::size_t alignment, std::size_t bytes) noexcept { return aligned(alignment, bytes); }
void* aligned_alloc(std::size_t alignment, std::size_t bytes) noexcept { return aligned(alignment, bytes); }
void* valloc(std::size_t bytes) noexcept { return aligned(page_bytes(), bytes); }

void* pvalloc(std::size_t bytes) noexcept {
    return aligned(page_bytes(), (bytes + page_bytes() - 1) / page_bytes() * page_bytes());
}

int posix_memalign(void** result, std::size_t alignment, std::size_t bytes) noexcept {
    if (alignment % sizeof(void*) != 0 || (alignment & (alignment - 1)) != 0 || alignment == 0) return EINVAL;
    void* const payload = aligned(alignment, bytes);
    if (payload == nullptr) return ENOMEM;
    *result = payload;
    return 0;
}

/// Programs that leave without running destructors still end their log.
void _exit(int status) {
    end_log();
    ::syscall(SYS_exit_group, status);
    __builtin_unreachable();
}

void _Exit(int status) { _exit(status); }
}
