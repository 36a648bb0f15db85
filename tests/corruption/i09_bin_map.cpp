// I9: a bin's bit is set if and only if its list is not empty.
#include "corruption/scene.hpp"
#include "support/catch.hpp"
#include "support/sparse_store.hpp"

using namespace allot_test;

namespace {

template <class Store>
struct binned : Store {
    static constexpr std::size_t bin_count = Store::store_type::index_type::bins_type::bin_count;

    binned() {
        REQUIRE(this->add(0x40000, 0x8000) == allot::region_status::ok);
        const std::size_t small = this->take(40 * 16);
        this->take(64);
        const std::size_t large = this->take(400 * 16);
        this->take(64);
        this->put(small);
        this->put(large);
        REQUIRE(this->is_sound());
    }
    auto& map() { return const_cast<allot::detail::bin_map<bin_count>&>(this->store.index().binned().map()); }
    allot::invariant broken() {
        allot::detail::verifier<typename Store::store_type> verifier(this->store);
        return verifier.is_sound() ? allot::invariant::none : verifier.broken();
    }
};

}  // namespace

TEMPLATE_LIST_TEST_CASE("I9 the bit of any bin set although its list is empty, or cleared although it is not", "",
                        granule_16_stores) {
    binned<TestType> heap;
    for (std::size_t bin = 0; bin < heap.bin_count; ++bin) {
        const bool was_set = heap.map().is_set(bin);
        was_set ? heap.map().clear(bin) : heap.map().set(bin);
        CHECK(heap.broken() == allot::invariant::bin_map);
        was_set ? heap.map().set(bin) : heap.map().clear(bin);
    }
    CHECK(heap.broken() == allot::invariant::none);
}

TEMPLATE_LIST_TEST_CASE("I9 any word of the map flipped anywhere", "", granule_16_stores) {
    binned<TestType> heap;
    auto* const words = reinterpret_cast<std::size_t*>(&heap.map());
    for (std::size_t word = 0; word < sizeof(heap.map()) / sizeof(std::size_t); ++word) {
        for (unsigned bit = 0; bit < sizeof(std::size_t) * 8; ++bit) {
            words[word] ^= std::size_t{1} << bit;
            CHECK(heap.broken() == allot::invariant::bin_map);
            words[word] ^= std::size_t{1} << bit;
        }
    }
}
