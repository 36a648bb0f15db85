// Corruptions that hardening::basic detects, each by its kind.
#include "support/catch.hpp"
#include "support/checked_heap.hpp"
#include "support/child.hpp"
#include "support/complaint.hpp"
#include "support/heaps.hpp"

#include <algorithm>
#include <cstring>

using namespace allot_test;

namespace {

using deferred = reporting_heap_of<allot::heap>;
using immediate = reporting_heap_of<immediate_heap>;
using reporting_heaps =
    std::tuple<deferred, immediate, reporting_heap_of<compact_heap>, reporting_heap_of<compact_immediate_heap>,
               reporting_heap_of<locked<allot::spin_lock>>, reporting_heap_of<locked<std::mutex>>>;

std::size_t& word_at(void* payload, std::ptrdiff_t words) { return static_cast<std::size_t*>(payload)[words]; }
std::size_t& header_of(void* payload) { return word_at(payload, -1); }
std::byte* inside(void* payload, std::size_t offset) { return static_cast<std::byte*>(payload) + offset; }

constexpr std::size_t in_use = 1;
constexpr std::size_t prev_in_use = 2;

// From here on, in a child: a corruption must be found before the heap has written anything (was_too_late). Watched are its
// memory and, where a link was forged to lead there, eight words elsewhere.
template <class Heap>
void watch(checked_heap<Heap>& heap, const std::size_t* elsewhere = nullptr) {
    memory_has_changed = [&heap, elsewhere, before = heap.field().image()] {
        const bool is_elsewhere = elsewhere != nullptr && std::count(elsewhere, elsewhere + 8, 0u) != 8;
        return is_elsewhere || heap.field().image() != before;
    };
}

// Four payloads side by side, the last one guarding the top; sizes too large to be cached.
template <class Heap>
struct row {
    checked_heap<Heap> heap{16384};
    void* a = heap.take(70);
    void* b = heap.take(70);
    void* c = heap.take(70);
    void* guard = heap.take(4);

    // How the child ends in which `corrupt` is run, and where the heap points.
    template <class Corrupt>
    std::string after(Corrupt&& corrupt) {
        return end_of([&] { corrupt(heap.raw()); }, 20);
    }
    template <class Corrupt>
    std::string after_freeing_b(Corrupt&& corrupt) {
        heap.deallocate(b);
        heap.coalesce();
        return after(corrupt);
    }
};

}  // namespace

TEMPLATE_LIST_TEST_CASE("R-23 double free at once", "", reporting_heaps) {
    for (const std::size_t granules : sizes{2, 5, 20, 31, 40, 100}) {
        checked_heap<TestType> heap(16384);
        void* const payload = heap.take(granules);
        heap.take(2);
        heap.deallocate(payload);
        CHECK(end_of([&] { heap.raw().deallocate(payload); }) == "double_free");
        CHECK(report_of_child().where == payload);
        CHECK(end_of([&] { heap.raw().deallocate(payload, 8); }) == "double_free");
        CHECK(end_of([&] { static_cast<void>(heap.raw().reallocate(payload, 8)); }) == "double_free");
        CHECK(end_of([&] { static_cast<void>(heap.raw().try_resize(payload, 8)); }) == "double_free");
    }
}

TEMPLATE_LIST_TEST_CASE("R-23 double free of a payload at the top", "", reporting_heaps) {
    checked_heap<TestType> heap(16384);
    void* const payload = heap.take(100);
    heap.deallocate(payload);
    CHECK(end_of([&] { heap.raw().deallocate(payload); }) == "double_free");
}

TEMPLATE_LIST_TEST_CASE("R-23 double free after the chunk has merged below, above and on both sides", "",
                        reporting_heaps) {
    row<TestType> chunks;
    chunks.heap.deallocate(chunks.a);
    chunks.heap.deallocate(chunks.b);
    chunks.heap.coalesce();
    CHECK(chunks.after([&](auto& heap) { heap.deallocate(chunks.b); }) == "double_free");
    chunks.heap.deallocate(chunks.c);
    for (void* const payload : {chunks.a, chunks.b, chunks.c}) {
        CHECK(chunks.after([&](auto& heap) { heap.deallocate(payload); }) == "double_free");
    }
}

