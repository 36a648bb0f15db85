// Stage "exhaustion": take everything there is, ask for more in every way, give everything back.
//
//     fill     [##########|#####|###|##|#|#]   large payloads first, then smaller ones, until the smallest is refused
//     refuse   every verb says no and changes nothing
//     empty    every second payload first, then the rest: the free bytes are the same as before, to the byte
#pragma once

#include "marked_payload.hpp"
#include "soundness.hpp"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <new>

namespace kernel {

/// Every payload of the heap, chained through the payloads themselves: nothing else is left to remember them in.
template <class Heap>
class hoard {
public:
    explicit hoard(Heap& heap) noexcept : heap_(heap) {}

    void fill() noexcept {
        for (std::size_t bytes = std::bit_floor(Heap::max_request); bytes >= sizeof(item); bytes /= 2) {
            while (void* const payload = heap_.allocate(bytes)) add(payload, bytes);
        }
    }

    /// Frees every second payload, and all of them when called again and again: in another order than that of filling.
    void free_every_second() noexcept {
        item** link = &first_;
        while (*link != nullptr) {
            item* const freed = *link;
            *link = freed->next;
            if (*link != nullptr) link = &(*link)->next;
            release(freed);
        }
    }

    bool is_empty() const noexcept { return first_ == nullptr; }
    std::size_t marked_payloads() const noexcept { return marked_payloads_; }
    std::size_t bytes() const noexcept { return bytes_; }

    /// Growing a payload of a full heap: refused, and the payload stays as it was.
    void expect_no_growth() noexcept {
        for (item* owned = first_; owned != nullptr; owned = owned->next) {
            expect(heap_.reallocate(owned, owned->bytes * 2 + 64) == nullptr, "a full heap let a payload grow");
            expect(!heap_.try_resize(owned, Heap::max_request), "a full heap resized a payload to the largest request");
            check_contents(owned);
        }
    }

private:
    struct item {
        item* next;
        std::size_t bytes;
    };

    void add(void* payload, std::size_t bytes) noexcept {
        first_ = ::new (payload) item{first_, bytes};
        pattern::paint(first_ + 1, bytes - sizeof(item), machine::address_of(payload));
        ++marked_payloads_;
        bytes_ += bytes;
    }

    void check_contents(item* owned) noexcept {
        const void* const damage =
            pattern::find_damage(owned + 1, owned->bytes - sizeof(item), machine::address_of(owned));
        if (damage != nullptr) fail(verdict::payload, "a payload of the full heap changed", damage);
    }

    void release(item* freed) noexcept {
        check_contents(freed);
        heap_.deallocate(freed);
    }

    Heap& heap_;
    item* first_ = nullptr;
    std::size_t marked_payloads_ = 0;
    std::size_t bytes_ = 0;
};

/// Each way to ask a heap that has nothing left, and each request that no heap can meet. Returns how many were refused.
template <class Heap>
std::size_t expect_refusals(Heap& heap) noexcept {
    constexpr std::size_t small = 2 * sizeof(void*);  // no chunk is smaller that could be free in a full heap
    const volatile std::size_t endless = SIZE_MAX;    // volatile: a compiler that sees the number warns, rightly
    const void* const answers[] = {
        heap.allocate(small),
        heap.allocate(small, 4096),
        heap.try_allocate(small),
        heap.allocate_zeroed(small),
        heap.reallocate(nullptr, small),
        heap.allocate(Heap::max_request),
        heap.allocate(Heap::max_request + 1),
        heap.allocate(endless),
        heap.allocate_zeroed(endless - 1),
        heap.allocate(1, 0),
        heap.allocate(1, 3),
        new (std::nothrow) std::size_t[2],
    };
    std::size_t refused = 0;
    for (const void* answer : answers) {
        if (answer != nullptr) fail(verdict::stage, "a full heap met a request", answer);
        ++refused;
    }
    return refused;
}

/// Pre: nobody else uses the heap.
template <class Heap>
void exhaust(Heap& heap) noexcept {
    heap.coalesce();
    const auto before = heap.stats();
    hoard<Heap> everything(heap);
    everything.fill();
    const auto full = heap.stats();
    const std::size_t refusals = expect_refusals(heap);
    everything.expect_no_growth();
    expect(has_same_memory(full, heap.stats()), "a refused request changed the heap");
    expect_sound(heap);
    while (!everything.is_empty()) everything.free_every_second();
    heap.coalesce();
    expect(has_same_memory(before, heap.stats()), "the memory did not come back to the byte");
    expect_sound(heap);
    print("exhaustion    filled to the last chunk with ", everything.marked_payloads(), " payloads, ",
          everything.bytes() / 1024, " KiB; ", refusals, " kinds of request refused;\n",
          "              all freed: ", before.free_bytes, " bytes free, as before   ok\n");
}

}  // namespace kernel
