// What was spent of budgets, as far as processes told.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "store/database.hpp"
#include "store/limits.hpp"

namespace ferry::app {

// As of `now_us`, by the calendar of budget.timezone.
class spent_budgets {
public:
    spent_budgets(store::budget_store& store, std::int64_t now_us, std::chrono::minutes offset);

    // Pico-units, in the period that is running; nothing where there is no budget. `party`: "key", "user", "team".
    std::optional<std::int64_t> of(const std::string& party, std::int64_t id, const store::limit_columns& limits) const;

private:
    std::map<std::pair<std::string, std::int64_t>, store::budget_use_row> rows_;
    std::int64_t now_us_;
    std::chrono::minutes offset_;
};

}  // namespace ferry::app
