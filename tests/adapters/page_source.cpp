#include <allot/adapters/page_source.hpp>

#include "support/catch.hpp"
#include "support/child.hpp"

#include <allot/heap.hpp>
#include <allot/locked_heap.hpp>

#include <cinttypes>
#include <cstdio>
#include <cstring>
#include <random>
#include <thread>
#include <vector>

#include <sys/resource.h>

namespace {

using allot::memory_span;
using allot::page_source;

// A case of reservations or of limits. There is none with 32 bits, where nothing is reserved, and where qemu-i386, which may run
// the tests, sets no limits.
#if UINTPTR_MAX > 0xFFFFFFFFu
#define RESERVATION_TEST_CASE(name) TEST_CASE(name)
#else
#define RESERVATION_TEST_CASE(name) [[maybe_unused]] static void INTERNAL_CATCH_UNIQUE_NAME(no_case)()
#endif

constexpr bool has_reservations = allot::detail::page_reservation::bytes != 0;
constexpr std::size_t mebibyte = std::size_t{1} << 20;

constinit page_source constant_initialised;

std::uintptr_t address_of(const memory_span& span) { return reinterpret_cast<std::uintptr_t>(span.base); }
std::uintptr_t end_of_span(const memory_span& span) { return address_of(span) + span.bytes; }
memory_span part_of(const memory_span& span, std::size_t from, std::size_t bytes) {
    return {static_cast<unsigned char*>(span.base) + from, bytes};
}

void fill(const memory_span& span, int value) { std::memset(span.base, value, span.bytes); }
bool is_zero(const memory_span& span) {
    const auto* const bytes = static_cast<const unsigned char*>(span.base);
    return bytes[0] == 0 && std::memcmp(bytes, bytes + 1, span.bytes - 1) == 0;
}

struct mapping {
    std::uintptr_t base = 0;
    std::uintptr_t end = 0;
    char access[5] = "";
};

/// The mappings of this process that lie in [base, end) in part, by /proc. Allocates before it reads.
std::vector<mapping> mappings_of(std::uintptr_t base, std::uintptr_t end) {
    std::vector<mapping> found;
    found.reserve(100);
    std::FILE* const maps = std::fopen("/proc/self/maps", "r");
    char line[4096];
    mapping each;
    while (std::fgets(line, sizeof line, maps) != nullptr) {
        std::sscanf(line, "%" SCNxPTR "-%" SCNxPTR " %4s", &each.base, &each.end, each.access);
        if (each.base < end && each.end > base) found.push_back(each);
    }
    std::fclose(maps);
    return found;
}

/// What a line of /proc/self/status says, in bytes.
std::size_t used(const char* line) {
    std::FILE* const status = std::fopen("/proc/self/status", "r");
    char text[256];
    std::size_t kib = 0;
    while (std::fgets(text, sizeof text, status) != nullptr)
        if (std::strncmp(text, line, std::strlen(line)) == 0) kib = std::strtoul(text + std::strlen(line), nullptr, 10);
    std::fclose(status);
    return kib * 1024;
}
std::size_t used_addresses() { return used("VmSize:"); }

void limit_to(decltype(RLIMIT_AS) resource, std::size_t bytes) {
    const rlimit limit{bytes, bytes};
    setrlimit(resource, &limit);
}
void allow_more_addresses(std::size_t mebibytes) { limit_to(RLIMIT_AS, used_addresses() + mebibytes * mebibyte); }
void allow_more_memory(std::size_t mebibytes) { limit_to(RLIMIT_DATA, used("VmData:") + mebibytes * mebibyte); }

void require(bool holds) {
    if (!holds) std::abort();
}

/// Takes spans and gives them back in any order, each marked on its first page. How often another's mark, or no zero, was seen.
int faults_of_a_life(page_source& source, unsigned seed) {
    std::minstd_rand random(seed);
    std::vector<memory_span> own;
    int faults = 0;
    for (int i = 0; i < 2000; ++i) {
        own.push_back(source.acquire(1 + random() % (256 * 1024)));
        if (!is_zero(part_of(own.back(), 0, page_source::granularity))) ++faults;
        std::memset(own.back().base, static_cast<int>(seed), page_source::granularity);
        if (own.size() < 8) continue;
        std::swap(own[random() % own.size()], own.back());
        if (static_cast<unsigned char*>(own.back().base)[0] != seed) ++faults;
        source.release(own.back());
        own.pop_back();
    }
    for (const memory_span& span : own) source.release(span);
    return faults;
}

struct paged_traits : allot::default_traits {
    using source = page_source;
};

}  // namespace

