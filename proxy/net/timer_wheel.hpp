// All deadlines of one core: arming, moving and cancelling are O(1) and free of system calls, however many there are.
#pragma once

#include <array>
#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <memory>

#include "base/clock.hpp"

namespace ferry::net {

class timer_wheel;

// A callback at a point in time. Owned by whoever waits; lives on its wheel's core; destroying it cancels it.
class deadline {
public:
    explicit deadline(timer_wheel& wheel) : wheel_(wheel) {}
    ~deadline() { cancel(); }
    deadline(const deadline&) = delete;
    deadline& operator=(const deadline&) = delete;

    void on_expiry(std::function<void()> action) { action_ = std::move(action); }
    // Sets or moves the deadline; it fires within 10 ms after `when`, once, unless moved or cancelled before.
    void arm(steady::time_point when);
    void cancel();
    bool expired() const { return expired_; }
    bool armed() const { return link_ != nullptr; }

private:
    friend class timer_wheel;
    timer_wheel& wheel_;
    std::function<void()> action_;
    steady::time_point when_{};
    deadline* next_ = nullptr;
    deadline** link_ = nullptr;  // the pointer that points here; null when not armed
    bool expired_ = false;
};

// A hashed wheel of 10 ms slots over one steady_timer, set for the earliest slot in use only.
// Owned by a core; lives on it. A deadline further away than one turn stays in its slot until its turn comes.
class timer_wheel {
public:
    explicit timer_wheel(boost::asio::io_context& context);
    ~timer_wheel();

private:
    friend class deadline;
    struct clockwork;
    static constexpr std::size_t slot_count = 4096;

    void insert(deadline& d);
    void remove(deadline& d);
    std::int64_t tick_of(steady::time_point when) const;
    void schedule(std::int64_t tick);
    void run_due();

    std::unique_ptr<clockwork> clockwork_;
    steady::time_point origin_;
    std::int64_t done_tick_ = 0;       // every slot up to this tick has been visited
    std::int64_t scheduled_tick_ = 0;  // what the timer is set for, 0 if it is not set
    std::size_t armed_ = 0;
    std::array<deadline*, slot_count> slots_{};
};

}  // namespace ferry::net
