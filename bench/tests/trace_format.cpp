#include "sample_traces.hpp"
#include "traces/trace.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <string_view>

using bench::damaged_trace;
using bench::decode;
using bench::encode;
using bench::long_trace;
using bench::short_trace;
using bench::trace;
using bench::trace_verb;

namespace {

using bytes = std::vector<std::byte>;

/// The offset and the reason for which the bytes are refused.
std::string refusal_of(const bytes& damaged) {
    try {
        decode(damaged);
    } catch (const damaged_trace& found) {
        return std::to_string(found.offset) + ": " + found.what();
    }
    return "accepted";
}

}  // namespace

TEST_CASE("a trace is decoded as it was encoded", "[trace]") {
    REQUIRE(decode(encode(short_trace())) == short_trace());
    REQUIRE(decode(encode(trace{"nothing", 1, 0, {}})) == trace{"nothing", 1, 0, {}});
}

TEST_CASE("a trace of many blocks is decoded as it was encoded", "[trace]") {
    const bytes encoded = encode(long_trace(50'000));
    REQUIRE(encoded.size() > 2 * bench::largest_block);
    REQUIRE(decode(encoded) == long_trace(50'000));
}

TEST_CASE("the encoding is the documented one, byte for byte", "[trace]") {
    trace one{"p", 1, 1, {{trace_verb::allocate, 5, 0, 0, 300}}};
    const bytes encoded = encode(one);
    const auto text = std::string_view{reinterpret_cast<const char*>(encoded.data()), encoded.size()};
    REQUIRE(text.substr(0, 8) == "ALLOTTRC");
    REQUIRE(text.substr(8, 6) == std::string_view{"\x01\x01p\x01\x01\x01", 6});      // version, name, three counts
    REQUIRE(text.substr(22, 6) == std::string_view{"\x05\x04\x00\x28\xac\x02", 6});  // length, thread 0, tag, 300
    REQUIRE(text.size() == 8 + 6 + 8 + 6 + 8);
}

TEST_CASE("a trace cut short anywhere is refused where it ends", "[trace]") {
    const bytes whole = encode(short_trace());
    for (std::size_t size = 0; size < whole.size(); ++size) {
        const bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
        REQUIRE(refusal_of(cut).starts_with(std::to_string(size) + ": truncated"));
    }
}

TEST_CASE("a trace of many blocks cut between two blocks is refused", "[trace]") {
    const bytes whole = encode(long_trace(50'000));
    const std::size_t header = 8 + 1 + 1 + 4 + 1 + 3 + 3 + 8;
    const std::size_t block = 3 +
                              ((std::to_integer<std::size_t>(whole[header]) & 0x7f) |
                               (std::to_integer<std::size_t>(whole[header + 1]) & 0x7f) << 7 |
                               std::to_integer<std::size_t>(whole[header + 2]) << 14) +
                              8;
    const bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(header + block));
    REQUIRE(refusal_of(cut) == std::to_string(header + block) + ": truncated: events are missing");
}

TEST_CASE("every flipped bit is found", "[trace]") {
    const bytes whole = encode(short_trace());
    for (std::size_t at = 0; at < whole.size(); ++at) {
        for (unsigned bit = 0; bit < 8; ++bit) {
            bytes damaged = whole;
            damaged[at] ^= static_cast<std::byte>(1U << bit);
            INFO("byte " << at << ", bit " << bit);
            REQUIRE(refusal_of(damaged) != "accepted");
        }
    }
}

TEST_CASE("damage within a block is named by the offset of the block", "[trace]") {
    bytes damaged = encode(short_trace());
    const std::size_t block = 8 + 1 + 1 + 6 + 1 + 1 + 1 + 8;
    damaged[block + 4] ^= std::byte{1};
    REQUIRE(refusal_of(damaged) == std::to_string(block) + ": block: the checksum does not agree");
}

TEST_CASE("bytes after the last event are refused", "[trace]") {
    bytes longer = encode(short_trace());
    longer.push_back(std::byte{0});
    REQUIRE(refusal_of(longer) != "accepted");
}

TEST_CASE("what is not a trace, or one of another version, is refused at once", "[trace]") {
    REQUIRE(refusal_of(bytes(100)) == "0: not an allocation trace");
    bytes newer = encode(short_trace());
    newer[8] = std::byte{2};
    REQUIRE(refusal_of(newer) == "8: version 2 is not known");
}

TEST_CASE("events that make no sense are refused though their checksum agrees", "[trace]") {
    trace twice = short_trace();
    twice.events.push_back({trace_verb::deallocate, 0, 0, 0, 0});
    REQUIRE(refusal_of(encode(twice)).ends_with("payload is not live"));

    trace early{"p", 1, 0, {{trace_verb::deallocate, 0, 0, 0, 0}}};
    REQUIRE(refusal_of(encode(early)).ends_with("payload before any was allocated"));

    trace stranger = short_trace();
    stranger.threads = 1;
    REQUIRE(refusal_of(encode(stranger)).ends_with("thread out of range"));

    trace more = short_trace();
    more.payloads = 4;
    REQUIRE(refusal_of(encode(more)).ends_with("payloads do not add up"));

    trace unknown = short_trace();
    unknown.events[0].what = static_cast<trace_verb>(6);
    REQUIRE(refusal_of(encode(unknown)).ends_with("unknown event"));

    trace huge = short_trace();
    huge.events[0].bytes = std::uint64_t{1} << 32;
    REQUIRE(refusal_of(encode(huge)).ends_with("bytes out of range"));
}
