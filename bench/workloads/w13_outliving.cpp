// W13, larson-like (after P. Larson and M. Krishnan, Memory allocation for long-running server applications, 1998):
// objects outlive their threads. Each thread replaces random ones of 5,000 objects of 8 to 1,000 bytes, ten times their
// number, then ends; a fresh thread goes on with its objects.
//
//     objects  ---- thread ----+---- thread ----+---- thread ---- ...        so many of these rows at the same time
#include "support/object_array.hpp"
#include "workloads/threads.hpp"

#include <thread>

namespace bench {
namespace {

/// Does nothing itself but to start one thread after the other.
class alignas(64) succession {
public:
    using common = nothing_shared;

    succession(common&, std::size_t, std::uint64_t seed) : live_{object_count, seed, server_size} {}

    template <class Caller>
    void fill(Caller& calling) {
        in_a_fresh_thread(calling, [&] { live_.fill(calling); });
    }

    /// At least four threads, however few the pairs are.
    template <class Caller>
    void play(Caller& calling, std::size_t pairs) {
        const std::size_t of_one = std::clamp<std::size_t>(pairs / 4, 1, 10 * object_count);
        for (std::size_t left = pairs; left != 0;) {
            const std::size_t now = std::min(left, of_one);
            in_a_fresh_thread(calling, [&] { replace(calling, now); });
            left -= now;
        }
    }

    template <class Caller>
    void clear(Caller& calling) {
        live_.clear(calling);
    }

private:
    static constexpr std::size_t object_count = 5000;

    static std::uint32_t server_size(random& dice) { return dice.between(8, 1000); }

    template <class Caller, class Work>
    static void in_a_fresh_thread(Caller& calling, Work work) {
        std::thread{[&] {
            calling.take_over();
            work();
        }}.join();
    }

    template <class Caller>
    void replace(Caller& calling, std::size_t pairs) {
        live_.replace(calling, pairs, [&](const object& chosen, std::size_t) { calling.deallocate(chosen); });
    }

    object_array live_;
};

}  // namespace

measurement objects_outliving_threads(std::size_t threads) { return by_threads<succession>(threads, 3e6); }

}  // namespace bench
