#include "traces/pack.hpp"

#include "traces/raw_log.hpp"

#include <algorithm>
#include <fstream>
#include <limits>
#include <unordered_map>

namespace bench {
namespace {

class packer {
public:
    explicit packer(const char* program) { out_.recorded.program = program; }

    void add(const raw_record& next) {
        out_.recorded.threads = std::max(out_.recorded.threads, next.thread + 1);
        switch (next.what) {
            case raw_verb::allocate: return allocate(trace_verb::allocate, next);
            case raw_verb::allocate_zeroed: return allocate(trace_verb::allocate_zeroed, next);
            case raw_verb::reallocate: return reallocate(next);
            case raw_verb::deallocate: return deallocate(next.thread, next.old_payload);
            case raw_verb::end: return;
        }
    }

    packed finish() { return std::move(out_); }

private:
    bool is_too_large(const raw_record& next) {
        const bool is = next.bytes > std::numeric_limits<std::uint32_t>::max();
        out_.too_large += is ? 1 : 0;
        return is;
    }

    void emit(trace_verb what, const raw_record& next, std::uint32_t payload) {
        out_.recorded.events.push_back({what, next.alignment_log2, next.thread, payload, next.bytes});
    }

    /// An address handed out again was given back by a call that was not seen.
    void allocate(trace_verb what, const raw_record& next) {
        if (ids_.contains(next.payload)) deallocate(next.thread, next.payload);
        if (is_too_large(next)) return;
        ids_[next.payload] = out_.recorded.payloads;
        emit(what, next, out_.recorded.payloads++);
    }

    void reallocate(const raw_record& next) {
        const auto old = ids_.find(next.old_payload);
        if (old == ids_.end()) return allocate(trace_verb::allocate, next);
        if (is_too_large(next)) return deallocate(next.thread, next.old_payload);
        const std::uint32_t id = old->second;
        ids_.erase(old);
        if (ids_.contains(next.payload)) deallocate(next.thread, next.payload);
        ids_[next.payload] = id;
        emit(trace_verb::reallocate, next, id);
    }

    void deallocate(std::uint32_t thread, std::uint64_t payload) {
        const auto found = ids_.find(payload);
        if (found == ids_.end()) {
            ++out_.strangers;
            return;
        }
        out_.recorded.events.push_back({trace_verb::deallocate, 0, thread, found->second, 0});
        ids_.erase(found);
    }

    packed out_;
    std::unordered_map<std::uint64_t, std::uint32_t> ids_;
};

[[noreturn]] void refuse(const std::filesystem::path& file, std::streamoff offset, const char* why) {
    throw std::runtime_error{file.string() + ": offset " + std::to_string(offset) + ": " + why};
}

template <class Part>
bool read_part(std::ifstream& in, Part& into) {
    return static_cast<bool>(in.read(reinterpret_cast<char*>(&into), sizeof into));
}

}  // namespace

packed pack_log(const std::filesystem::path& file) {
    std::ifstream in{file, std::ios::binary};
    raw_header header{};
    if (!read_part(in, header) || header.magic != raw_magic) refuse(file, 0, "not a log of the recorder");
    header.program[sizeof header.program - 1] = '\0';
    packer packing{header.program};
    raw_record next{};
    std::streamoff offset = sizeof header;
    for (; read_part(in, next); offset += std::streamoff{sizeof next}) {
        if (next.what > raw_verb::end) refuse(file, offset, "unknown record");
        if (next.what == raw_verb::end) return packing.finish();
        packing.add(next);
    }
    refuse(file, offset, "the log has no end: its process was killed or ran another program");
}

}  // namespace bench