TEMPLATE_LIST_TEST_CASE("R-23 double free of what a reallocate has moved away from", "", reporting_heaps) {
    row<TestType> chunks;
    void* const moved = chunks.heap.reallocate(chunks.a, 4000);
    REQUIRE(moved != chunks.a);
    CHECK(chunks.after([&](auto& heap) { heap.deallocate(chunks.a); }) == "double_free");
}

TEST_CASE("R-23 double free of what another thread freed while it was moved") {
    row<allot::basic_heap<reporting<allot::default_traits>>> chunks;
    CHECK(chunks.after([&](auto& heap) {
        auto& core = core_of(heap);
        const std::size_t wanted = 200 * allot::heap::default_alignment;
        const allot::detail::relocation move = core.begin_reallocate(address_of(chunks.b), {wanted, 16});
        heap.deallocate(chunks.b);
        core.finish_reallocate(move, wanted);
    }) == "double_free");
}

TEST_CASE("R-23 double free of a cached chunk, first and last of its list") {
    checked_heap<deferred> heap(8192);
    void* const first = heap.take(2);
    void* const second = heap.take(2);
    heap.deallocate(first);
    heap.deallocate(second);
    REQUIRE(heap.shape() == "(2) (2) rest");
    CHECK(end_of([&] { heap.raw().deallocate(first); }) == "double_free");
    CHECK(end_of([&] { heap.raw().deallocate(second); }) == "double_free");
}

TEMPLATE_LIST_TEST_CASE("R-25 forged links in a freed payload, then a neighbour is freed", "", reporting_heaps) {
    row<TestType> chunks;
    alignas(64) std::size_t elsewhere[8] = {};
    const auto forge_then_free = [&](std::size_t next, std::size_t back, void* neighbour) {
        const std::string end = chunks.after([&](auto& heap) {
            word_at(chunks.b, 0) = next;
            word_at(chunks.b, 1) = back;
            watch(chunks.heap, elsewhere);
            heap.deallocate(neighbour);
        });
        return report_of_child().was_too_late ? "too late" : end;
    };
    chunks.heap.deallocate(chunks.b);
    const std::size_t outside = address_of(elsewhere + 1);
    for (void* const neighbour : {chunks.a, chunks.c}) {
        CHECK(forge_then_free(outside, outside, neighbour) == "broken_link");
        CHECK(forge_then_free(address_of(chunks.a) - sizeof(std::size_t), address_of(chunks.c) - sizeof(std::size_t),
                              neighbour) == "broken_link");
        CHECK(forge_then_free(SIZE_MAX, SIZE_MAX, neighbour) == "broken_link");
        CHECK(forge_then_free(8, 24, neighbour) == "broken_link");
    }
}

TEMPLATE_LIST_TEST_CASE("R-25 forged links in a freed payload, then a neighbour grows into it, upward or downward", "",
                        reporting_heaps) {
    row<TestType> chunks;
    chunks.heap.deallocate(chunks.b);
    for (void* const neighbour : {chunks.a, chunks.c}) {
        CHECK(chunks.after([&](auto& heap) {
            std::memset(chunks.b, 0x41, 2 * sizeof(std::size_t));
            watch(chunks.heap);
            static_cast<void>(heap.reallocate(neighbour, 130 * allot::heap::default_alignment));
        }) == "broken_link");
        CHECK_FALSE(report_of_child().was_too_late);
    }
}

TEMPLATE_LIST_TEST_CASE("R-25 forged links in a freed payload, then it is allocated", "", reporting_heaps) {
    row<TestType> chunks;
    const std::string end = chunks.after_freeing_b([&](auto& heap) {
        std::memset(chunks.b, 0x41, 2 * sizeof(std::size_t));
        watch(chunks.heap);
        static_cast<void>(heap.allocate(70 * allot::heap::default_alignment - sizeof(std::size_t)));
    });
    CHECK(end == "broken_link");
    CHECK_FALSE(report_of_child().was_too_late);
}

TEMPLATE_LIST_TEST_CASE(
    "R-25 forged links in the largest free chunk, then a payload that grows would move into its middle", "",
    reporting_heaps) {
    checked_heap<TestType> heap{4 << 20};
    void* const large = heap.take(16 * 512);
    heap.take(4);
    void* const growing = heap.take(256);
    heap.take(4);
    heap.deallocate(large);
    CHECK(end_of([&] {
              std::memset(large, 0x41, 2 * sizeof(std::size_t));
              static_cast<void>(heap.raw().reallocate(growing, 500 * allot::heap::default_alignment));
          }) == "broken_link");
}

