#include "cores/churn_run.hpp"

#include <memory>
#include <stdexcept>

namespace bench {
namespace {

constexpr std::size_t bytes_an_object = 160;  // the mean chunk has half of that
constexpr std::size_t least_region = std::size_t{1} << 22;

class whole_run {
public:
    explicit whole_run(const run_settings& wanted)
        : wanted_{wanted},
          region_{wanted.cores * wanted.churn.live_objects * bytes_an_object + least_region, residence::untouched},
          heap_{make_observed(wanted.lock, region_.bytes())},
          turns_{wanted.cores, wanted.churn.seed},
          observed_{turns_, *heap_, region_.bytes()} {
        for (std::size_t core = 0; core < wanted.cores; ++core) {
            churning_.push_back(std::make_unique<churning_core>(observed_, wanted.churn, core));
        }
        for (std::size_t core = 0; core < wanted.cores; ++core) {
            churning_[core]->hand_to(*churning_[(core + 1) % wanted.cores]);
        }
    }

    run_result run() {
        turns_.run([&](std::size_t core) {
            churning_[core]->fill();
            churning_[core]->replace(wanted_.churn.live_objects / 2 + wanted_.pairs / 10);
        });
        observed_.forget_counts();
        turns_.run([&](std::size_t core) { churning_[core]->replace(wanted_.pairs); });
        run_result counted = result();
        if (!heap_->is_sound()) throw std::runtime_error{"the heap is not sound"};
        turns_.run([&](std::size_t core) { churning_[core]->clear(); });
        for (const auto& each : churning_) {
            if (each->failures() != 0) throw std::runtime_error{"requests have failed, or payloads lost their bytes"};
        }
        return counted;
    }

private:
    run_result result() const {
        run_result found{observed_.counts(), observed_.stores_to_control_block(), observed_.stores_to_chunks(), {}};
        for (const auto& [kind, count] : observed_.transfers()) {
            found.transfers.push_back({kind, observed_.name_of(kind.part), observed_.name_of(kind.cause_part), count});
        }
        return found;
    }

    run_settings wanted_;
    region region_;
    std::unique_ptr<observed_heap> heap_;
    core_turns turns_;
    simulation observed_;
    std::vector<std::unique_ptr<churning_core>> churning_;
};

}  // namespace

run_result run_churn(const run_settings& wanted) { return whole_run{wanted}.run(); }

}  // namespace bench
