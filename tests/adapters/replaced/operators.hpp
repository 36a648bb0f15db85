// What the global operators asked of the heap behind them.
#pragma once

#include <cstddef>

enum class verb { none, allocate, deallocate, deallocate_sized };

// The last call that reached the heap.
struct heap_call {
    verb which = verb::none;
    const void* payload = nullptr;
    std::size_t bytes = 0;
    std::size_t alignment = 0;
};

inline constinit heap_call last_call;
inline constinit unsigned exhausted_calls = 0;
inline constinit unsigned long* exhausted_calls_of_child = nullptr;  // memory that its parent sees

inline constexpr std::size_t region_bytes = std::size_t{64} << 20;

// How the translation unit of the operators was compiled.
extern const bool operators_throw;
extern const bool operators_call_handlers;

bool global_heap_is_sound();
