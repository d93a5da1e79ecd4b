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

// It has ended, and cost what the bill says.
void settle_budget(request& x);

}  // namespace ferry::relay
