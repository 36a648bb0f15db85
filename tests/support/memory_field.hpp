// Memory for a heap under test: given to it piece by piece, watched wherever it was not given.
//
//     field:   [ guard ][ given ][ guard ][ given ][ given ][ guard ]
//
// Every byte that is not given holds a pattern; a byte that lost it was written by somebody who had no right to.
#pragma once

#include <cstddef>
#include <cstring>
#include <new>
#include <vector>

namespace allot_test {

/// So many bytes of memory of which no part is given yet.
struct bare_field {
    std::size_t bytes;
};

class memory_field {
public:
    static constexpr std::size_t alignment = 4096;

    explicit memory_field(std::size_t bytes) : given_(bytes + 2 * margin), pristine_(bytes + 2 * margin) {
        for (std::size_t i = 0; i < size(); ++i) pristine_[i] = static_cast<std::byte>(0xA5 ^ (i * 29 >> 1));
        void* const memory = ::operator new (alignment + size(), std::align_val_t{alignment});
        memory_ = static_cast<std::byte*>(memory) + alignment - margin;
        std::memcpy(memory_, pristine_.data(), size());
    }
    ~memory_field() { ::operator delete (memory_ + margin - alignment, std::align_val_t{alignment}); }
    memory_field(const memory_field&) = delete;
    memory_field& operator=(const memory_field&) = delete;

    std::size_t bytes() const { return size() - 2 * margin; }

    /// The address of a byte of the field; that of byte 0 is a multiple of `alignment`.
    std::byte* at(std::size_t offset) { return memory_ + margin + offset; }

    void give(const void* base, std::size_t bytes) { std::memset(given_.data() + index_of(base), 1, bytes); }

    void take_back(const void* base, std::size_t bytes) {
        const std::size_t first = index_of(base);
        std::memset(given_.data() + first, 0, bytes);
        std::memcpy(memory_ + first, pristine_.data() + first, bytes);
    }

    bool is_given(const void* base, std::size_t bytes) const {
        const auto* const first = static_cast<const std::byte*>(base);
        if (first < memory_ || first > memory_ + size() || bytes > static_cast<std::size_t>(memory_ + size() - first))
            return false;
        const std::size_t at = index_of(base);
        return bytes == 0 || (given_[at] != 0 && end_of_run(at) - at >= bytes);
    }

    std::size_t given_bytes() const {
        std::size_t sum = 0;
        for (std::size_t i = 0; i < size(); i = end_of_run(i)) {
            if (given_[i] != 0) sum += end_of_run(i) - i;
        }
        return sum;
    }

    bool are_guards_intact() const {
        for (std::size_t i = 0; i < size(); i = end_of_run(i)) {
            if (given_[i] == 0 && std::memcmp(memory_ + i, pristine_.data() + i, end_of_run(i) - i) != 0) return false;
        }
        return true;
    }

    /// A copy of all of it, to compare with later.
    std::vector<std::byte> image() const { return {memory_, memory_ + size()}; }
    void restore(const std::vector<std::byte>& image) { std::memcpy(memory_, image.data(), size()); }

private:
    static constexpr std::size_t margin = 128;

    std::size_t size() const { return given_.size(); }
    std::size_t index_of(const void* address) const {
        return static_cast<std::size_t>(static_cast<const std::byte*>(address) - memory_);
    }

    /// Where what begins here, given or not, ends. The library looks for it: byte by byte, an unoptimised build spends more
    /// time here than in the heap.
    std::size_t end_of_run(std::size_t first) const {
        const void* const end = std::memchr(given_.data() + first, given_[first] == 0 ? 1 : 0, size() - first);
        return end == nullptr ? size()
                              : static_cast<std::size_t>(static_cast<const unsigned char*>(end) - given_.data());
    }

    std::vector<unsigned char> given_;
    std::vector<std::byte> pristine_;
    std::byte* memory_;
};

}  // namespace allot_test
