// How much stack it takes to explain: measured where code is optimised, as in the program that is in trouble.
#include <allot/diagnostics/explain.hpp>

#include "support/catch.hpp"
#include "support/checked_heap.hpp"
#include "support/heaps.hpp"
#include "support/painted_stack.hpp"
#include "support/sanitizer.hpp"

using namespace allot_test;
using allot::corruption_kind;
using allot::heap_verb;

#if defined(__OPTIMIZE__) && !defined(__SANITIZE_THREAD__)
TEMPLATE_LIST_TEST_CASE("explain: at most 512 bytes of stack", "", core_heaps) {
    if (is_address_sanitized) {
        WARN("not measured: AddressSanitizer needs stack of its own");
        return;
    }
    checked_heap<TestType> checked(64 * 1024);
    static_cast<void>(checked.allocate(100));
    const auto* const payload = static_cast<const std::byte*>(checked.allocate(600));
    static_cast<void>(checked.allocate(100));
    const TestType& heap = checked.raw();
    std::size_t most = 0;
    for (const int offset : {0, 8, 300, 70000}) {
        const allot::corruption_report report{corruption_kind::broken_header, payload + offset, heap_verb::deallocate};
        const std::size_t used = painted_stack::bytes_for([&] { allot::explain(heap, report, [](char) {}); });
        most = used > most ? used : most;
    }
    const std::size_t failure =
        painted_stack::bytes_for([&] { allot::explain_failure(heap, 1 << 20, 64, [](char) {}); });
    CHECK(most > 64);
    CHECK(most <= 512);
    CHECK(failure > 64);
    CHECK(failure <= 512);
}
#else
TEST_CASE("explain: how much stack is needed is measured in optimised builds without ThreadSanitizer") {
    WARN("not measured: not optimised, or under ThreadSanitizer, which does not follow a change of stacks");
}
#endif
