// Reads the flattened device tree that the firmware (here QEMU) leaves in memory: where RAM is and how many cores
// there are. Source: Devicetree Specification 0.4, chapters 5 (the format), 3.4 (/memory) and 3.8 (/cpus).
//
//     header | reserved | structure: BEGIN "memory@80000000" PROP reg = <base bytes> END ... | strings: names
//
// Everything in it is big-endian, and read byte by byte for that reason.
#pragma once

#include "memory_map.hpp"

#include <cstddef>
#include <cstdint>

namespace kernel {

class device_tree {
public:
    explicit device_tree(const unsigned char* blob) noexcept : blob_(blob) {}

    bool is_valid() const noexcept { return blob_ != nullptr && word_at(0) == 0xd00dfeed; }

    memory_range extent() const noexcept { return {reinterpret_cast<std::uintptr_t>(blob_), word_at(4)}; }

    /// Adds every bank of the /memory nodes. Pre: two cells an address and two a size, as QEMU's 64-bit boards have.
    void add_memory(memory_map& map) const noexcept {
        for_each_property([&](const char* node, const char* name, const unsigned char* value, std::size_t bytes) {
            if (!starts_with(node, "memory@") || !starts_with(name, "reg")) return;
            for (std::size_t at = 0; at + 16 <= bytes; at += 16) map.add({wide(value + at), wide(value + at + 8)});
        });
    }

    unsigned count_cores() const noexcept {
        unsigned cores = 0;
        for_each_property([&](const char* node, const char* name, const unsigned char*, std::size_t) {
            if (starts_with(node, "cpu@") && starts_with(name, "device_type")) ++cores;
        });
        return cores;
    }

private:
    enum token : std::uint32_t { begin_node = 1, end_node = 2, property = 3, nothing = 4 };

    static std::uint32_t word(const unsigned char* at) noexcept {
        return std::uint32_t{at[0]} << 24 | std::uint32_t{at[1]} << 16 | std::uint32_t{at[2]} << 8 | at[3];
    }

    static std::uintptr_t wide(const unsigned char* at) noexcept {
        return std::uintptr_t{word(at)} << 32 | word(at + 4);
    }

    static bool starts_with(const char* text, const char* start) noexcept {
        while (*start != '\0' && *text == *start) ++text, ++start;
        return *start == '\0';
    }

    static std::size_t length(const char* text) noexcept {
        std::size_t characters = 0;
        while (text[characters] != '\0') ++characters;
        return characters;
    }

    static constexpr std::size_t in_words(std::size_t bytes) noexcept { return (bytes + 3) / 4 * 4; }

    std::uint32_t word_at(std::size_t offset) const noexcept { return word(blob_ + offset); }
    const char* text_at(std::size_t offset) const noexcept { return reinterpret_cast<const char*>(blob_ + offset); }

    /// Calls visit(node, name, value, bytes) for each property. A property belongs to the node begun last, because
    /// properties precede child nodes.
    template <class Visit>
    void for_each_property(Visit&& visit) const noexcept {
        const char* node = "";
        std::size_t at = word_at(8);
        for (;;) {
            const std::uint32_t found = word_at(at);
            at += 4;
            if (found == begin_node) {
                node = text_at(at);
                at += in_words(length(node) + 1);
            } else if (found == property) {
                const std::size_t bytes = word_at(at);
                visit(node, text_at(word_at(12) + word_at(at + 4)), blob_ + at + 8, bytes);
                at += 8 + in_words(bytes);
            } else if (found != end_node && found != nothing) {
                return;
            }
        }
    }

    const unsigned char* blob_;
};

}  // namespace kernel
