// W12, producer and consumer: half of the threads allocate small objects, each for one other thread, which frees them in
// order. One thread alone does both in turns.
//
//     producer --objects--> queue --objects--> consumer
#include "support/object_queue.hpp"
#include "support/quick_random.hpp"
#include "workloads/threads.hpp"

namespace bench {
namespace {

struct couples {
    explicit couples(std::size_t number_of_threads) : threads{number_of_threads}, queues((number_of_threads + 1) / 2) {}

    std::size_t threads;
    std::vector<object_queue> queues;
};

class alignas(64) partner {
public:
    using common = couples;

    partner(common& all, std::size_t number, std::uint64_t seed) : partner{random{seed}, all.queues[number / 2]} {
        if (all.threads > 1) does_ = number % 2 == 0 ? role::producer : role::consumer;
    }

    template <class Caller>
    void fill(Caller&) {}

    /// Two threads pass on the pairs of both.
    template <class Caller>
    void play(Caller& calling, std::size_t pairs) {
        if (does_ == role::producer) produce(calling, 2 * pairs);
        else if (does_ == role::consumer) consume(calling, 2 * pairs);
        else take_turns(calling, pairs);
    }

    template <class Caller>
    void clear(Caller&) {}

private:
    enum class role { producer, consumer, both };

    partner(random dice, object_queue& queue) : sizes_{dice, small_size}, dice_{dice}, queue_{queue} {}

    template <class Caller>
    void produce(Caller& calling, std::size_t count) {
        for (std::size_t i = 0; i < count; ++i) queue_.put(calling.allocate(sizes_.any(dice_)));
        queue_.flush();
    }

    template <class Caller>
    void consume(Caller& calling, std::size_t count) {
        for (std::size_t i = 0; i < count; ++i) calling.deallocate(queue_.take());
    }

    template <class Caller>
    void take_turns(Caller& calling, std::size_t count) {
        for (std::size_t left = count; left != 0;) {
            const std::size_t turn = std::min<std::size_t>(left, 256);
            produce(calling, turn);
            consume(calling, turn);
            left -= turn;
        }
    }

    drawn_sizes sizes_;
    quick_random dice_;
    object_queue& queue_;
    role does_ = role::both;
};

}  // namespace

measurement producers_and_consumers(std::size_t threads) { return by_threads<partner>(threads, 5e6); }

}  // namespace bench