TEMPLATE_LIST_TEST_CASE("R-25 R-36 the first chunk of its bin, exact or not, is looked at no less than others", "",
                        reporting_heaps) {
    const std::size_t granules = GENERATE(as<std::size_t>{}, 40, 70);
    const std::size_t bytes = granules * allot::heap::default_alignment;
    checked_heap<TestType> heap{16384};
    void* const freed = heap.take(granules);
    heap.take(4);
    heap.deallocate(freed);
    heap.coalesce();
    const auto after_overwriting = [&](std::size_t& word, std::size_t value) {
        return end_of(
            [&] {
                word = value;
                watch(heap);
                static_cast<void>(heap.raw().allocate(bytes - sizeof(std::size_t)));
            },
            20);
    };
    CHECK(after_overwriting(word_at(freed, 0), 0x41414140) == "broken_link");
    CHECK(after_overwriting(word_at(freed, 0), address_of(freed) - sizeof(std::size_t)) == "broken_link");
    CHECK(after_overwriting(header_of(freed), 0x100000 | prev_in_use) == "broken_header");
    CHECK(after_overwriting(header_of(freed), bytes | prev_in_use | in_use) == "broken_header");
    CHECK(after_overwriting(header_of(freed), bytes) == "broken_header");
    CHECK_FALSE(report_of_child().was_too_late);
}

TEST_CASE("R-25 the first chunk of its bin is not taken if it leads back to another than the head, or ends elsewhere") {
    const std::size_t granules = GENERATE(as<std::size_t>{}, 40, 70);
    const std::size_t bytes = granules * allot::heap::default_alignment;
    checked_heap<immediate> heap{16384};
    void* const freed = heap.take(granules);
    void* const owned = heap.take(4);
    heap.deallocate(freed);
    const auto after = [&](auto&& overwrite) {
        return end_of(
            [&] {
                overwrite();
                watch(heap);
                static_cast<void>(heap.raw().allocate(bytes - sizeof(std::size_t)));
            },
            20);
    };
    const std::size_t link_to_freed = address_of(freed) - sizeof(std::size_t);
    CHECK(after([&] {
              word_at(freed, 1) = address_of(owned) - sizeof(std::size_t);
              word_at(owned, 0) = link_to_freed;
          }) == "broken_link");
    CHECK_FALSE(report_of_child().was_too_late);
    if (granules == 70) {
        CHECK(after([&] { word_at(owned, -2) = bytes + 16; }) == "broken_footer");
        CHECK_FALSE(report_of_child().was_too_late);
    }
}

TEST_CASE("R-26 the remainder and the top are looked at before what lies below them is merged with them") {
    checked_heap<immediate> heap{16384};
    void* const freed = heap.take(70);
    void* const last = heap.take(40);
    heap.deallocate(freed);
    void* const cut = heap.take(9);
    REQUIRE(cut == freed);
    const auto after_overwriting = [&](std::size_t& header, void* below) {
        return end_of(
            [&] {
                header += 16;
                watch(heap);
                heap.raw().deallocate(below);
            },
            20);
    };
    CHECK(after_overwriting(header_of(inside(cut, 9 * 16)), cut) == "broken_header");
    CHECK_FALSE(report_of_child().was_too_late);
    CHECK(after_overwriting(header_of(inside(last, 40 * 16)), last) == "broken_header");
    CHECK_FALSE(report_of_child().was_too_late);
}

TEST_CASE("R-25 a forged link in a cached payload is not followed") {
    checked_heap<deferred> heap(8192);
    void* const first = heap.take(3);
    void* const second = heap.take(3);
    heap.deallocate(first);
    heap.deallocate(second);
    std::size_t elsewhere[8] = {};
    for (const std::size_t forged : sizes{address_of(elsewhere + 1), 8, SIZE_MAX, address_of(first)}) {
        const auto take_twice = [&] {
            word_at(second, 0) = forged;
            static_cast<void>(heap.raw().allocate(32));
            static_cast<void>(heap.raw().allocate(32));
        };
        CHECK(end_of(take_twice) == "broken_link");
    }
}

