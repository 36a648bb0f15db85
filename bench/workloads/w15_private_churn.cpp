// W15, private churn: W4 from several threads, each with objects of its own, which nobody else ever sees.
#include "support/object_array.hpp"
#include "workloads/threads.hpp"

namespace bench {
namespace {

class alignas(64) loner {
public:
    using common = nothing_shared;

    loner(common&, std::size_t, std::uint64_t seed) : live_{10'000, seed, small_size} {}

    template <class Caller>
    void fill(Caller& calling) {
        live_.fill(calling);
    }

    template <class Caller>
    void play(Caller& calling, std::size_t pairs) {
        live_.replace(calling, pairs, [&](const object& chosen, std::size_t) { calling.deallocate(chosen); });
    }

    template <class Caller>
    void clear(Caller& calling) {
        live_.clear(calling);
    }

private:
    object_array live_;
};

}  // namespace

measurement private_churn(std::size_t threads) { return by_threads<loner>(threads, 5e6); }

}  // namespace bench
