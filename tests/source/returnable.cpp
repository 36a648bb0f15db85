#include <allot/source/returnable.hpp>

#include "support/catch.hpp"
#include "support/sparse_store.hpp"

using namespace allot_test;
using allot::detail::none;
using allot::detail::region;
using allot::detail::region_origin;

namespace {

constexpr std::size_t base = 0x100000;
constexpr std::size_t bytes = 0x40000;

struct whole_spans {
    allot::memory_span acquire(std::size_t) noexcept { return {}; }
    void release(allot::memory_span) noexcept {}
};
struct parts : whole_spans {
    static constexpr std::size_t granularity = 4096;
};
template <class Source>
struct sourced_by : granule_16 {
    using source = Source;
    static constexpr std::size_t keep_free_bytes = 0;
};

template <class Source>
struct given : sparse_store<sourced_by<Source>, std::size_t> {
    using store_type = allot::detail::chunk_store<sourced_by<Source>, seen_memory<std::size_t>>;

    explicit given(std::size_t span_bytes = bytes) {
        REQUIRE(allot::detail::region_edit<store_type>(this->store).add(base, span_bytes, region_origin::source) ==
                allot::region_status::ok);
    }
    auto part() const {
        const auto& chunks = this->store.chunks();
        return store_type::index_type::returnable_type::of(
            chunks, this->store.regions().at(chunks, this->store.regions().lowest(chunks)));
    }
};

auto edit_of(given<parts>& heap) { return allot::detail::region_edit<typename given<parts>::store_type>(heap.store); }

}  // namespace

TEST_CASE("returnable: a region that is wholly free is all of it, whatever the source takes") {
    CHECK(given<whole_spans>().part().is_whole);
    CHECK(given<parts>().part().bytes == bytes);
    given<whole_spans> used;
    used.take(100);
    CHECK(used.part().bytes == 0);
}

TEST_CASE("returnable: the larger end, cut at a multiple of the granularity, as long as it leaves a region") {
    given<parts> heap;
    const std::size_t low = heap.take(0x10000);
    const std::size_t high = heap.take(64);
    auto part = heap.part();
    CHECK_FALSE(part.is_whole);
    CHECK(part.base % 4096 == 0);
    CHECK(part.base > high + 64);
    CHECK(part.base < high + 64 + 2 * 4096);
    CHECK(part.base + part.bytes == base + bytes);
    heap.put(low);
    CHECK(heap.part().base == part.base);
    heap.take(0x28000);
    part = heap.part();
    CHECK(part.base == base);
    CHECK(part.base + part.bytes <= high);
    CHECK(part.base + part.bytes + 2 * 4096 > high);
}

TEST_CASE("returnable: an end that is no multiple of the granularity is not cut") {
    given<parts> heap(bytes + 16);
    heap.take(64);
    CHECK(heap.part().bytes == 0);
}

TEST_CASE("returnable: what is taken out leaves a sound heap, and the rest comes when it is free") {
    given<parts> heap;
    const std::size_t low = heap.take(0x10000);
    const std::size_t kept = heap.take(64);
    auto edit = edit_of(heap);
    auto removed = edit.remove_due();
    CHECK(removed.base + removed.bytes == base + bytes);
    CHECK(heap.is_sound());
    heap.put(low);
    removed = edit.remove_due();
    CHECK(removed.base == base);
    CHECK(heap.is_sound());
    CHECK(heap.store.regions().bytes() < 2 * 4096 + 1);
    heap.put(kept);
    removed = edit.remove_due();
    CHECK(removed.is_whole);
    CHECK(edit.remove_due().base == none);
    CHECK(heap.store.regions().is_empty());
    CHECK(heap.store.index().account().given_bytes() == 0);
    CHECK(heap.is_sound());
}

TEST_CASE("returnable: wherever in a page the rest ends, what is taken out leaves a chunk, or nothing") {
    for (std::size_t offset = 0; offset < 4096; offset += 16) {
        given<parts> heap;
        const std::size_t low = heap.take(0x10000 + offset);
        heap.take(64);
        auto edit = edit_of(heap);
        REQUIRE(edit.remove_due().bytes != 0);
        REQUIRE(heap.is_sound());
        heap.put(low);
        REQUIRE(edit.remove_due().base == base);
        REQUIRE(heap.is_sound());
    }
}

TEST_CASE("returnable: a region that begins within a page keeps its low end") {
    given<parts> heap;
    REQUIRE(edit_of(heap).remove(base, bytes) == allot::region_status::ok);
    REQUIRE(edit_of(heap).add(base + 64, bytes - 64, region_origin::source) == allot::region_status::ok);
    const std::size_t low = heap.take(0x10000);
    heap.take(bytes - 0x10000 - 0x800);
    heap.put(low);
    CHECK(heap.part().bytes == 0);
}
