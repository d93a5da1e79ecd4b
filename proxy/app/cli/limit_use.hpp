// What was used of limits and budgets, as far as processes told.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "access/limits.hpp"
#include "limits/calendar.hpp"
#include "store/database.hpp"
#include "store/limits.hpp"

namespace ferry::app {

struct limit_use {
    std::optional<std::int64_t> spent_pico;  // in the period that is running; nothing where there is no budget
    store::limit_use_row counted;            // in the last minute and 24 hours, and at once; shares are not
};

// As of `now_us`, by the calendar of budget.timezone.
class limit_uses {
public:
    limit_uses(store::database& db, std::int64_t now_us, const limits::calendar& days);

    // `party`: "key", "user", "team".
    limit_use of(const std::string& party, std::int64_t id, const store::limit_columns& limits) const;

    store::limit_use_row counted(const std::string& party, std::int64_t id) const;
    // Pico-units, in the period that is running.
    std::int64_t spent(const std::string& party, std::int64_t id, access::budget_period period) const;

private:
    using owner = std::pair<std::string, std::int64_t>;

    std::map<owner, store::budget_use_row> budgets_;
    std::map<owner, store::limit_use_row> limits_;
    std::int64_t now_us_;
    limits::calendar days_;
};

}  // namespace ferry::app
