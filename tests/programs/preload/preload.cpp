// allot as the malloc of an unmodified program: LD_PRELOAD=liballot_preload.so program ...
//
// Built with ALLOT_TEST_TRAITS naming the traits of the heap, and ALLOT_TEST_SABOTAGE naming a planted fault.
// The heap is constant-initialised: it serves the dynamic loader before any constructor has run, and whoever
// still frees after the last destructor. Nothing here looks up the malloc that it replaces.
#include "counted_heap.hpp"
#include "mmap_source.hpp"
#include "preload_lock.hpp"
#include "report.hpp"
#include "sabotage.hpp"

#include <allot/adapters/explain_and_abort.hpp>
#include <allot/adapters/malloc.hpp>
#include <allot/allot.hpp>

namespace {

struct preload_traits : allot::ALLOT_TEST_TRAITS {
    using source = mmap_source;
    static void on_corruption(const allot::corruption_report& report) noexcept;
};

constinit counted_heap<allot::locked_heap<allot::basic_heap<preload_traits>, preload_lock>> heap;

void preload_traits::on_corruption(const allot::corruption_report& report) noexcept {
    allot::explain_and_abort(heap, report);
}

[[gnu::constructor]] void prepare() { remember_report_file(); }

[[gnu::destructor]] void finish() {
    if constexpr (planted == sabotage::report_is_not_written) return;
    if constexpr (planted == sabotage::heap_is_damaged_at_exit) damage_a_header(heap);
    write_report(heap);
}

}  // namespace

ALLOT_REPLACE_MALLOC(heap)
