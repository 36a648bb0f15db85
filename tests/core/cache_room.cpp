#include <allot/core/cache_room.hpp>

#include "support/catch.hpp"

#include <cstdint>

using allot::detail::cache_room;

TEST_CASE("cache_room: the largest chunk that may wait does not take the cache beyond its limit") {
    CHECK(cache_room<1024, 128>::most == 897);
    CHECK(cache_room<128, 128>::most == 1);
    CHECK(cache_room<127, 128>::most == 0);
    CHECK(cache_room<SIZE_MAX, 128>::most == SIZE_MAX - 127);
}

TEST_CASE("cache_room: where memory was short there is little, and a byte more each time that none was left") {
    using room_type = cache_room<1024, 64>;
    STATIC_REQUIRE(room_type::least == 256);
    room_type room;
    CHECK(room.of(1 << 20, false) == room_type::most);
    room.memory_is_short();
    CHECK(room.of(1 << 20, false) == 256);
    room.grow();
    CHECK(room.of(1 << 20, false) == 257);
    for (int i = 0; i < 2000; ++i) room.grow();
    CHECK(room.of(1 << 20, false) == room_type::most);
}

TEST_CASE("cache_room: where there was little there is no more when memory is short") {
    cache_room<128, 64> room;
    room.memory_is_short();
    CHECK(room.of(1 << 20, false) == 65);
    cache_room<32, 64> none_at_all;
    none_at_all.memory_is_short();
    CHECK(none_at_all.of(1 << 20, false) == 0);
}

TEST_CASE("cache_room: far below the peak less than half of what is taken may wait") {
    const cache_room<1024, 64> room;
    CHECK(room.of(1000, true) == 436);
    CHECK(room.of(127, true) == 0);
    CHECK(room.of(100000, true) == 961);
    CHECK(room.of(127, false) == 961);
}