TEST_CASE("page_source: a span is at least what was asked for, writable and zero") {
    for (const std::size_t bytes : {std::size_t{0}, std::size_t{1}, 3 * mebibyte + 1}) {
        const memory_span span = constant_initialised.acquire(bytes);
        REQUIRE(span.base != nullptr);
        CHECK(span.bytes >= bytes);
        CHECK(span.bytes % page_source::granularity == 0);
        CHECK(is_zero(span));
        fill(span, 0x55);
    }
}

RESERVATION_TEST_CASE("page_source: spans touch, and are one mapping") {
    page_source source;
    const memory_span first = source.acquire(1);
    memory_span last = first;
    for (int i = 0; i < 40; ++i) {
        const memory_span next = source.acquire(1);
        REQUIRE(address_of(next) == end_of_span(last));
        fill(next, 1);
        last = next;
    }
    const auto mappings = mappings_of(address_of(first), end_of_span(last));
    REQUIRE(mappings.size() == 1);
    CHECK(mappings[0].end == end_of_span(last));
}

TEST_CASE("page_source: steps are an eighth of what is given, at least 1 MiB and at most 256") {
    page_source source;
    source.release(source.acquire(800 * mebibyte));
    CHECK(source.acquire(1).bytes == mebibyte);
    CHECK(source.acquire(79 * mebibyte).bytes == 79 * mebibyte);
    CHECK(source.acquire(1).bytes == 10 * mebibyte);
    if (!has_reservations) return;
    const memory_span most = source.acquire(4096 * mebibyte);
    CHECK(most.bytes == 4096 * mebibyte);
    CHECK(source.acquire(1).bytes == 256 * mebibyte);
    source.release(most);
}

RESERVATION_TEST_CASE("page_source: what is released below the limit lowers it, and is zero when it is given again") {
    page_source source;
    const memory_span first = source.acquire(1);
    const memory_span second = source.acquire(mebibyte);
    fill(second, 0x55);
    source.release(second);
    CHECK(std::strcmp(mappings_of(address_of(second), end_of_span(second))[0].access, "---p") == 0);
    const memory_span again = source.acquire(2 * mebibyte);
    CHECK(address_of(again) == end_of_span(first));
    CHECK(is_zero(again));
}

RESERVATION_TEST_CASE("page_source: what is released in the middle is given again first, beside what is given") {
    page_source source;
    const memory_span first = source.acquire(mebibyte);
    const memory_span middle = source.acquire(4 * mebibyte);
    const memory_span last = source.acquire(mebibyte);
    fill(middle, 0x55);
    source.release(part_of(middle, mebibyte, 3 * mebibyte));
    source.release(part_of(middle, 0, mebibyte));
    const memory_span again = source.acquire(mebibyte);
    CHECK(address_of(again) == end_of_span(first));
    CHECK(is_zero(again));
    CHECK(source.acquire(3 * mebibyte).base == part_of(middle, mebibyte, 1).base);
    CHECK(address_of(source.acquire(1)) == end_of_span(last));
}

RESERVATION_TEST_CASE("page_source: a hole at the base of the reservation is given from its top") {
    page_source source;
    const memory_span lowest = source.acquire(4 * mebibyte);
    const memory_span next = source.acquire(mebibyte);
    source.release(lowest);
    const memory_span again = source.acquire(mebibyte);
    CHECK(end_of_span(again) == address_of(next));
    source.release(next);
    source.release(again);
    CHECK(source.acquire(8 * mebibyte).base == lowest.base);
}

TEST_CASE("page_source: spans that lay side by side may come back as one") {
    page_source source;
    const memory_span first = source.acquire(mebibyte);
    const memory_span second = source.acquire(mebibyte);
    if (end_of_span(first) != address_of(second)) return;
    source.release({first.base, first.bytes + second.bytes});
    const memory_span again = source.acquire(mebibyte);
    CHECK(again.base == first.base);
}

