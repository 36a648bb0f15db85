// A shared heap that knows when its caller is the only one there is: then that one passes by everything that keeps callers apart.
//
//     one caller     lone entry --> heap
//     more of them   as the heap that this one is made of: its lock, its lanes
//
// Nobody has ever waited while the entry is open, so there is nothing in any lane.
//
// Guarantees: those of the heap that it is made of.
#pragma once

#include <allot/chunks/size.hpp>
#include <allot/core/request.hpp>
#include <allot/policy/lock.hpp>

#include <cstddef>

namespace allot::detail {

/// `Base` has `Lock`, a lone one.
template <class Base, class Lock>
class lone_heap : public Base {
public:
    ALLOT_INLINE std::size_t take(request wanted) noexcept {
        if (const lone_guard<Lock> alone(Base::lock()); alone.is_holding()) [[likely]]
            return Base::count_turn(), Base::core().take(wanted);
        else return take_among_others({wanted.bytes}, wanted.alignment);
    }

    ALLOT_INLINE bool put_back(std::size_t payload, payload_size owned) noexcept {
        if (const lone_guard<Lock> alone(Base::lock()); alone.is_holding()) [[likely]]
            return Base::count_turn(), Base::core().put_back(payload, owned);
        else return put_back_among_others(payload, owned);
    }

private:
    /// The request comes in two, which GCC leaves in registers.
    ALLOT_APART std::size_t take_among_others(payload_size wanted, std::size_t alignment) noexcept {
        return Base::take({wanted.bytes, alignment});
    }

    ALLOT_APART bool put_back_among_others(std::size_t payload, payload_size owned) noexcept {
        return Base::put_back(payload, owned);
    }
};

}  // namespace allot::detail
