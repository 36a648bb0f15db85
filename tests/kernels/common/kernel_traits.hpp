// The traits of every kernel heap: those named, with hooks that speak on the serial port and end the machine.
#pragma once

#include "verdict.hpp"

#include <allot/diagnostics/explain.hpp>
#include <allot/traits.hpp>

#include <cstddef>

namespace kernel {

/// The corruption hook of every kernel. Each scenario defines it below its heap, by `explain_and_end`.
[[noreturn]] void end_by_corruption(const allot::corruption_report& report) noexcept;

/// Explains on the serial port what a heap has found, whose lock may be held, and ends the machine.
template <class Heap>
[[noreturn]] void explain_and_end(const Heap& heap, const allot::corruption_report& report) noexcept {
    be_the_only_one_to_end();
    print("\n\n!! ");
    allot::explain(heap, report, [](char character) { put(character); });
    print("!! seen by core ", machine::this_core(), "\n");
    end_with(verdict::corruption);
}

template <class Base>
struct kernel_traits : Base {
    [[noreturn]] static void on_corruption(const allot::corruption_report& report) noexcept {
        end_by_corruption(report);
    }

    [[noreturn]] static void on_exhausted(std::size_t bytes) noexcept {
        fail(verdict::exhausted, "operator new found no memory for this many bytes", bytes);
    }
};

}  // namespace kernel
