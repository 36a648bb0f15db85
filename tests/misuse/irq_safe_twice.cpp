// expect: basic_lockable
#include <allot/policy/irq_safe.hpp>
#include <allot/policy/spin_lock.hpp>

struct my_interrupts {
    static bool save_and_disable() noexcept { return true; }
    static void restore(bool) noexcept {}
};

using once = allot::irq_safe<allot::spin_lock, my_interrupts>;
#if defined(ALLOT_TEST_CONTROL)
once refused;
#else
allot::irq_safe<once, my_interrupts> refused;
#endif
