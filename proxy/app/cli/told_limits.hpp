// Where limits and budgets stand by what processes told the store.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "access/principal.hpp"
#include "limits/budgets.hpp"
#include "limits/calendar.hpp"
#include "limits/limiter.hpp"
#include "store/database.hpp"

namespace ferry::app {

struct told_limits {
    std::vector<limits::party_state> limits;
    std::vector<limits::budget_state> budgets;
    std::int64_t expected_tokens = 0, expected_pico = 0;  // of the request

    // What would not let the request in.
    std::optional<fault> refused() const;
};

// For a request that is expected to use and cost so much. `who` as long as the result. `days`: of budget.timezone.
told_limits read_told_limits(store::database& db, const access::principal& who, std::int64_t expected_tokens,
                             std::int64_t expected_pico, const limits::calendar& days);

}  // namespace ferry::app
