#include "traces/trace.hpp"

#include <xxhash.h>

#include <optional>
#include <utility>

namespace bench {
namespace {

/// Reads front to back and says where it stopped making sense.
class byte_reader {
public:
    explicit byte_reader(std::span<const std::byte> bytes) : bytes_{bytes} {}

    std::size_t offset() const { return offset_; }
    bool at_end() const { return offset_ == bytes_.size(); }

    std::uint8_t byte() {
        if (at_end()) throw damaged_trace{offset_, "truncated"};
        return std::to_integer<std::uint8_t>(bytes_[offset_++]);
    }

    /// A varint of at most `largest`.
    std::uint64_t varint(std::uint64_t largest, const char* what) {
        const std::size_t start = offset_;
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 64; shift += 7) {
            const std::uint64_t next = byte();
            if (shift == 63 && next > 1) break;
            value |= (next & 0x7f) << shift;
            if (next >= 0x80) continue;
            if (value > largest) throw damaged_trace{start, std::string{what} + " out of range"};
            return value;
        }
        throw damaged_trace{start, std::string{what} + " is not a number"};
    }

    std::string_view text(std::size_t length) {
        if (length > bytes_.size() - offset_) throw damaged_trace{bytes_.size(), "truncated"};
        offset_ += length;
        return {reinterpret_cast<const char*>(bytes_.data()) + offset_ - length, length};
    }

    /// Compares the checksum that comes next with that of all bytes from `start` on.
    void expect_checksum_from(std::size_t start, const char* what) {
        const std::uint64_t sum = XXH64(bytes_.data() + start, offset_ - start, start);
        std::uint64_t stored = 0;
        for (unsigned i = 0; i < 8; ++i) stored |= std::uint64_t{byte()} << (8 * i);
        if (stored != sum) throw damaged_trace{start, std::string{what} + ": the checksum does not agree"};
    }

private:
    std::span<const std::byte> bytes_;
    std::size_t offset_ = 0;
};

class decoder {
public:
    explicit decoder(std::span<const std::byte> bytes) : in_{bytes} {}

    trace run() {
        const std::uint64_t events = header();
        while (!in_.at_end()) block();
        if (out_.events.size() != events) throw damaged_trace{in_.offset(), "truncated: events are missing"};
        if (is_live_.size() != out_.payloads) throw damaged_trace{in_.offset(), "payloads do not add up"};
        return std::move(out_);
    }

private:
    std::uint64_t header() {
        if (in_.text(trace_magic.size()) != trace_magic) throw damaged_trace{0, "not an allocation trace"};
        const std::size_t at = in_.offset();
        const std::uint64_t version = in_.varint(UINT64_MAX, "version");
        if (version != trace_version) throw damaged_trace{at, "version " + std::to_string(version) + " is not known"};
        out_.program = in_.text(in_.varint(4096, "length of the name"));
        out_.threads = static_cast<std::uint32_t>(in_.varint(UINT32_MAX, "threads"));
        if (out_.threads == 0) throw damaged_trace{in_.offset(), "no threads"};
        out_.payloads = static_cast<std::uint32_t>(in_.varint(UINT32_MAX, "payloads"));
        const std::uint64_t events = in_.varint(UINT64_MAX, "events");
        in_.expect_checksum_from(0, "header");
        return events;
    }

    /// The checksum is looked at first, so that damage is named by its block and no event of it is believed.
    void block() {
        const std::size_t start = in_.offset();
        const std::size_t length = in_.varint(largest_block, "length of a block");
        const std::size_t first = in_.offset();
        byte_reader events = in_;
        in_.text(length);
        in_.expect_checksum_from(start, "block");
        thread_.reset();
        while (events.offset() < first + length) event(events);
        if (events.offset() != first + length || length == 0) throw damaged_trace{start, "block: an event is cut"};
    }

    void event(byte_reader& in) {
        const std::size_t at = in.offset();
        const unsigned tag = in.byte();
        const auto what = static_cast<trace_verb>(tag & 7);
        if (what > trace_verb::thread) throw damaged_trace{at, "unknown event"};
        if (what == trace_verb::thread) {
            thread_ = static_cast<std::uint32_t>(in.varint(out_.threads - 1, "thread"));
            return;
        }
        if (!thread_) throw damaged_trace{at, "event of no thread"};
        const std::uint32_t payload = payload_of(what, in);
        const std::uint64_t bytes = what == trace_verb::deallocate ? 0 : in.varint(UINT32_MAX, "bytes");
        out_.events.push_back({what, static_cast<std::uint8_t>(tag >> 3), *thread_, payload, bytes});
    }

    std::uint32_t payload_of(trace_verb what, byte_reader& in) {
        if (is_new(what)) {
            is_live_.push_back(true);
            return static_cast<std::uint32_t>(is_live_.size() - 1);
        }
        const std::size_t at = in.offset();
        if (is_live_.empty()) throw damaged_trace{at, "payload before any was allocated"};
        const std::size_t id = is_live_.size() - 1 - in.varint(is_live_.size() - 1, "age");
        if (!is_live_[id]) throw damaged_trace{at, "payload is not live"};
        is_live_[id] = what == trace_verb::reallocate;
        return static_cast<std::uint32_t>(id);
    }

    byte_reader in_;
    trace out_;
    std::vector<bool> is_live_;
    std::optional<std::uint32_t> thread_;
};

}  // namespace

trace decode(std::span<const std::byte> bytes) { return decoder{bytes}.run(); }

}  // namespace bench
