#pragma once

#include <chrono>

#include "io/event_loop.hpp"

namespace ferry::bench {

// So long every so often; never, where `every` is 0.
struct pauses {
    std::chrono::microseconds every{0}, lasting{0};
};

// Holds up a whole loop, as collecting garbage does a server: nothing is accepted, read or sent meanwhile. Owned by: a
// worker. Lives on: its thread.
class standstill final : private timer {
public:
    // The first one comes `chosen.every` after `begin`: those of several loops at once.
    standstill(event_loop& loop, const pauses& chosen, steady::time_point begin);
    ~standstill() { loop_.timers().cancel(*this); }
    standstill(const standstill&) = delete;
    standstill& operator=(const standstill&) = delete;

private:
    void on_timer() override;
    void set_next();

    event_loop& loop_;
    const pauses chosen_;
    steady::time_point next_;
};

}  // namespace ferry::bench
