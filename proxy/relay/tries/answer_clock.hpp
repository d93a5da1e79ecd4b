// The deadlines of one answer: the first byte of payload, the time between two reads, the whole exchange.
#pragma once

#include <algorithm>

#include "net/interrupt_slot.hpp"
#include "net/timer_wheel.hpp"
#include "relay/exchange/circuits.hpp"
#include "relay/exchange/rival.hpp"

namespace ferry::relay {

struct answer_limits {
    std::chrono::milliseconds first_byte, idle;
    std::chrono::milliseconds kept_alive{0};  // in place of first_byte while the upstream shows that it is at it
    steady::time_point total_until;
};

// One wheel entry serves all three: a read only notes the time, and the entry moves on when it comes due too early.
// The first-byte clock runs from the end of the request until payload comes, the idle clock while a read waits for the
// rest of an answer that has begun: a client that is slow to take the answer is not the upstream's fault. Owned by an
// attempt; lives on its core. On expiry it pokes the slot, and expired() tells which clock it was.
class answer_clock {
public:
    enum class which { none, first_byte, idle, total };

    answer_clock(net::timer_wheel& wheel, net::interrupt_slot& slot, answer_limits limits,
                 circuits::pass* pass = nullptr, rival* other = nullptr)
        : limits_(limits), slot_(&slot), pass_(pass), other_(other), deadline_(wheel) {
        deadline_.on_expiry([this] { due(); });
        rearm();
    }

    void on_sent(steady::time_point now) {
        sent_ = now;
        first_until_ = now + limits_.first_byte;
        rearm();
    }
    // A read begins to wait.
    void on_wait(steady::time_point now) {
        reading_ = true;
        quiet_since_ = now;
        rearm();
    }
    // It has ended, with bytes or without. Keep-alive comments and blank lines count only here.
    void on_read(bool bytes) {
        reading_ = false;
        begun_ = begun_ || bytes;
    }
    // A comment or a blank line has come: the upstream is alive, and its queue may be long.
    void on_keepalive() { first_until_ = std::max(first_until_, sent_ + limits_.kept_alive); }
    // Something of the answer itself has come: the first-byte clock is done.
    void on_payload() {
        payload_ = true;
        if (pass_ != nullptr) pass_->begun();
        if (other_ != nullptr) other_->is_late();
    }
    bool has_payload() const { return payload_; }
    // The try that was on the side is the one that is asked.
    void step_forward(net::interrupt_slot& slot, circuits::pass& pass) {
        slot_ = &slot;
        pass_ = &pass;
    }
    bool is_reading() const { return reading_; }
    // From now on no read waits longer than that for more.
    void limit_idle(std::chrono::milliseconds most) {
        limits_.idle = std::min(limits_.idle, most);
        rearm();
    }
    which expired() const { return expired_; }

    // Pokes a read that is under way at `when`, once; a write to the client is never ended by it.
    void wake_reads_at(steady::time_point when) {
        wake_ = when;
        rearm();
    }
    bool waking() const { return wake_ != steady::time_point::max(); }
    bool woken() const { return woken_; }

private:
    steady::time_point next() const {
        auto first = limits_.total_until;
        if (begun_ && reading_) first = std::min(first, quiet_since_ + limits_.idle);
        if (!payload_) first = std::min(first, first_until_);
        return woken_ ? first : std::min(first, wake_);
    }
    // The entry is only ever moved nearer here; one that comes due too early is set anew.
    void rearm() {
        const auto when = next();
        if (deadline_.armed() && when >= armed_for_) return;
        armed_for_ = when;
        deadline_.arm(when);
    }
    void due() {
        const auto now = steady::now();
        if (now < next()) return rearm();
        if (now >= wake_ && !woken_) {
            woken_ = true;
            rearm();
            if (reading_) slot_->poke();
            return;
        }
        if (now >= limits_.total_until) {
            expired_ = which::total;
        } else {
            expired_ = !payload_ && now >= first_until_ ? which::first_byte : which::idle;
        }
        slot_->poke();
    }

    answer_limits limits_;
    net::interrupt_slot* slot_;
    circuits::pass* pass_;  // of the request, which outlives this
    rival* other_;          // likewise
    net::deadline deadline_;
    steady::time_point armed_for_{}, quiet_since_{}, sent_{};
    steady::time_point first_until_ = steady::time_point::max(), wake_ = steady::time_point::max();
    bool begun_ = false, payload_ = false, reading_ = false, woken_ = false;
    which expired_ = which::none;
};

}  // namespace ferry::relay
