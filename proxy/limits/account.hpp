// What this process may spend of one budget, and what it did.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>

#include "access/limits.hpp"
#include "base/clock.hpp"
#include "limits/budget_options.hpp"
#include "limits/period.hpp"
#include "store/budget_store.hpp"

namespace ferry::limits {

// What a request may cost. Pico-units of currency.
struct cost_frame {
    std::int64_t expected_pico = 0;      // what such requests mostly cost
    std::int64_t worst_pico = 0;         // it cannot cost more
    std::int64_t prompt_pico = 0;        // of these, what the prompt costs at the most
    std::int64_t output_price_pico = 0;  // of a token of the answer
    bool is_rough = false;               // the prompt was not read: it may be much less
};

struct reservation {
    enum class verdict {
        in,
        look,       // what it may cost is to be known better
        wait,       // for the store: more is asked of it
        busy,       // what is left is set aside for requests that are running, here or elsewhere
        exhausted,  // nothing is left
        unknown,    // the store is away, and the lease has ended
    };
    verdict is = verdict::in;
    std::int64_t pico = 0;      // set aside until the request has ended
    bool is_bounded = false;    // its answer must not cost more than that
    bool is_warned_of = false;  // a budget that only warns is used up
};

// By the wall the periods begin, by the other clock leases end.
struct moment {
    std::int64_t wall_us = 0;
    steady::time_point steady_at{};

    static moment now() { return {ferry::wall_us(), steady::now()}; }
};

// Owned by: budgets and the holds. Any thread, under its lock.
//
// Whatever runs never costs more together than what this process holds: a request is let in with the worst it can cost
// set aside, for which more is leased. Where the worst is not to be had, its answer is bounded by what is set aside for
// it: eight times what is likely, or a quarter of what there is. So requests with a high max_tokens do not keep each
// other out. What is held beyond what ran at once of late, and a slice, is given back; where no other process is, half
// of what is left is held, so that hardly a request waits for the store.
class account {
public:
    explicit account(const access::party_limits& of) : of_(of) {}

    std::mutex lock;

    // `is_away`: the store could not be asked last time, so that nothing is to be waited for.
    reservation reserve(const access::party_limits& of, const cost_frame& cost, const moment& now,
                        const budget_options& options, bool is_away);
    void take(const reservation& what);
    void settle(std::int64_t reserved_pico, std::int64_t cost_pico);

    // What is to be told to the store now, if anything; with `is_last` all that was spent.
    std::optional<store::budget_renewal> next_renewal(const moment& now, const budget_options& options, bool is_last);
    void renewed(const store::budget_renewal& told, const store::budget_state& state, const moment& asked_at,
                 const budget_options& options);
    bool is_idle(const moment& now) const;
    const period& current() const { return period_; }
    // By all, in the period, as far as processes told; nothing where the store has not told of it.
    std::optional<std::int64_t> spent_by_all() const {
        if (!is_known_) return std::nullopt;
        return total_pico_ + (spent_pico_ - told_pico_);
    }
    // Once in a period, and again after it grew: it is used up.
    bool tells_exhaustion();
    const access::party_limits& limits() const { return of_; }

private:
    // What is held and not spent; and neither spent nor set aside.
    std::int64_t unspent() const { return held_pico_ - (spent_pico_ - told_pico_); }
    std::int64_t available() const { return unspent() - committed_pico_; }
    std::int64_t wants_to_hold(const budget_options& options) const;
    // For requests of other processes, as of the last renewal.
    std::int64_t set_aside_elsewhere(const budget_options& options) const;
    std::int64_t slice(const budget_options& options) const;
    void begin_period(const moment& now, const budget_options& options);
    std::int64_t bounded_by(const cost_frame& cost) const;
    reservation want(std::int64_t pico);

    access::party_limits of_;  // as of the last request
    period period_;
    bool is_known_ = false;        // the store has told of it, in this period
    std::int64_t held_pico_ = 0;   // leased, as of what was told
    std::int64_t left_pico_ = 0;   // nobody holds it
    std::int64_t total_pico_ = 0;  // spent by all, as far as they told
    std::int64_t replicas_ = 1;
    std::int64_t spent_pico_ = 0;      // by this process, in this period
    std::int64_t told_pico_ = 0;       // of that, what the store has
    std::int64_t committed_pico_ = 0;  // for requests that are running
    std::int64_t peak_pico_ = 0;       // the most of it of late
    std::int64_t wanted_pico_ = 0;     // what requests wait for, together
    steady::time_point until_{};       // the lease ends
    steady::time_point used_{}, renewed_{};
    bool exhaustion_told_ = false;
};

}  // namespace ferry::limits
