#include "app/cli/limit_use.hpp"

#include "limits/period.hpp"

namespace ferry::app {

limit_uses::limit_uses(store::database& db, std::int64_t now_us, const limits::calendar& days)
    : now_us_(now_us), days_(days) {
    for (auto& row : db.budgets()->used()) budgets_.emplace(owner(row.party, row.party_id), row);
    for (auto& row : db.limits()->used()) limits_.emplace(owner(row.party, row.party_id), row);
}

limit_use limit_uses::of(const std::string& party, std::int64_t id, const store::limit_columns& limits) const {
    const owner whose(party, id);
    limit_use found{spent(whose, limits), {}};
    if (const auto row = limits_.find(whose); row != limits_.end()) found.counted = row->second;
    return found;
}

std::optional<std::int64_t> limit_uses::spent(const owner& whose, const store::limit_columns& limits) const {
    if (!limits.budget_pico) return std::nullopt;
    const auto row = budgets_.find(whose);
    const auto period = access::parse_budget_period(limits.budget_period.value_or("total"));
    if (row == budgets_.end() || !period) return 0;
    const bool is_over = row->second.period_begin_us != limits::period_at(*period, now_us_, days_).begin_us;
    return is_over ? 0 : row->second.spent_pico;
}

}  // namespace ferry::app
