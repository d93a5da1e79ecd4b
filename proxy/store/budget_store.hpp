#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace ferry::store {

// What a process tells of a budget, and what it wants to spend of it without asking.
struct budget_renewal {
    std::string party;  // "key", "user", "team"
    std::int64_t party_id = 0;
    std::int64_t budget_pico = 0;
    std::int64_t period_begin_us = 0;
    std::int64_t spent_pico = 0;   // by this process in all of the period
    std::int64_t wanted_pico = 0;  // besides what it holds and has not spent
    std::int64_t most_pico = 0;    // it needs no more than this: what it holds beyond is given back
};

struct budget_state {
    std::string party;
    std::int64_t party_id = 0;
    std::int64_t held_pico = 0;   // this process may spend it
    std::int64_t left_pico = 0;   // nobody holds it
    std::int64_t spent_pico = 0;  // in the period, by all, as far as they told
    std::int64_t replicas = 1;    // that hold a lease, this process among them
};

// What was spent of a budget in the period that began then, as far as it was told.
struct budget_use_row {
    std::string party;
    std::int64_t party_id = 0;
    std::int64_t period_begin_us = 0;
    std::int64_t spent_pico = 0;
};

// That a budget is used up in the period that began then.
struct budget_notice {
    std::string party;
    std::int64_t party_id = 0;
    std::int64_t period_begin_us = 0;
    std::int64_t budget_pico = 0;
};

// One unit of a currency is so many billionths of that of budgets.
struct budget_rate {
    std::string currency;
    std::int64_t nano = 0;
};

// By which leases are given.
struct budget_terms {
    std::chrono::seconds lease{30};
    std::vector<budget_rate> rates;  // a currency that is not among them counts as it is
};

// Budgets that processes share: each holds a lease of a part, which ends by itself when its process does.
// Owned by: the limits' keeper. Lives on: its thread; every call blocks.
class budget_store {
public:
    virtual ~budget_store() = default;

    // In one transaction; the states stand in the order of the renewals. Leases last from now on. Where a
    // lease of another process has ended, what that one spent and did not tell is taken from its usage rows, as far as
    // they are here, again from time to time, for they may come later. To tell twice does no harm. Throws store_error.
    virtual std::vector<budget_state> renew(const std::string& instance, std::span<const budget_renewal> renewals,
                                            const budget_terms& terms) = 0;
    // Of all budgets that were ever used.
    virtual std::vector<budget_use_row> used() = 0;
    // All leases of the process end now.
    virtual void release(const std::string& instance) = 0;

    // It is for one process to tell: the party's name, "" for none that is known, or nothing where it was claimed
    // before, by whom ever, and the budget has not grown since.
    virtual std::optional<std::string> claim(const budget_notice& what) = 0;
    // It could not be told: another one may claim it.
    virtual void disclaim(const budget_notice& what) = 0;
};

}  // namespace ferry::store
