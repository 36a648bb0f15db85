// How much stack a piece of work needs: it runs on a stack of its own that was painted before.
//
//     | painted ... painted | touched ........ | top          what is not painted any more was used
//
// What the way there and back takes is measured with work that does nothing, and subtracted.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <vector>

#include <ucontext.h>

namespace allot_test {

class painted_stack {
public:
    template <class Work>
    static std::size_t bytes_for(const Work& work) {
        const std::size_t idle = run([] {});
        return run(work) - idle;
    }

private:
    static constexpr std::size_t stack_bytes = 65536;
    static constexpr unsigned char paint = 0xA5;

    template <class Work>
    static std::size_t run(const Work& work) {
        std::vector<unsigned char> stack(stack_bytes, paint);
        static const Work* current;
        static ucontext_t here;
        static ucontext_t there;
        current = &work;
        if (getcontext(&there) != 0) std::abort();
        there.uc_stack.ss_sp = stack.data();
        there.uc_stack.ss_size = stack.size();
        there.uc_link = &here;
        makecontext(
            &there, [] { (*current)(); }, 0);
        if (swapcontext(&here, &there) != 0) std::abort();
        std::size_t untouched = 0;
        while (untouched < stack.size() && stack[untouched] == paint) ++untouched;
        return stack.size() - untouched;
    }
};

}  // namespace allot_test
