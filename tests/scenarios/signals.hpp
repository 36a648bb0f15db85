// POSIX signals as the interrupts of a processor: the mask of a thread is its interrupt flag.
#pragma once

#include <csignal>

#include <pthread.h>

struct signal_interrupts {
    static sigset_t save_and_disable() noexcept {
        sigset_t all;
        sigset_t found;
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &found);
        return found;
    }

    static void restore(const sigset_t& found) noexcept { pthread_sigmask(SIG_SETMASK, &found, nullptr); }
};

/// Runs `handler` at every `number` as long as it lives.
class interrupt_handler {
public:
    interrupt_handler(int number, void (*handler)(int)) : number_(number) {
        struct sigaction action = {};
        action.sa_handler = handler;
        action.sa_flags = SA_RESTART;
        sigaction(number, &action, &before_);
    }
    ~interrupt_handler() { sigaction(number_, &before_, nullptr); }

    interrupt_handler(const interrupt_handler&) = delete;
    interrupt_handler& operator=(const interrupt_handler&) = delete;

private:
    int number_;
    struct sigaction before_ = {};
};