TEST_CASE("R-25 a cached payload wiped with zeros ends its list: coalescing says so and does not hang") {
    checked_heap<deferred> heap(8192);
    void* const first = heap.take(3);
    void* const second = heap.take(3);
    heap.deallocate(first);
    heap.deallocate(second);
    const std::size_t whole = heap.raw().stats().largest_free;
    std::memset(second, 0, 16);
    CHECK(end_of([&] { heap.raw().coalesce(); }, 20) == "broken_link");
    CHECK(end_of([&] { static_cast<void>(heap.raw().allocate(whole - sizeof(std::size_t))); }, 20) == "broken_link");
}

TEMPLATE_LIST_TEST_CASE("R-26 the low byte of the next header cleared by an overflow of one byte", "",
                        reporting_heaps) {
    row<TestType> chunks;
    const auto overflow_by_a_zero = [&](auto& heap) {
        header_of(chunks.b) &= ~std::size_t{0xFF};
        heap.deallocate(chunks.a);
    };
    CHECK(chunks.after(overflow_by_a_zero) == "broken_header");
}

TEMPLATE_LIST_TEST_CASE("R-26 a header overwritten, then its own chunk freed", "", reporting_heaps) {
    row<TestType> chunks;
    const std::size_t sound = header_of(chunks.b);
    for (const std::size_t forged :
         sizes{SIZE_MAX, SIZE_MAX & ~std::size_t{4}, in_use, in_use | prev_in_use, sound + 0x10000, sound - 16,
               sound + 16, 0x4141414141414141u & ~std::size_t{4}}) {
        const std::string end = chunks.after([&](auto& heap) {
            header_of(chunks.b) = forged;
            heap.deallocate(chunks.b);
        });
        CHECK((end == "broken_header" || (forged == SIZE_MAX && end == "double_free")));
    }
}

TEMPLATE_LIST_TEST_CASE("R-27 a pointer into the middle of a payload", "", reporting_heaps) {
    row<TestType> chunks;
    for (const int fill : {0x00, 0x41, 0xFF}) {
        for (std::size_t offset = chunks.heap.granule; offset < 300; offset += chunks.heap.granule) {
            const std::string end = chunks.after([&](auto& heap) {
                std::memset(chunks.a, fill, 300);
                heap.deallocate(inside(chunks.a, offset));
            });
            CHECK((end == "double_free" || end == "broken_header"));
        }
    }
}

TEMPLATE_LIST_TEST_CASE("R-27 a pointer into the last granule of a region, over a forged header", "", reporting_heaps) {
    checked_heap<TestType> heap(8192);
    const std::size_t whole = heap.stats().largest_free - heap.overhead;
    void* const payload = heap.allocate(whole);
    void* const last = inside(payload, whole + heap.overhead - heap.granule);
    for (const std::size_t forged : sizes{std::size_t{1} << (sizeof(std::size_t) * 8 - 2), 4096, heap.granule}) {
        const auto free_it = [&] {
            header_of(last) = forged | in_use | prev_in_use;
            heap.raw().deallocate(last);
        };
        const std::string end = end_of(free_it);
        CHECK((end == "broken_header" || (forged == TestType::min_chunk_size && end == "returned")));
    }
}

TEMPLATE_LIST_TEST_CASE("R-27 a misaligned pointer", "", reporting_heaps) {
    row<TestType> chunks;
    for (std::size_t offset = 1; offset < chunks.heap.granule; ++offset) {
        CHECK(chunks.after([&](auto& heap) { heap.deallocate(inside(chunks.a, offset)); }) == "misaligned_pointer");
        CHECK(report_of_child().where == inside(chunks.a, offset));
    }
}

