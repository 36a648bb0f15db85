#include <allot/core/cache_room.hpp>

#include "support/catch.hpp"

#include <cstdint>

using allot::detail::cache_room;

TEST_CASE("cache_room: the largest chunk that may wait does not take the cache beyond its limit") {
    CHECK(cache_room<1024, 128>::most == 897);
    CHECK(cache_room<128, 128>::most == 1);
    CHECK(cache_room<127, 128>::most == 0);
    CHECK(cache_room<SIZE_MAX, 128>::most == SIZE_MAX / 2 - 127);
}

TEST_CASE("cache_room: where memory was short there is none for a while, then a little, and a byte more each time") {
    using room_type = cache_room<2048, 64>;
    STATIC_REQUIRE(room_type::least == 256);
    STATIC_REQUIRE(room_type::pause == 496);
    room_type room;
    CHECK(!room.is_closed());
    CHECK(room.of(1 << 20, false) == room_type::most);
    room.memory_is_short();
    for (std::size_t found_none = 0; found_none < room_type::pause; ++found_none) {
        CHECK(room.is_closed());
        CHECK(room.of(1 << 20, false) == 0);
        room.grow();
    }
    CHECK(!room.is_closed());
    CHECK(room.of(1 << 20, false) == room_type::least);
    room.grow();
    CHECK(room.of(1 << 20, false) == room_type::least + 1);
    for (std::size_t found_none = 0; found_none < room_type::most; ++found_none) room.grow();
    CHECK(room.of(1 << 20, false) == room_type::most);
}

TEST_CASE("cache_room: however much may wait, it is closed where memory was short, and not for ever") {
    cache_room<SIZE_MAX, 128> room;
    room.memory_is_short();
    for (int found_none = 0; found_none < 32768; ++found_none) {
        REQUIRE(room.is_closed());
        room.grow();
    }
    CHECK(room.of(1 << 20, false) == 512);
}

TEST_CASE("cache_room: four chunks are little, or all that there may be") {
    CHECK(cache_room<64 * 1024, 64>::least == 256);
    CHECK(cache_room<128, 64>::least == 65);
}

TEST_CASE("cache_room: where nothing may ever wait it is not closed") {
    cache_room<32, 64> room;
    room.memory_is_short();
    CHECK(!room.is_closed());
    CHECK(room.of(1 << 20, false) == 0);
}

TEST_CASE("cache_room: far below the peak less than half of what is taken may wait") {
    const cache_room<1024, 64> room;
    CHECK(room.of(1000, true) == 436);
    CHECK(room.of(127, true) == 0);
    CHECK(room.of(100000, true) == 961);
    CHECK(room.of(127, false) == 961);
}
