// a checker that has become a no-op. Each heap here is sick in its own way, and the checked heap must say so.
#include "support/catch.hpp"
#include "support/checked_heap.hpp"

#include <allot/heap.hpp>

#include <string>
#include <utility>

using namespace allot_test;

namespace {

std::byte* byte_at(void* payload, std::ptrdiff_t offset) { return static_cast<std::byte*>(payload) + offset; }

/// A healthy heap; the sick ones change one verb of it.
class healthy_heap : public allot::basic_heap<allot::bounded_traits> {
public:
    using base = allot::basic_heap<allot::bounded_traits>;
};

struct forgets_alignment : healthy_heap {
    void* allocate(std::size_t bytes, std::size_t = default_alignment) noexcept { return base::allocate(bytes); }
};

struct hands_out_twice : healthy_heap {
    void* last = nullptr;
    void* allocate(std::size_t bytes, std::size_t = default_alignment) noexcept {
        return last != nullptr ? last : last = base::allocate(bytes);
    }
};

struct overlaps_neighbours : healthy_heap {
    bool is_first = true;
    void* allocate(std::size_t bytes, std::size_t = default_alignment) noexcept {
        void* const payload = base::allocate(bytes);
        return std::exchange(is_first, false) ? payload
                                              : byte_at(payload, -static_cast<std::ptrdiff_t>(default_alignment));
    }
    static std::size_t usable_size(const void*) noexcept { return 4 * default_alignment - chunk_overhead; }
};

struct hands_out_too_little : healthy_heap {
    void* allocate(std::size_t, std::size_t = default_alignment) noexcept { return base::allocate(1); }
};

struct wastes : healthy_heap {
    void* allocate(std::size_t bytes, std::size_t = default_alignment) noexcept { return base::allocate(bytes * 2); }
};

struct leaves_the_region : healthy_heap {
    alignas(64) unsigned char elsewhere[256] = {};
    void* allocate(std::size_t, std::size_t = default_alignment) noexcept { return elsewhere + 64; }
    static std::size_t usable_size(const void*) noexcept {
        return (60 + chunk_overhead + default_alignment - 1) / default_alignment * default_alignment - chunk_overhead;
    }
};

struct refuses_what_fits : healthy_heap {
    struct traits_type : allot::default_traits {};
    void* allocate(std::size_t, std::size_t = default_alignment) noexcept { return nullptr; }
};

struct writes_when_it_fails : healthy_heap {
    void* allocate(std::size_t bytes, std::size_t alignment = default_alignment) noexcept {
        void* const payload = base::allocate(bytes, alignment);
        if (payload != nullptr) return payload;
        base::deallocate(base::allocate(1));
        return nullptr;
    }
};

struct counts_when_it_fails : healthy_heap {
    mutable std::size_t peak = 0;
    void* allocate(std::size_t bytes, std::size_t alignment = default_alignment) noexcept {
        ++peak;
        return base::allocate(bytes, alignment);
    }
    allot::heap_stats stats() const noexcept {
        allot::heap_stats numbers = base::stats();
        numbers.peak_in_use_bytes += peak;
        return numbers;
    }
};

struct scribbles_on_payloads : healthy_heap {
    void* victim = nullptr;
    void* allocate(std::size_t bytes, std::size_t alignment = default_alignment) noexcept {
        if (victim != nullptr) *byte_at(victim, 3) ^= std::byte{1};
        return victim = base::allocate(bytes, alignment);
    }
};

struct writes_outside : healthy_heap {
    void* end = nullptr;
    allot::region_status add_region(void* base_address, std::size_t bytes) noexcept {
        *byte_at(base_address, static_cast<std::ptrdiff_t>(bytes)) ^= std::byte{1};
        return base::add_region(base_address, bytes);
    }
};

struct writes_to_refused_regions : healthy_heap {
    allot::region_status add_region(void* base_address, std::size_t bytes) noexcept {
        const allot::region_status status = base::add_region(base_address, bytes);
        if (status != allot::region_status::ok) *byte_at(base_address, 0) ^= std::byte{1};
        return status;
    }
};

struct damages_a_header : healthy_heap {
    void deallocate(void* payload) noexcept {
        *byte_at(payload, -static_cast<std::ptrdiff_t>(chunk_overhead)) ^= std::byte{1};
    }
};

struct leaks : healthy_heap {
    void deallocate(void*) noexcept {}
};

struct hides_chunks : healthy_heap {
    template <class Visit>
    void for_each_chunk(Visit&& visit) const {
        base::for_each_chunk([&](const allot::chunk_info& chunk) {
            if (chunk.state == allot::chunk_state::free) visit(chunk);
        });
    }
};

struct loses_content : healthy_heap {
    void* reallocate(void* payload, std::size_t bytes, std::size_t alignment = default_alignment) noexcept {
        base::deallocate(payload);
        return base::allocate_zeroed(bytes, alignment);
    }
};

struct zeroes_nothing : healthy_heap {
    void* allocate_zeroed(std::size_t bytes, std::size_t alignment = default_alignment) noexcept {
        return base::allocate(bytes, alignment);
    }
};

struct miscounts_in_use : healthy_heap {
    allot::heap_stats stats() const noexcept {
        allot::heap_stats numbers = base::stats();
        numbers.in_use_bytes += default_alignment;
        return numbers;
    }
};

struct miscounts_free : healthy_heap {
    allot::heap_stats stats() const noexcept {
        allot::heap_stats numbers = base::stats();
        numbers.free_chunks += 1;
        return numbers;
    }
};

struct misjudges_the_largest : healthy_heap {
    allot::heap_stats stats() const noexcept {
        allot::heap_stats numbers = base::stats();
        numbers.largest_free -= default_alignment;
        return numbers;
    }
};

struct miscounts_the_regions : healthy_heap {
    allot::heap_stats stats() const noexcept {
        allot::heap_stats numbers = base::stats();
        numbers.region_bytes += 1;
        numbers.overhead_bytes += 1;
        return numbers;
    }
};

template <class Heap>
void live_ordinarily(checked_heap<Heap>& heap) {
    void* const first = heap.allocate(60);
    void* const second = heap.allocate(100, 256);
    void* const zeroed = heap.allocate_zeroed(10);
    static_cast<void>(heap.allocate(100000));
    static_cast<void>(heap.allocate(SIZE_MAX));
    static_cast<void>(heap.add_region(100, 1000));
    void* const moved = heap.reallocate(first, 300);
    heap.deallocate(zeroed);
    heap.deallocate(second);
    heap.deallocate(moved);
}

/// What the checks say to the life of a heap.
template <class Heap, class Life>
std::string complaint_in(Life&& live) {
    try {
        checked_heap<Heap> heap(8192);
        live(heap);
    } catch (const heap_complaint& complaint) {
        return complaint.what();
    }
    return "none";
}

template <class Heap>
std::string complaint_of() {
    return complaint_in<Heap>(live_ordinarily<Heap>);
}

}  // namespace