RESERVATION_TEST_CASE("page_source: more holes than it can remember cost addresses, and nothing else") {
    page_source source;
    constexpr std::size_t page = page_source::granularity;
    const memory_span all = source.acquire(200 * page);
    for (std::size_t at = 0; at + 2 * page < all.bytes; at += 2 * page) source.release(part_of(all, at, page));
    for (int i = 0; i < 100; ++i) {
        const memory_span span = source.acquire(page);
        REQUIRE(span.base != nullptr);
        REQUIRE(is_zero(span));
        fill(span, 0x55);
    }
}

TEST_CASE("page_source: purged memory stays, and is zero here") {
    page_source source;
    const memory_span span = source.acquire(mebibyte);
    fill(span, 0x55);
    source.purge(span);
    CHECK(is_zero(span));
    fill(span, 0x66);
}

TEST_CASE("page_source: what is kept stays in memory, and is zero when it is given again") {
    page_source source;
    source.choose({.kept = true});
    const memory_span span = source.acquire(mebibyte);
    fill(span, 0x55);
    source.purge(span);
    CHECK_FALSE(is_zero(span));
    source.release(span);
    if (!has_reservations) return;
    CHECK(std::strcmp(mappings_of(address_of(span), end_of_span(span))[0].access, "rw-p") == 0);
    const memory_span again = source.acquire(mebibyte);
    CHECK(again.base == span.base);
    CHECK(is_zero(again));
}

TEST_CASE("page_source: with huge pages spans are whole ones, and only whole ones are purged") {
    page_source source;
    source.choose({.huge = true});
    const memory_span span = source.acquire(1);
    fill(span, 0x55);
    CHECK(span.bytes % (2 * mebibyte) == 0);
    if (!has_reservations) return;
    CHECK(address_of(span) % (2 * mebibyte) == 0);
    const memory_span no_whole_one = part_of(span, page_source::granularity, span.bytes - page_source::granularity);
    source.purge(no_whole_one);
    CHECK_FALSE(is_zero(no_whole_one));
    source.purge(span);
    CHECK(is_zero(span));
    const memory_span next = source.acquire(1);
    source.release(next);
    CHECK(address_of(source.acquire(1)) == end_of_span(span));
    CHECK(mappings_of(address_of(span), end_of_span(span) + 1).size() == 1);
}

TEST_CASE("page_source: a request that no system can serve gets an empty span, and costs nothing") {
    page_source source;
    const memory_span first = source.acquire(1);
    for (const std::size_t bytes : {SIZE_MAX, SIZE_MAX - 1, SIZE_MAX / 2 + 1})
        CHECK(source.acquire(bytes) == memory_span{});
    if (!has_reservations) return;
    const std::size_t before = used_addresses();
    for (const std::size_t bytes : {SIZE_MAX / 2, SIZE_MAX / 4}) CHECK(source.acquire(bytes) == memory_span{});
    CHECK(used_addresses() < before + mebibyte);
    CHECK(address_of(source.acquire(1)) == end_of_span(first));
}

RESERVATION_TEST_CASE("page_source: a request for which the system has no memory leaves what is reserved as it was") {
    CHECK(allot_test::end_of([] {
              page_source source;
              const memory_span first = source.acquire(mebibyte);
              allow_more_memory(64);
              require(source.acquire(65 * mebibyte) == memory_span{});
              const memory_span next = source.acquire(mebibyte);
              require(next.bytes == mebibyte && address_of(next) == end_of_span(first));
          }) == "returned");
}

RESERVATION_TEST_CASE("page_source: a step for which the system has no memory becomes what was asked for") {
    CHECK(allot_test::end_of([] {
              page_source source;
              const memory_span large = source.acquire(160 * mebibyte);
              allow_more_memory(10);
              const memory_span next = source.acquire(mebibyte);
              require(next.bytes == mebibyte && address_of(next) == end_of_span(large));
          }) == "returned");
}

