#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <vector>

namespace ferry::bench {

using steady = std::chrono::steady_clock;

// Something with at most one deadline. Owned by: its user. REQUIRES: cancelled in its heap before it is destroyed.
class timer {
public:
    virtual ~timer() = default;
    virtual void on_timer() = 0;

private:
    friend class timer_heap;
    static constexpr std::size_t idle = static_cast<std::size_t>(-1);
    steady::time_point due_;
    std::size_t slot_ = idle;
};

// The deadlines of one event loop: a binary heap whose members know their slot, so that moving a deadline allocates
// nothing and leaves nothing stale behind. Lives on: its loop's thread.
class timer_heap {
public:
    void set(timer& t, steady::time_point due);  // replaces an earlier deadline of `t`
    void cancel(timer& t);
    std::optional<steady::time_point> next() const;
    timer* pop_due(steady::time_point now);  // null when nothing is due

private:
    void place(timer* t, std::size_t slot);
    void sift(timer* t, std::size_t slot);

    std::vector<timer*> heap_;
};

}  // namespace ferry::bench
