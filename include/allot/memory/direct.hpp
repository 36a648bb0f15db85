// Heap words as plain loads and stores: the default Memory policy.
//
//        address (a number)            machine memory
//        0x20001008  --- load --->   [ 64-bit word ]        one aligned instruction each
//
// Its law is that of every Memory policy (memory/memory.hpp). The owner of a payload may read its header while another thread,
// with the lock of the heap, writes into it what it knows of the lower neighbour; so stores and `load_shared` are atomic,
// without order.
//
// Guarantees: stateless; the machine code is that of pointers. Every `reinterpret_cast` of the library but those of sources is here.
#pragma once

#include <allot/base/config.hpp>
#include <allot/base/zeroing.hpp>
#include <allot/memory/memory.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace allot {

struct direct_memory {
    using word = std::size_t;
    using half = std::conditional_t<sizeof(word) == 8, std::uint32_t, std::uint16_t>;
    using reaches_objects = void;

    static std::size_t address_of(const void* pointer) noexcept { return reinterpret_cast<std::size_t>(pointer); }
    static void* pointer_to(std::size_t address) noexcept { return reinterpret_cast<void*>(address); }

    static word load(std::size_t address) noexcept { return *reinterpret_cast<const aliased_word*>(address); }
    ALLOT_PART static void store(std::size_t address, word value) noexcept {
        __atomic_store_n(reinterpret_cast<aliased_word*>(address), value, __ATOMIC_RELAXED);
    }

    /// The same as `load`, for a word that another thread may be storing.
    static word load_shared(std::size_t address) noexcept {
        return __atomic_load_n(reinterpret_cast<const aliased_word*>(address), __ATOMIC_RELAXED);
    }

    static half load_low(std::size_t address) noexcept {
        return *reinterpret_cast<const aliased_half*>(address + low_offset);
    }
    static half load_high(std::size_t address) noexcept {
        return *reinterpret_cast<const aliased_half*>(address + high_offset);
    }
    static void store_low(std::size_t address, half value) noexcept {
        *reinterpret_cast<aliased_half*>(address + low_offset) = value;
    }
    static void store_high(std::size_t address, half value) noexcept {
        *reinterpret_cast<aliased_half*>(address + high_offset) = value;
    }

    static void move(std::size_t to, std::size_t from, std::size_t bytes) noexcept {
        __builtin_memmove(pointer_to(to), pointer_to(from), bytes);
    }
    static void zero(std::size_t address, std::size_t bytes) noexcept {
        detail::zero_payload(pointer_to(address), bytes);
    }

private:
    using aliased_word [[gnu::may_alias]] = word;  // a heap word may have been a caller's object of any type
    using aliased_half [[gnu::may_alias]] = half;
    static constexpr std::size_t high_offset = std::endian::native == std::endian::little ? sizeof(half) : 0;
    static constexpr std::size_t low_offset = sizeof(half) - high_offset;
};

static_assert(heap_memory<direct_memory>);

namespace detail {

/// The same under a heap that others may change between the pieces of a walk.
struct walked_memory : direct_memory {
    using walked_in_pieces = void;
};

}  // namespace detail

}  // namespace allot
