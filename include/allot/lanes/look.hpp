// A look at a shared heap that lets others use it in between.
//
//     lock | 32 chunks | unlock     others     lock | 32 chunks | unlock     others     lock | the rest | unlock
//
// Between two pieces its place stands among the cursors of the heap, and is taken from there again however the look ends.
//
// Guarantees: the lock is held for one piece at a time; it is told whether others had their turn between two of them.
#pragma once

#include <allot/chunks/cursor.hpp>

#include <cstddef>

namespace allot::detail {

/// How many chunks a look sees in one piece.
inline constexpr std::size_t chunks_a_piece = 32;

/// `Guarded` runs a step under its lock, and counts the turns of those who may have changed the heap.
template <class Guarded>
class look {
public:
    look(const Guarded& subject, cursor& place) noexcept : subject_(subject), place_(place) {}
    ~look() {
        if (is_resting_) subject_.run_look([this](const auto& core, std::size_t) { this->pick_up(core); });
    }
    look(const look&) = delete;
    look& operator=(const look&) = delete;

    /// Runs `piece(core, has_changed)` under the lock. False: it said that it was the last one.
    template <class Piece>
    bool next(Piece&& piece) noexcept {
        subject_.run_look([&](const auto& core, std::size_t turns) {
            const bool has_changed = is_resting_ && turns != turns_;
            this->pick_up(core);
            if (piece(core, has_changed)) this->put_down(core, turns);
        });
        return is_resting_;
    }

private:
    template <class Core>
    void pick_up(const Core& core) noexcept {
        if (is_resting_) core.store().free().cursors().remove(place_);
        is_resting_ = false;
    }

    template <class Core>
    void put_down(const Core& core, std::size_t turns) noexcept {
        core.store().free().cursors().add(place_);
        is_resting_ = true;
        turns_ = turns;
    }

    const Guarded& subject_;
    cursor& place_;
    std::size_t turns_ = 0;
    bool is_resting_ = false;
};

}  // namespace allot::detail
