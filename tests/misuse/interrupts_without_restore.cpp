// expect: interrupt_control
#include <allot/policy/irq_safe.hpp>
#include <allot/policy/spin_lock.hpp>

struct my_interrupts {
    static bool save_and_disable() noexcept { return true; }
#if defined(ALLOT_TEST_CONTROL)
    static void restore(bool) noexcept {}
#endif
};

allot::irq_safe<allot::spin_lock, my_interrupts> refused;
