#include <allot/diagnostics/account_check.hpp>

#include "support/catch.hpp"
#include "support/field_source.hpp"

#include <allot/heap.hpp>

#include <cstring>
#include <vector>

using namespace allot_test;

namespace {

struct keeps_all : sourced<allot::bounded_traits> {
    static constexpr std::size_t keep_free_bytes = 1 << 20;
};

}  // namespace

TEST_CASE("account_check: every bit of what descriptors say of the list is looked at") {
    memory_field field(32768);
    allot::basic_heap<keeps_all> heap;
    heap.source().use(field);
    std::vector<void*> held;
    for (int i = 0; i < 3; ++i) held.push_back(heap.allocate(2000));
    REQUIRE(heap.source().asked.size() == 3);
    for (void* const payload : held) heap.deallocate(payload);
    REQUIRE(heap.source().released.empty());
    REQUIRE(heap.verify());
    for (void* const payload : held) {  // each was the first chunk of its region
        for (std::ptrdiff_t at = -7; at <= -6; ++at) {
            auto* const word = static_cast<std::size_t*>(payload) + at;
            for (unsigned bit = 0; bit < sizeof(std::size_t) * 8; ++bit) {
                *word ^= std::size_t{1} << bit;
                CHECK(heap.verify().broken == allot::invariant::accounting);
                *word ^= std::size_t{1} << bit;
            }
        }
    }
    CHECK(heap.verify());
}
