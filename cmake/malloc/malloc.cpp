// allot as the malloc of a program that is not built again: LD_PRELOAD=liballot_malloc.so PROGRAM ...
//
// The heap is constant-initialised: it serves the dynamic loader before any constructor has run, and whoever still frees
// after the last destructor. Nothing here looks up the malloc that it replaces.
#include "report.hpp"
#include "settings.hpp"

#include <malloc_parts.hpp>

#include <allot/adapters/explain_and_abort.hpp>
#include <allot/adapters/malloc.hpp>
#include <allot/adapters/page_source.hpp>
#include <allot/allot.hpp>

namespace {

struct process_traits : allot_malloc::base_traits {
    using source = allot::page_source;
    static void on_corruption(const allot::corruption_report& report) noexcept;
};

constinit allot_malloc::finished<allot::locked_heap<allot::basic_heap<process_traits>, allot_malloc::lock>> heap;
constinit allot_malloc::settings settings;

void process_traits::on_corruption(const allot::corruption_report& report) noexcept {
    allot::explain_and_abort(heap, report);
}

[[gnu::constructor]] void start() {
    settings.read();
    heap.source().choose(settings.pages());
}

[[gnu::destructor]] void finish() {
    allot_malloc::before_the_report(heap);
    if (settings.verifies()) allot_malloc::abort_unless_sound(heap, settings);
    if (settings.has_statistics()) allot_malloc::report(heap, settings);
}

}  // namespace

ALLOT_REPLACE_MALLOC(heap)