RESERVATION_TEST_CASE("page_source: under a limit of addresses it takes none beyond what is asked for") {
    CHECK(allot_test::end_of([] {
              allow_more_addresses(256);
              page_source source;
              require(source.acquire(100 * mebibyte).bytes == 100 * mebibyte);
              require(source.acquire(200 * mebibyte) == memory_span{});
              const memory_span rest = source.acquire(150 * mebibyte);
              require(rest.bytes == 150 * mebibyte);
              source.release(rest);
              require(source.acquire(150 * mebibyte).bytes == 150 * mebibyte);
              require(source.acquire(mebibyte).bytes == mebibyte);
          }) == "returned");
    CHECK(allot_test::end_of([] {
              allow_more_addresses(100'000);
              const std::size_t before = used_addresses();
              page_source source;
              require(source.acquire(1).bytes == mebibyte);
              require(used_addresses() < before + 2 * mebibyte);
          }) == "returned");
}

RESERVATION_TEST_CASE("page_source: what one reservation has no room for is given from the next, and goes back there") {
    page_source source;
    constexpr std::size_t most = std::size_t{4} << 30;  // a system may refuse more at once
    std::vector<memory_span> spans = {source.acquire(most)};
    std::size_t gaps = 0;
    for (std::size_t i = 0; i < 16; ++i) {
        spans.push_back(source.acquire(most));
        REQUIRE(spans.back().bytes == most);
        if (address_of(spans.back()) != end_of_span(spans[i])) ++gaps;
    }
    CHECK(gaps == 1);
    for (const memory_span& span : spans) source.release(span);
    CHECK(source.acquire(most) == spans.front());
    source.release(spans.front());
}

TEST_CASE("page_source: the child of a fork goes on with its own") {
    page_source source;
    const memory_span before = source.acquire(mebibyte);
    fill(before, 0x55);
    CHECK(allot_test::end_of([&] {
              const memory_span span = source.acquire(mebibyte);
              if (!is_zero(span)) std::abort();
              fill(span, 0x66);
              source.release(before);
              source.release(span);
          }) == "returned");
    CHECK(static_cast<const unsigned char*>(before.base)[0] == 0x55);
}

TEST_CASE("page_source: threads never get the same pages") {
    page_source source;
    std::atomic<int> faults{0};
    std::vector<std::thread> threads;
    for (unsigned seed = 1; seed <= 4; ++seed)
        threads.emplace_back([&, seed] { faults += faults_of_a_life(source, seed); });
    for (std::thread& thread : threads) thread.join();
    CHECK(faults == 0);
    if (!has_reservations) return;
    const memory_span all = source.acquire(64 * mebibyte);
    CHECK(mappings_of(address_of(all), end_of_span(all)).size() == 1);
}

namespace {

/// Writes down what it gave.
struct told_pages : page_source {
    memory_span acquire(std::size_t bytes) noexcept { return last = page_source::acquire(bytes); }
    memory_span last{};
};
template <std::size_t Largest>
struct paged : allot::tuned<allot::knobs{.largest_chunk = Largest}> {
    using source = told_pages;
};

}  // namespace

TEST_CASE("page_source: of a heap over it only whole pages are removed") {
    allot::basic_heap<paged<16 * mebibyte>> heap;
    void* const payload = heap.allocate(5000);
    const std::uintptr_t end = end_of_span(heap.source().last);
    for (const std::size_t bytes : {64u, 4000u, 5000u, 8200u})
        CHECK(heap.remove_region(reinterpret_cast<void*>(end - bytes), bytes) == allot::region_status::not_free);
    CHECK(heap.remove_region(reinterpret_cast<void*>(end - 8192), 8192) == allot::region_status::ok);
    std::memset(reinterpret_cast<void*>(end - 8192), 7, 8192);
    heap.deallocate(payload);
    heap.coalesce();
    CHECK(heap.stats().regions == 0);
    const auto* const removed = reinterpret_cast<const unsigned char*>(end - 8192);
    CHECK((removed[0] == 7 && std::memcmp(removed, removed + 1, 8191) == 0));
}

TEST_CASE("page_source: a heap whose chunks may not be large grows as far as others") {
    allot::basic_heap<paged<mebibyte>> heap;
    std::vector<void*> owned;
    while (owned.size() < 64) {
        void* const payload = heap.allocate(mebibyte / 2);
        REQUIRE(payload != nullptr);
        owned.push_back(payload);
    }
    CHECK(heap.verify());
    for (void* const payload : owned) heap.deallocate(payload);
    heap.coalesce();
    CHECK(heap.stats().regions == 0);
}

RESERVATION_TEST_CASE("page_source: a heap over it stays one region, and gives all back") {
    allot::locked_heap<allot::basic_heap<paged_traits>> heap;
    std::vector<void*> payloads(300'000);
    for (void*& payload : payloads) payload = heap.allocate(300);
    CHECK(heap.stats().regions == 1);
    for (void* const payload : payloads) heap.deallocate(payload);
    heap.coalesce();
    CHECK(heap.stats().regions == 0);
    CHECK(static_cast<bool>(heap.verify()));
}
