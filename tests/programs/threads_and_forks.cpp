// A program that makes a malloc's life hard: payloads are freed by another thread than the one that allocated
// them, threads come and go, and meanwhile the process forks and its children allocate, start a thread and exit.
//
//     threads_and_forks ROUNDS CHILD_SECONDS
//
// It knows nothing of allot. Every payload is filled and checked; what it prints does not depend on timing.
// A round that hangs is ended by its alarm (SIGALRM), when all its children could have been ended by theirs.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <mutex>
#include <random>
#include <thread>
#include <vector>

#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

constexpr int thread_count = 4;
constexpr int payloads_per_life = 3000;
constexpr int forks_per_round = 6;

[[noreturn]] void fail(const char* what) {
    std::fprintf(stderr, "threads_and_forks: %s\n", what);
    std::_Exit(1);
}

class filled_payload {
public:
    filled_payload(std::size_t bytes, std::uint32_t seed) : bytes_(bytes), mark_(static_cast<unsigned char>(seed)) {
        payload_ = static_cast<unsigned char*>(std::malloc(bytes_));
        if (payload_ == nullptr) fail("malloc returned null");
        std::memset(payload_, mark_, bytes_);
    }

    void resize(std::size_t bytes) {
        auto* const moved = static_cast<unsigned char*>(std::realloc(payload_, bytes));
        if (moved == nullptr) fail("realloc returned null");
        payload_ = moved;
        check(bytes < bytes_ ? bytes : bytes_);
        bytes_ = bytes;
        std::memset(payload_, mark_, bytes_);
    }

    void free_checked() {
        check(bytes_);
        std::free(payload_);
    }

private:
    void check(std::size_t bytes) const {
        for (std::size_t at = 0; at < bytes; ++at)
            if (payload_[at] != mark_) fail("a payload does not hold what was written to it");
    }

    std::size_t bytes_;
    unsigned char mark_;
    unsigned char* payload_;
};

// Where threads leave payloads for each other.
class exchange {
public:
    void give(filled_payload payload) {
        const std::lock_guard guard(mutex_);
        waiting_.push_back(payload);
    }

    // Frees one that some thread gave, if there are more than are to be kept.
    void free_one(std::size_t kept) {
        std::unique_lock guard(mutex_);
        if (waiting_.size() <= kept) return;
        filled_payload payload = waiting_.front();
        waiting_.pop_front();
        guard.unlock();
        payload.free_checked();
    }

    void free_all() {
        for (filled_payload& payload : waiting_) payload.free_checked();
        waiting_.clear();
    }

private:
    std::mutex mutex_;
    std::deque<filled_payload> waiting_;
};

// Mostly small, now and then large enough that the heap must grow.
std::size_t some_bytes(std::minstd_rand& random) {
    if (random() % 200 == 0) return 1 + random() % 300'000;
    return 1 + random() % 500;
}

void live(exchange& shared, std::uint32_t seed, int payloads, std::size_t kept) {
    std::minstd_rand random(seed);
    for (int count = 0; count < payloads; ++count) {
        filled_payload payload(some_bytes(random), static_cast<std::uint32_t>(random()));
        if (count % 5 == 0) payload.resize(some_bytes(random));
        shared.give(payload);
        shared.free_one(kept);
    }
}

void check_calloc(std::size_t bytes) {
    auto* const payload = static_cast<unsigned char*>(std::calloc(bytes, 1));
    if (payload == nullptr) fail("calloc returned null");
    for (std::size_t at = 0; at < bytes; ++at)
        if (payload[at] != 0) fail("calloc returned bytes that are not zero");
    std::free(payload);
}

// A child has one thread and whatever the heap was in the middle of; it must be able to allocate, to grow, to run
// a thread and to exit in order. The alarm ends it if it waits for a lock that nobody will ever release.
[[noreturn]] void be_a_child(std::uint32_t seed, unsigned seconds) {
    alarm(seconds);
    exchange own;
    live(own, seed, 300, 50);
    std::thread(live, std::ref(own), seed + 1, 300, 50).join();
    check_calloc(3'000'000);
    own.free_all();
    std::exit(0);
}

void fork_a_child(std::uint32_t seed, unsigned seconds) {
    const pid_t child = fork();
    if (child < 0) fail("fork failed");
    if (child == 0) be_a_child(seed, seconds);
    int status = 0;
    if (waitpid(child, &status, 0) != child) fail("waitpid failed");
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM) fail("a child hung");
    if (status != 0) fail("a child did not exit in order");
}

// A C library keeps room for few keys in each thread; for a value of one beyond these it allocates.
void use_many_keys() {
    for (int count = 0; count < 40; ++count) {
        pthread_key_t key{};
        if (pthread_key_create(&key, nullptr) != 0) fail("there are too few keys");
    }
}

// By a thread that has not allocated anything yet. Not std::thread, which frees what it was started with first.
void fork_in_a_fresh_thread() {
    pthread_t thread{};
    const auto fork_once = [](void*) -> void* {
        const pid_t child = fork();
        if (child == 0) _exit(0);
        waitpid(child, nullptr, 0);
        return nullptr;
    };
    if (pthread_create(&thread, nullptr, fork_once, nullptr) != 0) fail("no thread could be started");
    pthread_join(thread, nullptr);
}

void run_round(std::uint32_t round, unsigned child_seconds) {
    alarm((forks_per_round + 1) * child_seconds);
    exchange shared;
    std::vector<std::thread> threads;
    for (std::uint32_t number = 0; number < thread_count; ++number)
        threads.emplace_back(live, std::ref(shared), 1 + round * thread_count + number, payloads_per_life, 200);
    for (std::uint32_t number = 0; number < forks_per_round; ++number)
        fork_a_child(1000 + round * forks_per_round + number, child_seconds);
    fork_in_a_fresh_thread();
    for (std::thread& thread : threads) thread.join();
    shared.free_all();
    check_calloc(100'000);
}

}  // namespace

int main(int argument_count, char** arguments) {
    if (argument_count != 3) fail("usage: threads_and_forks ROUNDS CHILD_SECONDS");
    const auto rounds = static_cast<std::uint32_t>(std::strtoul(arguments[1], nullptr, 10));
    const auto child_seconds = static_cast<unsigned>(std::strtoul(arguments[2], nullptr, 10));
    use_many_keys();
    for (std::uint32_t round = 0; round < rounds; ++round) run_round(round, child_seconds);
    std::printf("%u rounds of %d threads and %d forks\n", rounds, thread_count, forks_per_round);
}
