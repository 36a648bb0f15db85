// One heap in memory that a process shares with its children, which allocate from it and free what others allocated.
//
// It works because a child of fork has the mapping at the address that its parent has: links and regions are absolute
// addresses. A process that maps the memory elsewhere cannot use the heap.
#include <allot/allot.hpp>

#include <cstddef>
#include <cstdio>
#include <new>

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

// [shared-memory]
class process_lock {  // spin_lock, less what a fork does to it: the child must not free a
public:               // lock that the parent holds
    void lock() noexcept { word_.lock(); }
    void unlock() noexcept { word_.unlock(); }

private:
    allot::spin_lock word_;
};
using shared_heap = allot::locked_heap<allot::heap, process_lock>;

shared_heap* map_shared_heap(std::size_t bytes) {  // before the fork: heap and region lie in the mapping
    void* const base = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (base == MAP_FAILED) return nullptr;
    auto* const heap = ::new (base) shared_heap;
    unsigned char* const behind = static_cast<unsigned char*>(base) + sizeof(shared_heap);
    return heap->add_region(behind, bytes - sizeof(shared_heap)) == allot::region_status::ok ? heap : nullptr;
}
// [/shared-memory]

namespace {

struct letter {
    letter* next;
    int from;
};

struct letter_box {  // in the shared heap too
    letter* first;
    int waiting;  // children who are not there yet
};

constexpr int children = 3;
constexpr int letters_each = 20000;

// Until all are there, so that they use the heap at the same time.
void wait_for_the_others(letter_box& box) {
    __atomic_sub_fetch(&box.waiting, 1, __ATOMIC_ACQ_REL);
    while (__atomic_load_n(&box.waiting, __ATOMIC_ACQUIRE) != 0) {
    }
}

void use_for_a_while(shared_heap& heap) {
    for (std::size_t bytes = 16; bytes < 1600; bytes += 16) heap.deallocate(heap.allocate(bytes));
}

void write_letters(shared_heap& heap, letter_box& box, int child) {
    wait_for_the_others(box);
    for (int count = 0; count < letters_each; ++count) {
        use_for_a_while(heap);
        void* const payload = heap.allocate(sizeof(letter));
        if (payload == nullptr) _exit(1);
        auto* const written = ::new (payload) letter{__atomic_load_n(&box.first, __ATOMIC_RELAXED), child};
        while (!__atomic_compare_exchange_n(&box.first, &written->next, written, false, __ATOMIC_RELEASE,
                                            __ATOMIC_RELAXED)) {
        }
    }
    _exit(0);
}

bool all_ended_well() {
    bool ended_well = true;
    for (int child = 0; child < children; ++child) {
        int status = 0;
        ended_well = wait(&status) > 0 && status == 0 && ended_well;
    }
    return ended_well;
}

// Frees what the children allocated.
int count_and_free(shared_heap& heap, letter_box& box) {
    int count = 0;
    for (letter* each = box.first; each != nullptr; ++count) {
        letter* const next = each->next;
        heap.deallocate(each);
        each = next;
    }
    return count;
}

}  // namespace

int main() {
    shared_heap* const heap = map_shared_heap(std::size_t{16} << 20);
    if (heap == nullptr) return 1;
    void* const payload = heap->allocate(sizeof(letter_box));
    if (payload == nullptr) return 2;
    auto* const box = ::new (payload) letter_box{nullptr, children};
    for (int child = 0; child < children; ++child) {
        if (fork() == 0) write_letters(*heap, *box, child);
    }
    if (!all_ended_well() || !heap->verify()) return 3;
    const int count = count_and_free(*heap, *box);
    std::printf("%d letters of %d processes\n", count, children);
    heap->deallocate(box);
    return count == children * letters_each && heap->stats().in_use_bytes == 0 && heap->verify() ? 0 : 4;
}
