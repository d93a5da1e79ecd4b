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
};

struct reservation {
    enum class verdict { in, wait, exhausted, unknown };
    verdict is = verdict::in;
    std::int64_t pico = 0;        // set aside until the request has ended
    bool is_bounded = false;      // its answer must not cost more than that
    std::int64_t left_pico = -1;  // of a budget that only warns and is used up: 0; else -1
};

// Owned by: budgets and the holds. Any thread, under its lock.
//
// A request is let in where what is likely fits. Where even the worst fits beside the worst of all others that are
// running, nothing more is asked; else its answer is bounded by what is set aside for it, eight times what is likely,
// so that the budget is not exceeded, and requests with a high max_tokens do not keep each other out.
class account {
public:
    explicit account(const access::party_limits& of) : of_(of) {}

    std::mutex lock;

    reservation reserve(const access::party_limits& of, const cost_frame& cost, std::int64_t now_us,
                        const budget_options& options);
    void take(const reservation& what, const cost_frame& cost);
    void settle(std::int64_t reserved_pico, std::int64_t worst_pico, std::int64_t cost_pico);

    // What is to be told to the store now, if anything; with `is_last` all that was spent.
    std::optional<store::budget_renewal> next_renewal(std::int64_t now_us, const budget_options& options, bool is_last);
    void renewed(const store::budget_renewal& told, const store::budget_state& state, std::int64_t now_us,
                 const budget_options& options);
    void not_renewed(const store::budget_renewal& told);
    bool is_wanted() const { return wanted_pico_ > 0 || !is_known_; }
    bool is_idle(std::int64_t now_us) const;
    const period& current() const { return period_; }
    // Once in a period: it is used up.
    bool tells_exhaustion();
    const access::party_limits& limits() const { return of_; }

private:
    std::int64_t available() const { return held_pico_ - spent_pico_ - reserved_pico_; }
    void begin_period(std::int64_t now_us, const budget_options& options);
    bool worst_fits(const cost_frame& cost) const;

    access::party_limits of_;  // as of the last request
    period period_;
    bool is_known_ = false;        // the store has told of it, in this period
    std::int64_t held_pico_ = 0;   // leased
    std::int64_t left_pico_ = 0;   // nobody holds it
    std::int64_t total_pico_ = 0;  // spent by all, as far as they told
    std::int64_t replicas_ = 1;
    std::int64_t spent_pico_ = 0;     // by this process, not told yet
    std::int64_t reserved_pico_ = 0;  // for requests that are running
    std::int64_t worst_pico_ = 0;     // what those may cost at the most
    std::int64_t wanted_pico_ = 0;    // what requests wait for
    std::int64_t until_us_ = 0;       // the lease ends
    std::int64_t used_us_ = 0, renewed_us_ = 0;
    bool exhaustion_told_ = false;
};

}  // namespace ferry::limits
