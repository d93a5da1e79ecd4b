// What budgets of keys, users and teams mean for a request.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>

#include "base/fault.hpp"
#include "relay/exchange/request.hpp"

namespace ferry::relay {

inline bool has_budget(const request& x) {
    for (const auto& one : x.who->limits) {
        if (one.budget_pico >= 0) return true;
    }
    return false;
}

// Whether the budgets let it in; what it may cost is set aside. Waits for the store, for half a second at the most,
// where this process does not hold enough of a budget. REQUIRES: its candidates are chosen.
boost::asio::awaitable<std::optional<fault>> admit_by_budget(request& x);

// The tokens its answer may have, by the limits of who asks and by what is left of the budgets; -1: any number.
std::int64_t most_output_of(const request& x);
// Such a bound is put in, for the request says none itself.
bool adds_length(const request& x);

// It has ended, and cost what the bill says.
void settle_budget(request& x);

}  // namespace ferry::relay
