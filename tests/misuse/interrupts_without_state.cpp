// expect: interrupt_control
#include <allot/policy/irq_safe.hpp>
#include <allot/policy/spin_lock.hpp>

struct my_interrupts {
#if defined(ALLOT_TEST_CONTROL)
    static bool save_and_disable() noexcept { return true; }
    static void restore(bool) noexcept {}
#else
    static void save_and_disable() noexcept {}
    static void restore() noexcept {}
#endif
};

allot::irq_safe<allot::spin_lock, my_interrupts> refused;
