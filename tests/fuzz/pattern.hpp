// Bytes that tell whose they are: the content of payloads and of the guard stretches around regions.
//
// Guarantees: two keys give different content almost everywhere; the content of one key repeats only after 65,521
// bytes, a prime, so that a payload moved by a wrong distance does not look right.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <random>

namespace fuzz {

class pattern {
public:
    /// Fills `bytes` bytes at `at` with the content of `key`, from the position `from` of that content on.
    static void fill(unsigned char* at, std::size_t bytes, std::uint64_t key, std::size_t from = 0) {
        pieces(bytes, key, from, [&](std::size_t done, const unsigned char* piece, std::size_t length) {
            std::memcpy(at + done, piece, length);
            return true;
        });
    }

    static bool matches(const unsigned char* at, std::size_t bytes, std::uint64_t key, std::size_t from = 0) {
        return pieces(bytes, key, from, [&](std::size_t done, const unsigned char* piece, std::size_t length) {
            return std::memcmp(at + done, piece, length) == 0;
        });
    }

private:
    static constexpr std::size_t period = 65521;

    template <class Each>
    static bool pieces(std::size_t bytes, std::uint64_t key, std::size_t from, Each each) {
        std::size_t start = static_cast<std::size_t>((key * 0x9E3779B97F4A7C15u >> 32) + from % period) % period;
        for (std::size_t done = 0; done < bytes; start = 0) {
            const std::size_t length = bytes - done < period - start ? bytes - done : period - start;
            if (!each(done, table().data() + start, length)) return false;
            done += length;
        }
        return true;
    }

    static const std::array<unsigned char, period>& table() {
        static const std::array<unsigned char, period> made = [] {
            std::array<unsigned char, period> bytes{};
            std::mt19937 random(20);
            for (unsigned char& byte : bytes) byte = static_cast<unsigned char>(random() >> 8);
            return bytes;
        }();
        return made;
    }
};

}  // namespace fuzz
