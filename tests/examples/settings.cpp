// The four settings, and one of one's own.
#include <allot/allot.hpp>

// [settings]
constinit allot::heap fastest_on_average;  // default_traits
constinit allot::basic_heap<allot::bounded_traits> constant_worst_case;
constinit allot::basic_heap<allot::compact_traits> smallest_chunks;  // an 8-byte request costs 16 bytes
constinit allot::basic_heap<allot::small_traits> least_code;         // and the smallest control block
// [/settings]

// [knobs]
using my_traits =
    allot::tuned<allot::knobs{.fit_looks = 8, .hardening = allot::hardening::none}, allot::bounded_traits>;
constinit allot::basic_heap<my_traits> heap;
// [/knobs]

// [hooks]
struct checked_traits : allot::default_traits {
    [[noreturn]] static void on_corruption(const allot::corruption_report& report) noexcept {
        last_report = &report;  // report.kind says what was found, report.where at which address
        __builtin_trap();       // it must not return
    }
    static inline const allot::corruption_report* last_report = nullptr;
};
// [/hooks]

namespace {

constinit allot::basic_heap<checked_traits> checked;
alignas(16) unsigned char memory[5][1 << 16];

template <class Heap>
bool serves(Heap& subject, unsigned char (&region)[1 << 16]) {
    if (subject.add_region(region, sizeof region) != allot::region_status::ok) return false;
    void* const payload = subject.allocate(8);
    if (payload == nullptr || !subject.verify()) return false;
    subject.deallocate(payload);
    return subject.verify() && subject.stats().in_use_bytes == 0;
}

std::size_t cost_of_eight_bytes() {
    void* const payload = smallest_chunks.allocate(8);
    const std::size_t bytes = smallest_chunks.stats().in_use_bytes;
    smallest_chunks.deallocate(payload);
    return bytes;
}

}  // namespace

int main() {
    const bool all_serve = serves(fastest_on_average, memory[0]) && serves(constant_worst_case, memory[1]) &&
                           serves(smallest_chunks, memory[2]) && serves(heap, memory[3]) && serves(checked, memory[4]);
    if (!all_serve) return 1;
    return sizeof(void*) != 8 || cost_of_eight_bytes() == 16 ? 0 : 2;
}
