// A lock of one's own: its waiters let others run, as threads of a scheduler do.
#include <allot/allot.hpp>

#include <atomic>
#include <thread>
#include <vector>

#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

// [own-lock]
class yielding_lock {
public:
    void lock() noexcept {
        while (is_held_.exchange(true, std::memory_order_acquire)) std::this_thread::yield();
    }
    void unlock() noexcept { is_held_.store(false, std::memory_order_release); }

private:
    std::atomic<bool> is_held_{false};
};
constinit allot::locked_heap<allot::heap, yielding_lock> heap;

void keep_still_at_forks() {  // only for a lock of your own: the library's see to it by themselves
    pthread_atfork([] { heap.lock_all(); }, [] { heap.unlock_all(); }, [] { heap.start_anew(); });
}
// [/own-lock]

namespace {

alignas(16) unsigned char memory[1 << 20];
std::atomic<bool> has_failed{false};
std::atomic<bool> is_over{false};

void work() {
    while (!is_over) {
        void* const payload = heap.allocate(100);
        if (payload == nullptr) has_failed = true;
        heap.deallocate(heap.reallocate(payload, 500));
    }
}

// Forks while others allocate; a child that found the lock held would wait for ever.
bool child_can_allocate() {
    const pid_t child = fork();
    if (child == 0) {
        alarm(10);
        void* const payload = heap.allocate(100);
        _exit(payload != nullptr && heap.verify() ? 0 : 1);
    }
    int status = 0;
    return waitpid(child, &status, 0) == child && status == 0;
}

}  // namespace

int main() {
    if (heap.add_region(memory, sizeof memory) != allot::region_status::ok) return 1;
    keep_still_at_forks();
    std::vector<std::thread> threads;
    for (int index = 0; index < 3; ++index) threads.emplace_back(work);
    for (int round = 0; round < 100 && !has_failed; ++round) {
        if (!child_can_allocate()) has_failed = true;
    }
    is_over = true;
    for (std::thread& thread : threads) thread.join();
    return !has_failed && heap.verify() && heap.stats().in_use_bytes == 0 ? 0 : 2;
}
