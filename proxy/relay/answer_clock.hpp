// The deadlines of one answer: the first byte of payload, the time between two reads, the whole exchange.
#pragma once

#include "net/interrupt_slot.hpp"
#include "net/timer_wheel.hpp"

namespace ferry::relay {

struct answer_limits {
    std::chrono::milliseconds first_byte, idle;
    steady::time_point total_until;
};

// One wheel entry serves all three: a read only notes the time, and the entry moves on when it comes due too early.
// Owned by an attempt; lives on its core. On expiry it pokes the slot, and expired() tells which clock it was.
class answer_clock {
   public:
    enum class which { none, first_byte, idle, total };

    answer_clock(net::timer_wheel& wheel, net::interrupt_slot& slot, answer_limits limits)
        : limits_(limits),
          slot_(slot),
          deadline_(wheel),
          last_byte_(steady::now()),
          first_until_(last_byte_ + limits.first_byte) {
        deadline_.on_expiry([this] { due(); });
        deadline_.arm(next());
    }

    // Bytes have come; keep-alive comments and blank lines count only here.
    void on_bytes(steady::time_point now) { last_byte_ = now; }
    // Something of the answer itself has come: the first-byte clock is done.
    void on_payload() { payload_ = true; }
    // An early wake-up for the holder of a [DONE]; `expired()` stays none.
    void wake_at(steady::time_point when) {
        wake_ = when;
        deadline_.arm(next_or_wake());
    }
    bool waking() const { return wake_ != steady::time_point::max(); }
    bool woken() const { return woken_; }
    which expired() const { return expired_; }

   private:
    steady::time_point next() const {
        const auto idle_until = last_byte_ + limits_.idle;
        auto first = std::min(idle_until, limits_.total_until);
        if (!payload_) first = std::min(first, first_until_);
        return first;
    }
    steady::time_point next_or_wake() const { return std::min(next(), wake_); }
    void due() {
        const auto now = steady::now();
        if (now >= wake_) {
            woken_ = true;
            slot_.poke();
            return;
        }
        if (now < next()) {
            deadline_.arm(next_or_wake());
            return;
        }
        if (now >= limits_.total_until) {
            expired_ = which::total;
        } else {
            expired_ = !payload_ && now >= first_until_ ? which::first_byte : which::idle;
        }
        slot_.poke();
    }

    answer_limits limits_;
    net::interrupt_slot& slot_;
    net::deadline deadline_;
    steady::time_point last_byte_, first_until_;
    steady::time_point wake_ = steady::time_point::max();
    bool payload_ = false;
    bool woken_ = false;
    which expired_ = which::none;
};

}  // namespace ferry::relay
