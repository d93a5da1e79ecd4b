#include "app/cli/limit_use.hpp"

#include "limits/period.hpp"

namespace ferry::app {

limit_uses::limit_uses(store::database& db, std::int64_t now_us, const limits::calendar& days)
    : now_us_(now_us), days_(days) {
    for (auto& row : db.budgets()->used()) budgets_.emplace(owner(row.party, row.party_id), row);
    for (auto& row : db.limits()->used()) limits_.emplace(owner(row.party, row.party_id), row);
}

limit_use limit_uses::of(const std::string& party, std::int64_t id, const store::limit_columns& limits) const {
    limit_use found{std::nullopt, counted(party, id)};
    if (!limits.budget_pico) return found;
    const auto period = access::parse_budget_period(limits.budget_period.value_or("total"));
    found.spent_pico = period ? spent(party, id, *period) : 0;
    return found;
}

store::limit_use_row limit_uses::counted(const std::string& party, std::int64_t id) const {
    const auto row = limits_.find(owner(party, id));
    return row == limits_.end() ? store::limit_use_row() : row->second;
}

std::int64_t limit_uses::spent(const std::string& party, std::int64_t id, access::budget_period period) const {
    const auto row = budgets_.find(owner(party, id));
    if (row == budgets_.end()) return 0;
    const bool is_over = row->second.period_begin_us != limits::period_at(period, now_us_, days_).begin_us;
    return is_over ? 0 : row->second.spent_pico;
}

}  // namespace ferry::app
