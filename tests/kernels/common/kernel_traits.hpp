// The traits of every kernel heap: those named, with hooks that speak on the serial port and end the machine.
#pragma once

#include "verdict.hpp"

#include <allot/traits.hpp>

#include <cstddef>

namespace kernel {

template <class Base>
struct kernel_traits : Base {
    [[noreturn]] static void on_corruption(const allot::corruption_report& report) noexcept {
        fail(verdict::corruption, describe(report.kind), report.where);
    }

    [[noreturn]] static void on_exhausted(std::size_t bytes) noexcept {
        fail(verdict::exhausted, "operator new found no memory for this many bytes", bytes);
    }
};

}  // namespace kernel