TEMPLATE_LIST_TEST_CASE("R-27 pointers of the stack, of another heap, of nowhere", "", reporting_heaps) {
    row<TestType> chunks;
    checked_heap<TestType> other(4096);
    alignas(64) std::byte local[256] = {};
    void* const foreign[] = {local + 64, other.take(4), reinterpret_cast<void*>(chunks.heap.granule),
                             reinterpret_cast<void*>(std::size_t{0} - chunks.heap.granule),
                             reinterpret_cast<void*>(0x10000)};
    for (void* const payload : foreign) {
        CHECK(chunks.after([&](auto& heap) { heap.deallocate(payload); }) == "foreign_pointer");
        CHECK(report_of_child().where == payload);
        CHECK(chunks.after([&](auto& heap) { static_cast<void>(heap.reallocate(payload, 100)); }) == "foreign_pointer");
        CHECK(chunks.after([&](auto& heap) { static_cast<void>(heap.try_resize(payload, 100)); }) == "foreign_pointer");
        CHECK(chunks.after([&](auto& heap) { heap.deallocate(payload, 1); }) == "foreign_pointer");
    }
}

TEMPLATE_LIST_TEST_CASE("R-27 a pointer to the descriptor, to the fencepost and to slack of a region", "",
                        reporting_heaps) {
    checked_heap<TestType> heap(bare_field{8192});
    REQUIRE(heap.add_region(3, 4099) == allot::region_status::ok);
    const allot::chunk_info whole = chunks_of(heap.raw()).front();
    auto* const first = static_cast<std::byte*>(const_cast<void*>(whole.payload));
    for (std::byte* const payload :
         {first - 2 * heap.granule, first - heap.granule, first + whole.bytes, first + whole.bytes + heap.granule}) {
        CHECK(end_of([&] { heap.raw().deallocate(payload); }) == "foreign_pointer");
    }
    CHECK(end_of([&] { heap.raw().deallocate(first); }) == "double_free");
}

TEMPLATE_LIST_TEST_CASE("sized deallocate: a size that cannot be is a corruption, every size that can be is none", "",
                        reporting_heaps) {
    checked_heap<TestType> heap(8192);
    void* const payload = heap.take(8);
    const std::size_t usable = TestType::usable_size(payload);
    CHECK(end_of([&] { heap.raw().deallocate(payload, usable + 1); }) == "size_mismatch");
    CHECK(report_of_child().where == payload);
    CHECK(end_of([&] { heap.raw().deallocate(payload, SIZE_MAX); }) == "size_mismatch");
    for (std::size_t bytes = usable - heap.granule + 1; bytes <= usable; ++bytes) {
        CHECK(end_of([&] { heap.raw().deallocate(payload, bytes); }) == "returned");
    }
}

TEMPLATE_LIST_TEST_CASE("R-36 an overflow of A beyond a free B into the header of C; C is freed first", "",
                        reporting_heaps) {
    row<TestType> chunks;
    const std::size_t bytes = 2 * 70 * chunks.heap.granule;  // over all of A, all of B, the header of C
    for (const int fill : {0x00, 0x41, 0xFF, 0x03}) {
        row<TestType> fresh;
        const std::string end = fresh.after_freeing_b([&](auto& heap) {
            std::memset(fresh.a, fill, bytes);
            heap.deallocate(fresh.c);
        });
        CHECK((end == "broken_header" || end == "double_free"));
    }
}

TEMPLATE_LIST_TEST_CASE("R-36 the same with the header of C left as it was: the footer of B gives it away", "",
                        reporting_heaps) {
    row<TestType> chunks;
    const std::size_t bytes = 2 * 70 * chunks.heap.granule - sizeof(std::size_t);
    const std::string end = chunks.after_freeing_b([&](auto& heap) {
        std::memset(chunks.a, 0x41, bytes);
        heap.deallocate(chunks.c);
    });
    CHECK(end == "broken_footer");
}

TEMPLATE_LIST_TEST_CASE("a corruption with the default hook stops the program", "", core_heaps) {
    checked_heap<TestType> heap(8192);
    void* const payload = heap.take(4);
    heap.deallocate(payload);
    CHECK(end_of([&] { heap.raw().deallocate(payload); }) == "signal " + std::to_string(SIGILL));
}

TEMPLATE_LIST_TEST_CASE("R-36 an overflow of A into the header of a free B, then B is allocated", "", reporting_heaps) {
    for (const std::size_t granules : sizes{40, 69, 70}) {
        row<TestType> chunks;
        const std::string end = chunks.after_freeing_b([&](auto& heap) {
            header_of(chunks.b) = 0x100000 | prev_in_use;
            static_cast<void>(heap.allocate(granules * allot::heap::default_alignment - sizeof(std::size_t)));
        });
        CHECK(end == "broken_header");
    }
}
