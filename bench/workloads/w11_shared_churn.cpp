// W11, shared churn: W4 from several threads; an eighth of the objects is handed to the next thread, which frees them.
//
//     thread 0 --objects--> inbox of thread 1 --objects--> inbox of thread 2 ... --> inbox of thread 0
#include "support/inbox.hpp"
#include "support/object_array.hpp"
#include "workloads/threads.hpp"

namespace bench {
namespace {

class alignas(64) neighbour {
public:
    using common = std::vector<inbox>;

    neighbour(common& inboxes, std::size_t number, std::uint64_t seed)
        : live_{10'000, seed, small_size}, own_{inboxes[number]}, next_{inboxes[(number + 1) % inboxes.size()]} {
        leaving_.reserve(handful);
    }

    template <class Caller>
    void fill(Caller& calling) {
        live_.fill(calling);
    }

    template <class Caller>
    void play(Caller& calling, std::size_t pairs) {
        live_.replace(calling, pairs, [&](const object& chosen, std::size_t turn) {
            turn % 8 == 0 ? hand_over(calling, chosen) : calling.deallocate(chosen);
        });
    }

    template <class Caller>
    void clear(Caller& calling) {
        live_.clear(calling);
        free_all(calling, leaving_);
        free_arrived(calling);
    }

private:
    static constexpr std::size_t handful = 128;

    template <class Caller>
    void hand_over(Caller& calling, const object& chosen) {
        leaving_.push_back(chosen);
        if (leaving_.size() < handful) return;
        next_.put(leaving_);
        free_arrived(calling);
    }

    template <class Caller>
    void free_arrived(Caller& calling) {
        own_.take_all(arrived_);
        free_all(calling, arrived_);
    }

    template <class Caller>
    static void free_all(Caller& calling, std::vector<object>& objects) {
        for (const object& each : objects) calling.deallocate(each);
        objects.clear();
    }

    object_array live_;
    inbox& own_;
    inbox& next_;
    std::vector<object> leaving_;
    std::vector<object> arrived_ = room_for_objects(inbox::usual);
};

}  // namespace

measurement shared_churn(std::size_t threads) { return by_threads<neighbour>(threads, 5e6); }

}  // namespace bench
