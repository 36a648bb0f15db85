// expect: nodiscard
#include <allot/policy/irq_safe.hpp>
#include <allot/policy/spin_lock.hpp>

struct my_interrupts {
    static bool save_and_disable() noexcept { return true; }
    static void restore(bool) noexcept {}
};

void hold(allot::irq_safe<allot::spin_lock, my_interrupts>& lock) {
#if defined(ALLOT_TEST_CONTROL)
    lock.unlock(lock.lock());
#else
    lock.lock();
    lock.unlock(true);
#endif
}
