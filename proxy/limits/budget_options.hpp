#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "limits/calendar.hpp"
#include "usage/rates.hpp"

namespace ferry::limits {

// Section [budget] of the configuration.
struct budget_options {
    std::int64_t slice_permille = 10;  // of a budget, that a process leases at once
    std::chrono::milliseconds lease{30'000};
    bool refuses_when_away = false;           // while the store is away and the lease has ended
    calendar days;                            // by which periods begin
    std::string currency = "USD";             // that budgets are in
    std::vector<usage::currency_rate> rates;  // into it: of usage.rates

    bool operator==(const budget_options&) const = default;
};

// A rate of one to one.
inline constexpr std::int64_t as_it_is = 1'000'000'000;

// Of one unit of `currency` so many billionths in the currency of budgets. Nothing: there is no rate, and it counts as
// it is.
std::optional<std::int64_t> rate_of(const budget_options& chosen, std::string_view currency);

// `pico` by such a rate, to the nearest pico, as reports do; what does not fit is the most that does.
std::int64_t at_rate(std::int64_t pico, std::int64_t nano);
// Never less than it is worth.
std::int64_t at_rate_up(std::int64_t pico, std::int64_t nano);

}  // namespace ferry::limits
