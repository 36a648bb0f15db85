// W14, batches handed over (as xmalloc-test and mstress of mimalloc's benchmark): each thread allocates batches of 1,000
// objects of 16 to 1,024 bytes, small ones most, and hands each whole to the next thread, which frees it.
#include "support/batch_box.hpp"
#include "support/quick_random.hpp"
#include "workloads/threads.hpp"

#include <thread>

namespace bench {
namespace {

class alignas(64) stage {
public:
    using common = std::vector<batch_box>;

    stage(common& boxes, std::size_t number, std::uint64_t seed)
        : stage{random{seed}, boxes[number], boxes[(number + 1) % boxes.size()]} {}

    template <class Caller>
    void fill(Caller&) {}

    /// Every thread makes as many batches as all others, so that as many arrive.
    template <class Caller>
    void play(Caller& calling, std::size_t pairs) {
        const std::size_t batches = std::max<std::size_t>(pairs / batch_objects, 1);
        std::size_t freed = 0;
        for (std::size_t made = 0; made < batches; ++made) {
            make(calling);
            while (!next_.put(made_)) freed += free_one(calling);
        }
        while (freed < batches) freed += free_one(calling);
    }

    template <class Caller>
    void clear(Caller&) {}

private:
    stage(random dice, batch_box& own, batch_box& next)
        : sizes_{dice, mixed_size}, dice_{dice}, own_{own}, next_{next} {}

    static std::uint32_t mixed_size(random& dice) { return dice.power_law(16, 1024); }

    template <class Caller>
    void make(Caller& calling) {
        for (std::size_t i = 0; i < batch_objects; ++i) made_.push_back(calling.allocate(sizes_.any(dice_)));
    }

    /// How many batches that were: none if none has come. Then others get their turn.
    template <class Caller>
    std::size_t free_one(Caller& calling) {
        if (!own_.take(arrived_)) return std::this_thread::yield(), 0;
        for (const object& each : arrived_) calling.deallocate(each);
        arrived_.clear();
        return 1;
    }

    drawn_sizes sizes_;
    quick_random dice_;
    batch_box& own_;
    batch_box& next_;
    batch made_ = room_for_objects(batch_objects);
    batch arrived_ = room_for_objects(batch_objects);
};

}  // namespace

measurement batches_handed_over(std::size_t threads) { return by_threads<stage>(threads, 5e6); }

}  // namespace bench