TEST_CASE("R-31 checked heap: a healthy heap is not reported") {
    CHECK(complaint_of<healthy_heap>() == "none");
    CHECK(complaint_of<allot::heap>() == "none");
}

TEST_CASE("R-31 checked heap: a bad result is noticed") {
    const auto take_two = [](auto& heap) { heap.take(4), heap.take(4); };
    CHECK(complaint_of<forgets_alignment>() == "a payload is not aligned");
    CHECK(complaint_in<hands_out_twice>(take_two) == "two payloads overlap");
    CHECK(complaint_in<overlaps_neighbours>(take_two) == "two payloads overlap");
    CHECK(complaint_of<hands_out_too_little>() == "a payload is too small");
    CHECK(complaint_of<wastes>() == "a chunk is larger than it need be");
    CHECK(complaint_of<leaves_the_region>() == "a payload lies outside every region");
    CHECK(complaint_of<zeroes_nothing>() == "a zeroed payload is not zero");
}

TEST_CASE("R-31 checked heap: a bad failure is noticed") {
    CHECK(complaint_of<refuses_what_fits>() == "a request was refused although a free chunk fits");
    CHECK(complaint_of<writes_when_it_fails>() == "a call that failed has written to memory");
    CHECK(complaint_of<counts_when_it_fails>() == "a call that failed has changed the numbers");
    CHECK(complaint_of<writes_to_refused_regions>() == "a call that failed has written to memory");
}

TEST_CASE("R-31 checked heap: a write where none belongs is noticed") {
    CHECK(complaint_of<scribbles_on_payloads>() == "a payload was overwritten");
    CHECK(complaint_of<loses_content>() == "a payload was overwritten");
    CHECK(complaint_of<writes_outside>() == "memory outside every region was written");
    CHECK(complaint_of<damages_a_header>() == "verify: the heap is not sound");
}

TEST_CASE("R-31 checked heap: a bad count is noticed") {
    CHECK(complaint_of<leaks>() == "the walk shows a chunk that nobody owns");
    CHECK(complaint_of<hides_chunks>() == "the walk and the test differ in what is in use");
    CHECK(complaint_of<miscounts_in_use>() == "stats and walk differ in what is in use");
    CHECK(complaint_of<miscounts_free>() == "stats and walk differ in what is free");
    CHECK(complaint_of<misjudges_the_largest>() == "stats promise a larger chunk than there is");
    CHECK(complaint_of<miscounts_the_regions>() == "the heap has other regions than it was given");
}
