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
// Until the request is sent only the idle time bounds its writing; then the first-byte clock runs until payload comes,
// and the idle clock between reads. Owned by an attempt; lives on its core. On expiry it pokes the slot, whatever is
// waited on, and expired() tells which clock it was.
class answer_clock {
   public:
    enum class which { none, first_byte, idle, total };

    answer_clock(net::timer_wheel& wheel, net::interrupt_slot& slot, answer_limits limits)
        : limits_(limits), slot_(slot), deadline_(wheel), last_byte_(steady::now()) {
        deadline_.on_expiry([this] { due(); });
        deadline_.arm(next());
    }

    void on_sent(steady::time_point now) {
        sent_ = true;
        last_byte_ = now;
        first_until_ = now + limits_.first_byte;
        deadline_.arm(next());
    }
    // Bytes have come; keep-alive comments and blank lines count only here.
    void on_bytes(steady::time_point now) {
        begun_ = true;
        last_byte_ = now;
    }
    // Something of the answer itself has come: the first-byte clock is done.
    void on_payload() { payload_ = true; }
    which expired() const { return expired_; }

    // Pokes a read that is under way at `when`, once; a write to the client is never ended by it.
    void wake_reads_at(steady::time_point when) {
        wake_ = when;
        deadline_.arm(std::min(next(), wake_));
    }
    bool waking() const { return wake_ != steady::time_point::max(); }
    bool woken() const { return woken_; }
    void reading(bool under_way) { reading_ = under_way; }

   private:
    steady::time_point next() const {
        auto first = limits_.total_until;
        if (!sent_ || begun_) first = std::min(first, last_byte_ + limits_.idle);
        if (sent_ && !payload_) first = std::min(first, first_until_);
        return first;
    }
    void due() {
        const auto now = steady::now();
        if (now >= wake_ && !woken_) {
            woken_ = true;
            deadline_.arm(next());
            if (reading_) slot_.poke();
            return;
        }
        if (now < next()) {
            deadline_.arm(woken_ ? next() : std::min(next(), wake_));
            return;
        }
        if (now >= limits_.total_until) {
            expired_ = which::total;
        } else {
            expired_ = sent_ && !payload_ && now >= first_until_ ? which::first_byte : which::idle;
        }
        slot_.poke();
    }

    answer_limits limits_;
    net::interrupt_slot& slot_;
    net::deadline deadline_;
    steady::time_point last_byte_, first_until_;
    steady::time_point wake_ = steady::time_point::max();
    bool sent_ = false, begun_ = false, payload_ = false, reading_ = false, woken_ = false;
    which expired_ = which::none;
};

}  // namespace ferry::relay
