#include "traces/trace.hpp"

#include <xxhash.h>

#include <optional>
#include <utility>

namespace bench {
namespace {

class byte_writer {
public:
    std::size_t size() const { return bytes_.size(); }

    void byte(std::uint8_t value) { bytes_.push_back(static_cast<std::byte>(value)); }

    void varint(std::uint64_t value) {
        for (; value >= 0x80; value >>= 7) byte(static_cast<std::uint8_t>(value | 0x80));
        byte(static_cast<std::uint8_t>(value));
    }

    void text(std::string_view characters) {
        for (const char each : characters) byte(static_cast<std::uint8_t>(each));
    }

    void append(const byte_writer& other) { bytes_.insert(bytes_.end(), other.bytes_.begin(), other.bytes_.end()); }

    /// The checksum of everything from `start` on.
    void checksum_from(std::size_t start) {
        std::uint64_t sum = XXH64(bytes_.data() + start, bytes_.size() - start, start);
        for (int i = 0; i < 8; ++i, sum >>= 8) byte(static_cast<std::uint8_t>(sum));
    }

    void clear() { bytes_.clear(); }
    std::vector<std::byte> take() { return std::move(bytes_); }

private:
    std::vector<std::byte> bytes_;
};

class encoder {
public:
    explicit encoder(const trace& recorded) {
        out_.text(trace_magic);
        out_.varint(trace_version);
        out_.varint(recorded.program.size());
        out_.text(recorded.program);
        out_.varint(recorded.threads);
        out_.varint(recorded.payloads);
        out_.varint(recorded.events.size());
        out_.checksum_from(0);
    }

    void add(const trace_event& next) {
        if (block_.size() > largest_block - longest_event) end_block();
        if (thread_ != next.thread) switch_to(next.thread);
        block_.byte(static_cast<std::uint8_t>(static_cast<unsigned>(next.what) | unsigned{next.alignment_log2} << 3));
        if (is_new(next.what)) {
            ++payloads_;
        } else {
            block_.varint(payloads_ - 1 - next.payload);
        }
        if (next.what != trace_verb::deallocate) block_.varint(next.bytes);
    }

    std::vector<std::byte> finish() {
        end_block();
        return out_.take();
    }

private:
    static constexpr std::size_t longest_event = 32;  // a thread switch, then a reallocate

    void switch_to(std::uint32_t thread) {
        block_.byte(static_cast<std::uint8_t>(trace_verb::thread));
        block_.varint(thread);
        thread_ = thread;
    }

    void end_block() {
        if (block_.size() == 0) return;
        const std::size_t start = out_.size();
        out_.varint(block_.size());
        out_.append(block_);
        out_.checksum_from(start);
        block_.clear();
        thread_.reset();
    }

    byte_writer out_;
    byte_writer block_;
    std::optional<std::uint32_t> thread_;
    std::uint32_t payloads_ = 0;
};

}  // namespace

std::vector<std::byte> encode(const trace& recorded) {
    encoder writing{recorded};
    for (const trace_event& each : recorded.events) writing.add(each);
    return writing.finish();
}

}  // namespace bench
