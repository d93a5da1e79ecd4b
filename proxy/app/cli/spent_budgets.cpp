#include "app/cli/spent_budgets.hpp"

#include "limits/period.hpp"

namespace ferry::app {

spent_budgets::spent_budgets(store::budget_store& store, std::int64_t now_us, std::chrono::minutes offset)
    : now_us_(now_us), offset_(offset) {
    for (auto& row : store.used()) rows_.emplace(std::pair(row.party, row.party_id), row);
}

std::optional<std::int64_t> spent_budgets::of(const std::string& party, std::int64_t id,
                                              const store::limit_columns& limits) const {
    if (!limits.budget_pico) return std::nullopt;
    const auto row = rows_.find({party, id});
    const auto period = access::parse_budget_period(limits.budget_period.value_or("total"));
    if (row == rows_.end() || !period) return 0;
    const bool is_over = row->second.period_begin_us != limits::period_at(*period, now_us_, offset_).begin_us;
    return is_over ? 0 : row->second.spent_pico;
}

}  // namespace ferry::app
