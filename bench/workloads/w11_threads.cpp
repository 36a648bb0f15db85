// W11, threads: W4 from several threads on one shared heap; an eighth of the objects is handed to the next thread,
// which frees them. Pairs a second of all threads together: of wall-clock time, which is the figure on an idle machine,
// and of each thread's processor time, which leaves out being switched out, and also sleeping on a lock.
//
//     thread 0 --objects--> inbox of thread 1 --objects--> inbox of thread 2 ... --> inbox of thread 0
#include "support/random.hpp"
#include "support/ticks.hpp"
#include "workloads/workload.hpp"

#include <array>
#include <barrier>
#include <mutex>
#include <thread>
#include <utility>

namespace bench {
namespace {

constexpr std::size_t live_objects = 10'000;
constexpr std::size_t batch = 128;

/// Objects on their way to the thread that frees them.
class inbox {
public:
    void put(std::vector<owned>& objects) {
        const std::scoped_lock lock{mutex_};
        objects_.insert(objects_.end(), objects.begin(), objects.end());
        objects.clear();
    }

    std::vector<owned> take_all() {
        const std::scoped_lock lock{mutex_};
        return std::exchange(objects_, {});
    }

private:
    std::mutex mutex_;
    std::vector<owned> objects_;
};

class worker {
public:
    worker(allocator& heap, std::uint64_t seed, inbox& own, inbox& next)
        : heap_{heap}, dice_{seed}, own_{own}, next_{next}, live_(live_objects) {
        for (std::uint32_t& bytes : sizes_) bytes = dice_.log_normal(48, 0.8, 8, 512);
        for (owned& each : live_) each = fresh();
        leaving_.reserve(batch);
    }

    void replace(std::size_t pairs) {
        for (std::size_t i = 0; i < pairs; ++i) {
            owned& chosen = live_[pick(live_objects)];
            if (i % 8 == 0) hand_over(chosen);
            else heap_.deallocate(chosen);
            chosen = fresh();
        }
    }

    void clear() {
        for (const owned& each : live_) heap_.deallocate(each);
        for (const owned& each : leaving_) heap_.deallocate(each);
        for (const owned& each : own_.take_all()) heap_.deallocate(each);
    }

    std::size_t failures() const { return failures_; }

private:
    static constexpr std::size_t known_sizes = 4096;

    /// Numbers must be cheap beside an allocation: xorshift, and sizes drawn beforehand.
    std::size_t pick(std::size_t end) {
        state_ ^= state_ << 13;
        state_ ^= state_ >> 7;
        state_ ^= state_ << 17;
        return static_cast<std::size_t>((state_ >> 32) * end >> 32);
    }

    owned fresh() {
        const std::size_t bytes = sizes_[pick(known_sizes)];
        void* const payload = heap_.allocate(bytes, alignof(std::max_align_t));
        if (payload == nullptr) return ++failures_, owned{nullptr, 0, 0};
        static_cast<std::byte*>(payload)[0] = std::byte{1};
        static_cast<std::byte*>(payload)[bytes - 1] = std::byte{1};
        return {payload, bytes, alignof(std::max_align_t)};
    }

    void hand_over(const owned& object) {
        leaving_.push_back(object);
        if (leaving_.size() < batch) return;
        next_.put(leaving_);
        for (const owned& each : own_.take_all()) heap_.deallocate(each);
    }

    allocator& heap_;
    random dice_;
    inbox& own_;
    inbox& next_;
    std::vector<owned> live_;
    std::vector<owned> leaving_;
    std::array<std::uint32_t, known_sizes> sizes_{};
    std::uint64_t state_ = 88'172'645'463'325'252 + dice_.below(1 << 20);
    std::size_t failures_ = 0;
};

}  // namespace

namespace {

/// What one thread did with its processor time.
struct performance {
    double pairs_per_cpu_second = 0;
    std::size_t failures = 0;
};

class crew {
public:
    crew(allocator& heap, std::size_t threads, std::size_t pairs, std::uint64_t seed)
        : inboxes_(threads), found_(threads), ready_{as_count(threads)}, done_{as_count(threads)} {
        for (std::size_t number = 0; number < threads; ++number) {
            running_.emplace_back([this, &heap, number, pairs, seed] { live(heap, number, pairs, seed + number); });
        }
        ready_.arrive_and_wait();
    }

    void wait_until_done() { done_.arrive_and_wait(); }

    const std::vector<performance>& results() {
        running_.clear();
        return found_;
    }

private:
    /// The crew and whoever waits for it.
    static std::ptrdiff_t as_count(std::size_t threads) { return static_cast<std::ptrdiff_t>(threads) + 1; }

    void live(allocator& heap, std::size_t number, std::size_t pairs, std::uint64_t seed) {
        worker working{heap, seed, inboxes_[number], inboxes_[(number + 1) % inboxes_.size()]};
        working.replace(pairs / 10);
        ready_.arrive_and_wait();
        const double start = thread_seconds();
        working.replace(pairs);
        const double taken = thread_seconds() - start;
        done_.arrive_and_wait();
        working.clear();
        found_[number] = {static_cast<double>(pairs) / taken, working.failures()};
    }

    std::vector<inbox> inboxes_;
    std::vector<performance> found_;
    std::barrier<> ready_;
    std::barrier<> done_;
    std::vector<std::jthread> running_;
};

}  // namespace

measurement shared_churn(std::size_t threads) {
    return [threads](benchmark::State& state, const peer& chosen, const settings& how) {
        const region memory{chosen.memory == memory_from::system ? 0 : how.region_bytes(256 * mebibyte), how.pages()};
        const auto heap = chosen.make(memory.bytes());
        const std::size_t pairs = how.scaled(1e7) / threads;
        crew working{*heap, threads, pairs, how.seed};
        for (auto _ : state) working.wait_until_done();
        state.SetItemsProcessed(static_cast<std::int64_t>(pairs * threads));
        double of_cpu = 0;
        double failures = 0;
        for (const performance& each : working.results()) {
            of_cpu += each.pairs_per_cpu_second / 1e6;
            failures += static_cast<double>(each.failures);
        }
        state.counters["M/s of CPU"] = of_cpu;
        state.counters["failures"] = failures;
    };
}

}  // namespace bench
